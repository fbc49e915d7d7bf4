//! A session the size that one asks for, filled by counting, the same each time.

use std::collections::BTreeSet;

use contracts::{
    directory::v1::Person,
    notifier::v1::Message,
    scheduler::v1::{Policy, Reminder, ReminderState},
    speeddating::v1::{
        Break, Meeting, MeetingState, Quality, Registration, RegistrationState, Room, Session, SessionKind,
        SessionState, Side, SlotTime, Timetable, Unmet, Venue,
    },
};
use prost_types::Timestamp;
use uuid::Uuid;

use super::Data;

/// The token of the link of candidate 1, then of employer 1.
pub(crate) const CANDIDATE_LINK: &str = "AbCdEfGhIjKlMnOpQrStUv";
pub(crate) const EMPLOYER_LINK: &str = "ZyXwVuTsRqPoNmLkJiHgFe";

const GIVEN: [&str; 12] = [
    "William", "Raphaël", "Khadija", "Élodie", "Amina", "Théo", "Zoé", "Paul", "Rania", "Ibrahim", "Ana",
    "Chloé",
];
const FAMILY: [&str; 11] = [
    "Roux",
    "Garcia",
    "Lopez",
    "Nguyen",
    "Diallo",
    "Traoré",
    "Fournier",
    "Blanc",
    "O’Brien",
    "Lefèvre",
    "Ba",
];
const FIRMS: [&str; 8] = [
    "Ateliers du Rhône",
    "Clair & Net",
    "Fourvière Logistique",
    "Boulangeries Perrache",
    "Soie Textile",
    "Les Jardins de Gerland",
    "Confluence Services",
    "Métal Vaise",
];
const POSITIONS: [&str; 4] = [
    "Préparateur·rice de commandes",
    "Agent·e d’entretien",
    "Réceptionniste",
    "Cuisinier·ère",
];
const SLOTS: [(&str, &str); 13] = [
    ("09:00", "09:15"),
    ("09:15", "09:30"),
    ("09:30", "09:45"),
    ("09:45", "10:00"),
    ("10:00", "10:15"),
    ("10:15", "10:30"),
    ("10:45", "11:00"),
    ("11:00", "11:15"),
    ("11:15", "11:30"),
    ("11:30", "11:45"),
    ("11:45", "12:00"),
    ("12:00", "12:15"),
    ("12:15", "12:30"),
];

/// An id by kind and number.
pub(crate) fn id(kind: u8, number: usize) -> String {
    Uuid::from_u128((u128::from(kind) << 96) | number as u128).to_string()
}

pub(crate) fn session_id() -> String {
    id(1, 1)
}

pub(crate) fn employer(number: usize) -> String {
    id(2, number)
}

pub(crate) fn candidate(number: usize) -> String {
    id(3, number)
}

/// The person of a candidate's registration.
pub(crate) fn person(number: usize) -> String {
    id(4, number)
}

pub(crate) fn contact(number: usize) -> String {
    id(5, number)
}

fn group() -> String {
    format!("speeddating.session/{}", session_id())
}

/// A published session with so many on each side, numbered from 1.
pub(crate) fn published(employers: usize, candidates: usize) -> Data {
    let mut data = Data {
        sessions: vec![session(employers, candidates)],
        ..Data::default()
    };
    for number in 1..=employers {
        add_employer(&mut data, number);
    }
    for number in 1..=candidates {
        add_candidate(&mut data, number);
    }
    let timetable = timetable(employers, candidates);
    data.timetables = vec![
        Timetable {
            number: 1,
            published: false,
            ..timetable.clone()
        },
        Timetable {
            number: 2,
            ..timetable
        },
    ];
    data.policies = vec![Policy {
        name: "speed-dating-candidate".to_owned(),
        reading: "Une semaine avant par e-mail, deux jours avant puis la veille à 17\u{a0}h par SMS, sinon par e-mail, aux candidat·es.".to_owned(),
        built_in: true,
        ..Policy::default()
    }];
    data.reminders = (1..=candidates).flat_map(reminders).collect();
    data.messages = messages();
    data.links = vec![
        (
            CANDIDATE_LINK.to_owned(),
            person(1),
            format!("speeddating.participation/{}", candidate(1)),
            group(),
        ),
        (
            EMPLOYER_LINK.to_owned(),
            contact(1),
            format!("speeddating.participation/{}", employer(1)),
            group(),
        ),
    ];
    data
}

