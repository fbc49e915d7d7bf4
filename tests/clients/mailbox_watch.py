"""What a journey looks at after each step: who got which message, and what their calendars say."""

from __future__ import annotations

import time
from typing import Any, Callable

import icalendar

from reflect import CallFailed, Clients

NOTIFIER = "jalon.notifier.v1.NotifierService"
SCHEDULER = "jalon.scheduler.v1.SchedulerService"


def check(holds: object, otherwise: str) -> None:
    """Unlike assert, it also checks when Python optimises."""
    if not holds:
        raise AssertionError(otherwise)


def check_refused(call: Callable[[], Any], codes: set[str]) -> CallFailed:
    try:
        reply = call()
    except CallFailed as refused:
        check(refused.code in codes, f"refused as {refused.code}, not as one of {sorted(codes)}: {refused}")
        return refused
    raise AssertionError(f"should have been refused, and was not: {str(reply)[:300]}")


def eventually(condition: Callable[[], Any], patience: float, otherwise: str) -> Any:
    """Waits until the condition gives something true, and gives that."""
    until = time.monotonic() + patience
    while True:
        found = condition()
        if found or time.monotonic() > until:
            check(found, f"{otherwise} (after {patience:.0f} s)")
            return found
        time.sleep(0.1)


class Mailbox:
    """The messages of one group of milestones. Each look tells what is new since the one before."""

    def __init__(self, client: Clients, group: str, patience: float):
        self.client = client
        self.group = group
        self.patience = patience
        self._seen: set[str] = set()
        self._sequences: dict[str, int] = {}

    def wait_for(self, people: set[str]) -> dict[str, list[dict[str, Any]]]:
        """The new messages by person, once all of these people have one and nothing is under way. Nobody else may."""
        eventually(lambda: people <= self._news().keys() and self._is_quiet(), self.patience,
                   f"not all of {len(people)} people were told")
        news = self._news()
        others = news.keys() - people
        check(not others, f"{len(others)} others were told, for one {next(iter(others), '')}: "
                          f"{[message['subject'] or message['text'] for person in others for message in news[person]][:3]}")
        self._seen |= {message["message_id"] for messages in news.values() for message in messages}
        return news

    def waiting_reminders(self) -> list[dict[str, Any]]:
        """Reminders of the group that may still be sent."""
        return [reminder for state in ("REMINDER_STATE_PLANNED", "REMINDER_STATE_QUEUED")
                for reminder in self.client.each(f"{SCHEDULER}/ListReminders", {"group": self.group, "state": state},
                                                 "reminders")]

    def calendars(self, news: dict[str, list[dict[str, Any]]], method: str) -> int:
        """Reads each mail's calendar with a parser that is not ours; one UID keeps a rising sequence. Gives their number."""
        count = 0
        for message in (message for messages in news.values() for message in messages if message["channel"] == "mail"):
            whole = self.client.call(f"{NOTIFIER}/GetMessage", {"message_id": message["message_id"]})["message"]
            if not whole["calendar"]:
                continue
            calendar = icalendar.Calendar.from_ical(whole["calendar"])
            check(str(calendar["METHOD"]) == method, f"{calendar['METHOD']} in place of {method}: {message['subject']}")
            for event in calendar.walk("VEVENT"):
                uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
                check(sequence > self._sequences.get(uid, -1), f"SEQUENCE {sequence} of {uid} does not rise")
                self._sequences[uid] = sequence
            count += 1
        return count

    def _news(self) -> dict[str, list[dict[str, Any]]]:
        news: dict[str, list[dict[str, Any]]] = {}
        for message in self.client.each(f"{NOTIFIER}/ListMessages", {"group": self.group}, "messages"):
            if message["message_id"] not in self._seen and message["state"] == "accepted":
                news.setdefault(message["person_id"], []).append(message)
        return news

    def _is_quiet(self) -> bool:
        return (self.client.call(f"{SCHEDULER}/GetStatus")["queued"] == 0
                and self.client.call(f"{NOTIFIER}/GetStatus")["ready"] == 0)
