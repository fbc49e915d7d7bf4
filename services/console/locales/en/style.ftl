# /style, the page that shows every component.
style-title = Components
style-lead = Everything that pages are made of, in all its states. Copy as it is.
style-tabs = Example of tabs
style-tab-one = First
style-tab-two = Second
style-notices = Notices
style-count = { $n ->
    [one] { $n }~person
   *[other] { $n }~people
}
style-states = States
style-live = Live
style-form = Form
style-name = Name
style-hint = A hint, always visible, before the field.
style-name-missing = Write a name
style-number = Number of tables
style-number-wrong = Write a number of tables between 1 and 200
style-date = Date
style-date-wrong = Choose a date
style-time = Time
style-time-wrong = Choose a time, for example 14:00
style-choice = Choice
style-tick = Tell them by e-mail
style-area = Remark
style-save = Save
style-delete = Delete 3 registrations
style-consequence = These 3 people will no longer be expected and will be sent a cancellation.
style-done = 3 registrations deleted (as an example).
style-saved = “{ $name }” saved (as an example).
style-wrong = Fields to correct
style-file = File
style-file-read = { $name }: { $n } bytes read (as an example).
style-file-missing = No file was chosen: { $n }.
style-list = List
style-empty = Nothing yet
style-empty-advice = Say here what to do next.
style-formats = Dates, numbers, lists
style-refuse = Show how a service refuses
style-name-taken = This name is taken: choose another
