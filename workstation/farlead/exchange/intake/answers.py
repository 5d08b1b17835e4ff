"""Answers of units' systems that were asked to vouch for our objects (storage commitment).

They come to our storage service, over associations of their own, and are kept as files until the
store has them: a crash loses none.
"""

import json
import logging
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydicom.uid import generate_uid

from farlead.exchange.delivery.committing import Answer
from farlead.exchange.delivery.postponing import postpone
from farlead.exchange.intake.spool import hand_in
from farlead.model.report import Delivery
from farlead.peers import StoreWay
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

_LOG = logging.getLogger(__name__)

#: An answer that nobody waits for (yet: it may be faster than our own note) is kept so long.
_STRAY = timedelta(minutes=10)


class Answers:
    """Answers that came over associations of the receivers' own.

    Parameters
    ----------
    settings : Settings
    clock : callable
    """

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self._folder = settings.folder / "commitments" / "answers"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def titles(self) -> set[str]:
        """Who may answer: the systems of units that are asked to vouch."""
        ways = (way for unit in self._settings.units for way in unit.ways)
        return {way.aet for way in ways if isinstance(way, StoreWay) and way.commitment}

    def add(self, answer: Answer) -> None:
        """Keep an answer; on the disk when this returns."""
        data = json.dumps(asdict(answer)).encode()
        hand_in(data, self._folder, f"{generate_uid()}.json", settle=0)

    @property
    def waiting(self) -> bool:
        """Whether there are any."""
        return any(self._folder.glob("*.json"))

    def run_once(self, store: Store) -> int:
        """Tell the store; how many answers were waited for."""
        asked = {each.asked.transaction: each for each in store.awaiting_answer() if each.asked}
        told = 0
        for file in sorted(self._folder.glob("*.json")):
            answer = _read(file)
            found = asked.get(answer.transaction) if answer is not None else None
            if answer is None or found is None or not self._from(answer, found):
                self._stray(file)
                continue
            self._tell(store, found, answer)
            file.unlink(missing_ok=True)
            told += 1
        return told

    def _from(self, answer: Answer, delivery: Delivery) -> bool:
        """Whether it is who was asked that answers."""
        way = self._settings.way(delivery.destination)
        return isinstance(way, StoreWay) and way.aet == answer.aet

    def _tell(self, store: Store, delivery: Delivery, answer: Answer) -> None:
        if delivery.asked is None:
            return
        trouble = answer.trouble(delivery.asked)
        if trouble is None:
            proof = answer.proof(delivery.asked)
            store.confirm(delivery.id, proof, asked=delivery.asked)
        else:
            postpone(store, delivery, delivery.attempts, trouble, self._clock, None)

    def _stray(self, file: Path) -> None:
        try:
            age = self._clock() - datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except FileNotFoundError:
            return
        if age > _STRAY:
            _LOG.warning("an answer to a request for commitment that nobody waits for was dropped")
            file.unlink(missing_ok=True)


def _read(file: Path) -> Answer | None:
    try:
        stored = json.loads(file.read_bytes())
        return Answer(**{**stored, "safe": tuple(stored["safe"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        _LOG.exception("%s is no answer to a request for commitment and was set aside", file.name)
        file.rename(file.with_suffix(".damaged"))
        return None
