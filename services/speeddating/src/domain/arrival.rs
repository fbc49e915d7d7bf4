//! Who is there on the day.

use jiff::Timestamp;

use super::{Flaw, Refusal, Registration, Standing};

/// Longest lateness that is noted, minutes.
const LATE_MOST: i64 = 240;

/// What is known of somebody on the day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Presence {
    /// Not seen yet.
    Expected,
    /// There.
    Arrived,
    /// Said to come so many minutes later.
    Late(i64),
    /// Does not come.
    Absent,
}

/// What was noted, by whom and when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Arrival {
    /// What.
    pub presence: Presence,
    /// A person's id, or one of our services.
    pub noted_by: String,
    /// When.
    pub noted_at: Timestamp,
}

impl Presence {
    /// A lateness is from a minute to four hours.
    pub fn check(self) -> Result<Self, Flaw> {
        match self {
            Self::Late(minutes) if !(1..=LATE_MOST).contains(&minutes) => {
                Err(Flaw::new("late_minutes", "le retard est de 1 à 240 minutes"))
            }
            other => Ok(other),
        }
    }
}

impl Registration {
    /// The registration of somebody of whom this is noted. What was said before the day comes back when it is taken back.
    pub fn note(mut self, presence: Presence, confirmed_before: bool) -> Result<Self, Refusal> {
        if matches!(self.standing, Standing::Withdrawn | Standing::Done) {
            return Err(Refusal::Registration {
                code: self.code,
                standing: self.standing,
                wanted: "pointée",
            });
        }
        self.standing = match presence {
            Presence::Arrived => Standing::CheckedIn,
            Presence::Absent => Standing::Absent,
            // Who says to be late says to come.
            Presence::Late(_) => Standing::Confirmed,
            Presence::Expected if confirmed_before => Standing::Confirmed,
            Presence::Expected => Standing::Registered,
        };
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lateness_is_from_a_minute_to_four_hours() {
        assert!(Presence::Late(1).check().is_ok());
        assert!(Presence::Late(240).check().is_ok());
        for minutes in [-5, 0, 241] {
            assert!(Presence::Late(minutes).check().is_err(), "{minutes} minutes");
        }
    }
}
