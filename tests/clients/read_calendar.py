"""Reads an iCalendar file with a parser that is not ours (Python's icalendar) and prints what it says as JSON. Whatever
is no RFC 5545 or would not be taken as meant is in "complaints".

    python read_calendar.py FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import icalendar

# RFC 5545 3.1: octets of a line without its end.
LONGEST_LINE = 75
NEEDED = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY")


def read(content: bytes) -> dict[str, Any]:
    complaints = []
    if not content.endswith(b"\r\n") or content.count(b"\n") != content.count(b"\r\n"):
        complaints.append("lines do not end with CRLF")
    complaints += [f"a line of {len(line)} octets" for line in content.split(b"\r\n") if len(line) > LONGEST_LINE]
    calendars = icalendar.Calendar.from_ical(content, multiple=True)
    if len(calendars) != 1:
        complaints.append(f"{len(calendars)} calendars in one file")
    calendar = calendars[0]
    complaints += [str(error) for component in calendar.walk() for error in component.errors]
    complaints += [f"no {name}" for name in ("VERSION", "PRODID") if name not in calendar]
    events = calendar.walk("VEVENT")
    uids = [str(event.get("UID", "")) for event in events]
    if len(set(uids)) != len(uids):
        complaints.append("two entries have one UID")
    for event in events:
        complaints += [f"no {name}" for name in NEEDED if name not in event]
    return {"method": str(calendar.get("METHOD", "")), "name": str(calendar.get("X-WR-CALNAME", "")),
            "events": [entry(event) for event in events], "complaints": complaints}


def entry(event: icalendar.Event) -> dict[str, Any]:
    text = lambda name: str(event.get(name, ""))  # noqa: E731
    return {"uid": text("UID"), "sequence": int(event.get("SEQUENCE", 0)), "status": text("STATUS"),
            "starts": event["DTSTART"].dt.isoformat(), "ends": event["DTEND"].dt.isoformat(),
            "summary": text("SUMMARY"), "place": text("LOCATION"), "description": text("DESCRIPTION")}


print(json.dumps(read(Path(sys.argv[1]).read_bytes())))
