//! Requests to domain types; what cannot be read names its field.

mod plan;

use contracts::speeddating::v1 as proto;
use jiff::civil::{Date, Time};
use platform::error::Failure;
use uuid::Uuid;

use crate::{
    actions::{NewSession, SessionChange},
    domain::{
        Break, EndedBy, Kind, MeetingState, OUTCOMES, Opinion, Pair, Plan, Room, Side, Venue, Weights, Wish,
        invisible,
    },
    import::{File, Table},
};

pub(super) use plan::plan;

pub(super) fn id(field: &str, text: &str) -> Result<Uuid, Failure> {
    text.parse().map_err(|_| Failure::field(field, "must be a UUID"))
}

/// A text of characters that one can see, trimmed.
pub(super) fn text(field: &str, text: &str, most: usize) -> Result<String, Failure> {
    let text = text.trim();
    if text.chars().count() > most || text.contains(invisible) {
        return Err(Failure::field(
            field,
            format!(
                "au plus {most} caractères, sans retour à la ligne ni caractère invisible : retapez le texte"
            ),
        ));
    }
    Ok(text.to_owned())
}

pub(super) fn new_session(request: proto::CreateSessionRequest) -> Result<NewSession, Failure> {
    let kind = match request.kind() {
        proto::SessionKind::EmployerCandidate => Kind::EmployerCandidate,
        proto::SessionKind::B2b => Kind::B2b,
        proto::SessionKind::Unspecified => return Err(Failure::field("kind", "must be given")),
    };
    let time_zone = if request.time_zone.is_empty() {
        "Europe/Paris".to_owned()
    } else {
        request.time_zone
    };
    let weights = weights(request.weights);
    Ok(NewSession {
        organisation_id: id("organisation_id", &request.organisation_id)?,
        kind,
        plan: Plan {
            title: text("title", &request.title, 120)?,
            date: date("date", &request.date)?,
            starts: time("starts", &request.starts)?,
            ends: time("ends", &request.ends)?,
            time_zone,
            slot_minutes: i64::from(request.slot_minutes),
            breaks: request.breaks.iter().map(pause).collect::<Result<_, _>>()?,
            venue: request
                .venue
                .as_ref()
                .map_or_else(|| Ok(Venue::default()), venue)?,
            weights,
            arrival_minutes: i64::from(request.arrival_minutes),
            coordinator_person_id: optional_id("coordinator_person_id", &request.coordinator_person_id)?,
        },
    })
}

/// The defaults when none are given.
pub(super) fn weights(weights: Option<proto::Weights>) -> Weights {
    weights.map_or_else(Weights::default, |weights| Weights {
        ranks: weights.ranks,
        priority: weights.priority,
        yes: weights.yes,
        recommended: weights.recommended,
    })
}

pub(super) fn session_change(request: proto::UpdateSessionRequest) -> Result<SessionChange, Failure> {
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(SessionChange {
        title: given(request.title)
            .map(|title| text("title", &title, 120))
            .transpose()?,
        date: given(request.date).map(|text| date("date", &text)).transpose()?,
        starts: given(request.starts)
            .map(|text| time("starts", &text))
            .transpose()?,
        ends: given(request.ends).map(|text| time("ends", &text)).transpose()?,
        venue: request.venue.as_ref().map(venue).transpose()?,
    })
}

pub(super) fn files(files: &[proto::ImportFile]) -> Result<Vec<File<'_>>, Failure> {
    if files.is_empty() {
        return Err(Failure::field("files", "donnez au moins un fichier"));
    }
    let mut parsed: Vec<File<'_>> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let field = format!("files[{index}].table");
        let table = table(&field, file.table())?;
        if parsed.iter().any(|other| other.table == table) {
            return Err(Failure::field(field, "au plus un fichier par table"));
        }
        parsed.push(File {
            table,
            content: &file.content,
        });
    }
    Ok(parsed)
}

pub(super) fn table(field: &str, table: proto::Table) -> Result<Table, Failure> {
    match table {
        proto::Table::Employers => Ok(Table::Employers),
        proto::Table::Candidates => Ok(Table::Candidates),
        proto::Table::Wishes => Ok(Table::Wishes),
        proto::Table::Unspecified => Err(Failure::field(field, "must be given")),
    }
}

pub(super) fn side(side: proto::Side) -> Option<Side> {
    match side {
        proto::Side::Employer => Some(Side::Employer),
        proto::Side::Candidate => Some(Side::Candidate),
        proto::Side::Unspecified => None,
    }
}

pub(super) fn ended_by(by: &str) -> Result<EndedBy, Failure> {
    match by {
        "PARTICIPANT" => Ok(EndedBy::Participant),
        "ORGANISATION" => Ok(EndedBy::Organisation),
        _ => Err(Failure::field("by", "must be PARTICIPANT or ORGANISATION")),
    }
}

