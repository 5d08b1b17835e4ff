"""TLS of the storage service: who shows which certificate, and commitment both ways through it."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.events import Event
from pynetdicom.sop_class import (
    EncapsulatedPDFStorage,
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
    TwelveLeadECGWaveformStorage,
)

from certificates import Authority, Issued
from ecg_files import dicom_bytes, recording
from farlead.clients.tls import client_context, server_context
from farlead.exchange.delivery import DeliveryResult
from farlead.exchange.intake.answers import Answers
from farlead.exchange.intake.commitments import Commitments
from farlead.exchange.intake.listening import Listening
from farlead.model.lives import DeliveryState
from farlead.peers import Listener, Sender, Tls
from farlead.settings import Settings, UnitSettings
from support_hub import hub
from support_orthanc import free_port

# pynetdicom leaves the socket of a refused connection to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Papers:
    """One authority; ours, the unit's, and what the unit should not show."""

    authority: Authority
    ours: Issued
    unit: Issued
    bad: dict[str, Issued]

    @property
    def tls(self) -> Tls:
        """For our settings."""
        return Tls(ca=self.authority.file, certificate=self.ours.certificate, key=self.ours.key)

    def files(self, issued: Issued) -> Tls:
        """The unit's, or what it shows in its place."""
        return Tls(ca=self.authority.file, certificate=issued.certificate, key=issued.key)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("papers")
    authority = Authority(folder / "ca")
    bad = {
        "wrong": Authority(folder / "other").issue("unit", HOST),
        "expired": authority.issue("old", HOST, lasts=timedelta(minutes=-5)),
    }
    return Papers(authority, authority.issue("hub", HOST), authority.issue("unit", HOST), bad)


def house(folder: Path, papers: Papers, *, port: int = 104) -> Settings:
    sender = Sender(aet="CART1", unit="jia", host=HOST, port=port, tls=True)
    return Settings(
        folder=folder,
        units=(UnitSettings(code="jia", name="甲县人民医院"),),
        listener=Listener(port=0, senders=(sender,), tls=papers.tls),
        settle_seconds=0.0,
    )


@pytest.mark.parametrize("shown", ["wrong", "expired", "none"])
def test_who_shows_no_certificate_that_holds_brings_nothing(
    tmp_path: Path, papers: Papers, shown: str
) -> None:
    settings = house(tmp_path / "house", papers)
    file = tmp_path / "ecg.dcm"
    file.write_bytes(dicom_bytes(recording(sop_instance_uid=generate_uid(), name="测试甲")))
    with Listening(settings) as listening:
        assert storescu(listening, file, papers, papers.bad.get(shown)) != 0
        assert list(settings.inbox("jia").glob("*.dcm")) == []
        assert storescu(listening, file, papers, papers.unit) == 0  # the others are served
    assert len(list(settings.inbox("jia").glob("*.dcm"))) == 1


def storescu(listening: Listening, file: Path, papers: Papers, shown: Issued | None) -> int:
    """dcmtk's sender by TLS; its exit status."""
    own = ["+tls", str(shown.key), str(shown.certificate)] if shown else ["+tla"]
    command = ["/usr/bin/storescu", "-aet", "CART1", "-aec", "FARLEAD", *own]
    command += ["+cf", str(papers.authority.file), HOST, str(listening.port), str(file)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode


# Commitment that a unit asks of us


@dataclass
class Unit:
    """A unit's system: it takes objects, asks or is asked for commitment, and hears answers."""

    port: int = 0
    told: list[Dataset] = field(default_factory=list)
    asked: list[Dataset] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)

    def report(self, event: Event) -> tuple[int, None]:
        self.told.append(event.event_information)
        self.heard.set()
        return 0x0000, None

    def ask(self, event: Event) -> tuple[int, None]:
        self.asked.append(event.action_information)
        return 0x0000, None


