"""What a unit's system vouches for: asked by us, answered at once, later, wrongly, or never."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, build_role, evt
from pynetdicom.dimse_messages import N_ACTION_RSP
from pynetdicom.events import Event
from pynetdicom.sop_class import (
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
    TwelveLeadECGWaveformStorage,
    Verification,
)

from ecg_files import dicom_bytes, recording
from farlead.exchange.delivery import DeliveryResult, Dispatch
from farlead.exchange.delivery.postponing import ATTEMPTS
from farlead.exchange.intake.answers import Answers
from farlead.exchange.intake.listening import Listening
from farlead.messages import Language
from farlead.model.lives import DeliveryState
from farlead.services import try_connection
from farlead.services.connections import connections
from support_hub import Hub, hub
from support_orthanc import free_port, orthanc

DONE = DeliveryResult(confirmed=1)
SENT = DeliveryResult()


@dataclass
class Pacs:
    """A unit's system that takes objects and is asked to vouch for them.

    `says` is what it answers over the same association: ``keeps``, ``keeps nothing``, ``half``
    (success, but of other objects), or nothing at all.
    """

    port: int = 0
    says: str = ""
    stored: list[str] = field(default_factory=list)
    asked: list[Dataset] = field(default_factory=list)
    status: int = 0x0000

    def store(self, event: Event) -> int:
        self.stored.append(str(event.request.AffectedSOPInstanceUID))
        return self.status

    def ask(self, event: Event) -> tuple[int, None]:
        self.asked.append(event.action_information)
        return 0x0000, None

    def quick(self, event: Event) -> None:
        """After its answer to N-ACTION has gone out."""
        if self.says and isinstance(event.message, N_ACTION_RSP):
            said, kind = self.report(self.says)
            event.assoc.send_n_event_report(
                said, kind, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
            )

    def report(self, says: str) -> tuple[Dataset, int]:
        """The N-EVENT-REPORT for the last request."""
        request = self.asked[-1]
        told = Dataset()
        told.TransactionUID = request.TransactionUID
        items = [_copied(item) for item in request.ReferencedSOPSequence]
        match says:
            case "keeps":
                told.ReferencedSOPSequence = items
            case "half":
                items[0].ReferencedSOPInstanceUID = "1.2.3"
                told.ReferencedSOPSequence = items
            case _:
                for item in items:
                    item.FailureReason = 0x0213
                told.FailedSOPSequence = items
        return told, 2 if says == "keeps nothing" else 1


def _copied(item: Dataset) -> Dataset:
    made = Dataset()
    made.ReferencedSOPClassUID = item.ReferencedSOPClassUID
    made.ReferencedSOPInstanceUID = item.ReferencedSOPInstanceUID
    return made


@contextmanager
def pacs(*kinds: str) -> Iterator[Pacs]:
    made = Pacs()
    ae = AE(ae_title="PACS")
    for kind in kinds or (EncapsulatedPDFStorage, StorageCommitmentPushModel, Verification):
        ae.add_supported_context(kind)
    handlers = [
        (evt.EVT_C_STORE, made.store),
        (evt.EVT_C_ECHO, lambda _: 0),
        (evt.EVT_N_ACTION, made.ask),
        (evt.EVT_DIMSE_SENT, made.quick),
    ]
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    made.port = server.server_address[1]
    try:
        yield made
    finally:
        server.shutdown()


def way(port: int, **further: object) -> dict[str, object]:
    """It waits for a quick answer only where there is one."""
    return {"kind": "store", "aet": "PACS", "host": "127.0.0.1", "port": port,
            "commitment": True, "hold_seconds": 0, **further}  # fmt: skip


def history(house: Hub) -> list[tuple[str, str]]:
    events = house.store.delivery_history(house.state.id)
    return [(e.state.value, e.told.text(Language.EN) if e.told else "") for e in events]


def listener(port: int) -> dict[str, object]:
    return {"port": port, "aet": "FARLEAD"}


# Over the same association


def test_a_quick_answer_is_the_proof(tmp_path: Path) -> None:
    with pacs() as peer, hub(tmp_path, way(peer.port, hold_seconds=9)) as house:
        peer.says = "keeps"
        assert house.dispatch.settle() == DONE
        assert house.state.state is DeliveryState.CONFIRMED
        transaction = str(peer.asked[0].TransactionUID)
        (item,) = peer.asked[0].ReferencedSOPSequence
        assert [item.ReferencedSOPInstanceUID] == peer.stored
        states = [state for state, _ in history(house)]
        assert states == ["sent", "confirmed"]
        assert "storage commitment" in history(house)[-1][1]
        assert transaction in history(house)[-1][1]


@pytest.mark.parametrize(("says", "told"), [("keeps nothing", "resource limitation"), ("half", "")])
def test_what_it_does_not_keep_is_told_and_sent_again(tmp_path: Path, says: str, told: str) -> None:
    with pacs() as peer, hub(tmp_path, way(peer.port, hold_seconds=9)) as house:
        peer.says = says
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.state.error is not None
        assert "PACS" in house.state.error.text(Language.EN)
        assert told in house.state.error.text(Language.EN)
        peer.says = "keeps"
        assert house.again() == DONE
        assert len(set(peer.stored)) == 1  # the same object
        assert len({str(each.TransactionUID) for each in peer.asked}) == 2


# Over an association of its own


def test_orthanc_answers_over_an_association_of_its_own(tmp_path: Path) -> None:
    port = free_port()
    modality = {"AET": "FARLEAD", "Host": "127.0.0.1", "Port": port, "AllowStorageCommitment": True}
    with (
        orthanc(tmp_path / "pacs", dicom=True, DicomAet="PACS",
                DicomModalities={"hub": modality}) as peer,
        hub(tmp_path, way(peer.dicom_port), listener=listener(port)) as house,
        Listening(house.settings),
    ):  # fmt: skip
        assert house.dispatch.settle() == SENT
        assert house.state.state is DeliveryState.SENT
        assert house.state.asked is not None
        answers = Answers(house.settings)
        patience = time.monotonic() + 30
        while not answers.run_once(house.store):
            assert time.monotonic() < patience, "no answer came"
            time.sleep(0.05)
        assert house.state.state is DeliveryState.CONFIRMED
        assert [state for state, _ in history(house)] == ["sent", "sent", "confirmed"]
        assert "vouches" in history(house)[-1][1]
        assert not answers.waiting


def later(peer: Pacs, port: int, says: str, *, title: str = "PACS") -> int:
    """The answer over an association of its own; the status that it gets."""
    ae = AE(ae_title=title)
    ae.add_requested_context(StorageCommitmentPushModel)
    role = build_role(StorageCommitmentPushModel, scp_role=True)
    association = ae.associate("127.0.0.1", port, ae_title="FARLEAD", ext_neg=[role])
    if not association.is_established:
        return -1
    said, kind = peer.report(says)
    status, _ = association.send_n_event_report(
        said, kind, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
    )
    association.release()
    return int(status.Status)


@pytest.mark.parametrize("says", ["keeps", "keeps nothing"])
def test_a_late_answer_outlives_every_process(tmp_path: Path, says: str) -> None:
    port = free_port()
    with pacs() as peer, hub(tmp_path, way(peer.port), listener=listener(port)) as house:
        assert house.dispatch.settle() == SENT
        with Listening(house.settings):
            assert later(peer, port, says) == 0
        again = Dispatch(house.settings, house.store, house.objects, house.clock)
        assert again.settle() == SENT  # what is waited for is nobody's to repeat
        again.close()
        assert len(peer.stored) == 1
        assert Answers(house.settings).run_once(house.store) == 1
        assert house.state.asked is None
        if says == "keeps":
            assert house.state.state is DeliveryState.CONFIRMED
        else:
            assert house.state.state is DeliveryState.DUE
            assert "resource limitation" in history(house)[-1][1]
        assert Answers(house.settings).run_once(house.store) == 0


# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_only_who_was_asked_is_heard(tmp_path: Path) -> None:
    port = free_port()
    ways = (way(free_port(), name="other", aet="OTHER"),)
    with pacs() as peer:
        given = (way(peer.port), *ways)
        with hub(tmp_path, *given, listener=listener(port)) as house:
            house.dispatch.settle()
            with Listening(house.settings) as listening:
                assert later(peer, port, "keeps", title="STRANGER") == -1
                assert later(peer, port, "keeps", title="OTHER") == 0
                assert _pushes(listening.port, "PACS") == 0x0124  # it may answer, not push
            assert Answers(house.settings).run_once(house.store) == 0
            found = {d.destination: d for d in house.store.deliveries(house.study)}
            assert found["u1:store"].state is DeliveryState.SENT


def _pushes(port: int, title: str) -> int:
    ae = AE(ae_title=title)
    ae.add_requested_context(TwelveLeadECGWaveformStorage, ExplicitVRLittleEndian)
    association = ae.associate("127.0.0.1", port, ae_title="FARLEAD")
    assert association.is_established
    status = association.send_c_store(pydicom.dcmread(io.BytesIO(dicom_bytes(recording()))))
    association.release()
    return int(status.Status)


# Never


def test_without_an_answer_it_is_sent_and_asked_again_and_at_last_parked(tmp_path: Path) -> None:
    with pacs() as peer, hub(tmp_path, way(peer.port, commitment_minutes=10)) as house:
        assert house.dispatch.settle() == SENT
        house.clock.advance(minutes=9)
        assert house.dispatch.settle() == SENT
        assert len(peer.stored) == 1
        house.clock.advance(minutes=2)
        house.dispatch.settle()
        assert house.state.state is DeliveryState.DUE
        assert house.state.error is not None
        assert "did not vouch" in house.state.error.text(Language.EN)
        for _ in range(2 * ATTEMPTS):
            house.again()
        assert house.state.state is DeliveryState.PARKED
        assert len(peer.asked) == ATTEMPTS


def test_waiting_for_it_holds_up_no_other_report(tmp_path: Path) -> None:
    with pacs() as peer, hub(tmp_path, way(peer.port, hold_seconds=2)) as house:
        assert house.dispatch.settle() == SENT
        other = house.finish("8")
        peer.says = "keeps"
        assert house.dispatch.settle() == DONE
        (second,) = house.store.deliveries(other)
        assert second.state is DeliveryState.CONFIRMED
        assert house.store.deliveries(house.study)[0].state is DeliveryState.SENT


def test_who_offers_no_commitment_is_told(tmp_path: Path) -> None:
    with (
        pacs(EncapsulatedPDFStorage, Verification) as peer,
        hub(tmp_path, way(peer.port)) as house,
    ):
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.state.error is not None
        assert "commitment = false" in house.state.error.text(Language.EN)
        (out,) = [e for e in connections(house.settings, house.store) if e.name == "u1:store"]
        why = try_connection(house.settings, out)
        assert why is not None
        assert why.id == "peers.no_commitment"


# The status of C-STORE


def test_a_system_that_has_the_object_already_has_it(tmp_path: Path) -> None:
    with pacs() as peer, hub(tmp_path, way(peer.port, commitment=False)) as house:
        peer.status = 0x0111  # duplicate SOP instance: an answer got lost before
        assert house.dispatch.settle() == DONE


@pytest.mark.parametrize(
    ("objects", "told"), [(["pdf"], "peers.takes_nothing"), (["pdf", "sr"], "peers.not_taken")]
)
def test_a_system_that_does_not_take_documents_is_told_so(
    tmp_path: Path, objects: list[str], told: str
) -> None:
    with (
        pacs(ComprehensiveSRStorage, Verification) as peer,
        hub(tmp_path, way(peer.port, commitment=False, objects=objects)) as house,
    ):
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.state.error is not None
        assert house.state.error.id == told
