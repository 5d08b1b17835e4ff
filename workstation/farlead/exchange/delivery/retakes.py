"""What a unit is asked to record again: ``outbox/<unit>/NUMBER-retake.json``.

Written whole, once in effect; taken back when the retake has arrived or the request is called
back: the file is removed, or, where the unit has fetched it, ``NUMBER-retake-withdrawn.json``
says so. Schema ``farlead-retake/1``, documented in docs/delivery-folder.md.
"""

import json
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from farlead.errors import DeliveryFailed, FarleadError
from farlead.exchange.delivery.files import write_whole
from farlead.exchange.delivery.pauses import pause
from farlead.messages import Language, Message, message
from farlead.model.report import Retake
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

SCHEMA = "farlead-retake/1"
#: So many requests in one go; the next run takes the rest.
BATCH = 50


class RetakeNotices:
    """Tells units what to record again.

    Parameters
    ----------
    settings : Settings
        Names the folders.
    store : Store
        Says what is to be told and keeps that it was.
    """

    def __init__(self, settings: Settings, store: Store, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    def run_once(self) -> tuple[int, int]:
        """Try everything that is due once; how many requests went right and how many failed."""
        done = failed = 0
        for retake in self._store.due_retakes(BATCH):
            try:
                self._try(retake)
            except FarleadError as error:
                later = self._clock() + pause(retake.failures)
                self._store.retry_retake(retake.id, error.reason, later)
                failed += 1
            else:
                done += 1
        return done, failed

    def _try(self, retake: Retake) -> None:
        folder = self._settings.outbox(retake.unit)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if retake.ended is None:
                self._tell(retake, folder)
            else:
                self._take_back(retake, folder)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            raise DeliveryFailed(
                message("retakes.folder", folder=str(folder), cause=cause)
            ) from error

    def _tell(self, retake: Retake, folder: Path) -> None:
        if not self._store.retake_going(retake.id):
            return  # it is over meanwhile; the next run takes back what may be out
        _withdrawn(retake, folder).unlink(missing_ok=True)  # of an earlier request
        write_whole(_asked(retake, folder), _document(retake, _sentence(retake)))
        self._store.retake_told(retake.id)

    def _take_back(self, retake: Retake, folder: Path) -> None:
        asked = _asked(retake, folder)
        lying = _identifier(asked)
        if lying == retake.identifier:
            asked.unlink(missing_ok=True)
        elif lying is None:  # the unit has fetched it
            over = message("retakes.over", number=retake.number, outcome=_outcome(retake))
            write_whole(_withdrawn(retake, folder), _document(retake, over))
        self._store.retake_cleared(retake.id)


def _asked(retake: Retake, folder: Path) -> Path:
    return folder / f"{retake.number}-retake.json"


def _withdrawn(retake: Retake, folder: Path) -> Path:
    return folder / f"{retake.number}-retake-withdrawn.json"


def _identifier(path: Path) -> str | None:
    """Which request lies there; None when none does, empty for a file that is not ours."""
    try:
        with suppress(ValueError):
            found = json.loads(path.read_bytes())
            return str(found.get("identifier", "")) if isinstance(found, dict) else ""
    except FileNotFoundError:
        return None
    return ""


def _sentence(retake: Retake) -> Message:
    if retake.hint.strip():
        return message(
            "retakes.asked_hint", number=retake.number, reason=retake.reason, hint=retake.hint
        )
    return message("retakes.asked", number=retake.number, reason=retake.reason)


def _outcome(retake: Retake) -> str:
    return f"@retakes.{retake.outcome}"


def _document(retake: Retake, told: Message) -> bytes:
    """Made of stored values only, so that a repeat writes the same bytes."""
    ended = retake.ended.astimezone(UTC).isoformat() if retake.ended else None
    said = {
        "schema": SCHEMA,
        "identifier": retake.identifier,
        "unit": retake.unit,
        "number": retake.number,
        "state": "requested" if ended is None else "withdrawn",
        "reason": retake.reason,
        "hint": retake.hint,
        "reader": retake.reader,
        "requested": retake.asked.astimezone(UTC).isoformat(),
        "withdrawn": ended,
        "outcome": retake.outcome,
        "zh": told.text(Language.ZH),
        "en": told.text(Language.EN),
    }
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
