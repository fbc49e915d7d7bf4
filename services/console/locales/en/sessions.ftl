# The list of sessions, and the overview of one.
side-employers-many = { $n ->
    [one] { $n }~employer
   *[other] { $n }~employers
}
side-candidates-many = { $n ->
    [one] { $n }~candidate
   *[other] { $n }~candidates
}
side-buyers-many = { $n ->
    [one] { $n }~buyer
   *[other] { $n }~buyers
}
side-enterprises-many = { $n ->
    [one] { $n }~inclusion enterprise
   *[other] { $n }~inclusion enterprises
}
side-employer = employer
side-candidate = candidate
side-buyer = buyer
side-enterprise = inclusion enterprise
side-employers = employers
side-candidates = candidates
side-buyers = buyers
side-enterprises = inclusion enterprises
side-session = Employer speed dating
side-session-b2b = Speed dating between professionals
wishes-many = { $n ->
    [one] { $n }~wish
   *[other] { $n }~wishes
}
meetings-many = { $n ->
    [one] { $n }~meeting
   *[other] { $n }~meetings
}

head-crumb = Sessions
head-nav = Session
head-when = { $day }, { $from } to { $to }
head-no-date = no date yet
tab-overview = Overview
tab-people = People
tab-wishes = Wishes
tab-timetable = Timetable
tab-reminders = Reminders
tab-day = On the day
tab-report = Report
tab-partners = Partners

sessions-title = Sessions
sessions-new = New session
sessions-watch = To watch
sessions-failed = { $n ->
    [one] { $n }~failed reminder
   *[other] { $n }~failed reminders
}
sessions-failed-do = see why, then tell the person another way.
sessions-uncertain = { $n ->
    [one] { $n }~uncertain send
   *[other] { $n }~uncertain sends
}
sessions-uncertain-do = the carrier did not answer; the person may have received the message or not.
sessions-empty = No session yet
sessions-empty-do = Create one, then import its three tables: employers, candidates, wishes.
sessions-empty-later = Your organisation's sessions will appear here.
sessions-coming = To come
sessions-past = Past
sessions-first = Back to the start
sessions-next = More sessions
sessions-to-do = To do
attention-unconfirmed = { $n ->
    [one] { $n }~employer to confirm
   *[other] { $n }~employers to confirm
}
attention-without = { $n ->
    [one] { $n }~person without a meeting
   *[other] { $n }~people without a meeting
}
attention-outdated = timetable to be made again: registrations, wishes or times have changed
attention-missing = { $n ->
    [one] { $n }~outcome to note
   *[other] { $n }~outcomes to note
}
attention-disagreements = { $n ->
    [one] { $n }~meeting on which the answers contradict each other
   *[other] { $n }~meetings on which the answers contradict each other
}

next-import = Import people and their wishes
next-make = Make a timetable
next-publish = Read the timetable over, then publish it
next-day = Follow the day
next-outcomes = Note the outcomes
next-label = Next step

overview-cancelled = This session is cancelled: { $reason }
overview-facts = The session
overview-edit = Change
overview-copy = Copy
overview-cancel = Cancel the session
overview-open = Open registration
overview-close = Close registration
overview-start = Begin the session
overview-end = End the session
overview-follow-up = Close the follow-up
overview-kind = Kind
overview-date = Date
overview-place = Venue
overview-rooms = Rooms
overview-room = { $name } ({ $tables })
overview-slot = Length of a meeting
overview-breaks = Breaks
overview-arrival = Asked to arrive
overview-arrival-before = { $minutes } before the first meeting
overview-people = Registered
overview-wishes = Wishes
overview-coordination = Coordination
overview-reminders = Reminders
overview-no-reminders = No reminder yet. They are planned as soon as the timetable is published, and for employers from registration on.
overview-reminders-all = { $n ->
    [one] { $n }~reminder in all.
   *[other] { $n }~reminders in all.
} Each ends as sent, or suppressed for a reason that can be read.
overview-reminders-caption = Reminders by state
overview-state = State
overview-amount = Number
overview-timetable = Timetable
overview-timetable-number = Timetable no.~{ $n }, not published
overview-timetable-published = Timetable no.~{ $n }, published
overview-outdated = Registrations, wishes or times have changed since: this timetable does not know them.
overview-wishes-met = Wishes met
overview-no-wishes = No wish was expressed.
overview-tables = Tables and waiting
overview-see-tables = See the timetable by table
overview-see-people = See the timetable by person
overview-no-timetable = No timetable yet. Making one tells nobody.
overview-without = Without a meeting
overview-without-none = Everybody has at least one meeting.
overview-without-many = { $n ->
    [one] { $n }~registration
   *[other] { $n }~registrations
}
overview-without-first = of which these are the first.
overview-without-all = See everybody without a meeting
overview-without-caption = People without a meeting, and why
overview-name = Name
overview-code = Code
overview-reason = Reason
overview-versions = All timetables
overview-versions-caption = Timetables made for this session
overview-version = no.~{ $n }
overview-version-published = no.~{ $n }~(published)
overview-made = Made
overview-meetings = Meetings
unmet-no-wish = no wish expressed
unmet-forbidden = all wished meetings are excluded
unmet-presence = no slot in common with the employers wished for
unmet-full = the employers wished for are full
unmet-tables = all tables are taken
unmet-room = a meeting can still be added
unmet-employer = no meeting was given to them
unmet-later = their meetings were cancelled, or they registered after this timetable
overview-no-reason = no reason noted
