"""Reports to real receivers (archive, DICOM, HL7, FHIR): once in effect, through lost answers."""

import base64
import hashlib
import io
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hl7
import pydicom
import pytest

from certificates import Authority
from farlead.clients.tls import server_context
from farlead.exchange.delivery import DeliveryResult
from farlead.exchange.delivery.postponing import ATTEMPTS
from farlead.messages import Language
from farlead.model.lives import DeliveryState
from farlead.peers import Tls
from fault_proxy import fault_proxy
from odd_archive import odd_archive
from peers_of_delivery import FhirServer, HospitalSystem, fhir_server, hospital_system
from support_hub import NAME, PDF, hub
from support_orthanc import Orthanc, free_port, orthanc

# HL7


def hl7_way(system: HospitalSystem, **further: object) -> dict[str, object]:
    return {
        "kind": "hl7",
        "host": "127.0.0.1",
        "port": system.port,
        "timeout_seconds": 2,
        **further,
    }


@pytest.fixture
def system() -> Iterator[HospitalSystem]:
    with hospital_system() as made:
        yield made


@pytest.mark.parametrize("charset", ["UNICODE UTF-8", "GB 18030-2000"])
def test_hl7_carries_the_pdf_whole_and_every_name_right(
    tmp_path: Path, system: HospitalSystem, charset: str
) -> None:
    with hub(tmp_path, hl7_way(system, charset=charset)) as house:
        assert house.dispatch.settle() == DeliveryResult(confirmed=1)
        (raw,) = system.messages
        said = hl7.parse(raw.decode("utf-8" if "UTF" in charset else "gb18030"))
        assert str(said.segment("MSH")[18]) == charset
        assert said.unescape(str(said.segment("PID")[5])) == NAME
        assert str(said.segment("OBR")[25]) == "F"
        observations = list(said.segments("OBX"))
        rate = next(each for each in observations if "8867-4" in str(each[3]))
        assert (str(rate[2]), str(rate[5]), str(rate[11])) == ("NM", "75", "F")
        document = next(each for each in observations if str(each[2]) == "ED")
        assert base64.b64decode(str(document[5]).split("^")[4]) == PDF
        assert house.state.state is DeliveryState.CONFIRMED


