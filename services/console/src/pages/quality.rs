//! How good a timetable is, in words and bars.

use contracts::speeddating::v1::{Quality, Session};

use super::planning::says;
use crate::{texts::Texts, words::Sides};

/// What the session page says of its timetable.
pub(super) struct Reading {
    pub(super) gap: String,
    pub(super) meetings: String,
    pub(super) wishes: Vec<Bar>,
    pub(super) tables: Bar,
    pub(super) occupancy: Bar,
    pub(super) waiting: Vec<String>,
}

/// A part of a whole, as a bar with its words beside it.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) part: i32,
    pub(super) whole: i32,
    pub(super) words: String,
    pub(super) percent: String,
}

impl Bar {
    fn new(t: Texts, label: String, part: i32, whole: i32) -> Self {
        Self {
            label,
            part,
            whole,
            words: t.with("quality-of", "part", part).and("whole", whole).to_string(),
            percent: t.percent(part, whole),
        }
    }
}

pub(super) fn read(t: Texts, quality: &Quality, session: &Session) -> Reading {
    let sides = Sides::of(t, session.kind());
    let ranks = quality.wishes_met.iter().zip(&quality.wishes_made).enumerate();
    let wishes = ranks
        .filter(|(_, (_, made))| **made > 0)
        .map(|(index, (met, made))| {
            let label = t.with("planning-wish", "rank", t.ordinal(index + 1));
            Bar::new(t, label.into(), *met, *made)
        })
        .collect();
    let mut occupancy = Bar::new(t, t.say("quality-occupancy"), quality.occupancy_per_mille, 1_000);
    occupancy.words = String::new();
    Reading {
        gap: says::gap(t, quality.weight, quality.bound, quality.proven),
        meetings: t.with("meetings-many", "n", quality.meetings).into(),
        wishes,
        tables: Bar::new(
            t,
            t.say("quality-tables"),
            quality.tables_used,
            quality.tables_available,
        ),
        occupancy,
        waiting: [
            (quality.candidate_idle_slots, sides.candidates),
            (quality.employer_idle_slots, sides.employers),
        ]
        .map(|(slots, who)| waiting(t, slots, session.slot_minutes, &who))
        .to_vec(),
    }
}

fn waiting(t: Texts, slots: i32, slot_minutes: i32, who: &str) -> String {
    if slots == 0 {
        return t.with("quality-no-waiting", "who", who).into();
    }
    t.with("quality-waiting", "n", slots)
        .and("who", who)
        .and("time", t.minutes(slots.saturating_mul(slot_minutes)))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn waiting_is_said_in_time_as_well() {
        let (french, english) = (Texts(Language::French), Texts(Language::English));
        assert_eq!(
            waiting(french, 6, 15, "candidat·es"),
            "6\u{a0}créneaux vides entre deux rencontres côté candidat·es, soit 1\u{a0}h\u{a0}30 en tout."
        );
        assert!(waiting(french, 0, 15, "employeurs").starts_with("Aucune attente"));
        assert_eq!(
            waiting(english, 1, 15, "candidates"),
            "1\u{a0}empty slot between two meetings for candidates, 15\u{a0}minutes in all."
        );
    }
}