fn session(employers: usize, candidates: usize) -> Session {
    Session {
        session_id: session_id(),
        version: 3,
        organisation_id: id(9, 1),
        kind: SessionKind::EmployerCandidate.into(),
        title: "Job dating de Gerland".to_owned(),
        state: SessionState::SchedulePublished.into(),
        date: "2026-11-25".to_owned(),
        starts: "09:00".to_owned(),
        ends: "12:30".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        slot_minutes: 15,
        breaks: vec![Break {
            from: "10:30".to_owned(),
            to: "10:45".to_owned(),
        }],
        venue: Some(Venue {
            name: "Maison des associations".to_owned(),
            address: "4 rue Exemple, 69007 Lyon".to_owned(),
            rooms: vec![
                Room {
                    name: "Salle Rhône".to_owned(),
                    tables: small(employers / 2),
                },
                Room {
                    name: "Salle Saône".to_owned(),
                    tables: small(employers - employers / 2),
                },
            ],
        }),
        arrival_minutes: 15,
        published_timetable: 2,
        employers: small(employers),
        candidates: small(candidates),
        wishes: small(candidates * 5),
        coordinator_person_id: contact(1),
        ..Session::default()
    }
}

fn add_employer(data: &mut Data, number: usize) {
    let firm = FIRMS[number % FIRMS.len()];
    let rank = number / FIRMS.len();
    let name = if rank == 0 {
        firm.to_owned()
    } else {
        format!("{firm} {}", rank + 1)
    };
    data.organisations.insert(id(6, number), name);
    add_person(data, contact(number), number + 5);
    data.registrations.push(Registration {
        registration_id: employer(number),
        version: 1,
        session_id: session_id(),
        side: Side::Employer.into(),
        code: format!("E{number:03}"),
        person_id: contact(number),
        organisation_id: id(6, number),
        state: if number.is_multiple_of(3) {
            RegistrationState::Registered
        } else {
            RegistrationState::Confirmed
        }
        .into(),
        parallel: 1,
        position: POSITIONS[number % POSITIONS.len()].to_owned(),
        ..Registration::default()
    });
}

fn add_candidate(data: &mut Data, number: usize) {
    add_person(data, person(number), number);
    data.registrations.push(Registration {
        registration_id: candidate(number),
        version: 1,
        session_id: session_id(),
        side: Side::Candidate.into(),
        code: format!("C{number:04}"),
        person_id: person(number),
        state: match number % 17 {
            16 => RegistrationState::Withdrawn,
            0..8 => RegistrationState::Confirmed,
            _ => RegistrationState::Registered,
        }
        .into(),
        arrives: if number.is_multiple_of(4) {
            "10:00".to_owned()
        } else {
            String::new()
        },
        parallel: 1,
        ..Registration::default()
    });
}

fn add_person(data: &mut Data, person_id: String, number: usize) {
    let person = Person {
        person_id: person_id.clone(),
        version: 1,
        given_name: GIVEN[number % GIVEN.len()].to_owned(),
        family_name: FAMILY[number % FAMILY.len()].to_owned(),
        mail: format!("personne.{number}@example.org"),
        phone: format!("+3363998{number:04}"),
        mobile: true,
        language: "fr".to_owned(),
        ..Person::default()
    };
    data.people.insert(person_id, person);
}

