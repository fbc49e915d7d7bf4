# Who wants to meet whom, and what it weighs.
wishes-title = Souhaits
wishes-lead = { $n ->
    [one] { $n }~couple renseigné.
   *[other] { $n }~couples renseignés.
}
wishes-silent = { $n ->
    [0] Chaque candidat·e a au moins un souhait
    [one] { $n }~candidat·e sans souhait
   *[other] { $n }~candidat·es sans souhait
}
wishes-filter-candidate = Candidat·e, nom ou code
wishes-filter-employer = Employeur, nom ou code
wishes-filter-silent = Sans souhait seulement
wishes-filter = Filtrer
wishes-filter-none = Tout montrer
wishes-found = { $candidates } candidat·es, { $employers } employeurs.
wishes-legend = Ce que disent les cases
wishes-legend-rank = rang du souhait de la personne ; 1 est le premier
wishes-legend-opinion = l'employeur veut bien (+), ou en priorité (++)
wishes-legend-recommended = conseillé par la personne référente
wishes-legend-must = rencontre imposée, quoi qu'il en coûte
wishes-legend-must-not = rencontre interdite
wishes-legend-no = l'employeur ne souhaite pas la rencontre
wishes-cell-must = oblig.
wishes-cell-must-not = exclu
wishes-cell-no = non
wishes-caption = Candidat·es en lignes, employeurs en colonnes
wishes-keys = Dans le tableau : flèches pour se déplacer, Entrée pour modifier, Échap pour revenir. Sans script : ouvrez la page d'une personne par son nom.
wishes-windows = Parties du tableau
wishes-window-up = Candidat·es précédents
wishes-window-down = Candidat·es suivants
wishes-window-left = Employeurs précédents
wishes-window-right = Employeurs suivants
wishes-nobody = Personne ici
wishes-nobody-advice = Aucun nom ne répond à ces critères.
wishes-empty = Pas encore de souhaits à montrer
wishes-empty-advice = Il faut au moins un employeur et une personne candidate. Importez les tables, ou ajoutez-les une à une.
wishes-import = Importer des tables
wishes-editor = Modifier ce souhait
wishes-rank = Rang
wishes-rank-hint = 1 à 99 ; 0 : pas de souhait
wishes-rank-wrong = Écrivez un nombre de 1 à 99, ou 0 pour aucun souhait.
wishes-opinion = Avis de l'employeur
wishes-opinion-none = Pas d'avis
wishes-opinion-yes = Oui
wishes-opinion-priority = Prioritaire
wishes-opinion-no = Non
wishes-rule = Règle
wishes-rule-none = Libre
wishes-rule-must = Imposée
wishes-rule-must-not = Interdite
wishes-recommended = Conseillé par la personne référente
wishes-save = Enregistrer
wishes-saved = Souhait enregistré.
wishes-changed = { $n ->
    [0] Rien n'a changé.
    [one] { $n }~souhait enregistré.
   *[other] { $n }~souhaits enregistrés.
}
wishes-of = Souhaits : { $name }
wishes-with = Avec
wishes-to-matrix = Tout le tableau
wishes-export = Exporter les souhaits (CSV)
wishes-weights = Poids des souhaits
wishes-weights-lead = Le planning cherche le plus grand total de points.
wishes-weights-open = Voir et changer les points
wishes-weights-meaning = Chaque rencontre du planning rapporte des points : ceux du rang du souhait, plus ceux de l'avis de l'employeur et du conseil de la personne référente. Le planning retenu est celui qui en réunit le plus. Un premier souhait à 5 et un deuxième à 4 : mieux vaut deux deuxièmes souhaits (8) qu'un seul premier (5).
wishes-weight-rank = { $n ->
    [one] Points d'un premier souhait
   *[other] Points d'un souhait de rang { $n }
}
wishes-weight-last = Points d'un souhait de rang { $n } et au-delà
wishes-weight-priority = Points en plus si l'employeur dit « prioritaire »
wishes-weight-priority-hint = Au lieu des points d'un simple « oui ».
wishes-weight-yes = Points en plus si l'employeur dit « oui »
wishes-weight-recommended = Points en plus si la rencontre est conseillée
wishes-weight-wrong = Écrivez un nombre entier de 0 à 1 000
wishes-weights-rules = Une rencontre imposée passe avant tous les points ; une rencontre interdite, ou refusée par l'employeur, n'a jamais lieu. Changer les points rend les plannings déjà faits périmés : ils restent, et on en refait un.
wishes-weights-saved = Points enregistrés. Refaites un planning pour qu'ils comptent.
