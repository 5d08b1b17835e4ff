"""One input: what the readers make of it, in what time, with how much memory."""

import random
import resource
import time
import traceback
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from farlead.errors import UnreadableFile
from farlead.formats import read, wfdb
from farlead.formats.source import Source
from farlead.messages import Language, Message
from farlead.model.recording import ImageStudy, Recording
from mutators import MUTATORS, Given
from seeds import seeds

LIMIT_SECONDS = 2.0
LIMIT_MB = 200
#: Libraries that take files apart for us. What they raise is damage; what else a reader's last
#: net catches was not foreseen, and is a fault.
_OTHERS = ("/pydicom/", "/PIL/", "/openjpeg/", "/libjpeg/", "/rle/", "/pypdfium2/", "/zipfile.py")
_CLEAR = Path("/proc/self/clear_refs")


class Outcome(NamedTuple):
    """What came of an input; `fault` when that must not be."""

    kind: str
    seconds: float
    megabytes: float
    fault: bool


@cache
def _seeds(name: str, files: tuple[Path, ...]) -> tuple[list[Given], list[float]]:
    return seeds(name, files)


def given(name: str, seed: int, number: int, files: tuple[Path, ...] = ()) -> Given:
    """The input of that number: the same whenever it is asked for."""
    chance = random.Random(f"{name}-{seed}-{number}")
    found, weights = _seeds(name, files)
    return MUTATORS[name](chance.choices(found, weights)[0], chance)


def peak() -> float:
    """Most memory that this process held since :func:`forget_peak`, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def forget_peak() -> None:
    """Begin again with what the process holds now."""
    _CLEAR.write_text("5")


def outcome(subject: Given, base: float) -> Outcome:
    """Read it; late ones are read again, as a busy machine is no fault. `base`: memory in MB."""
    kind, fault, seconds = _timed(subject)
    if seconds > LIMIT_SECONDS:
        seconds = min(seconds, *(_timed(subject)[2] for _ in range(2)))
    more = peak() - base
    if not fault and seconds > LIMIT_SECONDS:
        kind, fault = f"slow: {kind}", True
    if not fault and more > LIMIT_MB:
        kind, fault = f"memory: {kind}", True
    if more > LIMIT_MB:
        forget_peak()
    return Outcome(kind, seconds, more, fault)


def _timed(subject: Given) -> tuple[str, bool, float]:
    begin = time.process_time()
    kind, fault = _result(subject)
    return kind, fault, time.process_time() - begin


def _result(subject: Given) -> tuple[str, bool]:
    try:
        content = (
            read(subject) if isinstance(subject, bytes) else wfdb.read_source(_source(subject))
        )
        return _judged(content)
    except UnreadableFile as error:
        for language in Language:
            if not error.text(language).strip():
                return f"no text: {error.reason.id}", True
        if error.reason.id.endswith(".damaged") and (place := _ours(error.__cause__)):
            return f"not foreseen: {error.reason.id} at {place}", True
        return error.reason.id, False
    except BaseException as error:  # noqa: BLE001  # that is what is looked for
        return f"crash: {type(error).__name__} at {_place(error)}", True


def _source(files: Mapping[str, bytes]) -> Source:
    def companion(name: str) -> BinaryIO | None:
        return BytesIO(files[name]) if name in files else None

    return Source(next(iter(files.values())), companion)


def _judged(content: object) -> tuple[str, bool]:
    if isinstance(content, Recording):
        samples = content.samples
        sound = samples.ndim == 2 and len(samples) == len(content.leads) and content.fs > 0
        if not sound or samples.dtype != np.float32 or np.isinf(samples).any():
            return "no sound recording", True
    elif not isinstance(content, ImageStudy):
        return f"a {type(content).__name__}", True
    if not _told(content.notes):
        return "a note without text", True
    return type(content).__name__, False


def _told(notes: tuple[Message, ...]) -> bool:
    return all(note.text(language).strip() for note in notes for language in Language)


def _ours(error: BaseException | None) -> str | None:
    """Place in our code that raised; None when a library did that reads files for us."""
    if error is None:
        return None
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return None if any(part in file for file in files for part in _OTHERS) else _place(error)


def _place(error: BaseException) -> str:
    """Last line of ours that an exception came through, and what it was."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/farlead/" in frame.filename] or frames
    last = own[-1]
    return f"{Path(last.filename).name}:{last.lineno} ({type(error).__name__}: {error})"[:160]
