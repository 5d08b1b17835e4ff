"""Units push by C-STORE: real senders of others, TLS, titles, commitment, a crash."""

import io
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydantic import ValidationError
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
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
from farlead.exchange.intake.commitments import Commitment, Commitments
from farlead.exchange.intake.listening import Listening
from farlead.exchange.intake.spool import hand_in
from farlead.peers import Listener, Sender, Tls
from farlead.settings import Settings, UnitSettings
from farlead.store import Store
from image_files import image_bytes, image_dataset
from support_store import arrival

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


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ca").issue("hub", "127.0.0.1")
    ours.key.chmod(0o644)
    tls = Tls(certificate=ours.certificate, key=ours.key)
    with pytest.raises(SettingsError, match="600"):
        Listening(house(tmp_path / "house", tls=tls.model_dump()))


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


def test_a_silent_connection_to_the_port_of_tls_keeps_nobody_out(
    tmp_path: Path, ecg_file: Path
) -> None:
    authority = Authority(tmp_path / "ca")
    ours, cart = authority.issue("hub", "127.0.0.1"), authority.issue("cart", "127.0.0.1")
    tls = Tls(ca=authority.file, certificate=ours.certificate, key=ours.key)
    settings = house(tmp_path / "house", tls=tls.model_dump())
    files = (str(cart.key), str(cart.certificate))
    with (
        Listening(settings) as listening,
        socket.create_connection(("127.0.0.1", listening.port)),
    ):
        assert storescu(listening, ecg_file, "+tls", *files, "+cf", str(authority.file)) == 0


def test_silent_connections_of_one_address_keep_no_other_out(
    tmp_path: Path, ecg_file: Path
) -> None:
    with ExitStack() as silent, Listening(house(tmp_path / "house", associations=8)) as listening:
        for _ in range(30):
            silent.enter_context(
                socket.create_connection(
                    ("127.0.0.1", listening.port), source_address=("127.0.0.2", 0)
                )
            )
        assert storescu(listening, ecg_file) == 0


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

    def known_objects(self, uids: object, unit: str) -> set[str]:
        assert unit == "jia"
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


# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_takes_no_answer_is_not_tried_for_each_of_its_requests(
    tmp_path: Path, unit: Unit
) -> None:
    dead = Sender(aet="CART1", unit="jia", host="127.0.0.1", port=9)
    alive = Sender(aet="CART2", unit="jia", host="127.0.0.1", port=unit.port)
    settings = house(tmp_path / "house", senders=(dead.model_dump(), alive.model_dump()))
    commitments = Commitments(settings)
    for number in range(20):
        commitments.add(Commitment(f"1.9.{number}", "CART1", {"1.2.3": "1.2"}))
    commitments.add(Commitment("1.9.99", "CART2", {"1.2.3": "1.2"}))
    tried: list[int] = []
    commitments.run_once(_counted(Known("1.2.3"), tried))  # type: ignore[arg-type]  # counts calls only
    assert len(tried) == 2
    assert unit.heard.wait(5)


def test_an_object_of_another_unit_is_vouched_for_to_nobody(tmp_path: Path) -> None:
    settings = house(tmp_path / "house")
    with Store.of(settings) as store:
        store.add_object(arrival("7", unit="yi"))
        assert store.known_objects(["1.3.7"], "jia") == set()
        assert store.known_objects(["1.3.7"], "yi") == {"1.3.7"}


def test_an_answer_by_tls_needs_a_certificate_of_ours() -> None:
    with pytest.raises(ValidationError, match=r"listener\.tls"):
        Listener(senders=(Sender(aet="CART1", unit="jia", host="h", tls=True),))


@pytest.mark.parametrize("number", ["3", "6", "5", "12.3", "77.1", "77.2"])
def test_classes_that_are_retired_and_can_be_read_are_taken(tmp_path: Path, number: str) -> None:
    settings = house(tmp_path / "house")
    picture = image_dataset(np.zeros((1, 8, 8), np.uint8))
    picture.SOPClassUID = f"1.2.840.10008.5.1.4.1.1.{number}"
    picture.file_meta.MediaStorageSOPClassUID = picture.SOPClassUID
    sent = pydicom.dcmread(io.BytesIO(image_bytes(picture)))
    ae = AE(ae_title="CART1")
    ae.add_requested_context(sent.SOPClassUID, ExplicitVRLittleEndian)
    with Listening(settings) as listening:
        association = ae.associate("127.0.0.1", listening.port, ae_title="FARLEAD")
        assert association.is_established
        assert association.send_c_store(sent).Status == 0
        association.release()
    assert len(arrived(settings)) == 1


def test_handing_in_the_same_name_at_the_same_time_loses_nothing(tmp_path: Path) -> None:
    contents = [bytes([number]) * 200_000 for number in range(8)]

    def hand(number: int) -> None:
        for _ in range(5):
            hand_in(contents[number % 8], tmp_path, "1.2.3.dcm", settle=0)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(hand, range(16)))
    assert sorted(file.read_bytes() for file in tmp_path.iterdir()) == contents


def _counted(known: Known, tried: list[int]) -> object:
    class Counted:
        def known_objects(self, uids: object, unit: str) -> set[str]:
            tried.append(1)
            return known.known_objects(uids, unit)

    return Counted()