def test_a_lost_acknowledgement_is_repeated_under_the_same_identifier(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["lost", "garbage", "AA"]
    with hub(tmp_path, hl7_way(system)) as house:
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.again() == DeliveryResult(failed=1)
        assert house.again() == DeliveryResult(confirmed=1)
    assert len(system.messages) == 3
    assert len(system.reports()) == 1


def test_a_receiver_that_forgets_is_never_sent_the_same_twice(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["lost"]
    with hub(tmp_path, hl7_way(system, remembers=False)) as house:
        assert house.dispatch.settle() == DeliveryResult(parked=1)
        assert house.again() == DeliveryResult()
        assert house.state.state is DeliveryState.PARKED
        assert house.state.error is not None
    assert len(system.messages) == 1


def test_a_refusal_is_told_in_the_receivers_words(tmp_path: Path, system: HospitalSystem) -> None:
    system.answers = ["AE"]
    with hub(tmp_path, hl7_way(system, remembers=False)) as house:
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.state.error is not None
        assert "no such patient" in house.state.error.text(Language.EN)
        assert house.again() == DeliveryResult(confirmed=1)


def test_what_is_refused_again_and_again_is_parked_and_sent_by_hand(
    tmp_path: Path, system: HospitalSystem
) -> None:
    """With the receiver's own words; the number of the message is the same to the end."""
    system.answers = ["AE"] * (ATTEMPTS - 1) + ["lost", "AA"]
    with hub(tmp_path, hl7_way(system)) as house:
        for _ in range(ATTEMPTS - 1):
            assert house.again() == DeliveryResult(failed=1)
        system.answers.insert(0, "AE")
        assert house.again() == DeliveryResult(parked=1)
        parked = house.state
        assert (parked.state, parked.attempts) == (DeliveryState.PARKED, ATTEMPTS)
        assert parked.error is not None
        assert "no such patient" in parked.error.text(Language.ZH)
        assert house.again() == DeliveryResult()
        house.store.unpark(parked.id)
        assert house.dispatch.settle() == DeliveryResult(failed=1)  # taken; the answer is lost
        assert house.again() == DeliveryResult(confirmed=1)
    assert len(system.messages) == 2
    assert len(system.reports()) == 1


def test_what_is_refused_holds_up_nothing_else_to_the_same_receiver(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["AE"] * 3
    with hub(tmp_path, hl7_way(system)) as house:
        for number in range(3):
            house.finish(f"further {number}")
        assert house.dispatch.settle() == DeliveryResult(confirmed=1, failed=3)


@pytest.mark.parametrize("charset", ["UNICODE UTF-8", "GB 18030-2000"])
def test_words_of_an_acknowledgement_in_another_charset_make_it_no_less(
    tmp_path: Path, system: HospitalSystem, charset: str
) -> None:
    system.words = "已成功接收".encode("gb18030" if "UTF" in charset else "utf-8")
    with hub(tmp_path, hl7_way(system, charset=charset)) as house:
        assert house.dispatch.settle() == DeliveryResult(confirmed=1)


def test_hl7_over_tls_asks_for_certificates_of_both_sides(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    server, ours = authority.issue("his", "127.0.0.1"), authority.issue("hub", "127.0.0.1")
    other = Authority(tmp_path / "other")
    theirs = Tls(ca=authority.file, certificate=server.certificate, key=server.key)
    with hospital_system(server_context(theirs, tmp_path)) as system:
        good = Tls(ca=authority.file, certificate=ours.certificate, key=ours.key)
        bad = Tls(ca=other.file, certificate=ours.certificate, key=ours.key)
        for number, (tls, expected) in enumerate(((bad, 0), (good, 1))):
            with hub(tmp_path / str(number), hl7_way(system, tls=tls.model_dump())) as house:
                assert house.dispatch.settle().confirmed == expected
    assert len(system.messages) == 1


# FHIR


@pytest.fixture
def server() -> Iterator[FhirServer]:
    with fhir_server() as made:
        yield made


def fhir_way(server: FhirServer, **further: object) -> dict[str, object]:
    return {"kind": "fhir", "url": f"http://127.0.0.1:{server.port}/fhir", **further}


def test_fhir_is_valid_and_has_the_pdf(tmp_path: Path, server: FhirServer) -> None:
    with hub(tmp_path, fhir_way(server)) as house:
        assert house.dispatch.settle() == DeliveryResult(confirmed=1)
        reports = [r for r in server.created.values() if r["resourceType"] == "DiagnosticReport"]
        (report,) = reports
        assert report["status"] == "final"
        assert base64.b64decode(report["presentedForm"][0]["data"]) == PDF
        kinds = {each["resourceType"] for each in server.created.values()}
        assert kinds == {"Observation", "DocumentReference", "DiagnosticReport"}


def test_a_lost_answer_of_fhir_creates_nothing_twice(tmp_path: Path, server: FhirServer) -> None:
    server.answers = [0, 503, 200]
    with hub(tmp_path, fhir_way(server)) as house:
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        created = dict(server.created)
        assert house.again() == DeliveryResult(failed=1)
        assert house.again() == DeliveryResult(confirmed=1)
    assert server.transactions == 2
    assert server.created == created != {}


# DICOM


def test_c_store_to_others_software_keeps_the_pdf_byte_for_byte(tmp_path: Path) -> None:
    port = free_port()
    got = tmp_path / "got"
    got.mkdir()
    command = ["/usr/bin/storescp", "-od", str(got), "-aet", "UNIT", "+xa", str(port)]
    receiver = subprocess.Popen(command)
    try:
        time.sleep(0.5)
        way = {"kind": "store", "aet": "UNIT", "host": "127.0.0.1", "port": port}
        with hub(tmp_path, way) as house:
            assert house.dispatch.settle() == DeliveryResult(confirmed=1)
    finally:
        receiver.kill()
        receiver.wait()
    (file,) = got.iterdir()
    stored = pydicom.dcmread(file)
    assert stored.EncapsulatedDocument[: stored.EncapsulatedDocumentLength] == PDF
    assert str(stored.PatientName) == NAME.replace("\\", " ")  # it would part the name in two


# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_archive_of_dcmtk_has_each_object_once_after_a_lost_answer(
    tmp_path: Path,
) -> None:
    port = free_port()
    kept = tmp_path / "kept"
    kept.mkdir()
    table = f"UNIT {kept} RW (100, 100mb) ANY"
    tables = "HostTable BEGIN\nHostTable END\nVendorTable BEGIN\nVendorTable END\n"
    settings = tmp_path / "dcmqrscp.cfg"
    limits = f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
    settings.write_text(f"{limits}{tables}AETable BEGIN\n{table}\nAETable END\n", "ascii")
    archive = subprocess.Popen(["/usr/bin/dcmqrscp", "-c", str(settings)])
    try:
        time.sleep(0.5)
        with fault_proxy(port, "raw") as proxy:
            way = {"kind": "store", "aet": "UNIT", "host": "127.0.0.1", "port": proxy.port,
                   "objects": ["pdf", "sr"]}  # fmt: skip
            with hub(tmp_path, way) as house:
                proxy.fault, proxy.after = "cut answer", 300  # taken, and the answer lost
                assert house.dispatch.settle() == DeliveryResult(failed=1)
                proxy.fault = ""
                assert house.again() == DeliveryResult(confirmed=1)
    finally:
        archive.kill()
        archive.wait()
    stored = [pydicom.dcmread(file) for file in kept.glob("*.dcm")]
    assert sorted(each.Modality for each in stored) == ["DOC", "SR"]
    assert len({each.SOPInstanceUID for each in stored}) == 2
    (document,) = (each for each in stored if each.Modality == "DOC")
    assert document.EncapsulatedDocument[: document.EncapsulatedDocumentLength] == PDF


# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_dead_peer_holds_up_no_other(tmp_path: Path, system: HospitalSystem) -> None:
    dead = {"kind": "store", "aet": "DEAD", "host": "127.0.0.1", "port": free_port()}
    with hub(tmp_path, dead, hl7_way(system), {"kind": "folder"}) as house:
        assert house.dispatch.settle() == DeliveryResult(confirmed=2, failed=1)
        states = {each.destination: each for each in house.store.deliveries(house.study)}
        assert states["u1:store"].error is not None
        assert "DEAD" in states["u1:store"].error.text(Language.ZH)
        assert states["u1"].state is states["u1:hl7"].state is DeliveryState.CONFIRMED


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("archive")) as made:
        yield made


def test_stow_is_proven_by_asking_for_it_again(tmp_path: Path, archive: Orthanc) -> None:
    way = {"kind": "stow", "archive": "hub", "objects": ["pdf"]}
    with hub(tmp_path, way, archive=archive.archive()) as house:
        assert house.dispatch.settle() == DeliveryResult(confirmed=1)
    with archive.http as client:
        (instance,) = client.get("/instances").json()
        stored = pydicom.dcmread(io.BytesIO(client.get(f"/instances/{instance}/file").content))
    digest = hashlib.sha256(stored.EncapsulatedDocument[: len(PDF)]).hexdigest()
    assert digest == hashlib.sha256(PDF).hexdigest()


@pytest.mark.parametrize("how", [{"known": 200}, {"known": 409}, {"silent": True}])
def test_an_archive_that_says_otherwise_and_has_it_is_asked_for_it(
    tmp_path: Path, how: dict[str, Any]
) -> None:
    """It refuses what it has, or says nothing: that it gives it back is the proof."""
    way = {"kind": "stow", "archive": "odd", "objects": ["pdf"]}
    with (
        odd_archive(cuts=1, **how) as archive,
        hub(tmp_path, way, archive=archive.archive()) as house,
    ):
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.again() == DeliveryResult(confirmed=1)


def test_an_archive_that_refuses_is_told_and_tried_again(tmp_path: Path, archive: Orthanc) -> None:
    wrong = archive.archive().model_copy(update={"password": "plain:wrong"})
    way = {"kind": "stow", "archive": "hub", "objects": ["pdf"]}
    with hub(tmp_path, way, archive=wrong) as house:
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.state.error is not None
        assert "401" in house.state.error.text(Language.EN)
