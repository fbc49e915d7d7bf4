//! Where a meeting could be: every slot and table, decided by the corrections themselves, which are tried and taken back.

use uuid::Uuid;

use super::Board;
use crate::domain::{Clash, Meeting, Pair, Placed, Refusal};

/// What can be done with one place.
#[derive(Clone, Debug, PartialEq)]
pub enum Spot {
    /// The meeting is here.
    Current,
    /// It can be put here.
    Possible,
    /// Another is here, and the two can exchange.
    Swap {
        /// The other.
        other: Meeting,
        /// Where the meeting would be.
        mine: Placed,
        /// Where the other would be.
        theirs: Placed,
    },
    /// It cannot be here.
    Impossible {
        /// Why.
        clash: Clash,
        /// Why an exchange with who is here cannot be either.
        swap: Option<Refusal>,
        /// The meeting in the way.
        other: Option<Uuid>,
    },
}

/// A slot with all of its tables.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotSpots {
    /// The slot.
    pub slot: i64,
    /// Why not, with a table chosen by the service.
    pub refused: Option<Clash>,
    /// From table 1.
    pub tables: Vec<Spot>,
}

impl Board {
    /// Places for a meeting of the board, which is afterwards as before.
    pub fn places_to_move(&mut self, id: Uuid) -> Result<Vec<SlotSpots>, Refusal> {
        let meeting = self.meeting(id).ok_or(Clash::Unregistered)?.clone();
        meeting.changeable()?;
        // Off the board while places are looked for, as a move takes it.
        self.take(id);
        let mut all = self.places_to_add(meeting.pair);
        self.put(meeting.clone());
        for spots in &mut all {
            for (table, spot) in (1..).zip(&mut spots.tables) {
                if (meeting.place.slot, meeting.place.table) == (spots.slot, table) {
                    *spot = Spot::Current;
                } else if let Spot::Impossible { clash, other, .. } = spot
                    && let Some(here) = self.sits_at(spots.slot, table).cloned()
                {
                    *spot = match self.try_swap(&meeting, &here) {
                        Ok((mine, theirs)) => Spot::Swap {
                            other: here,
                            mine,
                            theirs,
                        },
                        Err(refusal) => Spot::Impossible {
                            clash: clash.clone(),
                            swap: Some(refusal),
                            other: *other,
                        },
                    };
                }
            }
        }
        Ok(all)
    }

    /// Places for a pair that is to be added.
    pub fn places_to_add(&self, pair: Pair) -> Vec<SlotSpots> {
        let slots = 0..i64::try_from(self.slots.len()).unwrap_or_default();
        let spots = slots.map(|slot| {
            let tables = (1..=self.tables).map(|table| match self.seat(pair, slot, Some(table)) {
                Ok(_) => Spot::Possible,
                Err(clash) => Spot::Impossible {
                    other: self.in_the_way(pair, slot, table, &clash),
                    swap: None,
                    clash,
                },
            });
            SlotSpots {
                slot,
                refused: self.seat(pair, slot, None).err(),
                tables: tables.collect(),
            }
        });
        spots.collect()
    }

    /// Where both would be after an exchange; the board is afterwards as before.
    fn try_swap(&mut self, one: &Meeting, two: &Meeting) -> Result<(Placed, Placed), Refusal> {
        let swapped = self.swap(one.id, two.id)?;
        self.put(one.clone());
        self.put(two.clone());
        let place = |id| {
            swapped
                .iter()
                .find(|meeting| meeting.id == id)
                .map(|meeting| meeting.place)
        };
        Ok((
            place(one.id).unwrap_or(one.place),
            place(two.id).unwrap_or(two.place),
        ))
    }

    fn sits_at(&self, slot: i64, table: i64) -> Option<&Meeting> {
        self.at(slot).find(|meeting| meeting.place.table == table)
    }

    fn in_the_way(&self, pair: Pair, slot: i64, table: i64, clash: &Clash) -> Option<Uuid> {
        let found = match clash {
            Clash::CandidateBusy { .. } => self.at(slot).find(|other| other.pair.candidate == pair.candidate),
            Clash::EmployerBusy { .. } => self.at(slot).find(|other| other.pair.employer == pair.employer),
            Clash::TableTaken { .. } => self.sits_at(slot, table),
            Clash::PairTwice { .. } => self.standing().into_iter().find(|other| other.pair == pair),
            _ => None,
        };
        found.map(|meeting| meeting.id)
    }
}
