# The frame of every page.
# ~ is a space that does not break.
skip = Skip to content
nav-main = Main
nav-sessions = Sessions
nav-reminders = Reminders
nav-messages = Messages
signed-in-as = Signed in: { $name }
back-to-sessions = See the sessions
pager-previous = Previous page
pager-next = Next page

live-late = This page may be out of date. It tries again by itself.

form-error-prefix = Error:
form-summary = To correct
form-fault-of = { $field }: { $words }
form-overtaken = Somebody else saved changes meanwhile
form-overtaken-advice = What you typed is kept, and nothing was overwritten. Check what differs, then confirm again: what is written here will then stand.
form-overtaken-prefix = Changed meanwhile:
form-stands = Now: { $value }
form-stands-empty = Now: empty
form-back = Go back
form-refused = These answers cannot be saved together. Check them, then try again.
form-refused-field = An answer is not in the expected form: { $field }.
nav-team = Team
nav-audit = Record
nav-account = My account
sign-out = Sign out
pager-first = Back to the start
