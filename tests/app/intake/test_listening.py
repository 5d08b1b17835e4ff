"""Units push by C-STORE: real senders of others, TLS, titles, commitment, a crash."""

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.sop_class import (
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
    TwelveLeadECGWaveformStorage,
)

from certificates import Authority
from ecg_files import dicom_bytes, recording
from farlead.errors import SettingsError
from farlead.exchange.intake.commitments import Commitments
from farlead.exchange.intake.listening import Listening
from farlead.peers import Listener, Sender, Tls
from farlead.settings import Settings, UnitSettings

CART = Sender(aet="CART1", unit="jia")


def house(folder: Path, **listener: object) -> Settings:
    given = {"port": 0, "senders": (CART,), **listener}
    return Settings(
        folder=folder,
        units=(UnitSettings(code="jia", name="甲县人民医院"),),
        listener=Listener.model_validate(given),
        settle_seconds=0.0,
    )


@pytest.fixture
def ecg_file(tmp_path: Path) -> Path:
    file = tmp_path / "ecg.dcm"
    file.write_bytes(dicom_bytes(recording(sop_instance_uid=generate_uid(), name="测试甲")))
    return file


def storescu(listening: Listening, file: Path, *further: str, calling: str = "CART1") -> int:
    """dcmtk's sender; its exit status."""
    command = ["/usr/bin/storescu", "-aet", calling, "-aec", "FARLEAD", *further, "127.0.0.1"]
    done = subprocess.run(
        [*command, str(listening.port), str(file)], capture_output=True, check=False, timeout=60
    )
    return done.returncode


def arrived(settings: Settings) -> list[bytes]:
    return [file.read_bytes() for file in settings.inbox("jia").glob("*.dcm")]


def test_an_object_of_a_known_sender_lies_in_its_units_inbox(
    tmp_path: Path, ecg_file: Path
) -> None:
    settings = house(tmp_path / "house")
    with Listening(settings) as listening:
        assert storescu(listening, ecg_file) == 0
        (data,) = arrived(settings)
    sent, got = (tmp_path / "sent.txt", tmp_path / "got.txt")
    (tmp_path / "got.dcm").write_bytes(data)
    for source, target in ((ecg_file, sent), (tmp_path / "got.dcm", got)):
        dumped = subprocess.run(
            ["dcmdump", "+L", "--search", "5400,1010", "--search", "0010,0010", str(source)],
            capture_output=True,
            check=True,
        )
        target.write_bytes(dumped.stdout)
    assert sent.read_bytes() == got.read_bytes() != b""


@pytest.mark.parametrize(("calling", "called"), [("STRANGER", "FARLEAD"), ("CART1", "OTHER")])
def test_an_unknown_title_is_refused(
    tmp_path: Path, ecg_file: Path, calling: str, called: str
) -> None:
    settings = house(tmp_path / "house")
    with Listening(settings) as listening:
        assert storescu(listening, ecg_file, "-aec", called, calling=calling) != 0
    assert arrived(settings) == []


def test_without_senders_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="senders"):
        Listening(house(tmp_path / "house", senders=()))


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with (
        Listening(house(tmp_path / "one")) as first,
        pytest.raises(SettingsError, match=str(first.port)),
    ):
        Listening(house(tmp_path / "two", port=first.port))


def test_tls_asks_the_sender_for_its_certificate(tmp_path: Path, ecg_file: Path) -> None:
    authority = Authority(tmp_path / "ca")
    ours, cart = authority.issue("hub", "127.0.0.1"), authority.issue("cart", "127.0.0.1")
    stranger = Authority(tmp_path / "other").issue("cart", "127.0.0.1")
    tls = Tls(ca=authority.file, certificate=ours.certificate, key=ours.key)
    settings = house(tmp_path / "house", tls=tls.model_dump())
    with Listening(settings) as listening:
        assert storescu(listening, ecg_file) != 0  # in clear
        for identity, expected in ((stranger, False), (cart, True)):
            files = (str(identity.key), str(identity.certificate))
            status = storescu(listening, ecg_file, "+tls", *files, "+cf", str(authority.file))
            assert (status == 0) is expected
    assert len(arrived(settings)) == 1


