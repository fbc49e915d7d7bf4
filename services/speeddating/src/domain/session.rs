//! A session: when and where it is, and where it stands.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Flaw, Refusal, Weights};

/// Slots of one session: what the solver can take.
const SLOTS_MOST: usize = 128;

/// Who meets whom.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Employers and candidates.
    EmployerCandidate,
    /// Buyers and inclusion enterprises.
    B2b,
}

/// Where a session stands (DOMAIN.md, section 5).
#[expect(missing_docs, reason = "named as in the papers")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    Draft,
    RegistrationOpen,
    RegistrationClosed,
    ScheduleDraft,
    SchedulePublished,
    Running,
    Closed,
    FollowedUp,
    Cancelled,
}

/// What can be done to a session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// Registration is opened by hand.
    OpenRegistration,
    /// Registration is closed by hand.
    CloseRegistration,
    /// Rows are imported, or a wish is set.
    Import,
    /// A dry run is made.
    MakeTimetable,
    /// A timetable becomes the one that everybody is told.
    Publish,
    /// A meeting of a timetable is changed by hand.
    Correct,
    /// Somebody withdraws or confirms.
    Register,
    /// Date, time, title or venue change.
    Move,
    /// The first meetings begin.
    Start,
    /// The last meetings are over.
    Close,
    /// What became of a meeting is noted.
    RecordOutcome,
    /// All outcomes are in.
    FollowUp,
    /// It does not take place.
    Cancel,
}

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

/// A session of meetings.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Identity.
    pub id: Uuid,
    /// Rises with each change.
    pub version: i64,
    /// The owner.
    pub organisation_id: Uuid,
    /// The owner's branch.
    pub branch_id: Option<Uuid>,
    /// Who meets whom.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// When and where.
    pub plan: Plan,
    /// Number of the timetable that stands; 0 before publication.
    pub published_timetable: i64,
    /// Why it was cancelled.
    pub cancelled_reason: String,
    /// Rises when registrations, wishes or hours change: a timetable made of older inputs is outdated.
    pub inputs: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A slot, wall clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Slot {
    /// First minute.
    pub starts: Time,
    /// The minute at which the next may begin.
    pub ends: Time,
}

impl State {
    /// The state after a step, or why the step is refused.
    #[expect(
        clippy::match_same_arms,
        reason = "a line a step, as in the table of the papers"
    )]
    pub fn after(self, step: Step) -> Result<Self, Refusal> {
        use State::{
            Cancelled, Closed, Draft, FollowedUp, RegistrationClosed, RegistrationOpen, Running,
            ScheduleDraft, SchedulePublished,
        };
        let next = match (self, step) {
            (Draft | RegistrationOpen | RegistrationClosed, Step::OpenRegistration) => RegistrationOpen,
            (Draft | RegistrationOpen | RegistrationClosed, Step::CloseRegistration) => RegistrationClosed,
            (Draft, Step::Import) => RegistrationOpen,
            (RegistrationOpen | RegistrationClosed | ScheduleDraft, Step::MakeTimetable) => ScheduleDraft,
            (SchedulePublished, Step::MakeTimetable) => SchedulePublished,
            (ScheduleDraft | SchedulePublished, Step::Publish) => SchedulePublished,
            (SchedulePublished, Step::Start) => Running,
            (SchedulePublished | Running, Step::Close) => Closed,
            (Closed, Step::FollowUp) => FollowedUp,
            (
                Draft | RegistrationOpen | RegistrationClosed | ScheduleDraft | SchedulePublished | Running,
                Step::Cancel,
            ) => Cancelled,
            (
                same @ (RegistrationOpen | RegistrationClosed | ScheduleDraft | SchedulePublished | Running),
                Step::Import | Step::Register,
            )
            | (same @ (ScheduleDraft | SchedulePublished | Running), Step::Correct)
            | (
                same @ (Draft | RegistrationOpen | RegistrationClosed | ScheduleDraft | SchedulePublished),
                Step::Move,
            )
            | (same @ (SchedulePublished | Running | Closed | FollowedUp), Step::RecordOutcome) => same,
            (state, step) => return Err(Refusal::Step { state, step }),
        };
        Ok(next)
    }

    /// Whether people have been told of meetings that stand.
    pub fn published(self) -> bool {
        matches!(
            self,
            Self::SchedulePublished | Self::Running | Self::Closed | Self::FollowedUp
        )
    }
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
