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
people-unknown = Personne inconnue
people-unknown-organisation = Organisation inconnue
people-there = de { $from } à { $to }
people-there-from = à partir de { $from }
people-there-until = jusqu'à { $to }
people-erased = Personne effacée
people-erase = Effacer cette personne
people-erase-title = Effacer { $name } ?
people-erase-consequence = Son nom, ses coordonnées et les messages qui lui ont été envoyés disparaissent partout. Elle est retirée des séances à venir : ses rencontres sont annulées, les personnes concernées sont prévenues. Elle-même n'est pas prévenue. C'est définitif.
people-erase-for-good = Effacer définitivement
people-erase-done = Personne effacée.
