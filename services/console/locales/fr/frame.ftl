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

live-late = Cette page n'est peut-être plus à jour. Un nouvel essai suit de lui-même.

form-error-prefix = Erreur :
form-summary = À corriger
form-fault-of = { $field } : { $words }
form-overtaken = Quelqu'un d'autre a enregistré des changements entre-temps
form-overtaken-advice = Vos saisies sont gardées, et rien n'a été écrasé. Vérifiez ce qui diffère, puis validez à nouveau : ce qui est écrit ici vaudra alors.
form-overtaken-prefix = Changé entre-temps :
form-stands = Maintenant : { $value }
form-stands-empty = Maintenant : vide
form-back = Revenir
form-refused = Ces réponses ne peuvent pas être enregistrées ensemble. Vérifiez-les, puis recommencez.
form-refused-field = Une réponse n'a pas la forme attendue : { $field }.
nav-team = Équipe
nav-audit = Journal
nav-account = Mon compte
sign-out = Se déconnecter
pager-first = Revenir au début
