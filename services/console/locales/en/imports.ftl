# People in, by table.
imports-title = Imports
imports-steps = Steps of the import
imports-step-file = File
imports-step-columns = Columns
imports-step-check = Check
imports-step-commit = Import
imports-begin = Start an import
imports-none = No import made on these pages yet
imports-none-advice = Start with the employers' or the candidates' file, as your spreadsheet saves it.
imports-files = Files
imports-no-files = Import without a file
imports-state = State
imports-state-open = Waiting
imports-state-committed = Done
imports-state-undone = Undone
imports-can-be-undone = Can still be undone
imports-when = Date
imports-kept-until = Kept until
imports-exports = Export
imports-exports-lead = The tables of this session, as they can be imported again.
imports-table = Table
imports-table-employers = Employers
imports-table-candidates = Candidates
imports-table-wishes = Wishes
imports-table-guess = Tell it from its columns
imports-table-hint = Only needed when the columns have other names.
imports-file = File
imports-file-hint = CSV saved by a spreadsheet, up to 10~MB and 20,000 rows. Semicolons or commas, UTF-8 or Windows accents.
imports-file-lead = Send one table at a time: employers, candidates, then their wishes. Nothing is imported before the last step.
imports-text = Or paste the text
imports-text-hint = With its line of column titles.
imports-pasted = Pasted text
imports-file-missing = Choose a file, or paste the text of a table
imports-send = Send the table
imports-file-about = { $rows ->
    [one] { $rows }~row, { $encoding }, separator "{ $delimiter }"
   *[other] { $rows }~rows, { $encoding }, separator "{ $delimiter }"
}
imports-kept-note = Kept until { $when }, for you and your colleagues. You can leave this page and come back.
imports-add-file = Add or replace a table
imports-to-columns = Check the columns
imports-models = Templates
imports-models-lead = This session's tables have the right column titles, even when empty.
imports-columns-lead = Say what each column holds. Ignored columns are not read.
imports-column = Column of the file
imports-column-unnamed = Untitled
imports-column-number = Column { $n }
imports-column-ignored = Ignore
imports-samples = First values
imports-samples-none = Always empty
imports-read-as = Holds
imports-guessed = Recognised by its title
imports-ignored = Ignored
imports-needed = * No row can be read without this column.
imports-columns-save = Save the columns
imports-columns-saved = Columns saved.
imports-counts = What the import would do
imports-new = New
imports-changed = Changed
imports-identical = Identical
imports-faulty = With errors
imports-dropped = Set aside
imports-removed = { $n ->
    [one] { $n }~wish that the file lacks will be removed
   *[other] { $n }~wishes that the file lacks will be removed
}
imports-todo = Before you import
imports-todo-columns = Say which column holds what is missing
imports-todo-rows = { $n ->
    [one] Correct { $n }~row, or set it aside
   *[other] Correct { $n }~rows, or set them aside
}
imports-todo-duplicates = { $n ->
    [one] Decide on { $n }~possible duplicate
   *[other] Decide on { $n }~possible duplicates
}
imports-all-good = All rows can be imported.
imports-to-commit = Go on to the import
imports-upload-again = Send another file
imports-about-files = Columns
imports-error = Error:
imports-to-columns-again = Go back to the columns
imports-rows = Rows to correct
imports-rows-none = No row to correct
imports-rows-none-advice = All rows of this table are good.
imports-errors-only = Show errors only
imports-remarks-too = Show remarks too, which stop nothing
imports-line = row { $n }
imports-row-dropped = set aside
imports-original = In the file: "{ $value }"
imports-drop = Set this row aside
imports-whole-row = See the whole row
imports-correct = Save the corrections
imports-corrected = { $n ->
    [0] Nothing has changed.
    [one] { $n }~row corrected.
   *[other] { $n }~rows corrected.
}
imports-duplicates = Possible duplicates
imports-duplicates-lead = Somebody known has the same contact. If it is the same person, what the file says wins; what it leaves empty stays.
imports-duplicates-place = Possible duplicates { $from } to { $to } of { $all }, undecided ones first.
imports-duplicates-previous = Previous duplicates
imports-duplicates-next = Next duplicates
imports-duplicates-beyond = { $n ->
    [one] { $n }~more possible duplicate follows once these are decided.
   *[other] { $n }~more possible duplicates follow once these are decided.
}
imports-field = Field
imports-known = Already known
imports-row = In the file
imports-merged = If it is the same
imports-changes = changes
imports-same = It is the same person
imports-other = It is another person
imports-decided = Decision saved for { $key }.
imports-decided-same = Decided: the same person.
imports-decided-other = Decided: another person.
imports-blocked = A column that is needed is missing: nothing can be imported.
imports-nothing = Nothing to import
imports-nothing-advice = All rows have errors or are set aside. Correct some, or send another file.
imports-commit-lead = All of it is imported at once, or nothing. Nobody gets a message for a wish; registered employers will be asked to confirm, as the reminder rules say.
imports-leave-lead = { $n ->
    [one] { $n }~row has errors.
   *[other] { $n }~rows have errors.
}
imports-correct-first = Correct first
imports-leave = { $n ->
    [one] Leave this row aside: I will download it afterwards
   *[other] Leave these { $n }~rows aside: I will download them afterwards
}
imports-leave-needed = Some rows have errors: correct them, or tick that they are left aside
imports-look-first = Look at them first
imports-apart = { $n ->
    [one] Import it as another person
   *[other] Import them as other people
}
imports-do-people = { $n ->
    [one] Import { $n }~registration
   *[other] Import { $n }~registrations
}
imports-do-wishes = { $n ->
    [one] Import { $n }~wish
   *[other] Import { $n }~wishes
}
imports-do-both = Import { $people }~registrations and { $wishes }~wishes
imports-committed = Import done.
imports-receipt = Import done
imports-receipt-undone = Import undone
imports-done-on = Done on { $when }.
imports-undone-on = Undone on { $when }. The session is as it was before the import.
imports-left = Rows set aside
imports-left-lead = Each table has its remarks in the last column. Kept until { $when }.
imports-to-wishes = See the wishes
imports-to-people = See the people
imports-undo = Undo the import
imports-undo-consequence = This import's registrations and wishes go, those that it changed become as they were. Employers who were asked to confirm are told that it is off. The people stay in the directory, with what they said about how to reach them: another import knows them again.
imports-undone = Import undone: { $removed } registrations removed, { $restored } as before.
imports-rests = This import can no longer be undone, this rests on it:
imports-rests-timetable = timetable no.~{ $n }
imports-rests-registration = registration { $code }, changed since
imports-rests-wish = the wish of { $candidate } for { $employer }, changed since
imports-rests-meeting = a meeting of { $code }
imports-rests-import = a later import, { $when }
imports-rests-forgotten = the record of what it changed, which is no longer kept
imports-discard = Give up the import
imports-discard-consequence = The files and your corrections are forgotten. The session does not change.
imports-discarded = Import given up.

field-candidat = Code
field-employeur = Employer code
field-prenom = Given name
field-nom = Family name
field-courriel = E-mail
field-mobile = Mobile
field-telephone = Telephone
field-langue = Language
field-accessibilite = Access needs
field-arrivee = Arrives
field-depart = Leaves
field-rendez-vous-max = Meetings at most
field-referent = Referent
field-raison-sociale = Company name
field-secteur = Sector
field-poste = Position
field-recruteurs = Recruiters
field-contact = Contact
field-rang = Rank
field-avis-employeur = Employer's opinion
field-conseille-par-referent = Recommended by the referent
field-impose = Must
field-interdit = Must not
imports-place-file = the file
imports-place-row = the row
imports-place-surplus = surplus columns
