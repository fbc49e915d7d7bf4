//! Who would be told what, when, by which channel and at what cost, and who cannot be: the same before a publication and
//! before each change after it.

use std::collections::{BTreeMap, BTreeSet};

use contracts::{
    common::v1::{Milestone, MilestoneState},
    notifier::v1::Preview,
    scheduler::v1::Reminder,
};
use jiff::tz::TimeZone;

use super::{
    Ground,
    foresee::{Planned, foresee},
};
use crate::{
    Clients,
    error::Error,
    pages::instant,
    roll::{Guest, sort_key},
    texts::Texts,
    ways,
};

/// Shows the message of the first who is told.
pub(super) const FIRST: &str = "*";

/// What becomes of a publication or a change, in people and messages. `telling` in templates.
pub(super) struct Telling {
    /// Who is told, by name.
    pub(super) told: Vec<Line>,
    /// Who should be told and cannot be reached.
    pub(super) unreached: Vec<Line>,
    /// For whom something changes without a message now, and why.
    pub(super) silent: Vec<Line>,
    /// Messages of each sort: words, people, channels.
    pub(super) sorts: Vec<Sort>,
    pub(super) messages: usize,
    pub(super) segments: i64,
    /// "12,30 €"; empty when no price is set.
    pub(super) cost: String,
    /// Reminders of the ledger that this replaces.
    pub(super) replaced: usize,
    /// The message of the person that was asked for.
    pub(super) shown: Option<Shown>,
}

/// One person.
pub(super) struct Line {
    pub(super) person: String,
    pub(super) name: String,
    /// What the first message is about.
    pub(super) what: String,
    /// By mail or SMS; or why not.
    pub(super) how: String,
    pub(super) when: String,
    /// Messages after the first.
    pub(super) later: usize,
    pub(super) shown: bool,
}

/// Messages of one sort.
pub(super) struct Sort {
    pub(super) what: String,
    /// When the first of them goes.
    pub(super) first: String,
    /// Mails, SMS, segments of SMS, and those that reach nobody.
    pub(super) counts: [i64; 4],
}

impl Sort {
    /// As they are written, each with the key of its heading.
    pub(super) fn written(&self, t: Texts) -> Vec<(String, String)> {
        let keys = [
            "planning-mails",
            "planning-sms",
            "planning-segments",
            "planning-without-way",
        ];
        keys.iter()
            .zip(self.counts)
            .map(|(key, count)| (t.say(key), t.number(count)))
            .collect()
    }
}

/// A message as it would read.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) mail: bool,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) segments: i32,
}

impl Telling {
    /// Asks scheduler and notifier what these milestones would set off.
    pub(super) async fn read(
        t: Texts,
        staff: &Clients,
        ground: &Ground,
        milestones: &[Milestone],
        shown: &str,
    ) -> Result<Self, Error> {
        let foreseen = foresee(staff, milestones).await?;
        let planned = &foreseen.planned;
        let people = People {
            t,
            ground,
            zone: TimeZone::get(&ground.session.time_zone).unwrap_or(TimeZone::UTC),
            shown,
        };
        let mut telling = Self {
            told: Vec::new(),
            unreached: Vec::new(),
            silent: Vec::new(),
            sorts: people.sorts(planned),
            messages: planned.iter().filter(|one| !one.way.channel.is_empty()).count(),
            segments: foreseen.segments,
            // Up to the cent, never below what will be paid.
            cost: if foreseen.price_micros > 0 {
                t.money((foreseen.cost_micros + 9_999) / 10_000)
            } else {
                String::new()
            },
            replaced: foreseen.replaced,
            shown: None,
        };
        people.lines(&mut telling, planned, &foreseen.late, milestones);
        let first = |one: &&Planned| shown == FIRST && !one.way.channel.is_empty();
        let own = |one: &&Planned| one.reminder.recipient_person_id == shown;
        if let Some(one) = planned.iter().find(|one| first(one) || own(one)) {
            telling.shown = people.read_message(staff, one, milestones).await?;
        }
        Ok(telling)
    }

    /// People who are told.
    pub(super) fn people(&self) -> usize {
        self.told.len()
    }
}

/// Puts people to what would be sent.
struct People<'a> {
    t: Texts,
    ground: &'a Ground,
    zone: TimeZone,
    shown: &'a str,
}