/// Each candidate wants three employers; the first free slot that they share is theirs.
fn timetable(employers: usize, candidates: usize) -> Timetable {
    let mut taken = BTreeSet::new();
    let mut meetings = Vec::new();
    for number in 1..=candidates {
        let mut own = BTreeSet::new();
        for wish in 0..3 {
            let table = 1 + (number * 7 + wish * 5) % employers;
            let free = (0..SLOTS.len())
                .map(|slot| (slot + number * 3 + wish * 4) % SLOTS.len())
                .find(|slot| !taken.contains(&(table, *slot)) && !own.contains(slot) && number % 17 != 16);
            if let Some(slot) = free {
                taken.insert((table, slot));
                own.insert(slot);
                meetings.push(Meeting {
                    meeting_id: id(7, meetings.len()),
                    version: 1,
                    employer_id: employer(table),
                    candidate_id: candidate(number),
                    slot: small(slot),
                    table: small(table),
                    state: MeetingState::Planned.into(),
                    starts: SLOTS[slot].0.to_owned(),
                    ends: SLOTS[slot].1.to_owned(),
                    outcome: String::new(),
                });
            }
        }
    }
    let met: BTreeSet<_> = meetings
        .iter()
        .map(|meeting| meeting.candidate_id.clone())
        .collect();
    let unmet = (1..=candidates)
        .filter(|number| !met.contains(&candidate(*number)))
        .map(|number| Unmet {
            candidate_id: candidate(number),
            reason: ["NO_WISH", "EMPLOYERS_FULL", "NO_COMMON_PRESENCE"][number % 3].to_owned(),
        });
    let amount = small(meetings.len());
    let tables = small(employers);
    Timetable {
        session_id: session_id(),
        number: 2,
        version: 4,
        published: true,
        quality: Some(Quality {
            weight: 18_250,
            bound: 18_540,
            proven: false,
            wishes_met: vec![142, 118, 71, 30],
            wishes_made: vec![176, 160, 121, 74],
            unmet: unmet.collect(),
            candidate_idle_slots: 46,
            employer_idle_slots: 0,
            tables_used: tables,
            tables_available: tables,
            meetings: amount,
            occupancy_per_mille: amount * 1_000 / (tables * 13),
        }),
        meetings,
        seed: 1,
        created_at: Some(at(9, 8)),
        slots: SLOTS
            .iter()
            .zip(0..)
            .map(|((starts, ends), slot)| SlotTime {
                slot,
                starts: (*starts).to_owned(),
                ends: (*ends).to_owned(),
            })
            .collect(),
        ..Timetable::default()
    }
}

/// An hour (UTC) of a day of November 2026.
pub(crate) fn at(day: i64, hour: i64) -> Timestamp {
    // 2026-11-01T00:00:00Z
    Timestamp {
        seconds: 1_793_491_200 + (day - 1) * 86_400 + hour * 3_600,
        nanos: 0,
    }
}

fn reminders(number: usize) -> Vec<Reminder> {
    let reminder =
        |index: usize, template: &str, state: ReminderState, reason: &str, due: Timestamp| Reminder {
            reminder_id: id(8, number * 10 + index),
            policy: "speed-dating-candidate".to_owned(),
            subject: format!("speeddating.participation/{}", candidate(number)),
            kind: "speed_dating".to_owned(),
            generation: 1,
            recipient_person_id: person(number),
            role: "candidate".to_owned(),
            route: if index < 2 { "mail" } else { "sms,mail" }.to_owned(),
            template: template.to_owned(),
            state: state.into(),
            reason: reason.to_owned(),
            due_at: Some(due),
            intended_at: Some(due),
            settled_at: Some(due),
            channel: if state == ReminderState::Sent { "mail" } else { "" }.to_owned(),
            group: group(),
            ..Reminder::default()
        };
    let week = match number % 9 {
        4 => (ReminderState::Suppressed, "no_channel"),
        5 => (ReminderState::Suppressed, "opted_out"),
        7 => (ReminderState::Failed, "refused_until_too_late"),
        _ => (ReminderState::Sent, ""),
    };
    let mut eve = reminder(
        3,
        "speed_dating_day_before",
        ReminderState::Planned,
        "",
        at(24, 16),
    );
    if number.is_multiple_of(2) {
        eve.intended_at = Some(at(24, 20));
    }
    vec![
        eve,
        reminder(
            2,
            "speed_dating_two_days_before",
            ReminderState::Planned,
            "",
            at(23, 8),
        ),
        reminder(1, "speed_dating_week_before", week.0, week.1, at(18, 8)),
        reminder(
            0,
            "speed_dating_published_candidate",
            ReminderState::Sent,
            "",
            at(9, 9),
        ),
    ]
}

