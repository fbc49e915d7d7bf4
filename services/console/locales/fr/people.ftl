# Who takes part.
people-title = Personnes
people-import = Importer des tables
people-imports = Imports faits et exports
people-name = Nom ou code
people-side = Côté
people-both = Les deux
people-without = Sans rencontre seulement
people-filter = Filtrer
people-found = { $n ->
    [one] { $n }~inscription
   *[other] { $n }~inscriptions
}
people-nobody = Personne ici
people-nobody-advice = Aucune inscription ne répond à ces critères.
people-all = Voir toutes les inscriptions
people-caption = Personnes inscrites, par ordre alphabétique
people-column-name = Nom
people-code = Code
people-state = État
people-meetings = Rencontres
people-edit = modifier