pub(super) fn wish(wish: Option<&proto::Wish>) -> Result<Wish, Failure> {
    let wish = wish.ok_or_else(|| Failure::field("wish", "must be given"))?;
    Ok(Wish {
        pair: Pair {
            candidate: id("wish.candidate_id", &wish.candidate_id)?,
            employer: id("wish.employer_id", &wish.employer_id)?,
        },
        rank: i64::from(wish.rank),
        opinion: match wish.employer_opinion() {
            proto::Opinion::Unspecified => None,
            proto::Opinion::Yes => Some(Opinion::Yes),
            proto::Opinion::Priority => Some(Opinion::Priority),
            proto::Opinion::No => Some(Opinion::No),
        },
        recommended: wish.recommended,
        must: wish.must,
        must_not: wish.must_not,
    })
}

pub(super) fn pair(candidate: &str, employer: &str) -> Result<Pair, Failure> {
    Ok(Pair {
        candidate: id("candidate_id", candidate)?,
        employer: id("employer_id", employer)?,
    })
}

/// 0 leaves the choice.
pub(super) fn table_number(table: i32) -> Result<Option<i64>, Failure> {
    match table {
        0 => Ok(None),
        1.. => Ok(Some(i64::from(table))),
        _ => Err(Failure::field("table", "must be 1 or more, or 0 for any")),
    }
}

/// What became of a meeting, and what came of it.
pub(super) fn word(state: proto::MeetingState, outcome: &str) -> Result<(MeetingState, &str), Failure> {
    let state = match state {
        proto::MeetingState::Held => MeetingState::Held,
        proto::MeetingState::NoShowCandidate => MeetingState::NoShowCandidate,
        proto::MeetingState::NoShowEmployer => MeetingState::NoShowEmployer,
        proto::MeetingState::Planned | proto::MeetingState::Cancelled | proto::MeetingState::Unspecified => {
            return Err(Failure::field(
                "state",
                "must be HELD, NO_SHOW_CANDIDATE or NO_SHOW_EMPLOYER",
            ));
        }
    };
    if !outcome.is_empty() && !OUTCOMES.contains(&outcome) {
        return Err(Failure::field(
            "outcome",
            format!("must be one of {}, or empty", OUTCOMES.join(", ")),
        ));
    }
    Ok((state, outcome))
}

/// What an employer says of a meeting; none when it says only who is late.
pub(super) fn told(request: &proto::TellMeetingRequest) -> Result<Option<(MeetingState, &str)>, Failure> {
    match request.state() {
        proto::MeetingState::Unspecified => Ok(None),
        proto::MeetingState::NoShowEmployer => {
            Err(Failure::field("state", "must be HELD or NO_SHOW_CANDIDATE"))
        }
        state => word(state, &request.outcome).map(Some),
    }
}

/// `09:00`, or empty.
pub(super) fn optional_time(field: &str, text: &str) -> Result<Option<Time>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    time(field, text).map(Some)
}

pub(super) fn optional_id(field: &str, text: &str) -> Result<Option<Uuid>, Failure> {
    if text.is_empty() {
        Ok(None)
    } else {
        id(field, text).map(Some)
    }
}

pub(super) fn date(field: &str, text: &str) -> Result<Date, Failure> {
    // Digits and dashes only: jiff reads more (2026-W48-3, +002026-11-25), which people do not mean.
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let date = Some(text).filter(|_| shape).and_then(|text| text.parse().ok());
    date.ok_or_else(|| Failure::field(field, "doit être une date : 2026-11-25"))
}

/// `09:00`; no seconds, so that slots fall on minutes.
pub(super) fn time(field: &str, text: &str) -> Result<Time, Failure> {
    let parsed = Time::strptime("%H:%M", text);
    parsed.map_err(|_| Failure::field(field, "doit être une heure : 09:00"))
}

pub(super) fn pause(pause: &proto::Break) -> Result<Break, Failure> {
    Ok(Break {
        from: time("breaks.from", &pause.from)?,
        to: time("breaks.to", &pause.to)?,
    })
}

pub(super) fn venue(venue: &proto::Venue) -> Result<Venue, Failure> {
    let room = |room: &proto::Room| -> Result<Room, Failure> {
        Ok(Room {
            name: text("venue.rooms.name", &room.name, 80)?,
            tables: i64::from(room.tables),
        })
    };
    Ok(Venue {
        name: text("venue.name", &venue.name, 200)?,
        address: text("venue.address", &venue.address, 200)?,
        rooms: venue.rooms.iter().map(room).collect::<Result<_, _>>()?,
    })
}
