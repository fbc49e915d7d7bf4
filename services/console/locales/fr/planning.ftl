# The timetable: grid, making, quality, comparison, publication.
planning-title = Planning
planning-by-table = Par table
planning-by-person = Par personne
planning-quality = Qualité
planning-compare = Comparer
planning-make = Calculer
planning-publish = Publier
planning-none = Aucun planning pour l'instant
planning-none-advice = Un calcul place les rencontres d'après les souhaits des deux côtés. Personne n'est prévenu.
planning-make-first = Calculer un planning
planning-pair = { $candidate } et { $employer }
planning-place = { $time }, table~{ $table }
planning-with = { $name } ({ $place })
planning-from-to = de { $from } à { $to }
planning-number = N°~{ $number }
planning-lead = Planning n°~{ $number } : { $n ->
    [one] { $n }~rencontre
   *[other] { $n }~rencontres
}.
planning-is-published = Publié.
planning-is-draft = Non publié : personne n'est prévenu.
planning-outdated = Des inscriptions, des souhaits ou les horaires ont changé depuis le calcul : ce planning n'en tient pas compte.
planning-caption = Une ligne par table, une colonne par créneau ; dans chaque case, qui est reçu.
planning-caption-keys = Flèches : se déplacer. Entrée : choisir une rencontre, puis sa place. Échap : renoncer.
planning-caption-person = Une ligne par personne, une colonne par créneau ; dans chaque case, qui est rencontré et à quelle table.
planning-table = Table
planning-person = Personne
planning-tables-before = Tables précédentes
planning-tables-after = Tables suivantes
planning-placing = Placer { $who }
planning-placing-now = Actuellement : { $place }.
planning-placing-hint = Choisissez une case « Placer ici » dans la grille, ou une place dans la liste. Échap renonce.
planning-placing-stuck = Aucune place n'est possible pour cette rencontre.
planning-placing-leave = Renoncer
planning-place-choose = Place possible
planning-place-here-chosen = Placer à cette place
planning-swap-choose = Échange possible
planning-swap-chosen = Échanger
planning-place-here = Placer ici
planning-swap = Échanger
planning-here = Place actuelle
planning-cancel-meeting = Annuler cette rencontre
planning-choose-place = Choisissez une place
planning-refused = Cette correction n'est pas possible : une des personnes, la table ou le créneau n'est pas libre. Rien n'a changé.
planning-refused-because = Cette place n'est pas possible : { $why }. Rien n'a changé.
planning-not-undoable = Cette correction ne peut plus être annulée : les rencontres ont changé depuis.
planning-nothing-to-undo = Il n'y a aucune correction à annuler.
planning-why-candidate-busy = déjà pris·e à cette heure
planning-why-employer-busy = l'employeur reçoit déjà
planning-why-table-taken = table prise
planning-why-no-table = aucune table libre
planning-why-candidate-away = personne absente à cette heure
planning-why-employer-away = employeur absent à cette heure
planning-why-candidate-full = a déjà toutes ses rencontres
planning-why-employer-full = l'employeur a déjà toutes ses rencontres
planning-why-forbidden = rencontre exclue
planning-why-pair-twice = se rencontrent déjà
planning-why-withdrawn = ne participe plus
planning-why-absent = noté·e absent·e
planning-why-other-session = pris·e dans une autre séance
planning-why-other = impossible
planning-moved = { $who } : de { $before } à { $after }
planning-cancelled = { $who } : annulée ({ $before })
planning-added = { $who } : ajoutée ({ $after })
planning-done = C'est fait.
planning-done-moved = { $who } : déplacée à { $after }.
planning-done-swapped = { $who } : échangée, maintenant à { $after }.
planning-done-added = { $who } : ajoutée à { $after }.
planning-done-cancelled = { $who } : rencontre annulée ({ $after }).
planning-done-undone = Correction annulée : { $who }, { $after }.
planning-done-again = Correction refaite : { $who }, { $after }.
planning-told-now = Les personnes concernées sont prévenues.
planning-drag-possible = Déposez sur une case encadrée.
planning-drag-impossible = Rien n'a été déplacé.
planning-history = Corrections
planning-history-none = Aucune correction pour l'instant.
planning-step-head = { $time }, { $name }
planning-step-undone = Annulée à { $time } par { $name }
planning-somebody = quelqu'un
planning-coordinator = Coordination
planning-undo = Annuler cette correction
planning-redo = Refaire cette correction
planning-add = Ajouter une rencontre
planning-add-hint = Choisissez les deux personnes ; les places possibles s'affichent ensuite dans la grille.
planning-add-candidate = Candidat·e
planning-add-employer = Employeur
planning-add-look = Voir les places possibles
planning-go-publish = Voir qui sera prévenu, puis publier
planning-see-told = Voir ce qui reste à prévenir
planning-others = Ce planning a changé pendant que vous le regardez.
planning-reload = Afficher le planning à jour
planning-confirm-title = Modifier le planning publié
planning-confirm-tell = { $n ->
    [one] Modifier et prévenir { $n }~personne
   *[other] Modifier et prévenir { $n }~personnes
}
planning-confirm-silent = Modifier sans message
planning-confirm-back = Ne rien changer
planning-told-nobody = Personne ne sera prévenu
planning-told-people = { $n ->
    [one] { $n }~personne sera prévenue
   *[other] { $n }~personnes seront prévenues
}
planning-messages = Messages par sorte
planning-message = Message
planning-first-at = Premier envoi
planning-mails = E-mails
planning-sms = SMS
planning-segments = Segments
planning-without-way = Sans canal
planning-total = { $n ->
    [one] { $n }~message en tout
   *[other] { $n }~messages en tout
}, dont { $segments ->
    [one] { $segments }~segment SMS
   *[other] { $segments }~segments SMS
}.
planning-cost = Coût estimé : { $cost }.
planning-cost-unknown = Le prix d'un SMS n'est pas configuré.
planning-replaced = { $n ->
    [one] { $n }~rappel déjà prévu est remplacé.
   *[other] { $n }~rappels déjà prévus sont remplacés.
}
planning-message-of = Message pour { $name }
planning-by-mail = E-mail
planning-by-sms = { $n ->
    [one] SMS, { $n }~segment
   *[other] SMS, { $n }~segments
}
planning-unreached = { $n ->
    [one] { $n }~personne ne peut pas être prévenue
   *[other] { $n }~personnes ne peuvent pas être prévenues
}
planning-unreached-opted-out = a refusé les messages
planning-unreached-unsubscribed = a arrêté les rappels facultatifs
planning-unreached-refused = adresse refusée par son transporteur
planning-unreached-erased = données effacées
planning-unreached-template = le message ne peut pas être écrit
planning-unreached-no-channel = ni adresse ni mobile utilisable
planning-repair = Corriger
planning-told-list = Qui est prévenu, de quoi, comment et quand
planning-how = Canal
planning-when = Envoi
planning-later = { $n ->
    [one] puis { $n }~autre message
   *[other] puis { $n }~autres messages
}
planning-read = Lire le message
planning-silent = { $n ->
    [one] { $n }~personne concernée sans message
   *[other] { $n }~personnes concernées sans message
}
planning-silent-waits = déjà au courant par un message en attente, qui dira le nouveau planning
planning-silent-gone = n'avait encore rien reçu
planning-too-late = trop tard pour ce rappel
planning-told-confirmation = Confirmation demandée
planning-told-plan = Planning
planning-told-reminder = Rappel
planning-told-outcomes = Résultats demandés
planning-told-moved = Changement d'horaire
planning-told-cancelled = Annulation
planning-told-changed = Changement
planning-conflict-title = Quelqu'un a été plus rapide
planning-conflict = La rencontre de { $pair } a été modifiée à { $time } par { $name }. Votre changement n'a pas été fait.
planning-conflict-some-time = La rencontre de { $pair } a été modifiée entre-temps. Votre changement n'a pas été fait.
planning-conflict-theirs = Maintenant
planning-conflict-mine = Votre changement
planning-conflict-cancelled = annulée
planning-conflict-cancel = annuler la rencontre
planning-conflict-swap = échanger deux rencontres
planning-conflict-undo = annuler une correction
planning-conflict-redo = Refaire mon changement
planning-conflict-keep = Garder ce qui est là
planning-publish-title = Publier le planning
planning-publish-heading = Publier le planning n°~{ $number }
planning-publish-first = Première publication : chaque personne reçoit son planning, puis des rappels.
planning-publish-again = Ce planning est déjà publié. Voici ce qui n'a pas encore été dit.
planning-publish-replaces = Il remplace le planning n°~{ $before }. { $n ->
    [one] { $n }~personne change de rencontres.
   *[other] { $n }~personnes changent de rencontres.
}
planning-publish-compare = Voir qui y gagne, qui y perd
planning-publish-clashes = Ce planning ne peut pas être publié :
planning-publish-tell = { $n ->
    [one] Publier et prévenir { $n }~personne
   *[other] Publier et prévenir { $n }~personnes
}
planning-publish-silent = Publier sans message
planning-publish-back = Revenir au planning
planning-publish-moved = Le planning a changé depuis l'aperçu. Relisez ce qui suit, puis publiez.
planning-publish-moved-by = Depuis votre aperçu :
planning-publish-refused = La séance ne permet pas cette publication. Relisez ce qui suit.
planning-published-now = Planning publié.
planning-published-already = Ce planning est déjà publié : personne n'a été prévenu deux fois.
planning-receipt-title = Planning publié
planning-receipt = Planning n°~{ $number } : { $meetings }~rencontres, { $candidates }~candidat·es et { $employers }~employeurs.
planning-receipt-messages = Messages
planning-receipt-soon = Les messages se préparent : ils apparaissent ici dans quelques secondes.
planning-receipt-follow = Suivre les messages
planning-receipt-session = Revenir à la séance
planning-make-title = Calculer un planning
planning-make-lead = { $candidates }~candidat·es, { $employers }~employeurs, { $wishes }~souhaits.
planning-make-nobody-told = Le calcul ajoute un planning à côté des autres. Personne n'est prévenu.
planning-duration = Durée au plus
planning-duration-hint = Le calcul s'arrête avant dès que rien de mieux n'est possible. Vous pouvez aussi l'arrêter et garder le meilleur trouvé.
planning-duration-wrong = Choisissez une durée d'une seconde à dix minutes
planning-make-start = Lancer le calcul
planning-make-not-now = Pas de calcul possible maintenant
planning-make-not-now-advice = Il faut des inscriptions et des souhaits, dans une séance qui n'a pas commencé.
planning-jobs = Calculs récents
planning-job-result = planning n°~{ $number }
planning-job-title = Calcul du planning
planning-job-started = Calcul lancé.
planning-job-joined = Un calcul était déjà en cours pour cette séance : le voici.
planning-job-busy = Deux plannings sont déjà en calcul. Attendez la fin de l'un d'eux, puis relancez.
planning-job-impossible = Aucune rencontre n'est possible avec les inscriptions et les souhaits actuels, ou la séance ne s'y prête plus.
planning-job-running = Calcul en cours
planning-job-is-stopping = Arrêt en cours
planning-job-done = Calcul terminé
planning-job-discarded = Calcul abandonné
planning-job-interrupted = Calcul interrompu : Jalon s'est arrêté. Relancez-le.
planning-job-failed = Calcul sans résultat
planning-job-time = Temps écoulé
planning-job-elapsed = Temps écoulé
planning-job-best = Meilleur trouvé (points de souhaits)
planning-job-bound = Aucun ne dépasse
planning-job-gap = Écart
planning-job-changed = Des inscriptions, des souhaits ou les horaires ont changé pendant le calcul : ce planning est celui d'avant.
planning-job-see = Voir le planning n°~{ $number }
planning-job-again = Relancer un calcul
planning-job-leave-safe = Vous pouvez quitter cette page : le calcul continue.
planning-job-reload = Actualiser
planning-job-stop-keep = Arrêter et garder
planning-job-stop-leave = Abandonner
planning-job-stopping = Le calcul s'arrête et garde le meilleur planning trouvé.
planning-job-leaving = Le calcul s'arrête, rien n'est gardé.
planning-job-announce-start = Le calcul a commencé.
planning-job-announce = { $time } de calcul. { $gap }
planning-seconds = { $n ->
    [one] { $n }~seconde
   *[other] { $n }~secondes
}
planning-minutes-seconds = { $minutes }~min { $seconds }~s
planning-gap-none = Premier planning en préparation.
planning-gap-proven = On ne peut pas faire mieux avec ces souhaits : c'est démontré.
planning-gap-tiny = À moins de 0,1 % du meilleur planning possible.
planning-gap-tenths = Au plus { $whole },{ $tenth } % mieux possible.
planning-gap-whole = Au plus { $n } % mieux possible.
planning-quality-title = Qualité du planning
planning-quality-heading = Qualité du planning n°~{ $number }
planning-quality-meetings = { $n ->
    [one] { $n }~rencontre
   *[other] { $n }~rencontres
}
planning-quality-tables = { $used } tables utilisées sur { $available }, créneaux de table occupés à { $percent }
planning-quality-wishes = Souhaits satisfaits
planning-quality-no-wish = Aucun souhait n'a été exprimé.
planning-quality-tables-heading = Tables occupées par créneau
planning-wish = { $rank } souhait
planning-of = { $part } sur { $whole }
planning-as-table = Voir en tableau
planning-wish-rank = Rang
planning-wish-met = Satisfaits
planning-wish-made = Exprimés
planning-wish-share = Part
planning-unmet = { $n ->
    [0] Sans rencontre
    [one] { $n }~personne sans rencontre
   *[other] { $n }~personnes sans rencontre
}
planning-unmet-nobody = Tout le monde a au moins une rencontre.
planning-unmet-no-wish = aucun souhait, d'aucun côté
planning-unmet-forbidden = toutes les rencontres souhaitées sont exclues
planning-unmet-presence = jamais présente en même temps que les employeurs souhaités
planning-unmet-full = les employeurs souhaités sont complets
planning-unmet-tables = aucune table libre aux heures possibles
planning-unmet-room = une rencontre peut encore être ajoutée
planning-idle = Attente entre deux rencontres
planning-idle-nobody = Personne n'attend entre deux rencontres.
planning-idle-none = aucune attente
planning-idle-slots = { $n ->
    [one] { $n }~créneau d'attente ({ $time })
   *[other] { $n }~créneaux d'attente ({ $time })
}
planning-idle-how-long = Attente
planning-idle-people = Personnes
planning-tables-chart = Tables occupées à chaque créneau, sur { $available }
planning-slot = Créneau
planning-tables-taken = Tables occupées
planning-see-grid = Voir la grille
planning-compare-title = Comparer deux plannings
planning-compare-from = De
planning-compare-to = À
planning-compare-do = Comparer
planning-compare-one = Un seul planning
planning-compare-one-advice = Calculez-en un autre, ou choisissez deux numéros différents.
planning-compare-figures = En chiffres
planning-compare-what = Compté
planning-choice = N°~{ $number } ({ $n }~rencontres)
planning-choice-published = N°~{ $number }, publié ({ $n }~rencontres)
planning-figure-meetings = Rencontres
planning-figure-first = Premiers souhaits satisfaits
planning-figure-without = Sans rencontre
planning-figure-idle = Créneaux d'attente des candidat·es
planning-figure-weight = Points de souhaits
planning-gain = { $n ->
    [one] { $n }~personne y gagne
   *[other] { $n }~personnes y gagnent
}
planning-lose = { $n ->
    [one] { $n }~personne y perd
   *[other] { $n }~personnes y perdent
}
planning-otherwise = { $n ->
    [one] { $n }~personne a autant, autrement
   *[other] { $n }~personnes ont autant, autrement
}
planning-gained = gagne : { $what }
planning-lost = perd : { $what }
planning-unchanged = { $n ->
    [one] Rien ne change pour { $n }~personne.
   *[other] Rien ne change pour { $n }~personnes.
}
planning-side = Côté
planning-side-candidates = Candidat·es
planning-side-employers = Employeurs
planning-filter-name = Nom
planning-filter = Filtrer
planning-nobody = Personne
planning-nobody-advice = Changez le nom ou le côté.
planning-people-count = { $n ->
    [one] { $n }~personne
   *[other] { $n }~personnes
}
planning-no-meeting = sans rencontre
planning-presence = présence { $hours }
planning-person-file = Coordonnées, rappels et messages
planning-person-none = Aucune rencontre
planning-person-withdrawn = Cette inscription n'est plus active.
planning-person-none-advice = Le planning ne lui en donne pas.
planning-person-why = Voir pourquoi
planning-person-order = Rencontres dans l'ordre
planning-person-with = Avec
planning-arrival = Arrivée demandée à
planning-hour = Heure
planning-pause = { $time } sans rencontre
planning-until = jusqu'à { $time }
