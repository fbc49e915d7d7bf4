//! How good a timetable is, in words and bars.

use contracts::speeddating::v1::{Quality, Session};

use crate::words::{self, Sides};

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
    fn new(label: impl Into<String>, part: i32, whole: i32) -> Self {
        Self {
            label: label.into(),
            part,
            whole,
            words: format!("{} sur {}", words::number(part), words::number(whole)),
            percent: words::percent(part, whole),
        }
    }
}

pub(super) fn read(quality: &Quality, session: &Session) -> Reading {
    let sides = Sides::of(
        crate::texts::Texts(crate::texts::Language::French),
        session.kind(),
    );
    let ranks = quality.wishes_met.iter().zip(&quality.wishes_made).enumerate();
    let wishes = ranks
        .filter(|(_, (_, made))| **made > 0)
        .map(|(index, (met, made))| Bar::new(format!("{} vœu", words::ordinal(index + 1)), *met, *made))
        .collect();
    let mut occupancy = Bar::new("Créneaux de table occupés", quality.occupancy_per_mille, 1_000);
    occupancy.words = String::new();
    Reading {
        gap: gap(quality),
        meetings: words::count(quality.meetings, "rencontre", "rencontres"),
        wishes,
        tables: Bar::new("Tables utilisées", quality.tables_used, quality.tables_available),
        occupancy,
        waiting: [
            (quality.candidate_idle_slots, sides.candidates),
            (quality.employer_idle_slots, sides.employers),
        ]
        .map(|(slots, who)| waiting(slots, session.slot_minutes, &who))
        .to_vec(),
    }
}

fn waiting(slots: i32, slot_minutes: i32, who: &str) -> String {
    if slots == 0 {
        return format!("Aucune attente entre deux rencontres côté {who}.");
    }
    let time = words::minutes(slots.saturating_mul(slot_minutes));
    let slots = words::count(slots, "créneau vide", "créneaux vides");
    format!("{slots} entre deux rencontres côté {who}, soit {time} en tout.")
}

/// The distance to the bound, said so that nobody has to know what a bound is.
fn gap(quality: &Quality) -> String {
    if quality.proven || quality.bound <= quality.weight {
        return "On ne peut pas faire mieux avec ces vœux\u{a0}: c’est démontré.".to_owned();
    }
    let tenths = (quality.bound - quality.weight).saturating_mul(1_000) / quality.weight.max(1);
    match tenths {
        0 => "À moins de 0,1\u{a0}% du meilleur planning possible.".to_owned(),
        tenths if tenths < 100 => {
            format!("Au plus {},{}\u{a0}% mieux possible.", tenths / 10, tenths % 10)
        }
        tenths => format!("Au plus {}\u{a0}% mieux possible.", words::number(tenths / 10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_to_the_bound_is_said_in_words() {
        let read = |weight, bound, proven| {
            gap(&Quality {
                weight,
                bound,
                proven,
                ..Quality::default()
            })
        };
        assert_eq!(read(1_000, 1_018, false), "Au plus 1,8\u{a0}% mieux possible.");
        assert_eq!(read(1_000, 1_250, false), "Au plus 25\u{a0}% mieux possible.");
        assert!(read(1_000, 1_000, false).contains("démontré"));
        assert!(read(1_000, 1_200, true).contains("démontré"));
        assert!(read(100_000, 100_001, false).contains("moins de 0,1"));
    }

    #[test]
    fn waiting_is_said_in_time_as_well() {
        assert_eq!(
            waiting(6, 15, "candidat·es"),
            "6\u{a0}créneaux vides entre deux rencontres côté candidat·es, soit 1\u{a0}h\u{a0}30 en tout."
        );
        assert!(waiting(0, 15, "employeurs").starts_with("Aucune attente"));
    }
}
