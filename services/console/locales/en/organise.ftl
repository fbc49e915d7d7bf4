# Sessions made, changed, copied, cancelled.
plan-legend-when = Date and times
plan-legend-where = Venue
plan-title = Title
plan-title-hint = It stands in mails. At most 120 characters.
plan-date = Date
plan-starts = Start
plan-ends = End
plan-slot = Length of a meeting, in minutes
plan-slot-hint = 3 to 240. Meetings follow each other without a gap.
plan-arrival = Asked to arrive, minutes before
plan-arrival-hint = Before each person's first meeting.
plan-breaks = Breaks
plan-break-from = Break { $n }, from
plan-break-to = Break { $n }, to
plan-break-add = Add a break
plan-venue = Name of the venue
plan-address = Address
plan-address-hint = Street, postcode and city, as in messages.
plan-rooms = Rooms and tables
plan-rooms-hint = Without rooms there are as many tables as recruiters.
plan-room-name = Room { $n }, name
plan-room-tables = Room { $n }, tables
plan-room-add = Add a room
plan-preview = Preview
plan-draw = Draw the preview
plan-timeline = Time line of the session
plan-all-starts = All starting times
plan-nothing-to-draw = The time line appears once the times are complete.
plan-slots = { $n ->
    [one] { $n }~slot of { $minutes }~minutes, from { $from } to { $to }
   *[other] { $n }~slots of { $minutes }~minutes, from { $from } to { $to }
}
plan-span = from { $from } to { $to }
plan-tables = { $n ->
    [one] { $n }~table
   *[other] { $n }~tables
}
plan-wrong-title = Give a title of 1 to 120 characters
plan-wrong-date = Choose a date to come
plan-wrong-starts = Choose the starting time
plan-wrong-ends = Choose an end after the start
plan-wrong-slot = Choose a length of 3 to 240 minutes that gives 1 to 128 slots
plan-wrong-arrival = Ask people to arrive 0 to 240 minutes before
plan-wrong-breaks = Put breaks within the session, in order, without overlap
plan-wrong-venue = Write a venue of at most 200 characters, on one line
plan-wrong-rooms = Give 1 to 500 tables for each room, and a name of at most 80 characters
plan-wrong-organisation = Choose an organisation that you work for

organise-create = New session
organise-create-do = Create the session
organise-created = The session “{ $title }” is created.
organise-kind = Kind of session
organise-kind-employers = Employers and candidates
organise-kind-b2b = Buyers and inclusion enterprises
organise-organisation = Organisation
organise-edit = Change the session
organise-edit-told = The timetable is published. Those whose date, time or venue changes are told once; others hear nothing.
organise-save = Save
organise-save-tell = Save and tell them
organise-saved = The session is saved.
organise-saved-told = The session is saved. Those concerned are told in two minutes, once each.
organise-copy = Copy the session
organise-copy-what = The copy takes over times, breaks, venue, rooms and weights. It takes over no candidates, no wishes, no timetable.
organise-copy-employers = { $n ->
    [one] Register its employer too, to be confirmed
   *[other] Register its { $n }~employers too, to be confirmed
}
organise-copy-do = Create the copy
organise-cancel = Cancel the session
organise-cancel-told = { $n ->
    [one] { $n }~person holds a plan and will be told that the session does not take place.
   *[other] { $n }~people hold a plan and will be told that the session does not take place.
}
organise-cancel-nobody = Nobody has received a plan yet, so nobody will be told. A cancelled session cannot be reopened.
organise-cancel-reason = Reason
organise-cancel-reason-hint = For you and your colleagues; it is not sent.
organise-cancel-reason-missing = Write the reason
organise-cancel-reason-long = Write a shorter reason, on one line
organise-cancel-do = Cancel the session
organise-cancel-do-told = { $n ->
    [one] Cancel and tell { $n }~person
   *[other] Cancel and tell { $n }~people
}
organise-cancelled = The session is cancelled.
organise-step-open = Registration is open.
organise-step-close = Registration is closed.
organise-step-start = The session has begun.
organise-step-end = The session is over. The outcomes are to be noted.
organise-step-follow-up = The follow-up is closed.
