# Sessions made, changed, copied, cancelled.
plan-legend-when = Date et horaires
plan-legend-where = Lieu
plan-title = Titre
plan-title-hint = Il figure dans les courriels. 120 caractères au plus.
plan-date = Date
plan-starts = Début
plan-ends = Fin
plan-slot = Durée d'une rencontre, en minutes
plan-slot-hint = De 3 à 240. Les rencontres se suivent sans intervalle.
plan-arrival = Arrivée demandée, en minutes avant
plan-arrival-hint = Avant la première rencontre de chaque personne.
plan-breaks = Pauses
plan-break-from = Pause { $n }, de
plan-break-to = Pause { $n }, à
plan-break-add = Ajouter une pause
plan-venue = Nom du lieu
plan-address = Adresse
plan-address-hint = Rue, code postal et ville, comme dans les messages.
plan-rooms = Salles et tables
plan-rooms-hint = Sans salle, il y a autant de tables que de recruteurs.
plan-room-name = Salle { $n }, nom
plan-room-tables = Salle { $n }, tables
plan-room-add = Ajouter une salle
plan-preview = Aperçu
plan-draw = Dessiner l'aperçu
plan-timeline = Frise de la séance
plan-all-starts = Toutes les heures de début
plan-nothing-to-draw = La frise se dessine dès que les horaires sont complets.
plan-slots = { $n ->
    [one] { $n }~créneau de { $minutes }~minutes, de { $from } à { $to }
   *[other] { $n }~créneaux de { $minutes }~minutes, de { $from } à { $to }
}
plan-span = de { $from } à { $to }
plan-tables = { $n ->
    [one] { $n }~table
   *[other] { $n }~tables
}
plan-wrong-title = Donner un titre de 1 à 120 caractères
plan-wrong-date = Choisir une date à venir
plan-wrong-starts = Choisir l'heure de début
plan-wrong-ends = Choisir une heure de fin après le début
plan-wrong-slot = Choisir une durée de 3 à 240 minutes qui donne de 1 à 128 créneaux
plan-wrong-arrival = Demander l'arrivée de 0 à 240 minutes avant
plan-wrong-breaks = Placer les pauses dans la séance, dans l'ordre, sans qu'elles se chevauchent
plan-wrong-venue = Écrire un lieu de 200 caractères au plus, sur une ligne
plan-wrong-rooms = Indiquer de 1 à 500 tables par salle, et un nom de 80 caractères au plus
plan-wrong-organisation = Choisir une organisation pour laquelle vous travaillez

organise-create = Nouvelle séance
organise-create-do = Créer la séance
organise-created = La séance « { $title } » est créée.
organise-kind = Type de séance
organise-kind-employers = Employeurs et candidat·es
organise-kind-b2b = Acheteurs et entreprises d'insertion
organise-organisation = Organisation
organise-edit = Modifier la séance
organise-edit-told = Le planning est publié. Les personnes dont la date, l'heure ou le lieu change sont prévenues une fois ; les autres ne reçoivent rien.
organise-save = Enregistrer
organise-save-tell = Enregistrer et prévenir
organise-saved = La séance est enregistrée.
organise-saved-told = La séance est enregistrée. Les personnes concernées sont prévenues dans deux minutes, une fois chacune.
organise-copy = Copier la séance
organise-copy-what = La copie reprend les horaires, les pauses, le lieu, les salles et les poids. Elle ne reprend ni les candidat·es, ni les souhaits, ni le planning.
organise-copy-employers = { $n ->
    [one] Inscrire aussi son employeur, à confirmer
   *[other] Inscrire aussi ses { $n }~employeurs, à confirmer
}
organise-copy-do = Créer la copie
organise-cancel = Annuler la séance
organise-cancel-told = { $n ->
    [one] { $n }~personne a un planning en main et sera prévenue que la séance n'a pas lieu.
   *[other] { $n }~personnes ont un planning en main et seront prévenues que la séance n'a pas lieu.
}
organise-cancel-nobody = Personne n'a encore reçu de planning : personne ne sera prévenu. Une séance annulée ne se rouvre pas.
organise-cancel-reason = Raison
organise-cancel-reason-hint = Pour vous et vos collègues ; elle n'est pas envoyée.
organise-cancel-reason-missing = Écrire la raison
organise-cancel-reason-long = Écrire une raison plus courte, sur une ligne
organise-cancel-do = Annuler la séance
organise-cancel-do-told = { $n ->
    [one] Annuler et prévenir { $n }~personne
   *[other] Annuler et prévenir { $n }~personnes
}
organise-cancelled = La séance est annulée.
organise-step-open = Les inscriptions sont ouvertes.
organise-step-close = Les inscriptions sont closes.
organise-step-start = La séance a commencé.
organise-step-end = La séance est terminée. Il reste à noter les résultats.
organise-step-follow-up = Le suivi est clos.
