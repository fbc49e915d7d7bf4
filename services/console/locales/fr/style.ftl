# /style, the page that shows every component.
style-title = Composants
style-lead = Chaque élément des pages, avec ses états. À copier tel quel.
style-tabs = Exemple d'onglets
style-tab-one = Premier
style-tab-two = Second
style-notices = Avis
style-count = { $n ->
    [one] { $n }~personne
   *[other] { $n }~personnes
}
style-states = États
style-live = En direct
style-form = Formulaire
style-name = Nom
style-hint = Une aide, toujours visible, avant le champ.
style-name-missing = Écrivez un nom
style-number = Nombre de tables
style-number-wrong = Écrivez un nombre de tables entre 1 et 200
style-date = Date
style-date-wrong = Choisissez une date
style-time = Heure
style-time-wrong = Choisissez une heure, par exemple 14:00
style-choice = Choix
style-tick = Prévenir par e-mail
style-area = Remarque
style-save = Enregistrer
style-delete = Supprimer 3 inscriptions
style-consequence = Les 3 personnes ne seront plus attendues et recevront un message d'annulation.
style-done = 3 inscriptions supprimées (pour l'exemple).
style-saved = « { $name } » enregistré (pour l'exemple).
style-wrong = Champs à corriger
style-file = Fichier
style-file-read = { $name } : { $n } octets lus (pour l'exemple).
style-file-missing = Aucun fichier choisi : { $n }.
style-list = Liste
style-empty = Rien pour l'instant
style-empty-advice = Dites ici quoi faire ensuite.
style-formats = Dates, nombres, listes
style-refuse = Montrer le refus d'un service
style-name-taken = Ce nom est déjà pris : choisissez-en un autre
