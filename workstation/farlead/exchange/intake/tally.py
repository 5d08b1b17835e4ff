"""What one look at the inboxes comes to: counted, and told where it fails on one file."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from farlead.errors import FarleadError
from farlead.exchange.intake.inbox import shown
from farlead.messages import Language, Message, in_both, message

_LOG = logging.getLogger(__name__)

#: So many troubles of one unit are said one by one; more are counted.
_SAID = 50


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What one look at the inboxes came to, in files.

    Parameters
    ----------
    taken : int
        Stored, or known already.
    quarantined : int
        Set aside with a reason.
    waiting : int
        Still being written, waiting for their file, or left for the next look.
    studies : tuple of int
        Studies that hold what was taken or set aside.
    troubles : tuple of Message
        What a person has to mend: permissions, a full disk, stray files.
    of_units : mapping of str to Message
        All troubles of each unit that has any, by its code.
    more : bool
        Whether there is more to be taken at once.
    """

    taken: int = 0
    quarantined: int = 0
    waiting: int = 0
    studies: tuple[int, ...] = ()
    troubles: tuple[Message, ...] = ()
    of_units: Mapping[str, Message] = field(default_factory=dict)
    more: bool = False


class Tally:
    """What one look has come to so far."""

    def __init__(self) -> None:
        self.taken = self.quarantined = self.waiting = 0
        self.studies: list[int] = []
        self.troubles: list[Message] = []
        self._of_units: dict[str, list[Message]] = {}
        self.more = False

    @contextmanager
    def at(self, unit: str) -> Iterator[None]:
        """Troubles that come up inside are this unit's."""
        before = len(self.troubles)
        yield
        self._of_units.setdefault(unit, []).extend(self.troubles[before:])

    @contextmanager
    def told(self, name: str) -> Iterator[None]:
        """What the system refuses for one file is told, and the file left for the next look.

        So is a mistake of ours, which is logged; that the store fails concerns all files.
        """
        try:
            yield
        except FarleadError:
            raise
        except OSError as error:
            self.waiting += 1
            self.troubles.append(trouble_of("intake.not_stored", name, error))
        except Exception:  # noqa: BLE001 - logged whole; one file must not stop the others
            _LOG.exception("intake failed on a file")
            self.waiting += 1
            self.troubles.append(message("intake.failed_on", name=shown(name)))

    def result(self) -> IntakeResult:
        """All of it."""
        return IntakeResult(
            self.taken,
            self.quarantined,
            self.waiting,
            tuple(dict.fromkeys(self.studies)),
            _once(self.troubles),
            {unit: together(told) for unit, told in self._of_units.items() if told},
            self.more,
        )


def together(troubles: Sequence[Message]) -> Message:
    """All of them in one: the only one as it is, several numbered, none twice."""
    told = _once(troubles)
    if len(told) == 1:
        return told[0]
    said = {
        language: " ".join(f"({i}) {each.text(language)}" for i, each in enumerate(told[:_SAID], 1))
        for language in Language
    }
    return message("intake.several", many=len(told), **in_both("told", said))


def _once(troubles: Sequence[Message]) -> tuple[Message, ...]:
    return tuple(each for i, each in enumerate(troubles) if each not in troubles[:i])


def trouble_of(text: str, name: str, error: OSError) -> Message:
    """What the system refused, said of one file."""
    return message(text, name=shown(name), cause=error.strerror or type(error).__name__)
