# Who wants to meet whom, and what it weighs.
wishes-title = Wishes
wishes-lead = { $n ->
    [one] { $n }~pair with something known.
   *[other] { $n }~pairs with something known.
}
wishes-silent = { $n ->
    [0] Every candidate has at least one wish
    [one] { $n }~candidate without a wish
   *[other] { $n }~candidates without a wish
}
wishes-filter-candidate = Candidate, name or code
wishes-filter-employer = Employer, name or code
wishes-filter-silent = Without a wish only
wishes-filter = Filter
wishes-filter-none = Show all
wishes-found = { $candidates } candidates, { $employers } employers.
wishes-legend = What the cells say
wishes-legend-rank = rank of the person's wish; 1 is the first
wishes-legend-opinion = the employer would like to (+), or before others (++)
wishes-legend-recommended = recommended by the referent
wishes-legend-must = must meet, whatever it costs
wishes-legend-must-not = must not meet
wishes-legend-no = the employer does not want to meet
wishes-cell-must = must
wishes-cell-must-not = never
wishes-cell-no = no
wishes-caption = Candidates in rows, employers in columns
wishes-keys = In the table: arrows to move, Enter to edit, Escape to come back. Without scripts: open a person's page by their name.
wishes-windows = Parts of the table
wishes-window-up = Previous candidates
wishes-window-down = Next candidates
wishes-window-left = Previous employers
wishes-window-right = Next employers
wishes-nobody = Nobody here
wishes-nobody-advice = No name fits these filters.
wishes-empty = No wishes to show yet
wishes-empty-advice = At least one employer and one candidate are needed. Import the tables, or add people one by one.
wishes-import = Import tables
wishes-editor = Edit this wish
wishes-rank = Rank
wishes-rank-hint = 1 to 99; 0: no wish
wishes-rank-wrong = Type a number from 1 to 99, or 0 for no wish.
wishes-opinion = Employer's opinion
wishes-opinion-none = None
wishes-opinion-yes = Yes
wishes-opinion-priority = Priority
wishes-opinion-no = No
wishes-rule = Rule
wishes-rule-none = Free
wishes-rule-must = Must meet
wishes-rule-must-not = Must not meet
wishes-recommended = Recommended by the referent
wishes-save = Save
wishes-saved = Wish saved.
wishes-changed = { $n ->
    [0] Nothing has changed.
    [one] { $n }~wish saved.
   *[other] { $n }~wishes saved.
}
wishes-of = Wishes: { $name }
wishes-with = With
wishes-to-matrix = The whole table
wishes-export = Export the wishes (CSV)
wishes-weights = Weights of wishes
wishes-weights-lead = The timetable looks for the highest total of points.
wishes-weights-open = See and change the points
wishes-weights-meaning = Each meeting of the timetable earns points: those of the wish's rank, plus those of the employer's opinion and of the referent's recommendation. The timetable that gathers most is kept. With 5 for a first wish and 4 for a second one, two second wishes (8) are better than a single first one (5).
wishes-weight-rank = { $n ->
    [one] Points of a first wish
   *[other] Points of a wish of rank { $n }
}
wishes-weight-last = Points of a wish of rank { $n } and beyond
wishes-weight-priority = Extra points when the employer says "priority"
wishes-weight-priority-hint = Instead of the points of a plain "yes".
wishes-weight-yes = Extra points when the employer says "yes"
wishes-weight-recommended = Extra points when the meeting is recommended
wishes-weight-wrong = Write a whole number from 0 to 1,000
wishes-weights-rules = A meeting that must be comes before all points; one that must not be, or that the employer refuses, never takes place. Changing the points makes earlier timetables outdated: they stay, and a new one is made.
wishes-weights-saved = Points saved. Make a new timetable for them to count.
