# One person or employer at a time.
roster-new-candidate = Ajouter une personne
roster-new-employer = Ajouter un employeur
roster-edit = Modifier { $code }
roster-to-list = Toutes les personnes
roster-register = Inscrire
roster-registered = { $code } est inscrit.
roster-save = Enregistrer
roster-saved = Modifications enregistrées.
roster-wishes = Voir ses souhaits
roster-file = Voir la fiche et les messages
roster-is-withdrawn = Cette inscription est retirée : elle ne peut plus être modifiée. Pour une nouvelle inscription, ajoutez la personne sous un autre code.
roster-alike = Une personne connue a le même contact
roster-alike-who = Déjà connue : { $name }
roster-alike-question = Est-ce la même personne ?
roster-alike-choose = Dites si c'est la même personne, puis recommencez
roster-alike-same = Oui : ses informations prennent les réponses ci-dessous
roster-alike-other = Non, c'est une autre personne
roster-hint-candidat = Vide : le prochain code libre.
roster-hint-employeur = Vide : le prochain code libre.
roster-hint-mobile = 06 12 34 56 78. Les SMS ne partent qu'aux mobiles.
roster-hint-langue = Code à deux lettres : fr, en, ar… Vide : français.
roster-hint-arrivee = Vide : dès le début de la séance.
roster-hint-depart = Vide : jusqu'à la fin.
roster-hint-rendez-vous-max = Vide : sans limite.
roster-hint-recruteurs = Nombre de rencontres en même temps.
roster-hint-contact = Prénom puis nom de la personne à prévenir.
roster-withdraw = Retirer de la séance
roster-withdraw-title = Retirer { $code }
roster-withdraw-consequence = Ses rencontres sont annulées dans tous les plannings, les personnes concernées sont prévenues si le planning est publié. Le code ne peut pas être réutilisé.
roster-withdraw-by = Qui se retire ?
roster-withdraw-by-hint = Le message aux autres le dira avec tact.
roster-withdraw-participant = La personne, ou l'employeur
roster-withdraw-organisation = L'organisation décide
roster-withdrawn = { $n ->
    [0] { $code } est retiré. Aucune rencontre à annuler.
    [one] { $code } est retiré, { $n }~rencontre annulée.
   *[other] { $code } est retiré, { $n }~rencontres annulées.
}