impl People<'_> {
    fn lines(&self, telling: &mut Telling, planned: &[Planned], late: &[Reminder], milestones: &[Milestone]) {
        let mut by_person: BTreeMap<&str, Vec<&Planned>> = BTreeMap::new();
        for one in planned {
            by_person
                .entry(&one.reminder.recipient_person_id)
                .or_default()
                .push(one);
        }
        for (person, all) in &by_person {
            let Some(first) = all.first() else { continue };
            // One message that arrives is enough to be told.
            match all.iter().find(|one| !one.way.channel.is_empty()) {
                Some(reached) => telling.told.push(self.line(
                    person,
                    &reached.reminder,
                    self.how(&reached.way),
                    all.len() - 1,
                )),
                None => telling.unreached.push(self.line(
                    person,
                    &first.reminder,
                    self.unreached(&first.way.reason),
                    0,
                )),
            }
        }
        let mut seen: BTreeSet<String> = by_person.keys().map(|person| (*person).to_owned()).collect();
        for one in late {
            if seen.insert(one.recipient_person_id.clone()) {
                let how = self.t.say("planning-too-late");
                telling
                    .silent
                    .push(self.line(&one.recipient_person_id, one, how, 0));
            }
        }
        for milestone in milestones {
            let guest = milestone
                .subject
                .rsplit('/')
                .next()
                .and_then(|id| self.ground.roll.get(id));
            let Some(guest) = guest else { continue };
            if seen.insert(guest.person_id.clone()) {
                telling.silent.push(self.silent(guest, milestone));
            }
        }
        for lines in [&mut telling.told, &mut telling.unreached, &mut telling.silent] {
            lines.sort_by_cached_key(|line| sort_key(&line.name));
        }
    }

    fn line(&self, person: &str, reminder: &Reminder, how: String, later: usize) -> Line {
        let guest = reminder
            .subject
            .rsplit('/')
            .next()
            .and_then(|id| self.ground.roll.get(id));
        let own = guest.filter(|guest| guest.person_id == person);
        Line {
            person: person.to_owned(),
            name: match (own, guest) {
                (Some(own), _) => own.name.clone(),
                // Somebody else who is told of a participation: who coordinates.
                (None, Some(_)) => self.t.say("planning-coordinator"),
                (None, None) => self.t.say("planning-somebody"),
            },
            what: self.what(reminder),
            how,
            when: self.when(reminder),
            later,
            shown: person == self.shown,
        }
    }

    fn silent(&self, guest: &Guest, milestone: &Milestone) -> Line {
        let gone = milestone.state() == MilestoneState::Cleared;
        Line {
            person: guest.person_id.clone(),
            name: guest.name.clone(),
            what: String::new(),
            how: self.t.say(if gone {
                "planning-silent-gone"
            } else {
                "planning-silent-waits"
            }),
            when: String::new(),
            later: 0,
            shown: false,
        }
    }

    fn what(&self, reminder: &Reminder) -> String {
        self.t
            .say(match (reminder.kind.as_str(), reminder.occasion.as_str()) {
                ("employer_confirmation", "before") => "planning-told-confirmation",
                (_, "planned") => "planning-told-plan",
                (_, "before") => "planning-told-reminder",
                (_, "after") => "planning-told-outcomes",
                (_, "moved") => "planning-told-moved",
                (_, "cleared") => "planning-told-cancelled",
                _ => "planning-told-changed",
            })
    }

    fn when(&self, reminder: &Reminder) -> String {
        instant(reminder.due_at.as_ref()).map_or_else(String::new, |at| self.t.moment(at, &self.zone))
    }

    fn how(&self, way: &Preview) -> String {
        match way.channel.as_str() {
            "sms" => {
                let segments = way.sms.as_ref().map_or(1, |sms| sms.segments);
                self.t.with("planning-by-sms", "n", segments).into()
            }
            _ => self.t.say("planning-by-mail"),
        }
    }

    fn unreached(&self, reason: &str) -> String {
        self.t.say(match reason {
            "opted_out" => "planning-unreached-opted-out",
            "unsubscribed" => "planning-unreached-unsubscribed",
            "address_refused" => "planning-unreached-refused",
            "erased" => "planning-unreached-erased",
            "template" => "planning-unreached-template",
            _ => "planning-unreached-no-channel",
        })
    }

    fn sorts(&self, planned: &[Planned]) -> Vec<Sort> {
        let mut sorts: Vec<Sort> = Vec::new();
        for one in planned {
            let what = self.what(&one.reminder);
            if !sorts.iter().any(|sort| sort.what == what) {
                sorts.push(Sort {
                    what: what.clone(),
                    first: self.when(&one.reminder),
                    counts: [0; 4],
                });
            }
            let Some(sort) = sorts.iter_mut().find(|sort| sort.what == what) else {
                continue;
            };
            match one.way.channel.as_str() {
                "mail" => sort.counts[0] += 1,
                "sms" => {
                    sort.counts[1] += 1;
                    sort.counts[2] += one.way.sms.as_ref().map_or(0, |sms| i64::from(sms.segments));
                }
                _ => sort.counts[3] += 1,
            }
        }
        sorts
    }

    async fn read_message(
        &self,
        staff: &Clients,
        one: &Planned,
        milestones: &[Milestone],
    ) -> Result<Option<Shown>, Error> {
        let (subject, kind) = (&one.reminder.subject, &one.reminder.kind);
        let mut of = milestones.iter();
        let Some(milestone) = of.find(|of| of.subject == *subject && of.kind == *kind) else {
            return Ok(None);
        };
        let read = ways::read(staff, &one.reminder, milestone).await?;
        Ok(read.map(|preview| Shown {
            name: self
                .line(&preview.person_id, &one.reminder, String::new(), 0)
                .name,
            mail: preview.channel == "mail",
            to: preview.to,
            subject: preview.subject,
            text: preview.text,
            segments: preview.sms.map_or(0, |sms| sms.segments),
        }))
    }
}
