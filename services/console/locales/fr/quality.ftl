# How good a timetable is, on the page of its session.
quality-of = { $part } sur { $whole }
quality-occupancy = Créneaux de table occupés
quality-tables = Tables utilisées
quality-no-waiting = Aucune attente entre deux rencontres côté { $who }.
quality-waiting = { $n ->
    [one] { $n }~créneau vide
   *[other] { $n }~créneaux vides
} entre deux rencontres côté { $who }, soit { $time } en tout.
