# Who takes part.
people-title = People
people-import = Import tables
people-imports = Imports and exports
people-name = Name or code
people-side = Side
people-both = Both
people-without = Without a meeting only
people-filter = Filter
people-found = { $n ->
    [one] { $n }~registration
   *[other] { $n }~registrations
}
people-nobody = Nobody here
people-nobody-advice = No registration fits these filters.
people-all = See all registrations
people-caption = People who are registered, in alphabetical order
people-column-name = Name
people-code = Code
people-state = State
people-meetings = Meetings
people-edit = edit
people-unknown = Unknown person
people-unknown-organisation = Unknown organisation
people-there = from { $from } to { $to }
people-there-from = from { $from }
people-there-until = until { $to }
people-erased = Erased person
people-erase = Erase this person
people-erase-title = Erase { $name }?
people-erase-consequence = Their name, their contact details and the messages that were sent to them disappear everywhere. They are taken out of the sessions to come: their meetings are cancelled, and those concerned are told. They themselves are not told. This cannot be undone.
people-erase-for-good = Erase for good
people-erase-done = Person erased.
