//! A session's day against the calendar and the clock.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use super::{Flaw, Plan, clock};

/// Years in which sessions are: others are slips of the keyboard.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

impl Plan {
    /// What is wrong with the day, whatever day it is now: the year, and hours that the clocks skip.
    pub(super) fn calendar_flaws(&self) -> Vec<Flaw> {
        if !YEARS.contains(&self.date.year()) {
            return vec![Flaw::new("date", "l'année doit être de 2000 à 2100")];
        }
        let Ok(zone) = TimeZone::get(&self.time_zone) else {
            return Vec::new();
        };
        let slots = self.slots();
        let bounds = [("starts", self.starts), ("ends", self.ends)];
        let slots = slots.iter().map(|slot| ("starts", slot.starts));
        let skipped = bounds
            .into_iter()
            .chain(slots)
            .find(|(_, time)| skipped(&zone, self.date, *time));
        let flaw = skipped.map(|(field, time)| {
            let message = format!(
                "{} n'existe pas le {} : les horloges avancent cette nuit-là ; choisissez une heure plus tardive ou un autre jour",
                clock(time),
                self.date
            );
            Flaw::new(field, message)
        });
        flaw.into_iter().collect()
    }

    /// The day it is in the session's zone.
    pub fn today(&self, now: Timestamp) -> Date {
        let zone = TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC);
        now.to_zoned(zone).date()
    }

    /// Why a session cannot be put on its day: the day is over.
    pub fn past(&self, now: Timestamp) -> Option<Flaw> {
        let today = self.today(now);
        (self.date < today).then(|| {
            let message = format!("ce jour est passé : choisissez le {today} ou un jour plus tard");
            Flaw::new("date", message)
        })
    }
}

fn skipped(zone: &TimeZone, date: Date, time: Time) -> bool {
    let local = zone.to_ambiguous_timestamp(date.to_datetime(time));
    matches!(local.offset(), AmbiguousOffset::Gap { .. })
}
