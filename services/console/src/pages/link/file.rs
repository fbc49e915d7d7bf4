//! The meetings behind a link as a calendar file.

use contracts::notifier::v1::{GetMessageRequest, ListMessagesRequest};
use jiff::{civil::Time, tz::TimeZone};

use super::{Found, Standing};
use crate::{
    Console,
    calendar::{self, Event},
    error::Error,
    pages::head,
    peers,
};

/// The person's part in the session as one entry of a calendar; none without a meeting that stands.
pub(super) async fn event(console: &Console, found: &Found) -> Result<Option<String>, Error> {
    let Some(guest) = found.guest() else {
        return Ok(None);
    };
    let meetings = found.meetings(guest);
    let date = head::date(&found.session);
    let (Some(first), Some(last), Some(date)) = (meetings.first(), meetings.last(), date) else {
        return Ok(None);
    };
    if found.standing(guest, &meetings) != Standing::Planned {
        return Ok(None);
    }
    let zone = TimeZone::get(&found.session.time_zone).unwrap_or_else(|_| console.0.zone.clone());
    let instant = |time: Option<Time>| {
        let local = date.to_datetime(time?).to_zoned(zone.clone());
        local.ok().map(|local| local.timestamp())
    };
    let (Some(starts), Some(ends)) = (instant(first.at), instant(last.until)) else {
        return Ok(None);
    };
    let lines: Vec<_> = meetings
        .iter()
        .map(|line| format!("{}\u{a0}: {}, table {}", line.starts, line.with, line.table))
        .collect();
    let known = entered(console, &found.session.session_id, &guest.person_id).await?;
    let own = || (format!("{}@jalon", guest.id), "0".to_owned());
    let (uid, sequence) = known.unwrap_or_else(own);
    Ok(Some(calendar::write(&Event {
        uid: &uid,
        sequence: &sequence,
        made: console.0.clock.now().timestamp(),
        starts,
        ends,
        summary: &found.session.title,
        place: &head::place(&found.session),
        description: &lines.join("\n"),
    })))
}

/// UID and SEQUENCE of the entry that a mail put into the person's calendar, so that the file renews it and does not
/// stand beside it. None when no mail did.
async fn entered(console: &Console, session: &str, person: &str) -> Result<Option<(String, String)>, Error> {
    let request = ListMessagesRequest {
        page: Some(peers::page(10, String::new())),
        person_id: person.to_owned(),
        group: format!("speeddating.session/{session}"),
        channel: "mail".to_owned(),
    };
    let mut notifier = console.0.service.notifier();
    for message in notifier.list_messages(request).await?.into_inner().messages {
        let request = GetMessageRequest {
            message_id: message.message_id,
        };
        let whole = notifier.get_message(request).await?.into_inner().message;
        let entries = calendar::read(&whole.unwrap_or_default().calendar, &console.0.zone);
        // A digest speaks of several sessions: which entry is this one's cannot be told.
        if let [one] = entries.as_slice()
            && !one.uid.is_empty()
        {
            return Ok(Some((one.uid.clone(), one.sequence.clone())));
        }
    }
    Ok(None)
}
