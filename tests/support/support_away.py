"""An outage amid reading: two stations write on, and all of it must be there afterwards."""

import time
from pathlib import Path

from farlead.desk import StationDesk
from farlead.errors import StoreUnreachable
from farlead.model.lives import StudyState
from farlead.model.report import Claim, Decision, Draft, Ground, Statement
from support_house import PIN, READER, SECOND
from support_outage import Hub, open_hub
from support_postgres import Server

#: Studies that each of the stations has in hand in turn, and drafts of each before and meanwhile.
_EACH, _WRITTEN = 3, 4


def outage(server: Server, folder: Path, seconds: float) -> dict[str, float]:
    """Stop the database for `seconds` amid reading, and look for everything afterwards."""
    with open_hub(server, folder) as hub:
        names = [f"o{number}.dcm" for number in range(2 * _EACH)]
        studies = [hub.study(name) for name in names]
        with hub.station(READER.login) as one, hub.station(SECOND.login) as two:
            readers = [_Reader(one, studies[:_EACH]), _Reader(two, studies[_EACH:])]
            for each in readers:
                each.begin()
            server.stop()
            try:
                began = time.monotonic()
                while time.monotonic() - began < seconds:
                    for each in readers:
                        each.write_on()
                    time.sleep(seconds / 20)
                for each in readers:
                    each.make_ready()
            finally:
                server.start()
            back = time.monotonic()
            for each in readers:
                each.hand_over()
            took = time.monotonic() - back
            lost = sum(each.lost(hub) for each in readers)
    return {"outage_seconds": seconds, "outage_lost": float(lost), "outage_back_s": took}


class _Reader:
    """A reader at a station with a journal."""

    def __init__(self, desk: StationDesk, studies: list[int]) -> None:
        self._desk, self._studies = desk, studies
        self._claims: dict[int, Claim] = {}
        self._written: dict[int, Draft] = {}
        self._number = 0

    def begin(self) -> None:
        """All studies are open and drafts of them in the database."""
        for study in self._studies:
            self._claims[study] = self._desk.claim(study)
            self._write(study)

    def write_on(self) -> None:
        """One more draft of each study; the window asks meanwhile whether the database is there."""
        self._away()
        for study in self._studies:
            self._write(study)

    def make_ready(self) -> None:
        """All but the last study are ready to be signed."""
        for study in self._studies[:-1]:
            self._desk.put_ready(self._claims[study], self._written[study])

    def hand_over(self) -> None:
        """The database is back: what was kept is handed over, and one PIN signs."""
        while True:
            try:
                self._desk.changed()
            except StoreUnreachable:
                time.sleep(0.1)
            else:
                break
        self._desk.take_up(self._claims[self._studies[-1]])
        self._desk.sign_batch(self._desk.batch(), PIN)

    def lost(self, hub: Hub) -> int:
        """Reports that are not signed, or not in these words, and drafts that are not there."""
        store = hub.house.services.store
        missing = 0
        for study in self._studies[:-1]:
            (*_, last) = store.reports(study)
            signed = store.study(study).state is StudyState.REPORTED
            missing += not (signed and last.draft == self._written[study])
        kept = store.draft(self._studies[-1])
        return missing + (kept is None or kept.draft != self._written[self._studies[-1]])

    def _away(self) -> None:
        while True:
            try:
                self._desk.changed()
            except StoreUnreachable:
                return

    def _write(self, study: int) -> None:
        self._number += 1
        found = self._desk.open(study).row.screening
        flags = found.flags if found is not None else ()
        words = Draft(
            (Statement("RH101", "窦性心律", "Sinus rhythm"),),
            conclusion=f"第 {self._number} 稿",
            decisions={flag.code: Decision.REJECTED for flag in flags},
            grounds={flag.code: Ground.ARTIFACT for flag in flags},
        )
        self._desk.save_draft(self._claims[study], words)
        self._written[study] = words
