//! The promises of DESIGN.md section 4, where only the whole suite can show them. Where each is shown:
//!
//! | promise | here | elsewhere |
//! |---|---|---|
//! | 1 one transaction, applied once, any order | `events` | platform `events`, directory `erasure`, scheduler `plan/tests/orders` |
//! | 2 identity, generation, corrected facts | `ledger` | scheduler `plan/tests/stories` and its store, `after_publication` |
//! | 3 superseded with the change, `Release` | `ledger` | scheduler `service`, notifier `points`, `after_publication` |
//! | 4 every reminder ends, with a reason | `ledger` | `after_publication`, `killed` |
//! | 5 the window | `window` | scheduler `window/tests`, `evening_before` |
//! | 6 consent and erasure at hand-over | – | `after_publication`, notifier `points`, directory `consent` |
//! | 7 kill at any time | – | `killed`, notifier `points` |
//! | 8 nothing sensitive leaves | `silence` | directory `erasure`, notifier `templates/tests` |
//! | 9 nobody is double-booked | `edits` | speeddating `service`, timetable |

mod edits;
mod events;
mod ledger;
mod silence;
mod story;
mod window;
