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
