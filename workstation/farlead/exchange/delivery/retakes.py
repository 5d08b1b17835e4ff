"""What a unit is asked to record again, as files: ``outbox/<unit>/NUMBER-retake.json``.

Taken back when the retake has arrived or the request is called back: the file is removed, or,
where the unit has fetched it, ``NUMBER-retake-withdrawn.json`` says so. Schema
``farlead-retake/1``, documented in docs/delivery-folder.md.
"""

import json
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from farlead.exchange.delivery.files import write_whole
from farlead.exchange.delivery.wording import sentence
from farlead.messages import Language
from farlead.model.report import Notice

SCHEMA = "farlead-retake/1"


def ask_again(notice: Notice, folder: Path) -> None:
    """Write the request."""
    _withdrawn(notice, folder).unlink(missing_ok=True)  # of an earlier request
    write_whole(_asked(notice, folder), _document(notice, over=False))


def take_back(notice: Notice, folder: Path) -> None:
    """Remove the request that lies there; say that it is over where it was fetched."""
    asked = _asked(notice, folder)
    lying = _identifier(asked)
    if lying == notice.identifier:
        asked.unlink(missing_ok=True)
    elif lying is None:  # the unit has fetched it
        write_whole(_withdrawn(notice, folder), _document(notice, over=True))


def _asked(notice: Notice, folder: Path) -> Path:
    return folder / f"{notice.number}-retake.json"


def _withdrawn(notice: Notice, folder: Path) -> Path:
    return folder / f"{notice.number}-retake-withdrawn.json"


def _identifier(path: Path) -> str | None:
    """Which request lies there; None when none does, empty for a file that is not ours."""
    try:
        with suppress(ValueError):
            found = json.loads(path.read_bytes())
            return str(found.get("identifier", "")) if isinstance(found, dict) else ""
    except FileNotFoundError:
        return None
    return ""


def _document(notice: Notice, *, over: bool) -> bytes:
    """Made of stored values only, so that a repeat writes the same bytes."""
    told = sentence(notice)
    at = notice.asked.astimezone(UTC).isoformat()
    said = {
        "schema": SCHEMA,
        "identifier": notice.identifier,
        "unit": notice.unit,
        "number": notice.number,
        "state": "withdrawn" if over else "requested",
        "reason": notice.reason,
        "hint": notice.hint,
        "reader": notice.reader,
        "at": at,
        "outcome": notice.outcome if over else None,
        "zh": told.text(Language.ZH),
        "en": told.text(Language.EN),
    }
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
