# How good a timetable is, on the page of its session.
quality-of = { $part } of { $whole }
quality-occupancy = Table slots in use
quality-tables = Tables in use
quality-no-waiting = No waiting between two meetings for { $who }.
quality-waiting = { $n ->
    [one] { $n }~empty slot
   *[other] { $n }~empty slots
} between two meetings for { $who }, { $time } in all.
