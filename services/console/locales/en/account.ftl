# The account as its owner meets it.
account-sign-in = Sign in
account-sign-in-button = Sign in
account-sign-in-refused = This address and this password do not go together: check both, or ask for another password
account-too-many-tries = Too many tries: wait a quarter of an hour, then try again
account-no-account = No account yet? Ask whoever administers Jalon for an invitation. The very first time? The command “jalon serve” prints the address to open.
account-mail = E-mail address
account-mail-hint = You sign in with it.
account-mail-missing = Write your e-mail address
account-mail-wrong = Write a complete e-mail address, such as lina@example.org
account-password = Password
account-password-new = New password
account-password-old = Current password
account-password-again = The same password once more
account-password-hint = At least 12 characters. Four unrelated words do well.
account-password-missing = Write a password
account-password-differs = Write the same password twice
account-password-wrong = Choose another password: at least 12 characters, uncommon, and not your address
account-password-set = Your password is saved. You can sign in.
account-password-change = Change the password
account-password-change-lead = Your other sessions end; this one stays open.
account-password-changed = Password changed. Your other sessions have ended.
account-old-missing = Write your current password
account-old-wrong = This is not your current password: write it again
account-given-name = Given name
account-given-name-missing = Write a given name
account-family-name = Surname
account-family-name-missing = Write a surname
account-family-name-wrong = Write a surname, with letters
account-organisation = Organisation
account-organisation-hint = The one that organises the sessions. Others can be added later.
account-organisation-missing = Write the name of the organisation
account-setup = Open Jalon for the first time
account-setup-lead = Create the account that administers this installation. This page works once.
account-setup-button = Create my account
account-already-set-up = This installation has its administrator already: sign in, or ask for an invitation
account-forgotten = Forgotten password
account-forgotten-lead = A message will bring you a link to choose another one.
account-forgotten-button = Send me the link
account-forgotten-sent = If there is an account with this address, a message has just left. The link in it works once.
account-choose = Choose my password
account-choose-lead = This link works once. Your surname confirms that it is meant for you.
account-choose-button = Save my password
account-letters = The first three letters of your surname
account-letters-hint = All of your surname if it is shorter. Capitals and accents do not matter.
account-letters-missing = Write the first three letters of your surname
account-letters-wrong = These letters do not match: write the beginning of your surname
account-link-gone = This link no longer works
account-link-gone-advice = It has been used, it is too old, or a later message replaces it.
account-own = My account
account-none = You came in by a one-time address, without an account. That is how a demonstration works.
account-scheme = Appearance
account-scheme-system = Same as the device
account-scheme-light = Light
account-scheme-dark = Dark
account-sessions = My sessions
account-sessions-lead = The browsers where you are signed in. End those that you do not recognise, then change your password.
account-device = Browser
account-since = Opened
account-seen = Last active
account-action = Action
account-this-session = This session
account-session-end = End
account-session-ended = Session ended.
account-sessions-end = { $n ->
    [one] End { $n }~other session
   *[other] End { $n }~other sessions
}
account-sessions-ended = { $n ->
    [one] { $n }~session ended.
   *[other] { $n }~sessions ended.
}
