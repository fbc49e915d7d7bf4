# The frame of every page.
# ~ is a space that does not break; the spaces of double marks and of « » come by themselves.
skip = Aller au contenu
nav-main = Principale
nav-sessions = Séances
nav-reminders = Rappels
nav-messages = Messages
signed-in-as = Connexion : { $name }
back-to-sessions = Voir les séances
pager-previous = Page précédente
pager-next = Page suivante

form-error-prefix = Erreur :
form-summary = À corriger
form-back = Revenir
form-refused = Ces réponses ne peuvent pas être enregistrées ensemble. Vérifiez-les, puis recommencez.
form-refused-field = Une réponse n'a pas la forme attendue : { $field }.
nav-team = Équipe
nav-audit = Journal
nav-account = Mon compte
sign-out = Se déconnecter
pager-first = Revenir au début
