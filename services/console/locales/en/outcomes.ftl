# Results, and the report.
outcome-none = No follow-up
outcome-interest = Interest
outcome-second-interview = Second interview
outcome-trial = Trial
outcome-hired = Hired
outcome-title = Note the outcomes
outcome-not-yet = Outcomes can be noted from the day of the session, once the timetable is published.
outcome-whose = Meetings of
outcome-employers = Employers
outcome-candidates = Candidates
outcome-show = Show
outcome-choose = Choose an employer or a candidate: their meetings appear, two taps are enough for each.
outcome-choice = { $n ->
    [0] { $name }, all noted
    [one] { $name }, { $n }~to note
   *[other] { $name }, { $n }~to note
}
outcome-table = table { $n }
outcome-what = Meeting with { $name }
outcome-then = What came of the meeting with { $name }
outcome-held = Held
outcome-no-candidate = Candidate absent
outcome-no-employer = Employer absent
outcome-kept = Saved { $at }
outcome-kept-by = Saved { $at } by { $name }
outcome-undo = Take this answer back
outcome-noted = Noted.
outcome-candidate-says = The candidate says:
outcome-employer-says = The employer says:
outcome-disagreement = The two answers contradict each other. The employer's counts in the report.
outcome-to-report = See the report

report-title = Report
report-empty = No report yet
report-empty-advice = The report begins when a timetable is published.
report-lead = { $held ->
    [one] { $held }~meeting held
   *[other] { $held }~meetings held
} of { $meetings }, for { $people ->
    [one] { $people }~candidate
   *[other] { $people }~candidates
}.
report-open = { $n ->
    [one] { $n }~meeting is still to be noted.
   *[other] { $n }~meetings are still to be noted.
}
report-disagreements = { $n ->
    [one] On { $n }~meeting the two answers contradict each other.
   *[other] On { $n }~meetings the two answers contradict each other.
}
report-note = Note the outcomes
report-file = Download the table (CSV)
report-attendance = Attendance
report-registered = Registered
report-confirmed = Said to come
report-arrived = There
report-late = Late
report-absent = Absent
report-withdrawn = Withdrew
report-meetings = Meetings
report-held = Held
report-no-candidate = Candidate absent
report-no-employer = Employer absent
report-not-said = To note
report-share = { $part } of { $whole }
report-wishes = Wishes that became meetings held
report-wish = { $rank } wish
report-no-wishes = No wish was expressed.
report-outcomes = What came of them
report-by-employers = Employers say
report-by-candidates = Candidates say
report-by-employer = By employer
report-employer = Employer
report-planned = Planned
report-no-shows = Not held
report-interested = With follow-up
outcome-gone = This meeting no longer takes place: it was cancelled or replaced meanwhile. Open the page again to see the meetings of today.