@contextmanager
def unit(context: ssl.SSLContext, title: str) -> Iterator[Unit]:
    made = Unit()
    ae = AE(ae_title=title)
    if title == "PACS":  # it is asked
        ae.add_supported_context(StorageCommitmentPushModel)
    else:  # it asked, and hears the answer
        ae.add_supported_context(StorageCommitmentPushModel, scu_role=False, scp_role=True)
    ae.add_supported_context(EncapsulatedPDFStorage)
    handlers = [
        (evt.EVT_N_EVENT_REPORT, made.report),
        (evt.EVT_C_STORE, lambda _: 0x0000),
        (evt.EVT_N_ACTION, made.ask),
    ]
    server = ae.start_server((HOST, 0), block=False, evt_handlers=handlers, ssl_context=context)
    made.port = server.server_address[1]
    try:
        yield made
    finally:
        server.shutdown()


def ask(port: int, papers: Papers, folder: Path) -> int:
    """The unit asks for commitment; the status that is answered."""
    ae = AE(ae_title="CART1")
    ae.add_requested_context(StorageCommitmentPushModel)
    secure = (client_context(papers.files(papers.unit), folder), HOST)
    association = ae.associate(HOST, port, ae_title="FARLEAD", tls_args=secure)
    assert association.is_established
    request, item = Dataset(), Dataset()
    request.TransactionUID = generate_uid()
    item.ReferencedSOPClassUID = TwelveLeadECGWaveformStorage
    item.ReferencedSOPInstanceUID = "1.2.3"
    request.ReferencedSOPSequence = [item]
    status, _ = association.send_n_action(
        request, 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
    )
    association.release()
    return int(status.Status)


class Known:
    """A store that has everything."""

    def known_objects(self, uids: object, unit: str) -> set[str]:
        assert unit == "jia"
        return set(uids)  # type: ignore[call-overload]  # a collection of texts


def test_what_is_asked_by_tls_is_answered_by_tls(tmp_path: Path, papers: Papers) -> None:
    context = server_context(papers.files(papers.unit), tmp_path)
    with unit(context, "CART1") as peer:
        settings = house(tmp_path / "house", papers, port=peer.port)
        with Listening(settings) as listening:
            assert ask(listening.port, papers, tmp_path) == 0
        commitments = Commitments(settings)
        assert commitments.run_once(Known()) == 1
        assert peer.heard.wait(5)
        (item,) = peer.told[0].ReferencedSOPSequence
        assert item.ReferencedSOPInstanceUID == "1.2.3"
        assert not commitments.waiting


# Commitment that we ask of a unit


def test_a_late_word_is_heard_by_tls(tmp_path: Path, papers: Papers) -> None:
    context, port = server_context(papers.files(papers.unit), tmp_path), free_port()
    listener = {"port": port, "aet": "FARLEAD", "tls": papers.tls.model_dump()}
    with unit(context, "PACS") as peer:
        way = {"kind": "store", "aet": "PACS", "host": HOST, "port": peer.port, "commitment": True,
               "hold_seconds": 0, "tls": papers.tls.model_dump()}  # fmt: skip
        with hub(tmp_path, way, listener=listener) as there:
            assert there.dispatch.settle() == DeliveryResult()
            assert there.state.state is DeliveryState.SENT
            with Listening(there.settings):
                assert later(peer, port, papers, papers.unit, tmp_path)
            assert Answers(there.settings).run_once(there.store) == 1
            assert there.state.state is DeliveryState.CONFIRMED


def later(peer: Unit, port: int, papers: Papers, shown: Issued, folder: Path) -> bool:
    """Its answer over an association of its own; whether it was taken."""
    ae = AE(ae_title="PACS")
    ae.add_requested_context(StorageCommitmentPushModel)
    role = build_role(StorageCommitmentPushModel, scp_role=True)
    secure = (client_context(papers.files(shown), folder), HOST)
    association = ae.associate(HOST, port, ae_title="FARLEAD", ext_neg=[role], tls_args=secure)
    if not association.is_established:
        return False
    told = Dataset()
    told.TransactionUID = peer.asked[0].TransactionUID
    told.ReferencedSOPSequence = peer.asked[0].ReferencedSOPSequence
    status, _ = association.send_n_event_report(
        told, 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
    )
    association.release()
    return bool(status.Status == 0)
