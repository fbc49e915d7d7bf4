//! When and where a session is, and the slots that follow from it.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Flaw, Weights};

/// Slots of one session: what the solver can take.
const SLOTS_MOST: usize = 128;

/// A pause without meetings.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Break {
    /// First minute.
    pub from: Time,
    /// The minute at which meetings go on.
    pub to: Time,
}

/// A room and how many tables stand in it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// Tables, at least one.
    pub tables: i64,
}

/// Where it takes place.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Venue {
    /// Name of the place.
    pub name: String,
    /// Street address.
    pub address: String,
    /// Rooms in the order of their table numbers; empty: as many tables as recruiters, in one room.
    pub rooms: Vec<Room>,
}

/// What the organiser decides about a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Shown in mails and pages.
    pub title: String,
    /// The day.
    pub date: Date,
    /// Wall clock of the first slot.
    pub starts: Time,
    /// No meeting ends later.
    pub ends: Time,
    /// IANA name of the zone.
    pub time_zone: String,
    /// Length of a meeting, minutes.
    pub slot_minutes: i64,
    /// In order, without overlap.
    pub breaks: Vec<Break>,
    /// The place.
    pub venue: Venue,
    /// What wishes weigh.
    pub weights: Weights,
    /// How long before the first meeting one is asked to be there.
    pub arrival_minutes: i64,
    /// Told of everything when set.
    pub coordinator_person_id: Option<Uuid>,
}
/// A slot, wall clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slot {
    /// First minute.
    pub starts: Time,
    /// The minute at which the next may begin.
    pub ends: Time,
}
impl Plan {
    /// What is wrong with it; empty when nothing is.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |field: &str, message: &str| flaws.push(Flaw::new(field, message));
        if self.title.trim().is_empty() || self.title.chars().count() > 120 {
            flaw("title", "le titre doit avoir de 1 à 120 caractères");
        }
        if self.ends <= self.starts {
            flaw("ends", "la fin doit être après le début");
        }
        if TimeZone::get(&self.time_zone).is_err() {
            flaw(
                "time_zone",
                "le fuseau horaire n'est pas connu (exemple : Europe/Paris)",
            );
        }
        if !(3..=240).contains(&self.slot_minutes) {
            flaw("slot_minutes", "un créneau dure de 3 à 240 minutes");
        } else if self.ends > self.starts {
            let slots = self.slots().len();
            if slots == 0 {
                flaw("slot_minutes", "aucun créneau ne tient entre le début et la fin");
            } else if slots > SLOTS_MOST {
                flaw("slot_minutes", "la séance a plus de 128 créneaux");
            }
        }
        if !(0..=240).contains(&self.arrival_minutes) {
            flaw(
                "arrival_minutes",
                "l'arrivée est demandée de 0 à 240 minutes avant",
            );
        }
        let mut free_from = self.starts;
        for pause in &self.breaks {
            if pause.from < free_from || pause.to <= pause.from || pause.to > self.ends {
                flaw(
                    "breaks",
                    "les pauses sont dans la séance, dans l'ordre, sans se chevaucher",
                );
                break;
            }
            free_from = pause.to;
        }
        if self.breaks.len() > 50 {
            flaw("breaks", "au plus 50 pauses");
        }
        // Facts of milestones are texts of at most 200 characters.
        if self.venue.name.chars().count() > 200 || self.venue.address.chars().count() > 200 {
            flaw("venue", "le nom et l'adresse du lieu ont au plus 200 caractères");
        }
        let rooms = &self.venue.rooms;
        if rooms.len() > 50
            || rooms
                .iter()
                .any(|room| !(1..=500).contains(&room.tables) || room.name.chars().count() > 80)
        {
            flaw(
                "venue.rooms",
                "au plus 50 salles, de 1 à 500 tables chacune, nom de 80 caractères au plus",
            );
        }
        flaws.extend(self.calendar_flaws());
        flaws.extend(self.weights.flaws());
        flaws
    }

    /// The slots: one after the other, none across a break; after a break they go on when it ends.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = Vec::new();
        let (mut at, ends) = (minutes(self.starts), minutes(self.ends));
        if self.slot_minutes < 1 {
            return slots;
        }
        while at + self.slot_minutes <= ends && slots.len() <= SLOTS_MOST {
            let until = at + self.slot_minutes;
            let pause = self
                .breaks
                .iter()
                .find(|pause| minutes(pause.from) < until && at < minutes(pause.to));
            if let Some(pause) = pause {
                // `max` so that a break of no length, refused elsewhere, cannot hold the loop.
                at = minutes(pause.to).max(at + 1);
            } else {
                slots.push(Slot {
                    starts: wall(at),
                    ends: wall(until),
                });
                at = until;
            }
        }
        slots
    }

    /// Wall clock of a time on the day.
    pub fn at(&self, time: Time) -> DateTime {
        self.date.to_datetime(time)
    }

    /// The instant of a wall clock in the session's zone. A time that the clocks skip reads as the one after,
    /// a time that they repeat as the first.
    pub fn instant(&self, local: DateTime) -> Result<Timestamp, jiff::Error> {
        Ok(TimeZone::get(&self.time_zone)?.to_zoned(local)?.timestamp())
    }

    /// When to be there for a meeting that starts at `first`.
    pub fn arrival(&self, first: Time) -> Time {
        first.saturating_sub(self.arrival_minutes.minutes())
    }

    /// The plan moved to another start: breaks and end move along unless another end is given.
    pub fn moved(&self, date: Date, starts: Time, ends: Option<Time>) -> Result<Self, Flaw> {
        let shift = minutes(starts) - minutes(self.starts);
        let shifted = |time: Time| {
            let at = minutes(time) + shift;
            if (0..24 * 60).contains(&at) {
                Ok(wall(at))
            } else {
                Err(Flaw::new(
                    "starts",
                    "la séance déplacée doit tenir dans une journée",
                ))
            }
        };
        let mut moved = Self {
            date,
            starts,
            ..self.clone()
        };
        moved.ends = match ends {
            Some(ends) => ends,
            None => shifted(self.ends)?,
        };
        for pause in &mut moved.breaks {
            *pause = Break {
                from: shifted(pause.from)?,
                to: shifted(pause.to)?,
            };
        }
        Ok(moved)
    }

    /// Minutes by which `to` starts later than this plan, on the wall clock.
    pub fn shift_to(&self, to: &Self) -> i64 {
        minutes(to.starts) - minutes(self.starts)
    }
}

/// A time later or earlier by some minutes, kept within the day.
pub fn shifted(time: Time, shift: i64) -> Time {
    wall((minutes(time) + shift).clamp(0, 24 * 60 - 1))
}

/// `09:00`.
pub fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn minutes(time: Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

fn wall(minutes: i64) -> Time {
    let (hour, minute) = (minutes / 60, minutes % 60);
    match (i8::try_from(hour), i8::try_from(minute)) {
        (Ok(hour), Ok(minute)) => Time::new(hour, minute, 0, 0).unwrap_or(Time::MAX),
        _ => Time::MAX,
    }
}
