"""Reads mails with parsers that are not ours (Python's email, icalendar, dkimpy) and prints what they say as JSON, one
object a mail. Whatever a parser complains of is in "complaints".

    python read_mails.py FOLDER [--dkim RECORD]      reads FOLDER/*.eml; RECORD is the text that DNS would give
"""

from __future__ import annotations

import argparse
import email
import email.policy
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
import icalendar

# RFC 5322 2.1.1: no line is longer, without its end.
LONGEST_LINE = 998


def read(file: Path, record: str | None) -> dict[str, Any]:
    content = file.read_bytes()
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    complaints = [f"a line of {len(line)} octets" for line in content.splitlines() if len(line) > LONGEST_LINE]
    parts, calendars = [], []
    for part in mail.walk():
        parts.append(part.get_content_type())
        complaints += [repr(defect) for defect in part.defects]
        complaints += [f"{name}: {defect!r}" for name in part.keys() for defect in part[name].defects]
        if part.get_content_type() in ("text/calendar", "application/ics"):
            calendars.append(read_calendar(part, complaints))
        elif part.get_content_maintype() == "text" and not part.get_content().strip():
            complaints.append(f"an empty {part.get_content_type()}")
    envelope = file.with_suffix(".json")
    return {
        "file": file.name,
        "envelope": json.loads(envelope.read_text()) if envelope.exists() else None,
        "message_id": mail["Message-ID"], "subject": mail["Subject"],
        "to": [address.addr_spec for address in mail["To"].addresses], "parts": parts,
        # The one that a mail program answers; a copy of it may come as a file.
        "calendar": calendars[0] if calendars else None,
        "calendars_agree": all(calendar == calendars[0] for calendar in calendars),
        "signed": dkim.verify(content, dnsfunc=lambda *_, **__: record.encode()) if record else None,
        "complaints": complaints,
    }


def read_calendar(part: EmailMessage, complaints: list[str]) -> dict[str, Any]:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = icalendar.Calendar.from_ical(content)
    complaints += [f"calendar: {error}" for component in calendar.walk() for error in component.errors]
    complaints += [f"a calendar line of {len(line)} octets" for line in content.splitlines() if len(line) > 75]
    events = calendar.walk("VEVENT")
    if len(events) != 1:
        complaints.append(f"{len(events)} events in one calendar")
    method = str(calendar["METHOD"])
    if part.get_content_type() == "text/calendar" and part.get_param("method") != method:
        complaints.append(f"method {part.get_param('method')} outside, {method} inside")
    event = events[0]
    return {"method": method, "uid": str(event["UID"]), "sequence": int(event["SEQUENCE"]),
            "status": str(event.get("STATUS", "")), "starts": event["DTSTART"].dt.isoformat(),
            "attendee": str(event["ATTENDEE"]).removeprefix("mailto:"), "organizer": str(event["ORGANIZER"])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dkim", metavar="RECORD")
    options = parser.parse_args()
    for file in sorted(options.folder.glob("*.eml")):
        print(json.dumps(read(file, options.dkim)))


if __name__ == "__main__":
    main()
