"""The coordinator's journey by gRPC, from outside: import with errors, correction, timetable, publication, a move, a
cancellation, a withdrawal, the end; after each of them, what lies in whose mailbox.

    python journey.py --address 127.0.0.1:PORT… --token-file FILE --data FOLDER --date 2026-11-25

Knows the server by reflection only. The server starts on empty data; its clock stands on a working day, in office hours,
about a week before --date. Prints one line a step; exits 1 at the first thing that is not as it should be.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from pathlib import Path
from typing import Any

from mailbox_watch import Mailbox, check, check_refused, eventually
from reflect import Clients

DIRECTORY = "jalon.directory.v1.DirectoryService"
SPEEDDATING = "jalon.speeddating.v1.SpeedDatingService"
SERVICES = [DIRECTORY, "jalon.notifier.v1.NotifierService", "jalon.scheduler.v1.SchedulerService", SPEEDDATING]

# What the folder's README promises for candidats-erreurs.csv, which was written before the code: line, column ("(ligne)" for the
# whole record) and whether it stops the row.
ERRORS = {(3, "nom"), (4, "courriel"), (5, "mobile"), (6, "langue"), (7, "depart"), (8, "rendez_vous_max"),
          (9, "candidat"), (10, "(ligne)"), (14, "prenom")}
NOTICED_RECORDS = {"C0009", "C0010"}


class Journey:
    """The steps, in the order in which a coordinator takes them. What one learns the next ones use."""

    def __init__(self, client: Clients, data: Path, date: str, patience: float):
        self.client = client
        self.data = data
        self.date = date
        self.patience = patience
        self.session: dict[str, Any] = {}

    def run(self) -> None:
        for step in (self.discover, self.create, self.preview_errors, self.refuse_errors, self.import_corrected,
                     self.make_timetable, self.refuse_double_booking, self.publish, self.move, self.cancel_meeting,
                     self.withdraw, self.cancel_session):
            print(f"{step.__name__}: {step()}", flush=True)

    def discover(self) -> str:
        found = self.client.services()
        missing = [name for name in SERVICES if name not in found]
        check(not missing, f"reflection does not show {missing}; it shows {found}")
        # An empty token is no token: rights are checked on calls from outside like on all others.
        check_refused(lambda: self.client.call(f"{SPEEDDATING}/ListSessions", {}, token=""), {"UNAUTHENTICATED"})
        return f"{len(found)} services; nobody calls them without a token"

    def create(self) -> str:
        request = {"request_id": str(uuid.uuid4()), "organisation_id": str(uuid.uuid4()),
                   "kind": "SESSION_KIND_EMPLOYER_CANDIDATE", "title": "Job dating de la foire",
                   "date": self.date, "starts": "09:00", "ends": "12:30", "slot_minutes": 15,
                   "venue": {"name": "Palais de la Mutualité", "address": "1 place Antonin-Jutard, 69003 Lyon"}}
        self.session = self.speeddating("CreateSession", **request)["session"]
        again = self.speeddating("CreateSession", **request)["session"]
        check(again["session_id"] == self.session["session_id"], "the same request made a second session")
        self.mailbox = Mailbox(self.client, f"speeddating.session/{self.session['session_id']}", self.patience)
        return self.session["session_id"]

    def preview_errors(self) -> str:
        reply = self.speeddating("PreviewImport", **self.of_session(), files=self.files(candidates="candidats-erreurs.csv"))
        problems = [found for found in reply["problems"] if found["table"] == "TABLE_CANDIDATES"]
        errors = {(found["line"], found["column"]) for found in problems if not found["notice"]}
        noticed = {found["key"] for found in problems if found["notice"]}
        check(errors == ERRORS, f"errors: missing {ERRORS - errors}, unexpected {errors - ERRORS}")
        check(noticed >= NOTICED_RECORDS, f"no notice for {NOTICED_RECORDS - noticed}")
        for found in problems:
            # What was read all the same needs no cure.
            check(found["message"] and (found["cure"] or found["notice"]), f"nothing to read, or no cure: {found}")
        return f"{len(errors)} errors, each with its cure, and notices of {len(noticed)} records"

    def refuse_errors(self) -> str:
        files = self.files(candidates="candidats-erreurs.csv")
        commit = {"import_id": str(uuid.uuid4()), **self.of_session(), "files": files}
        refused = check_refused(lambda: self.speeddating("CommitImport", **commit),
                                {"INVALID_ARGUMENT", "FAILED_PRECONDITION"})
        for side in ("SIDE_CANDIDATE", "SIDE_EMPLOYER"):
            check(not self.registrations(side), f"half imported: there are registrations of {side}")
        check(not self.client.call(f"{DIRECTORY}/ListPeople")["people"], "half imported: the directory knows people")
        return f"nothing was imported ({refused.code})"

    def import_corrected(self) -> str:
        files = self.files(candidates="candidats.csv", wishes="voeux.csv")
        preview = self.speeddating("PreviewImport", **self.of_session(), files=files)
        faulty = [found for found in preview["problems"] if not found["notice"]]
        check(not faulty, f"the good files have errors: {faulty[:3]}")
        commit = {"import_id": str(uuid.uuid4()), **self.of_session(), "files": files, "digest": preview["digest"]}
        self.session = self.speeddating("CommitImport", **commit)["session"]
        counts = tuple(self.session[name] for name in ("employers", "candidates", "wishes"))
        check(counts == (24, 180, 993), f"employers, candidates, wishes: {counts}")
        again = self.speeddating("CommitImport", **commit)["session"]
        check(again["version"] == self.session["version"], "the same import was applied twice")
        everybody = self.registrations("SIDE_CANDIDATE") + self.registrations("SIDE_EMPLOYER")
        # A meeting names its people by what the registration is known by.
        self.registered = {found[name]: found for found in everybody for name in ("registration_id", "code")}
        return "24 employers, 180 candidates, 993 wishes; a second commit changes nothing"

    def make_timetable(self) -> str:
        make = {**self.of_session(), "seed": 1, "seconds": 25}
        first = self.speeddating("MakeTimetable", request_id=str(uuid.uuid4()), **make)["timetable"]
        second = self.speeddating("MakeTimetable", request_id=str(uuid.uuid4()), **make)["timetable"]
        check(places(first) == places(second), "the same seed gave another timetable")
        self.check_nobody_is_in_two_places(first)
        quality = first["quality"]
        check(quality["weight"] <= quality["bound"], f"better than the bound: {quality}")
        self.timetable = first
        return f"{len(first['meetings'])} meetings, weight {quality['weight']} of at most {quality['bound']}"

    def refuse_double_booking(self) -> str:
        of = self.by_candidate(self.timetable)
        one, other = next(meetings for meetings in of.values() if len(meetings) > 1)[:2]
        move = {"meeting_id": one["meeting_id"], "version": one["version"], "slot": other["slot"]}
        refused = check_refused(lambda: self.speeddating("MoveMeeting", **move),
                                {"FAILED_PRECONDITION", "ALREADY_EXISTS", "ABORTED", "INVALID_ARGUMENT"})
        return f"{refused.code}: {refused.message}"

    def publish(self) -> str:
        self.session = self.speeddating("GetSession", **self.of_session())["session"]
        reply = self.speeddating("Publish", **self.of_session(), version=self.session["version"],
                                 number=self.timetable["number"])
        self.session = reply["session"]
        concerned = self.concerned(self.timetable["meetings"])
        news = self.mailbox.wait_for(self.reachable(concerned))
        for person, messages in news.items():
            check(len(messages) == 1, f"{person} got {len(messages)} messages for one publication")
        calendars = self.mailbox.calendars(news, "REQUEST")
        return f"{reply['candidates']} candidates and {reply['employers']} employers told once, {calendars} calendars read"

    def move(self) -> str:
        meeting, slot = self.free_move()
        moved = self.speeddating("MoveMeeting", meeting_id=meeting["meeting_id"], version=meeting["version"], slot=slot)
        check(moved["meeting"]["slot"] == slot, f"moved elsewhere: {moved}")
        return self.only_those_concerned_hear([meeting])

    def cancel_meeting(self) -> str:
        meeting = self.planned_meetings()[0]
        self.speeddating("CancelMeeting", meeting_id=meeting["meeting_id"], version=meeting["version"])
        return self.only_those_concerned_hear([meeting])

    def withdraw(self) -> str:
        planned = self.planned_meetings()
        candidate = self.registered[planned[0]["candidate_id"]]
        theirs = [meeting for meeting in planned if self.registered[meeting["candidate_id"]] is candidate]
        current = next(found for found in self.registrations("SIDE_CANDIDATE") if found["code"] == candidate["code"])
        reply = self.speeddating("WithdrawRegistration", registration_id=current["registration_id"],
                                 version=current["version"], by="PARTICIPANT")
        check(reply["meetings_cancelled"] == len(theirs), f"{reply['meetings_cancelled']} of {len(theirs)} cancelled")
        return self.only_those_concerned_hear(theirs)

    def cancel_session(self) -> str:
        still_concerned = self.concerned(self.planned_meetings())
        self.session = self.speeddating("GetSession", **self.of_session())["session"]
        self.speeddating("CancelSession", **self.of_session(), version=self.session["version"], reason="Salle inondée")
        news = self.mailbox.wait_for(self.reachable(still_concerned))
        calendars = self.mailbox.calendars(news, "CANCEL")
        eventually(lambda: not self.mailbox.waiting_reminders(), self.patience, "reminders of a cancelled session wait")
        return f"{len(news)} people told, {calendars} calendars cancelled, no reminder waits"

    # What the steps are made of.

    def speeddating(self, method: str, **request: Any) -> Any:
        return self.client.call(f"{SPEEDDATING}/{method}", request)

    def of_session(self) -> dict[str, str]:
        return {"session_id": self.session["session_id"]}

    def files(self, candidates: str, wishes: str | None = None) -> list[dict[str, Any]]:
        names = {"TABLE_EMPLOYERS": "employeurs.csv", "TABLE_CANDIDATES": candidates, "TABLE_WISHES": wishes}
        return [{"table": table, "name": name, "content": (self.data / name).read_bytes()}
                for table, name in names.items() if name]

    def registrations(self, side: str) -> list[dict[str, Any]]:
        return list(self.client.each(f"{SPEEDDATING}/ListRegistrations", {**self.of_session(), "side": side},
                                     "registrations"))

    def planned_meetings(self) -> list[dict[str, Any]]:
        """Of the published timetable, as it stands now."""
        self.timetable = self.speeddating("GetTimetable", **self.of_session())["timetable"]
        self.check_nobody_is_in_two_places(self.timetable)
        return [meeting for meeting in self.timetable["meetings"] if meeting["state"] == "MEETING_STATE_PLANNED"]

    def by_candidate(self, timetable: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        of: dict[str, list[dict[str, Any]]] = {}
        for meeting in timetable["meetings"]:
            of.setdefault(meeting["candidate_id"], []).append(meeting)
        return of

    def check_nobody_is_in_two_places(self, timetable: dict[str, Any]) -> None:
        standing = [meeting for meeting in timetable["meetings"] if meeting["state"] != "MEETING_STATE_CANCELLED"]
        for name in ("candidate_id", "table"):
            taken = [(meeting[name], meeting["slot"]) for meeting in standing]
            check(len(taken) == len(set(taken)), f"the same {name} twice in one slot")
        pairs = [(meeting["candidate_id"], meeting["employer_id"]) for meeting in standing]
        check(len(pairs) == len(set(pairs)), "two people meet twice")

    def concerned(self, meetings: list[dict[str, Any]]) -> set[str]:
        return {self.registered[meeting[side]]["person_id"] for meeting in meetings
                for side in ("candidate_id", "employer_id")}

    def reachable(self, people: set[str]) -> set[str]:
        """Those who have an address or a mobile: the others get a paper plan."""
        known = self.client.each(f"{DIRECTORY}/ListPeople", {}, "people")
        return {person["person_id"] for person in known
                if person["person_id"] in people and (person["mail"] or person["mobile"])}

    def only_those_concerned_hear(self, meetings: list[dict[str, Any]]) -> str:
        people = self.reachable(self.concerned(meetings))
        news = self.mailbox.wait_for(people)
        for person, messages in news.items():
            check(len(messages) == 1, f"{person} got {len(messages)} notices of one change")
        return f"{len(people)} people told, nobody else"

    def free_move(self) -> tuple[dict[str, Any], int]:
        """A meeting, and a slot in which its candidate, its employer and its table have nothing and are there."""
        planned = self.planned_meetings()
        for meeting in planned:
            both = [self.registered[meeting[side]] for side in ("candidate_id", "employer_id")]
            taken = {other["slot"] for other in planned if other["candidate_id"] == meeting["candidate_id"]
                     or other["employer_id"] == meeting["employer_id"] or other["table"] == meeting["table"]}
            for slot in self.timetable["slots"]:
                there = all((who["arrives"] or "00:00") <= slot["starts"] and slot["ends"] <= (who["leaves"] or "24:00")
                            for who in both)
                if slot["slot"] not in taken and there:
                    return meeting, slot["slot"]
        raise AssertionError("every meeting is where it must be: nothing to move")


def places(timetable: dict[str, Any]) -> set[tuple[Any, ...]]:
    return {tuple(meeting[name] for name in ("candidate_id", "employer_id", "slot", "table"))
            for meeting in timetable["meetings"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", required=True, action="append", help="once for each server that has some services")
    parser.add_argument("--token-file", required=True, type=Path, help="read before each call: tokens are short-lived")
    parser.add_argument("--data", required=True, type=Path, help="the folder of the CSV files")
    parser.add_argument("--date", required=True, help="of the session")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds to wait for messages")
    options = parser.parse_args()
    with Clients(options.address, token=options.token_file.read_text) as client:
        try:
            Journey(client, options.data, options.date, options.patience).run()
        except AssertionError as failure:
            sys.exit(f"not as it should be: {failure}")


if __name__ == "__main__":
    main()
