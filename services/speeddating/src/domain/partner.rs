//! Links of partners: who may register people by one, and how wishes are said there.

use platform::Moment;
use uuid::Uuid;

use super::{Flaw, Pair, Registration, Side, Wish};

/// Wrong codes after which a link is dead.
const WRONG_MOST: i64 = 10;
/// Wishes of one person.
pub const WISHES_MOST: usize = 10;

/// A link by which a partner registers people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartnerLink {
    /// Identity.
    pub id: Uuid,
    /// For which session.
    pub session_id: Uuid,
    /// The partner, as people know it.
    pub partner: String,
    /// Wrong codes in a row.
    pub wrong_codes: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
    /// When it was ended before.
    pub revoked_at: Option<Moment>,
}

impl PartnerLink {
    /// Whether it opens anything.
    pub fn stands(&self, now: Moment) -> bool {
        self.revoked_at.is_none() && now < self.expires_at && self.wrong_codes < WRONG_MOST
    }
}

/// The next free code of a partner's people: `P0001`, `P0002` …
pub fn next_code(people: &[Registration]) -> String {
    let numbers = people
        .iter()
        .filter(|person| person.side == Side::Candidate)
        .filter_map(|person| person.code.strip_prefix('P')?.parse::<u32>().ok());
    format!("P{:04}", numbers.max().unwrap_or_default().saturating_add(1))
}

/// What is wrong with wishes said as a list of employers.
pub fn wish_flaws(wishes: &[Uuid], people: &[Registration]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if wishes.len() > WISHES_MOST {
        flaws.push(Flaw::new("wishes", format!("au plus {WISHES_MOST} souhaits")));
    }
    for (place, id) in wishes.iter().enumerate() {
        let employer = people
            .iter()
            .find(|person| person.id == *id && person.side == Side::Employer && person.takes_part());
        if employer.is_none() {
            flaws.push(Flaw::new(
                format!("wishes[{place}]"),
                "cet employeur ne participe pas à la session",
            ));
        } else if wishes[..place].contains(id) {
            flaws.push(Flaw::new(
                format!("wishes[{place}]"),
                "cet employeur est déjà choisi plus haut",
            ));
        }
    }
    flaws
}

/// A candidate's wishes as a list makes them: written ones, and pairs of which nothing is left to say. What the
/// other side, a referent or the coordinator said is kept.
pub fn ranked(candidate: Uuid, wishes: &[Uuid], known: &[Wish]) -> (Vec<Wish>, Vec<Pair>) {
    let (mut written, mut dropped) = (Vec::new(), Vec::new());
    for wish in known.iter().filter(|wish| wish.pair.candidate == candidate) {
        if wishes.contains(&wish.pair.employer) {
            continue;
        }
        let without = Wish { rank: 0, ..*wish };
        if without.silent() {
            dropped.push(without.pair);
        } else if without != *wish {
            written.push(without);
        }
    }
    for (rank, employer) in (1..).zip(wishes) {
        let pair = Pair {
            candidate,
            employer: *employer,
        };
        let before = known.iter().find(|wish| wish.pair == pair);
        written.push(Wish {
            rank,
            ..before.copied().unwrap_or(Wish {
                pair,
                rank,
                opinion: None,
                recommended: false,
                must: false,
                must_not: false,
            })
        });
    }
    (written, dropped)
}
