# One person or employer at a time.
roster-new-candidate = Add a person
roster-new-employer = Add an employer
roster-edit = Edit { $code }
roster-to-list = All people
roster-register = Register
roster-registered = { $code } is registered.
roster-save = Save
roster-saved = Changes saved.
roster-wishes = See their wishes
roster-file = See the file and messages
roster-is-withdrawn = This registration was withdrawn: it can no longer be changed. To register again, add the person under another code.
roster-alike = Somebody known has the same contact
roster-alike-who = Already known: { $name }
roster-alike-question = Is it the same person?
roster-alike-choose = Say whether it is the same person, then try again
roster-alike-same = Yes: their details take the answers below
roster-alike-other = No, it is another person
roster-hint-candidat = Empty: the next free code.
roster-hint-employeur = Empty: the next free code.
roster-hint-mobile = 06 12 34 56 78. Text messages go to mobiles only.
roster-hint-langue = Two-letter code: fr, en, ar… Empty: French.
roster-hint-arrivee = Empty: from the start of the session.
roster-hint-depart = Empty: until the end.
roster-hint-rendez-vous-max = Empty: no limit.
roster-hint-recruteurs = How many meetings at once.
roster-hint-contact = Given name, then family name of the person to tell.
roster-withdraw = Take out of the session
roster-withdraw-title = Take { $code } out
roster-withdraw-consequence = Their meetings are cancelled in every timetable, and those concerned are told if the timetable is published. The code cannot be used again.
roster-withdraw-by = Who withdraws?
roster-withdraw-by-hint = The message to the others says it tactfully.
roster-withdraw-participant = The person, or the employer
roster-withdraw-organisation = The organisation decides
roster-withdrawn = { $n ->
    [0] { $code } is out. No meeting to cancel.
    [one] { $code } is out, { $n }~meeting cancelled.
   *[other] { $code } is out, { $n }~meetings cancelled.
}
