# The account as its owner meets it.
account-sign-in = Se connecter
account-sign-in-button = Se connecter
account-sign-in-refused = Cette adresse et ce mot de passe ne vont pas ensemble : vérifiez les deux, ou demandez un autre mot de passe
account-too-many-tries = Trop d'essais : attendez un quart d'heure, puis recommencez
account-no-account = Pas encore de compte ? Demandez une invitation à la personne qui administre Jalon. Toute première utilisation ? La commande « jalon serve » affiche l'adresse à ouvrir.
account-mail = Adresse e-mail
account-mail-hint = Elle vous sert d'identifiant.
account-mail-missing = Écrivez votre adresse e-mail
account-mail-wrong = Écrivez une adresse e-mail complète, comme lina@exemple.fr
account-password = Mot de passe
account-password-new = Nouveau mot de passe
account-password-old = Mot de passe actuel
account-password-again = Le même mot de passe, une seconde fois
account-password-hint = 12 caractères au moins. Quatre mots sans rapport conviennent bien.
account-password-missing = Écrivez un mot de passe
account-password-differs = Écrivez deux fois le même mot de passe
account-password-wrong = Choisissez un autre mot de passe : 12 caractères au moins, peu courant, différent de l'adresse
account-password-set = Mot de passe enregistré. Vous pouvez vous connecter.
account-password-change = Changer le mot de passe
account-password-change-lead = Vos autres sessions se terminent, celle-ci reste ouverte.
account-password-changed = Mot de passe changé. Vos autres sessions sont terminées.
account-old-missing = Écrivez votre mot de passe actuel
account-old-wrong = Ce n'est pas votre mot de passe actuel : écrivez-le de nouveau
account-given-name = Prénom
account-given-name-missing = Écrivez un prénom
account-family-name = Nom de famille
account-family-name-missing = Écrivez un nom de famille
account-family-name-wrong = Écrivez un nom de famille, avec des lettres
account-organisation = Organisation
account-organisation-hint = Celle qui organise les séances. D'autres pourront s'ajouter.
account-organisation-missing = Écrivez le nom de l'organisation
account-setup = Ouvrir Jalon pour la première fois
account-setup-lead = Créez le compte qui administre cette installation. Cette page ne sert qu'une fois.
account-setup-button = Créer mon compte
account-already-set-up = Cette installation a déjà son compte d'administration : connectez-vous, ou demandez une invitation
account-forgotten = Mot de passe oublié
account-forgotten-lead = Un message vous donnera un lien pour en choisir un autre.
account-forgotten-button = Recevoir le lien
account-forgotten-sent = Si un compte existe à cette adresse, un message vient de partir. Le lien qu'il contient ne sert qu'une fois.
account-choose = Choisir mon mot de passe
account-choose-lead = Ce lien ne sert qu'une fois. Votre nom de famille confirme qu'il est bien pour vous.
account-choose-button = Enregistrer mon mot de passe
account-letters = Les trois premières lettres de votre nom de famille
account-letters-hint = Votre nom entier s'il est plus court. Majuscules et accents ne comptent pas.
account-letters-missing = Écrivez les trois premières lettres de votre nom de famille
account-letters-wrong = Ces lettres ne correspondent pas : écrivez le début de votre nom de famille
account-link-gone = Ce lien ne fonctionne plus
account-link-gone-advice = Il a déjà servi, il est trop ancien, ou un message plus récent le remplace.
account-own = Mon compte
account-none = Vous êtes entré·e par une adresse à usage unique, sans compte. C'est le cas dans une démonstration.
account-scheme = Aspect des pages
account-scheme-system = Comme l'appareil
account-scheme-light = Clair
account-scheme-dark = Sombre
account-sessions = Mes sessions
account-sessions-lead = Les navigateurs où vous êtes connecté·e. Terminez celles que vous ne reconnaissez pas, puis changez de mot de passe.
account-device = Navigateur
account-since = Ouverte
account-seen = Dernière activité
account-action = Action
account-this-session = Cette session
account-session-end = Terminer
account-session-ended = Session terminée.
account-sessions-end = { $n ->
    [one] Terminer { $n }~autre session
   *[other] Terminer { $n }~autres sessions
}
account-sessions-ended = { $n ->
    [one] { $n }~session terminée.
   *[other] { $n }~sessions terminées.
}
