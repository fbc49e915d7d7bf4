# People in, by table.
imports-title = Imports
imports-steps = Étapes de l'import
imports-step-file = Fichier
imports-step-columns = Colonnes
imports-step-check = Vérification
imports-step-commit = Importer
imports-begin = Commencer un import
imports-none = Aucun import fait sur ces pages
imports-none-advice = Commencez par le fichier des employeurs ou des candidat·es, tel qu'il sort du tableur.
imports-files = Fichiers
imports-no-files = Import sans fichier
imports-state = État
imports-state-open = En attente
imports-state-committed = Fait
imports-state-undone = Annulé
imports-can-be-undone = Peut encore être annulé
imports-when = Date
imports-kept-until = Gardé jusqu'au
imports-exports = Exporter
imports-exports-lead = Les tables de la séance, telles qu'elles peuvent être importées de nouveau.
imports-table = Table
imports-table-employers = Employeurs
imports-table-candidates = Candidat·es
imports-table-wishes = Souhaits
imports-table-guess = La reconnaître à ses colonnes
imports-table-hint = À choisir seulement si les colonnes ont d'autres noms.
imports-file = Fichier
imports-file-hint = CSV enregistré par un tableur, 10~Mo et 20 000 lignes au plus. Point-virgule ou virgule, accents en UTF-8 ou Windows.
imports-file-lead = Envoyez une table à la fois : les employeurs, les candidat·es, puis leurs souhaits. Rien n'est importé avant la dernière étape.
imports-text = Ou collez le texte
imports-text-hint = Avec la ligne des titres de colonnes.
imports-pasted = Texte collé
imports-file-missing = Choisissez un fichier, ou collez le texte d'une table
imports-send = Envoyer la table
imports-file-about = { $rows ->
    [one] { $rows }~ligne, { $encoding }, séparateur « { $delimiter } »
   *[other] { $rows }~lignes, { $encoding }, séparateur « { $delimiter } »
}
imports-kept-note = Gardé jusqu'au { $when }, pour vous et vos collègues. Vous pouvez quitter cette page et y revenir.
imports-add-file = Ajouter ou remplacer une table
imports-to-columns = Vérifier les colonnes
imports-models = Modèles
imports-models-lead = Les tables de cette séance ont les bons titres de colonnes, même vides.
imports-columns-lead = Dites ce que contient chaque colonne. Les colonnes ignorées ne sont pas lues.
imports-column = Colonne du fichier
imports-column-unnamed = Sans titre
imports-column-number = Colonne { $n }
imports-column-ignored = Ignorer
imports-samples = Premières valeurs
imports-samples-none = Toujours vide
imports-read-as = Contient
imports-guessed = Reconnue à son titre
imports-ignored = Ignorée
imports-needed = * Sans cette colonne, aucune ligne ne peut être lue.
imports-columns-save = Enregistrer les colonnes
imports-columns-saved = Colonnes enregistrées.
imports-counts = Ce que ferait l'import
imports-new = Nouvelles
imports-changed = Modifiées
imports-identical = Identiques
imports-faulty = En erreur
imports-dropped = Mises de côté
imports-removed = { $n ->
    [one] { $n }~souhait absent du fichier sera retiré
   *[other] { $n }~souhaits absents du fichier seront retirés
}
imports-todo = À faire avant d'importer
imports-todo-columns = Dire quelle colonne contient ce qui manque
imports-todo-rows = { $n ->
    [one] Corriger { $n }~ligne, ou la mettre de côté
   *[other] Corriger { $n }~lignes, ou les mettre de côté
}
imports-todo-duplicates = { $n ->
    [one] Trancher { $n }~doublon possible
   *[other] Trancher { $n }~doublons possibles
}
imports-all-good = Toutes les lignes peuvent être importées.
imports-to-commit = Passer à l'import
imports-upload-again = Envoyer un autre fichier
imports-about-files = Colonnes
imports-error = Erreur :
imports-to-columns-again = Revoir les colonnes
imports-rows = Lignes à corriger
imports-rows-none = Aucune ligne à corriger
imports-rows-none-advice = Toutes les lignes de cette table sont bonnes.
imports-errors-only = Montrer les erreurs seulement
imports-remarks-too = Montrer aussi les remarques, qui n'empêchent rien
imports-line = ligne { $n }
imports-row-dropped = mise de côté
imports-original = Dans le fichier : « { $value } »
imports-drop = Mettre cette ligne de côté
imports-whole-row = Voir toute la ligne
imports-correct = Enregistrer les corrections
imports-corrected = { $n ->
    [0] Rien n'a changé.
    [one] { $n }~ligne corrigée.
   *[other] { $n }~lignes corrigées.
}
imports-duplicates = Doublons possibles
imports-duplicates-lead = Une personne connue a le même contact. Si c'est la même, ce que dit le fichier l'emporte ; ce qu'il laisse vide reste.
imports-duplicates-place = Doublons possibles { $from } à { $to } sur { $all }, ceux à trancher d'abord.
imports-duplicates-previous = Doublons précédents
imports-duplicates-next = Doublons suivants
imports-duplicates-beyond = { $n ->
    [one] { $n }~autre doublon possible suivra quand ceux-ci seront tranchés.
   *[other] { $n }~autres doublons possibles suivront quand ceux-ci seront tranchés.
}
imports-field = Champ
imports-known = Déjà connue
imports-row = Dans le fichier
imports-merged = Si c'est la même
imports-changes = change
imports-same = C'est la même personne
imports-other = C'est une autre personne
imports-decided = Décision enregistrée pour { $key }.
imports-decided-same = Décidé : la même personne.
imports-decided-other = Décidé : une autre personne.
imports-blocked = Une colonne nécessaire manque : rien ne peut être importé.
imports-nothing = Rien à importer
imports-nothing-advice = Toutes les lignes sont en erreur ou mises de côté. Corrigez-en, ou envoyez un autre fichier.
imports-commit-lead = Tout est importé d'un coup, ou rien. Personne ne reçoit de message pour un souhait ; les employeurs inscrits seront invités à confirmer leur venue selon les règles de rappel.
imports-leave-lead = { $n ->
    [one] { $n }~ligne est en erreur.
   *[other] { $n }~lignes sont en erreur.
}
imports-correct-first = Corriger d'abord
imports-leave = { $n ->
    [one] Laisser cette ligne de côté : je la téléchargerai ensuite
   *[other] Laisser ces { $n }~lignes de côté : je les téléchargerai ensuite
}
imports-leave-needed = Des lignes sont en erreur : corrigez-les, ou cochez qu'elles restent de côté
imports-look-first = Les regarder d'abord
imports-apart = { $n ->
    [one] L'importer comme une autre personne
   *[other] Les importer comme d'autres personnes
}
imports-do-people = { $n ->
    [one] Importer { $n }~inscription
   *[other] Importer { $n }~inscriptions
}
imports-do-wishes = { $n ->
    [one] Importer { $n }~souhait
   *[other] Importer { $n }~souhaits
}
imports-do-both = Importer { $people }~inscriptions et { $wishes }~souhaits
imports-committed = Import fait.
imports-receipt = Import fait
imports-receipt-undone = Import annulé
imports-done-on = Fait { $when }.
imports-undone-on = Annulé { $when }. La séance est comme avant l'import.
imports-left = Lignes mises de côté
imports-left-lead = Chaque table porte ses remarques en dernière colonne. Gardées jusqu'au { $when }.
imports-to-wishes = Voir les souhaits
imports-to-people = Voir les personnes
imports-undo = Annuler l'import
imports-undo-consequence = Les inscriptions et les souhaits de cet import disparaissent, ceux qu'il a modifiés redeviennent comme avant. Les employeurs invités à confirmer apprennent que c'est annulé. Les personnes restent dans l'annuaire, avec ce qu'elles ont dit de leurs moyens de contact : un nouvel import les reconnaît.
imports-undone = Import annulé : { $removed } inscriptions retirées, { $restored } remises comme avant.
imports-rests = Cet import ne peut plus être annulé, ceci en dépend :
imports-rests-timetable = le planning n°~{ $n }
imports-rests-registration = l'inscription { $code }, modifiée depuis
imports-rests-wish = le souhait de { $candidate } pour { $employer }, modifié depuis
imports-rests-meeting = un rendez-vous de { $code }
imports-rests-import = un import fait depuis, { $when }
imports-rests-forgotten = le détail de ce qu'il a changé, qui n'est plus gardé
imports-discard = Abandonner l'import
imports-discard-consequence = Les fichiers et vos corrections sont oubliés. La séance ne change pas.
imports-discarded = Import abandonné.

field-candidat = Code
field-employeur = Code employeur
field-prenom = Prénom
field-nom = Nom
field-courriel = Courriel
field-mobile = Mobile
field-telephone = Téléphone
field-langue = Langue
field-accessibilite = Besoins d'accessibilité
field-arrivee = Arrivée
field-depart = Départ
field-rendez-vous-max = Rencontres au plus
field-referent = Référent·e
field-raison-sociale = Raison sociale
field-secteur = Secteur
field-poste = Poste
field-recruteurs = Recruteurs
field-contact = Contact
field-rang = Rang
field-avis-employeur = Avis de l'employeur
field-conseille-par-referent = Conseillé par le référent
field-impose = Imposé
field-interdit = Interdit
imports-place-file = le fichier
imports-place-row = la ligne
imports-place-surplus = colonnes en trop