fn messages() -> Vec<Message> {
    let mail = Message {
        message_id: id(10, 1),
        delivery_id: id(11, 1),
        person_id: person(1),
        channel: "mail".to_owned(),
        to: "personne.1@example.org".to_owned(),
        subject: "Votre planning\u{a0}: job dating du mercredi 25 novembre 2026".to_owned(),
        text: "Bonjour Raphaël,\n\nVotre planning est prêt. Vous avez 3 rendez-vous le mercredi 25 novembre 2026.\n".to_owned(),
        html: MAIL.to_owned(),
        calendar: CALENDAR.replace('\n', "\r\n"),
        template: "speed_dating_published_candidate".to_owned(),
        language: "fr".to_owned(),
        provider: "mailbox".to_owned(),
        reference: "7KQ2M9XATB3C4D5E6F8G".to_owned(),
        created_at: Some(at(9, 9)),
        group: group(),
        state: "accepted".to_owned(),
        policy: "speed-dating-published".to_owned(),
        ..Message::default()
    };
    let sms = Message {
        message_id: id(10, 2),
        delivery_id: id(11, 2),
        person_id: person(2),
        channel: "sms".to_owned(),
        to: "+33639980002".to_owned(),
        text: "Job dating mercredi 25/11, soyez la a 8h45 : Maison des associations, 4 rue Exemple, 69007 Lyon. Vos 3 rendez-vous : https://rdv.exemple.fr/r/AbCdEfGhIjKlMnOpQrStUv Empeche(e) ? 04 72 00 00 00".to_owned(),
        template: "speed_dating_two_days_before".to_owned(),
        provider: "mailbox".to_owned(),
        created_at: Some(at(23, 8)),
        segments: 2,
        group: group(),
        state: "accepted".to_owned(),
        ..Message::default()
    };
    let unknown = Message {
        message_id: id(10, 3),
        delivery_id: id(11, 3),
        person_id: person(3),
        provider: "smtp".to_owned(),
        state: "unknown".to_owned(),
        to: "personne.3@example.org".to_owned(),
        ..mail.clone()
    };
    vec![sms, unknown, mail]
}

const MAIL: &str = r#"<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>Votre planning</title>
</head>
<body style="margin:0;background:#f4f4f2;color:#1a1a1a;font-family:Arial,sans-serif">
<main style="max-width:600px;margin:0 auto;padding:24px;background:#ffffff">
<p>Bonjour Raphaël,</p><p>Votre planning est prêt. Vous avez <strong>3 rendez-vous le mercredi 25 novembre 2026</strong>.</p>
<p style="margin:24px 0"><a href="https://rdv.exemple.fr/r/AbCdEfGhIjKlMnOpQrStUv" style="display:inline-block;padding:12px 20px;background:#0b4f6c;color:#ffffff">Voir mon planning</a></p>
</main></body></html>"#;

const CALENDAR: &str = "BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:1@jalon
SEQUENCE:1
DTSTART;TZID=Europe/Paris:20261125T094500
DTEND;TZID=Europe/Paris:20261125T113000
SUMMARY:Job dating de Gerland
LOCATION:Maison des associations\\, 4 rue Exemple\\, Lyon
DESCRIPTION:9 h 45 : Ateliers du Rhône\\, table 3\\n10 h 45 : Clair & Net\\, table 8
END:VEVENT
END:VCALENDAR
";

/// Numbers of the sample are small.
pub(crate) fn small(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
