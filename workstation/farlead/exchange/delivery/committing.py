"""Storage commitment as those who ask: the receiver of our objects vouches for them.

The answer comes over the association over which it was asked for, or over one of the receiver's
own, to our storage service (``intake.answers``).

References
----------
DICOM PS3.4 annex J.3 (push model: N-ACTION, N-EVENT-REPORT); PS3.3 C.14.1.1 (failure reasons).
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.events import Event, EventHandlerType
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # made at import
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
)

from farlead.errors import DeliveryFailed, PeerFailed
from farlead.messages import Message, message
from farlead.model.report import Asked

_LOG = logging.getLogger(__name__)

_REQUEST = 1  # action type: request storage commitment
_SUCCESS, _FAILED = 0x0000, 0x0110
#: Failure reasons in the standard's words.
_REASONS: Mapping[int, str] = {
    0x0110: "processing failure",
    0x0112: "no such object instance",
    0x0119: "class/instance conflict",
    0x0122: "referenced SOP class not supported",
    0x0131: "duplicate transaction UID",
    0x0213: "resource limitation",
}
_NOT_NAMED = "–"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver says: which objects it keeps, which it does not and why.

    Parameters
    ----------
    transaction : str
    aet : str
        Its title.
    safe : tuple of str
        SOP Instance UIDs.
    failed : mapping of SOP Instance UID -> int
        Failure reason; 0 where none is given.
    """

    transaction: str
    aet: str
    safe: tuple[str, ...]
    failed: Mapping[str, int]

    def trouble(self, asked: Asked) -> Message | None:
        """What it does not vouch for; None when it keeps all that was asked for."""
        missing = [uid for uid in asked.objects if uid in self.failed or uid not in self.safe]
        if not missing:
            return None
        reason = self.failed.get(missing[0], 0)
        said = f"0x{reason:04X} {_REASONS.get(reason, '')}".strip() if reason else _NOT_NAMED
        return message(
            "peers.not_kept", peer=self.aet, many=len(missing), uid=missing[0], reason=said
        )

    def proof(self, asked: Asked) -> Message:
        """What is kept as proof."""
        return message(
            "peers.proof.commitment",
            peer=self.aet,
            many=len(asked.objects),
            transaction=self.transaction,
        )


def answer_of(event: Event, aet: str) -> Answer:
    """The answer of an N-EVENT-REPORT; AttributeError or ValueError for one that is none."""
    told = event.event_information
    failed = {
        str(item.ReferencedSOPInstanceUID): int(item.get("FailureReason") or 0)
        for item in told.get("FailedSOPSequence") or ()
    }
    safe = [str(item.ReferencedSOPInstanceUID) for item in told.get("ReferencedSOPSequence") or ()]
    return Answer(str(told.TransactionUID), aet, tuple(safe), failed)


@dataclass
class Asking:
    """One request over an association, and the answer if it comes over the same.

    Parameters
    ----------
    aet : str
        Title of who is asked.
    objects : sequence of (SOP Instance UID, SOP Class UID)
    """

    aet: str
    objects: Sequence[tuple[str, str]]
    transaction: str = field(default_factory=lambda: str(generate_uid(prefix=None)))
    _answer: Answer | None = None
    _heard: threading.Event = field(default_factory=threading.Event)

    @property
    def asked(self) -> Asked:
        """What is kept while the answer is waited for."""
        return Asked(self.transaction, tuple(uid for uid, _ in self.objects))

    @property
    def handlers(self) -> list[EventHandlerType]:
        """For the association."""
        return [(evt.EVT_N_EVENT_REPORT, self._report)]

    def check(self, association: Association) -> None:
        """DeliveryFailed when the other side cannot be asked."""
        offered = {str(context.abstract_syntax) for context in association.accepted_contexts}
        if str(StorageCommitmentPushModel) not in offered:
            raise DeliveryFailed(message("peers.no_commitment", peer=self.aet))

    def ask(self, association: Association, hold: float) -> Answer | None:
        """Ask, and wait for so many seconds; None when the answer is to come later. PeerFailed."""
        self.check(association)
        request = Dataset()
        request.TransactionUID = self.transaction
        request.ReferencedSOPSequence = [_item(*each) for each in self.objects]
        status, _ = association.send_n_action(
            request, _REQUEST, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
        )
        number = status.get("Status") if status else None
        if number is None:
            raise PeerFailed(message("peers.timeout", peer=self.aet), nothing_done=False)
        if number != _SUCCESS:
            said = str(status.get("ErrorComment") or _NOT_NAMED)
            shown = f"0x{number:04X}"
            raise PeerFailed(
                message("peers.refused", peer=self.aet, status=shown, said=said), status=number
            )
        self._heard.wait(hold)
        return self._answer

    def _report(self, event: Event) -> tuple[int, None]:
        try:
            answer = answer_of(event, self.aet)
        except (AttributeError, ValueError):
            _LOG.exception("%s sent an answer that is none", self.aet)
            return _FAILED, None
        if answer.transaction == self.transaction:
            self._answer = answer
            self._heard.set()
        return _SUCCESS, None


def _item(uid: str, kind: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPInstanceUID, item.ReferencedSOPClassUID = uid, kind
    return item
