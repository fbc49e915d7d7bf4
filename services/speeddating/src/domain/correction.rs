//! Corrections by hand. Each returns the meetings as they are afterwards and leaves the board so; refused, the board is
//! as before.

use uuid::Uuid;

use super::{Altered, Board, Clash, Meeting, MeetingState, Pair, Refusal, Stand};

/// Meetings that changed.
pub type Change = Vec<Meeting>;

impl Board {
    /// Moves a meeting to another slot, another table, or both. Without a table it keeps its own if it is free.
    pub fn move_to(&mut self, id: Uuid, slot: i64, table: Option<i64>) -> Result<Change, Refusal> {
        let meeting = self.changeable(id)?;
        let placed = self.without(&[id], |board| {
            match table {
                Some(_) => board.seat(meeting.pair, slot, table),
                None => board
                    .seat(meeting.pair, slot, Some(meeting.place.table))
                    .or_else(|_| board.seat(meeting.pair, slot, None)),
            }
            .map(|place| {
                vec![Meeting {
                    place,
                    ..meeting.clone()
                }]
            })
        })?;
        Ok(placed)
    }

    /// Two meetings exchange their slots; in one slot they exchange their tables. Each employer keeps its tables where
    /// it can.
    pub fn swap(&mut self, first: Uuid, second: Uuid) -> Result<Change, Refusal> {
        let (one, two) = (self.changeable(first)?, self.changeable(second)?);
        if first == second {
            return Ok(Vec::new());
        }
        let same_slot = one.place.slot == two.place.slot;
        let swapped = self.without(&[first, second], |board| {
            let exchange = same_slot || one.pair.employer == two.pair.employer;
            let mut changed = Vec::new();
            for (meeting, target) in [(&one, &two), (&two, &one)] {
                let wanted = if exchange {
                    target.place.table
                } else {
                    meeting.place.table
                };
                let slot = target.place.slot;
                let seated = board.seat(meeting.pair, slot, Some(wanted));
                let place = if exchange {
                    seated?
                } else {
                    seated.or_else(|_| board.seat(meeting.pair, slot, None))?
                };
                let moved = Meeting {
                    place,
                    ..meeting.clone()
                };
                board.put(moved.clone());
                changed.push(moved);
            }
            Ok(changed)
        })?;
        Ok(swapped)
    }

    /// Adds a meeting with this id.
    pub fn add(&mut self, id: Uuid, pair: Pair, slot: i64, table: Option<i64>) -> Result<Change, Refusal> {
        let place = self.seat(pair, slot, table)?;
        let added = Meeting {
            id,
            version: 1,
            pair,
            place,
            state: MeetingState::Planned,
            outcome: String::new(),
        };
        self.put(added.clone());
        Ok(vec![added])
    }

    /// Cancels a meeting.
    pub fn cancel(&mut self, id: Uuid) -> Result<Change, Refusal> {
        let mut meeting = self.changeable(id)?;
        meeting.state = MeetingState::Cancelled;
        self.put(meeting.clone());
        Ok(vec![meeting])
    }

    /// Puts the meetings of a correction back as they were before it; one that it added is cancelled.
    pub fn put_back(&mut self, altered: &[Altered]) -> Result<Change, Refusal> {
        let mut ids = Vec::new();
        let mut wanted = Vec::new();
        for one in altered {
            let meeting = self.meeting(one.meeting).ok_or(Clash::Unregistered)?.clone();
            ids.push(one.meeting);
            wanted.push((meeting, one.before));
        }
        let restored = self.without(&ids, |board| {
            let mut restored = Vec::new();
            for (meeting, before) in wanted {
                let back = match before {
                    Some(Stand { place, state }) if state != MeetingState::Cancelled => Meeting {
                        place: board.seat(meeting.pair, place.slot, Some(place.table))?,
                        state,
                        ..meeting
                    },
                    Some(Stand { .. }) | None => Meeting {
                        state: MeetingState::Cancelled,
                        ..meeting
                    },
                };
                board.put(back.clone());
                restored.push(back);
            }
            Ok(restored)
        })?;
        Ok(restored)
    }

    /// Cancels all planned meetings of somebody who no longer takes part.
    pub fn cancel_all_of(&mut self, person: Uuid) -> Change {
        let mut cancelled: Change = self
            .standing()
            .into_iter()
            .filter(|meeting| meeting.state == MeetingState::Planned)
            .filter(|meeting| meeting.pair.candidate == person || meeting.pair.employer == person)
            .cloned()
            .collect();
        for meeting in &mut cancelled {
            meeting.state = MeetingState::Cancelled;
            self.put(meeting.clone());
        }
        cancelled
    }

    fn changeable(&self, id: Uuid) -> Result<Meeting, Refusal> {
        let meeting = self.meeting(id).ok_or(Clash::Unregistered)?;
        meeting.changeable()?;
        Ok(meeting.clone())
    }

    /// Tries a change with some meetings off the board; puts them back when it is refused.
    fn without(
        &mut self,
        ids: &[Uuid],
        change: impl FnOnce(&mut Self) -> Result<Change, Clash>,
    ) -> Result<Change, Clash> {
        let taken: Change = ids.iter().filter_map(|id| self.take(*id)).collect();
        match change(self) {
            Ok(changed) => {
                for meeting in &changed {
                    self.put(meeting.clone());
                }
                Ok(changed)
            }
            Err(clash) => {
                for meeting in taken {
                    self.put(meeting);
                }
                Err(clash)
            }
        }
    }
}