def test_a_full_disk_is_answered_and_nothing_is_left_half_done(
    tmp_path: Path, ecg_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = house(tmp_path / "house")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("farlead.exchange.intake.spool.os.fsync", full)
    with Listening(settings) as listening:
        assert storescu(listening, ecg_file) != 0
    assert [file.name for file in settings.inbox("jia").iterdir()] == []


def test_a_flood_of_one_sender_leaves_room_for_another(tmp_path: Path, ecg_file: Path) -> None:
    senders = (CART, Sender(aet="CART2", unit="jia"))
    settings = house(tmp_path / "house", senders=senders, associations=8, per_sender=2)
    with Listening(settings) as listening:
        flood = [_associated("CART1", listening.port) for _ in range(6)]
        assert storescu(listening, ecg_file, calling="CART2") == 0
        for ae in flood:
            ae.shutdown()


def _associated(title: str, port: int) -> AE:
    ae = AE(ae_title=title)
    ae.add_requested_context(TwelveLeadECGWaveformStorage)
    ae.associate("127.0.0.1", port, ae_title="FARLEAD")
    return ae


# Storage commitment


@dataclass
class Unit:
    """A unit's software: it asks for commitment and hears the answer."""

    reports: list[tuple[int, Dataset]] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def report(self, event: Event) -> tuple[int, None]:
        self.reports.append((event.event_type, event.event_information))
        self.heard.set()
        return 0x0000, None


@pytest.fixture
def unit() -> Iterator[Unit]:
    made = Unit()
    ae = AE(ae_title="CART1")
    ae.add_supported_context(StorageCommitmentPushModel, scu_role=False, scp_role=True)
    handlers = [(evt.EVT_N_EVENT_REPORT, made.report)]
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    made.port = server.server_address[1]
    yield made
    server.shutdown()


class Known:
    """A store that has some objects."""

    def __init__(self, *uids: str) -> None:
        self.uids = set(uids)

    def known_objects(self, uids: object) -> set[str]:
        return self.uids & set(uids)  # type: ignore[call-overload]  # a collection of texts


def ask(listening: Listening, *uids: str) -> int:
    """Ask for commitment; the status that is answered."""
    ae = AE(ae_title="CART1")
    ae.add_requested_context(StorageCommitmentPushModel)
    association = ae.associate("127.0.0.1", listening.port, ae_title="FARLEAD")
    assert association.is_established
    request = Dataset()
    request.TransactionUID = generate_uid()
    request.ReferencedSOPSequence = []
    for uid in uids:
        item = Dataset()
        item.ReferencedSOPClassUID = TwelveLeadECGWaveformStorage
        item.ReferencedSOPInstanceUID = uid
        request.ReferencedSOPSequence.append(item)
    status, _ = association.send_n_action(
        request, 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
    )
    association.release()
    return int(status.Status)


def test_commitment_is_answered_once_the_store_has_everything(tmp_path: Path, unit: Unit) -> None:
    sender = CART.model_copy(update={"host": "127.0.0.1", "port": unit.port})
    settings = house(tmp_path / "house", senders=(sender.model_dump(),))
    with Listening(settings) as listening:
        assert ask(listening, "1.2.3", "1.2.4") == 0
    # After a restart:
    commitments = Commitments(settings)
    assert commitments.run_once(Known("1.2.3")) == 0
    assert commitments.run_once(Known("1.2.3", "1.2.4")) == 1
    assert unit.heard.wait(5)
    kind, told = unit.reports[0]
    assert kind == 1
    assert [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence] == [
        "1.2.3",
        "1.2.4",
    ]
    assert commitments.run_once(Known()) == 0
    assert len(unit.reports) == 1


def test_what_never_came_is_answered_as_missing(tmp_path: Path, unit: Unit) -> None:
    sender = CART.model_copy(update={"host": "127.0.0.1", "port": unit.port})
    settings = house(tmp_path / "house", senders=(sender.model_dump(),))
    with Listening(settings) as listening:
        ask(listening, "1.2.3", "1.2.4")
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert Commitments(settings, clock=lambda: later).run_once(Known("1.2.3")) == 1
    kind, told = unit.reports[0]
    assert kind == 2
    (missing,) = told.FailedSOPSequence
    assert (missing.ReferencedSOPInstanceUID, missing.FailureReason) == ("1.2.4", 0x0112)


def test_a_sender_without_an_address_is_told_at_once(tmp_path: Path) -> None:
    with Listening(house(tmp_path / "house")) as listening:
        assert ask(listening, "1.2.3") == 0x0110


# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_answer_that_nobody_takes_is_tried_again_later(tmp_path: Path) -> None:
    sender = CART.model_copy(update={"host": "127.0.0.1", "port": 9})
    settings = house(tmp_path / "house", senders=(sender.model_dump(),))
    with Listening(settings) as listening:
        ask(listening, "1.2.3")
    now = [datetime.now(UTC)]
    commitments = Commitments(settings, clock=lambda: now[0])
    tried: list[int] = []
    known = _counted(Known("1.2.3"), tried)
    commitments.run_once(known)  # type: ignore[arg-type]  # counts calls only
    commitments.run_once(known)  # type: ignore[arg-type]  # counts calls only
    assert len(tried) == 1
    now[0] += timedelta(minutes=1)
    commitments.run_once(known)  # type: ignore[arg-type]  # counts calls only
    assert len(tried) == 2
    assert len(list((settings.folder / "commitments").glob("*.json"))) == 1


def _counted(known: Known, tried: list[int]) -> object:
    class Counted:
        def known_objects(self, uids: object) -> set[str]:
            tried.append(1)
            return known.known_objects(uids)

    return Counted()
