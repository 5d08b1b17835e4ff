"""C-STORE to a unit's system, which may be asked to vouch for what it took.

Without storage commitment the status of C-STORE is the proof. With it the proof is the word of the
other side that it keeps the objects: over the same association when it is quick, else over one
that it asks for, taken by our storage service.

References
----------
DICOM PS3.4 annex B (storage; B.2.3 statuses) and annex J (storage commitment, push model); PS3.7
annex C.5 (statuses).
"""

from datetime import timedelta
from pathlib import Path

from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # made at import
    StorageCommitmentPushModel,
    Verification,
)

from farlead.clients.dimse import associate
from farlead.errors import DeliveryFailed, PeerFailed
from farlead.exchange.delivery.committing import Asking
from farlead.exchange.delivery.objects import DicomObject, objects_of
from farlead.exchange.delivery.parcel import Awaited, Parcel, Receipt, Word
from farlead.messages import message
from farlead.peers import StoreWay

_SECONDS = 20
_SUCCESS = 0x0000
#: It has an object of this UID. Ours are made from the delivery: a repeat is the same object.
_KNOWN = 0x0111
#: Stored, or there already; warnings: with something coerced or not checked.
_STORED = (_SUCCESS, _KNOWN, 0xB000, 0xB006, 0xB007)


class CStore:
    """C-STORE to a unit's system."""

    remembers = True  # a storage service knows an object by its UID

    def __init__(self, way: StoreWay, folder: Path) -> None:
        self._way = way
        self._folder = folder

    def send(self, sending: Parcel | Word) -> Receipt | Awaited:
        """All objects over one association."""
        objects = objects_of(sending, self._way.objects)
        ae = self._entity()
        for each in objects:
            ae.add_requested_context(each.sop_class, each.syntax)
        asking = Asking(self._way.aet, [(each.uid, each.sop_class) for each in objects])
        association = self._associate(ae, asking)
        try:
            for each in objects:
                self._store(association, each)
            if self._way.commitment:
                return self._vouched(association, asking)
        finally:
            association.release()
        return Receipt(message("peers.proof.store", peer=self._way.aet, many=len(objects)))

    def test(self) -> None:
        """C-ECHO, and whether it can be asked for commitment where it is to be."""
        ae = self._entity()
        ae.add_requested_context(Verification)
        asking = Asking(self._way.aet, [])
        association = self._associate(ae, asking)
        try:
            status = association.send_c_echo()
            if not status or status.Status != _SUCCESS:
                raise self._refusal(status.get("Status") if status else None, "–")
            if self._way.commitment:
                asking.check(association)
        finally:
            association.release()

    def close(self) -> None:
        """Nothing stays open between two reports."""

    def _store(self, association: Association, each: DicomObject) -> None:
        taken = {str(context.abstract_syntax) for context in association.accepted_contexts}
        if each.sop_class not in taken:
            raise DeliveryFailed(
                message("peers.not_taken", peer=self._way.aet, kind=each.dataset().Modality)
            )
        status = association.send_c_store(each.dataset())
        number = status.get("Status") if status else None
        if number not in _STORED:
            raise self._refusal(number, str(status.get("ErrorComment", "–")))

    def _vouched(self, association: Association, asking: Asking) -> Receipt | Awaited:
        """Proven when the answer comes at once; else it is waited for."""
        answer = asking.ask(association, self._way.hold_seconds)
        asked = asking.asked
        if answer is None:
            told = message("peers.asked", peer=self._way.aet, transaction=asked.transaction)
            return Awaited(asked, timedelta(minutes=self._way.commitment_minutes), told)
        if (trouble := answer.trouble(asked)) is not None:
            raise DeliveryFailed(trouble)
        return Receipt(answer.proof(asked))

    def _entity(self) -> AE:
        ae = AE(ae_title=self._way.calling)
        ae.network_timeout = ae.acse_timeout = ae.dimse_timeout = ae.connection_timeout = _SECONDS
        return ae

    def _associate(self, ae: AE, asking: Asking) -> Association:
        way = self._way
        if way.commitment:
            ae.add_requested_context(StorageCommitmentPushModel)
        return associate(ae, way.aet, way.host, way.port, way.tls, self._folder, asking.handlers)

    def _refusal(self, number: int | None, said: str) -> PeerFailed:
        if number is None:
            return PeerFailed(message("peers.timeout", peer=self._way.aet), nothing_done=False)
        shown = f"0x{number:04X}"
        reason = message("peers.refused", peer=self._way.aet, status=shown, said=said)
        return PeerFailed(reason, answered=True)
