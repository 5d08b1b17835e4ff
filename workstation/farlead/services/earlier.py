"""The earlier recordings of a patient, for the comparison that screening makes."""

from dataclasses import dataclass

from farlead.errors import FarleadError
from farlead.messages import Message
from farlead.model.comparison import ecgs_before
from farlead.model.recording import Recording
from farlead.model.study import Study
from farlead.objects import ObjectFolder
from farlead.sandbox import Sandbox
from farlead.services.confined import read_confined
from farlead.store import Store

#: The newest of those that can be read; and so many are tried.
MOST, MOST_TRIED = 2, 4


@dataclass(frozen=True, slots=True)
class Earlier:
    """Earlier recordings, the newest first, and why others could not be read."""

    recordings: tuple[Recording, ...] = ()
    unread: tuple[Message, ...] = ()


def earlier_recordings(
    study: Study, store: Store, objects: ObjectFolder, sandbox: Sandbox, *, seconds: float
) -> Earlier:
    """The patient's most recent recordings before a study.

    The same patient is who the store says; one who is only possibly the same is another, and a
    document that speaks of several people is nobody's. Nothing here stops the screening: what
    cannot be read is told.

    Parameters
    ----------
    seconds : float
        Limit for reading each of them.
    """
    found: list[Recording] = []
    unread: list[Message] = []
    for place, before in enumerate(ecgs_before(study, store.earlier(study.id))):
        if len(found) >= MOST or place >= MOST_TRIED:
            break
        try:
            found += _recordings(before, objects, sandbox, seconds)
        except FarleadError as error:
            unread.append(error.reason)
    return Earlier(tuple(found[:MOST]), tuple(unread))


def _recordings(
    study: Study, objects: ObjectFolder, sandbox: Sandbox, seconds: float
) -> list[Recording]:
    """The first recording of a study; nothing where its objects are images."""
    for stored in study.objects:
        content = read_confined(sandbox, objects.get(stored.sha256), seconds=seconds)
        if isinstance(content, Recording):
            return [content]
    return []
