"""One upload on its way into the store, and which of them go together."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ParamSpec, TypeVar

from farlead.errors import FarleadError, InvalidRequest
from farlead.exchange.intake.inbox import Found
from farlead.exchange.intake.request import Requested
from farlead.messages import message
from farlead.model.people import Patient
from farlead.model.study import Priority, Request, StoredObject
from farlead.store import Arrival

_LOG = logging.getLogger(__name__)
#: So many are stored in one transaction.
_TOGETHER = 16

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Unexpected(FarleadError):
    """A mistake of ours, logged whole, that concerns one file: it must not stop the others."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file at rest, with its request as far as it came along."""

    unit: str
    file: Found
    sidecar: Found | None = None
    request: Requested | InvalidRequest = Requested(Request(), Patient())  # noqa: RUF009  # frozen
    archived: bool = False  # its bytes stay in the archive from which it came

    @property
    def priority(self) -> Priority:
        """Priority of the request; one that cannot be read may be an emergency."""
        if isinstance(self.request, InvalidRequest):
            return Priority.EMERGENCY
        return self.request.request.priority


@dataclass(frozen=True, slots=True)
class Ready:
    """An upload whose bytes are kept and whose content is known."""

    upload: Upload
    stored: StoredObject
    arrival: Arrival

    @property
    def cleaned(self) -> bool:
        """Whether its sidecar had something that could not be kept as it stood."""
        return isinstance(self.upload.request, Requested) and self.upload.request.cleaned


def lots(uploads: Sequence[Upload]) -> Iterator[Sequence[Upload]]:
    """Those that are stored together; what is urgent waits for nothing else to be read."""
    for priority, alike in groupby(uploads, lambda upload: upload.priority):
        of_them = list(alike)
        many = _TOGETHER if priority is Priority.ROUTINE else 1
        for start in range(0, len(of_them), many):
            yield of_them[start : start + many]


def expected(step: Callable[_P, _T], *args: _P.args, **more: _P.kwargs) -> _T:
    """What a step comes to; a mistake of ours in it is logged whole and concerns this one alone."""
    try:
        return step(*args, **more)
    except (FarleadError, OSError):
        raise
    except Exception as error:
        _LOG.exception("intake failed on an object")
        raise Unexpected(message("intake.unexpected")) from error
