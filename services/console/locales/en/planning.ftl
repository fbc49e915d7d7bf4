# The timetable: grid, making, quality, comparison, publication.
planning-title = Timetable
planning-by-table = By table
planning-by-person = By person
planning-quality = Quality
planning-compare = Compare
planning-make = Make
planning-publish = Publish
planning-none = No timetable yet
planning-none-advice = A computation places the meetings by the wishes of both sides. Nobody is told.
planning-make-first = Make a timetable
planning-pair = { $candidate } and { $employer }
planning-place = { $time }, table~{ $table }
planning-with = { $name } ({ $place })
planning-from-to = from { $from } to { $to }
planning-number = No.~{ $number }
planning-lead = Timetable no.~{ $number }: { $n ->
    [one] { $n }~meeting
   *[other] { $n }~meetings
}.
planning-is-published = Published.
planning-is-draft = Not published: nobody has been told.
planning-outdated = Registrations, wishes or hours have changed since it was made: this timetable does not know of it.
planning-caption = A row for each table, a column for each slot; in each cell, who is received.
planning-caption-keys = Arrows move. Enter chooses a meeting, then its place. Escape gives up.
planning-caption-person = A row for each person, a column for each slot; in each cell, who is met and at which table.
planning-table = Table
planning-person = Person
planning-tables-before = Previous tables
planning-tables-after = Next tables
planning-placing = Place { $who }
planning-placing-now = At present: { $place }.
planning-placing-hint = Choose a “Place here” cell in the grid, or a place in the list. Escape gives up.
planning-placing-stuck = No place is possible for this meeting.
planning-placing-leave = Give up
planning-place-choose = Possible place
planning-place-here-chosen = Place there
planning-swap-choose = Possible exchange
planning-swap-chosen = Exchange
planning-place-here = Place here
planning-swap = Exchange
planning-here = Present place
planning-cancel-meeting = Cancel this meeting
planning-choose-place = Choose a place
planning-refused = This correction is not possible: one of the people, the table or the slot is not free. Nothing has changed.
planning-refused-because = This place is not possible: { $why }. Nothing has changed.
planning-not-undoable = This correction can no longer be undone: its meetings have changed since.
planning-nothing-to-undo = There is no correction to undo.
planning-why-candidate-busy = busy at that time
planning-why-employer-busy = the employer is busy
planning-why-table-taken = table taken
planning-why-no-table = no free table
planning-why-candidate-away = not there at that time
planning-why-employer-away = employer not there
planning-why-candidate-full = has all their meetings
planning-why-employer-full = the employer is full
planning-why-forbidden = must not meet
planning-why-pair-twice = already meet
planning-why-withdrawn = no longer takes part
planning-why-absent = noted as absent
planning-why-other-session = busy in another session
planning-why-other = not possible
planning-moved = { $who }: from { $before } to { $after }
planning-cancelled = { $who }: cancelled ({ $before })
planning-added = { $who }: added ({ $after })
planning-done = Done.
planning-done-moved = { $who }: moved to { $after }.
planning-done-swapped = { $who }: exchanged, now at { $after }.
planning-done-added = { $who }: added at { $after }.
planning-done-cancelled = { $who }: meeting cancelled ({ $after }).
planning-done-undone = Correction undone: { $who }, { $after }.
planning-done-again = Correction done again: { $who }, { $after }.
planning-told-now = The people concerned are being told.
planning-drag-possible = Drop on a framed cell.
planning-drag-impossible = Nothing was moved.
planning-history = Corrections
planning-history-none = No correction yet.
planning-step-head = { $time }, { $name }
planning-step-undone = Undone at { $time } by { $name }
planning-somebody = somebody
planning-coordinator = Coordination
planning-undo = Undo this correction
planning-redo = Do this correction again
planning-add = Add a meeting
planning-add-hint = Choose the two people; possible places are then shown in the grid.
planning-add-candidate = Candidate
planning-add-employer = Employer
planning-add-look = Show possible places
planning-go-publish = See who will be told, then publish
planning-see-told = See what is still to be told
planning-others = This timetable has changed while you were looking at it.
planning-reload = Show it as it is now
planning-confirm-title = Change the published timetable
planning-confirm-tell = { $n ->
    [one] Change it and tell { $n }~person
   *[other] Change it and tell { $n }~people
}
planning-confirm-silent = Change it without a message
planning-confirm-back = Change nothing
planning-told-nobody = Nobody will be told
planning-told-people = { $n ->
    [one] { $n }~person will be told
   *[other] { $n }~people will be told
}
planning-messages = Messages by kind
planning-message = Message
planning-first-at = First one
planning-mails = E-mails
planning-sms = SMS
planning-segments = Segments
planning-without-way = No channel
planning-total = { $n ->
    [one] { $n }~message in all
   *[other] { $n }~messages in all
}, of which { $segments ->
    [one] { $segments }~SMS segment
   *[other] { $segments }~SMS segments
}.
planning-cost = Estimated cost: { $cost }.
planning-cost-unknown = The price of an SMS is not set.
planning-replaced = { $n ->
    [one] { $n }~reminder planned before is replaced.
   *[other] { $n }~reminders planned before are replaced.
}
planning-message-of = Message for { $name }
planning-by-mail = E-mail
planning-by-sms = { $n ->
    [one] SMS, { $n }~segment
   *[other] SMS, { $n }~segments
}
planning-unreached = { $n ->
    [one] { $n }~person cannot be told
   *[other] { $n }~people cannot be told
}
planning-unreached-opted-out = refused messages
planning-unreached-unsubscribed = stopped optional reminders
planning-unreached-refused = address refused by its carrier
planning-unreached-erased = data erased
planning-unreached-template = the message cannot be written
planning-unreached-no-channel = no usable address or mobile number
planning-repair = Correct
planning-told-list = Who is told, of what, how and when
planning-how = Channel
planning-when = Sent
planning-later = { $n ->
    [one] then { $n }~more message
   *[other] then { $n }~more messages
}
planning-read = Read the message
planning-silent = { $n ->
    [one] { $n }~person concerned, without a message
   *[other] { $n }~people concerned, without a message
}
planning-silent-waits = has a message waiting, which will tell the new timetable
planning-silent-gone = had not been told anything yet
planning-too-late = too late for this reminder
planning-told-confirmation = Confirmation asked
planning-told-plan = Timetable
planning-told-reminder = Reminder
planning-told-outcomes = Outcomes asked
planning-told-moved = Change of time
planning-told-cancelled = Cancellation
planning-told-changed = Change
planning-conflict-title = Somebody was faster
planning-conflict = The meeting of { $pair } was changed at { $time } by { $name }. Your change was not made.
planning-conflict-some-time = The meeting of { $pair } was changed meanwhile. Your change was not made.
planning-conflict-theirs = Now
planning-conflict-mine = Your change
planning-conflict-cancelled = cancelled
planning-conflict-cancel = cancel the meeting
planning-conflict-swap = exchange two meetings
planning-conflict-undo = undo a correction
planning-conflict-redo = Make my change again
planning-conflict-keep = Keep what is there
planning-publish-title = Publish the timetable
planning-publish-heading = Publish timetable no.~{ $number }
planning-publish-first = First publication: each person receives their timetable, then reminders.
planning-publish-again = This timetable is published already. Here is what has not been told yet.
planning-publish-replaces = It replaces timetable no.~{ $before }. { $n ->
    [one] Meetings change for { $n }~person.
   *[other] Meetings change for { $n }~people.
}
planning-publish-compare = See who gains and who loses
planning-publish-clashes = This timetable cannot be published:
planning-publish-tell = { $n ->
    [one] Publish and tell { $n }~person
   *[other] Publish and tell { $n }~people
}
planning-publish-silent = Publish without a message
planning-publish-back = Back to the timetable
planning-publish-moved = The timetable has changed since the preview. Read what follows, then publish.
planning-publish-moved-by = Since your preview:
planning-publish-refused = The session does not allow this publication. Read what follows.
planning-published-now = Timetable published.
planning-published-already = This timetable is published already: nobody was told twice.
planning-receipt-title = Timetable published
planning-receipt = Timetable no.~{ $number }: { $meetings }~meetings, { $candidates }~candidates and { $employers }~employers.
planning-receipt-messages = Messages
planning-receipt-soon = Messages are being prepared: they appear here in a few seconds.
planning-receipt-follow = Follow the messages
planning-receipt-session = Back to the session
planning-make-title = Make a timetable
planning-make-lead = { $candidates }~candidates, { $employers }~employers, { $wishes }~wishes.
planning-make-nobody-told = The computation adds a timetable beside the others. Nobody is told.
planning-duration = Time at most
planning-duration-hint = It ends earlier when nothing better is possible. You can also stop it and keep the best one found.
planning-duration-wrong = Choose a time from one second to ten minutes
planning-make-start = Start
planning-make-not-now = Not possible now
planning-make-not-now-advice = It takes registrations and wishes, in a session that has not begun.
planning-jobs = Recent computations
planning-job-result = timetable no.~{ $number }
planning-job-title = Making a timetable
planning-job-started = Started.
planning-job-joined = A computation was running for this session: here it is.
planning-job-busy = Two timetables are being made already. Wait for one of them, then start again.
planning-job-impossible = No meeting is possible with the present registrations and wishes, or the session no longer allows it.
planning-job-running = Running
planning-job-is-stopping = Stopping
planning-job-done = Finished
planning-job-discarded = Given up
planning-job-interrupted = Interrupted: Jalon was stopped. Start again.
planning-job-failed = No result
planning-job-time = Time so far
planning-job-elapsed = Time so far
planning-job-best = Best found (points of wishes)
planning-job-bound = None exceeds
planning-job-gap = Gap
planning-job-changed = Registrations, wishes or hours changed meanwhile: this timetable is of before.
planning-job-see = See timetable no.~{ $number }
planning-job-again = Start another
planning-job-leave-safe = You can leave this page: it goes on.
planning-job-reload = Refresh
planning-job-stop-keep = Stop and keep
planning-job-stop-leave = Give up
planning-job-stopping = It is stopping and keeps the best timetable found.
planning-job-leaving = It is stopping, nothing is kept.
planning-job-announce-start = The computation has begun.
planning-job-announce = { $time } so far. { $gap }
planning-seconds = { $n ->
    [one] { $n }~second
   *[other] { $n }~seconds
}
planning-minutes-seconds = { $minutes }~min { $seconds }~s
planning-gap-none = A first timetable is being prepared.
planning-gap-proven = Nothing better is possible with these wishes: it is proven.
planning-gap-tiny = Within 0.1% of the best possible timetable.
planning-gap-tenths = At most { $whole }.{ $tenth }% better is possible.
planning-gap-whole = At most { $n }% better is possible.
planning-quality-title = Quality of the timetable
planning-quality-heading = Quality of timetable no.~{ $number }
planning-quality-meetings = { $n ->
    [one] { $n }~meeting
   *[other] { $n }~meetings
}
planning-quality-tables = { $used } of { $available } tables used, { $percent } of table slots taken
planning-quality-wishes = Wishes met
planning-quality-no-wish = No wish was expressed.
planning-quality-tables-heading = Tables taken in each slot
planning-wish = { $rank } wish
planning-of = { $part } of { $whole }
planning-as-table = Show as a table
planning-wish-rank = Rank
planning-wish-met = Met
planning-wish-made = Expressed
planning-wish-share = Share
planning-unmet = { $n ->
    [0] Without a meeting
    [one] { $n }~person without a meeting
   *[other] { $n }~people without a meeting
}
planning-unmet-nobody = Everybody has at least one meeting.
planning-unmet-no-wish = no wish, from neither side
planning-unmet-forbidden = all meetings wished for are excluded
planning-unmet-presence = never there together with the employers wished for
planning-unmet-full = the employers wished for are full
planning-unmet-tables = no free table at the possible hours
planning-unmet-room = a meeting can still be added
planning-idle = Waiting between two meetings
planning-idle-nobody = Nobody waits between two meetings.
planning-idle-none = no waiting
planning-idle-slots = { $n ->
    [one] { $n }~slot of waiting ({ $time })
   *[other] { $n }~slots of waiting ({ $time })
}
planning-idle-how-long = Waiting
planning-idle-people = People
planning-tables-chart = Tables taken in each slot, of { $available }
planning-slot = Slot
planning-tables-taken = Tables taken
planning-see-grid = See the grid
planning-compare-title = Compare two timetables
planning-compare-from = From
planning-compare-to = To
planning-compare-do = Compare
planning-compare-one = Only one timetable
planning-compare-one-advice = Make another one, or choose two different numbers.
planning-compare-figures = In figures
planning-compare-what = Counted
planning-choice = No.~{ $number } ({ $n }~meetings)
planning-choice-published = No.~{ $number }, published ({ $n }~meetings)
planning-figure-meetings = Meetings
planning-figure-first = First wishes met
planning-figure-without = Without a meeting
planning-figure-idle = Slots in which candidates wait
planning-figure-weight = Points of wishes
planning-gain = { $n ->
    [one] { $n }~person gains
   *[other] { $n }~people gain
}
planning-lose = { $n ->
    [one] { $n }~person loses
   *[other] { $n }~people lose
}
planning-otherwise = { $n ->
    [one] { $n }~person has as much, otherwise
   *[other] { $n }~people have as much, otherwise
}
planning-gained = gains: { $what }
planning-lost = loses: { $what }
planning-unchanged = { $n ->
    [one] Nothing changes for { $n }~person.
   *[other] Nothing changes for { $n }~people.
}
planning-side = Side
planning-side-candidates = Candidates
planning-side-employers = Employers
planning-filter-name = Name
planning-filter = Filter
planning-nobody = Nobody
planning-nobody-advice = Change the name or the side.
planning-people-count = { $n ->
    [one] { $n }~person
   *[other] { $n }~people
}
planning-no-meeting = no meeting
planning-presence = there { $hours }
planning-person-file = Contact data, reminders and messages
planning-person-none = No meeting
planning-person-withdrawn = This registration is no longer active.
planning-person-none-advice = The timetable gives them none.
planning-person-why = See why
planning-person-order = Meetings in order
planning-person-with = With
planning-arrival = Asked to arrive at
planning-hour = Time
planning-pause = { $time } without a meeting
planning-until = until { $time }
