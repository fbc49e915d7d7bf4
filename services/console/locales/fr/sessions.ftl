# The list of sessions, and the overview of one.
side-employers-many = { $n ->
    [one] { $n }~employeur
   *[other] { $n }~employeurs
}
side-candidates-many = { $n ->
    [one] { $n }~candidat·e
   *[other] { $n }~candidat·es
}
side-buyers-many = { $n ->
    [one] { $n }~acheteur
   *[other] { $n }~acheteurs
}
side-enterprises-many = { $n ->
    [one] { $n }~entreprise d'insertion
   *[other] { $n }~entreprises d'insertion
}
side-employer = employeur
side-candidate = candidat·e
side-buyer = acheteur
side-enterprise = entreprise d'insertion
side-employers = employeurs
side-candidates = candidat·es
side-buyers = acheteurs
side-enterprises = entreprises d'insertion
side-session = Speed dating employeurs
side-session-b2b = Speed dating entre professionnels
wishes-many = { $n ->
    [one] { $n }~souhait
   *[other] { $n }~souhaits
}
meetings-many = { $n ->
    [one] { $n }~rencontre
   *[other] { $n }~rencontres
}

head-crumb = Séances
head-nav = Séance
head-when = { $day }, de { $from } à { $to }
head-no-date = date à fixer
tab-overview = Aperçu
tab-people = Personnes
tab-wishes = Souhaits
tab-timetable = Planning
tab-reminders = Rappels
tab-day = Jour J
tab-report = Bilan
tab-partners = Partenaires

sessions-title = Séances
sessions-new = Nouvelle séance
sessions-watch = À surveiller
sessions-failed = { $n ->
    [one] { $n }~rappel en échec
   *[other] { $n }~rappels en échec
}
sessions-failed-do = voir pourquoi, puis prévenir autrement.
sessions-uncertain = { $n ->
    [one] { $n }~envoi incertain
   *[other] { $n }~envois incertains
}
sessions-uncertain-do = le transporteur n'a pas répondu, la personne a pu recevoir le message ou non.
sessions-empty = Aucune séance pour l'instant
sessions-empty-do = Créez-en une, puis importez ses trois tableaux : employeurs, candidat·es, souhaits.
sessions-empty-later = Les séances de votre organisation apparaîtront ici.
sessions-coming = À venir
sessions-past = Passées
sessions-first = Revenir au début
sessions-next = Séances suivantes
sessions-to-do = À faire
attention-unconfirmed = { $n ->
    [one] { $n }~employeur à confirmer
   *[other] { $n }~employeurs à confirmer
}
attention-without = { $n ->
    [one] { $n }~personne sans rencontre
   *[other] { $n }~personnes sans rencontre
}
attention-outdated = planning à refaire : des inscriptions, des souhaits ou les horaires ont changé
attention-missing = { $n ->
    [one] { $n }~résultat à noter
   *[other] { $n }~résultats à noter
}
attention-disagreements = { $n ->
    [one] { $n }~rencontre sur laquelle les réponses se contredisent
   *[other] { $n }~rencontres sur lesquelles les réponses se contredisent
}

next-import = Importer les personnes et leurs souhaits
next-make = Établir un planning
next-publish = Relire le planning, puis le publier
next-day = Suivre le jour J
next-outcomes = Noter les résultats
next-label = Prochaine étape

overview-cancelled = Cette séance est annulée : { $reason }
overview-facts = La séance
overview-edit = Modifier
overview-copy = Copier
overview-cancel = Annuler la séance
overview-open = Ouvrir les inscriptions
overview-close = Clore les inscriptions
overview-start = Commencer la séance
overview-end = Terminer la séance
overview-follow-up = Clore le suivi
overview-kind = Type
overview-date = Date
overview-place = Lieu
overview-rooms = Salles
overview-room = { $name } ({ $tables })
overview-slot = Durée d'une rencontre
overview-breaks = Pauses
overview-arrival = Arrivée demandée
overview-arrival-before = { $minutes } avant la première rencontre
overview-people = Inscriptions
overview-wishes = Souhaits
overview-coordination = Coordination
overview-reminders = Rappels
overview-no-reminders = Aucun rappel pour l'instant. Ils sont prévus dès que le planning est publié, et pour les employeurs dès l'inscription.
overview-reminders-all = { $n ->
    [one] { $n }~rappel en tout.
   *[other] { $n }~rappels en tout.
} Chacun finit envoyé, ou supprimé pour une raison que l'on peut lire.
overview-reminders-caption = Rappels par état
overview-state = État
overview-amount = Nombre
overview-timetable = Planning
overview-timetable-number = Planning n°~{ $n }, non publié
overview-timetable-published = Planning n°~{ $n }, publié
overview-outdated = Des inscriptions, des souhaits ou les horaires ont changé depuis : ce planning n'en tient pas compte.
overview-wishes-met = Souhaits réalisés
overview-no-wishes = Aucun souhait exprimé.
overview-tables = Tables et attente
overview-see-tables = Voir le planning par table
overview-see-people = Voir le planning par personne
overview-no-timetable = Aucun planning pour l'instant. En établir un ne prévient personne.
overview-without = Sans rencontre
overview-without-none = Tout le monde a au moins une rencontre.
overview-without-many = { $n ->
    [one] { $n }~inscription
   *[other] { $n }~inscriptions
}
overview-without-first = dont voici les premières.
overview-without-all = Voir toutes les personnes sans rencontre
overview-without-caption = Personnes sans rencontre, avec la raison
overview-name = Nom
overview-code = Code
overview-reason = Raison
overview-versions = Tous les plannings
overview-versions-caption = Plannings établis pour cette séance
overview-version = n°~{ $n }
overview-version-published = n°~{ $n }~(publié)
overview-made = Établi
overview-meetings = Rencontres
unmet-no-wish = aucun souhait exprimé
unmet-forbidden = toutes les rencontres souhaitées sont exclues
unmet-presence = aucun créneau commun avec les employeurs souhaités
unmet-full = les employeurs souhaités sont complets
unmet-tables = toutes les tables sont prises
unmet-room = une rencontre peut encore être ajoutée
unmet-employer = aucune rencontre ne lui a été attribuée
unmet-later = ses rencontres ont été annulées, ou son inscription est plus récente que ce planning
overview-no-reason = sans raison notée
