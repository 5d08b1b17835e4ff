"""What overtakes what: at each receiver the newest word stands last, whatever failed before.

Every way before a real peer that fails on its first try; notices by HL7, where they replace one
another.
"""

import base64
import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hl7
import pydicom
import pytest

from farlead.errors import IllegalTransition
from farlead.exchange.delivery import DeliveryResult
from farlead.model.critical import declared
from farlead.model.lives import CaseState, DeliveryState
from farlead.model.review import Remark
from farlead.peers import Archive
from fault_proxy import FaultProxy, fault_proxy
from peers_of_delivery import HospitalSystem, fhir_server, hospital_system
from support_orthanc import Orthanc, orthanc
from support_store import arrival
from support_versions import Hub, hub

DONE = DeliveryResult(confirmed=1)
FAILED = DeliveryResult(failed=1)
Got = Callable[[], list[str]]


@pytest.fixture
def system() -> Iterator[HospitalSystem]:
    with hospital_system() as made:
        yield made


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("archive"), dicom=True) as made:
        yield made


def hl7_way(system: HospitalSystem, **further: object) -> dict[str, object]:
    return {
        "kind": "hl7", "host": "127.0.0.1", "port": system.port, "timeout_seconds": 2, **further,
    }  # fmt: skip


def said(system: HospitalSystem) -> list[tuple[str, str]]:
    """Code and status of each result that came, in the order in which they came."""
    found = [hl7.parse(each.decode()).segment("OBR") for each in system.messages]
    return [(str(each[4]).split("^")[0], str(each[25])) for each in found]


def statuses(system: HospitalSystem) -> str:
    """Of the report, in the order in which they came."""
    return "".join(status for _, status in said(system))


def signed(house: Hub) -> None:
    """Both signatures before anything goes out."""
    house.preliminary()
    house.final()


# A correction before the report has arrived, by every way


@pytest.mark.parametrize("way", ["hl7", "fhir", "stow", "store", "folder"])
@pytest.mark.parametrize("arrived", [False, True], ids=["refused", "answer lost"])
# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_report_never_comes_after_its_correction(
    tmp_path: Path, request: pytest.FixtureRequest, way: str, arrived: bool
) -> None:
    with ExitStack() as stack:
        given, house_archive, proxy, got = _peer(stack, way, tmp_path, request)
        house = stack.enter_context(hub(tmp_path, given, archive=house_archive))
        outbox = house.settings.outbox("u1")
        if proxy is not None:
            proxy.fault = "cut answer" if arrived else "cut request"
        elif not arrived:
            outbox.parent.mkdir(parents=True, exist_ok=True)
            outbox.write_bytes(b"")  # no folder can be made here
        signed(house)
        first = house.dispatch.settle()
        assert first == (DONE if way == "folder" and arrived else FAILED)
        house.correct()
        if proxy is not None:
            proxy.fault = ""
        elif not arrived:
            outbox.unlink()
        house.clock.advance(hours=2)
        assert house.dispatch.settle() == DONE
        for _ in range(3):
            house.clock.advance(hours=2)
            assert house.dispatch.settle() == DeliveryResult()
        states = [each.state for each in house.store.deliveries(house.study)]
        assert states[-1] is DeliveryState.CONFIRMED
        assert states[0] is (DeliveryState.CONFIRMED if first == DONE else DeliveryState.DROPPED)
        came = got()
        assert came[-1] == "corrected"
        assert came.count("corrected") == 1
        assert "both" not in came[came.index("corrected") :]


def _peer(
    stack: ExitStack, way: str, folder: Path, request: pytest.FixtureRequest
) -> tuple[dict[str, object], Archive | None, FaultProxy | None, Got]:
    """A peer behind a proxy, and what stands in the PDFs that it has, the newest last."""
    if way == "folder":
        outbox = folder / "house" / "outbox" / "u1"
        return {"kind": "folder"}, None, None, lambda: _folder_has(outbox)
    if way == "hl7":
        peer = stack.enter_context(hospital_system())
        proxy = stack.enter_context(fault_proxy(peer.port, "mllp"))
        proxy.after = 20
        peer.port = proxy.port
        return hl7_way(peer), None, proxy, lambda: [_of_message(each) for each in peer.messages]
    if way == "fhir":
        server = stack.enter_context(fhir_server())
        proxy = stack.enter_context(fault_proxy(server.port, "http"))
        url = f"http://127.0.0.1:{proxy.port}/fhir"
        return {"kind": "fhir", "url": url}, None, proxy, lambda: [
            _words(base64.b64decode(each["presentedForm"][0]["data"]))
            if "data" in each["presentedForm"][0]
            else _words(base64.b64decode(server.of("Binary")[-1]["data"]))
            for each in server.of("DiagnosticReport")
        ]  # fmt: skip
    made: Orthanc = request.getfixturevalue("archive")
    with made.http as client:
        for each in client.get("/studies").json():
            client.delete(f"/studies/{each}").raise_for_status()
    if way == "stow":
        proxy = stack.enter_context(fault_proxy(made.port, "http"))
        url = f"http://127.0.0.1:{proxy.port}/dicom-web"
        reached = made.archive(url=url, take=False, timeout_seconds=2.0)
        return (
            {"kind": "stow", "archive": "hub", "objects": ["pdf"]},
            reached,
            proxy,
            lambda: _archive_has(made),
        )
    proxy = stack.enter_context(fault_proxy(made.dicom_port, "raw"))
    given = {"kind": "store", "aet": "HUB", "host": "127.0.0.1", "port": proxy.port}
    return given, None, proxy, lambda: _archive_has(made)


def _words(pdf: bytes) -> str:
    found = re.match(rb"%PDF-1\.7 (\w+)", pdf)
    assert found is not None
    return found[1].decode()


def _of_message(message: bytes) -> str:
    found = [each for each in hl7.parse(message.decode()).segments("OBX") if str(each[2]) == "ED"]
    return _words(base64.b64decode(str(found[0][5]).split("^")[4]))


def _folder_has(outbox: Path) -> list[str]:
    return [_words(file.read_bytes()) for file in sorted(outbox.glob("*.pdf"))]


def _archive_has(archive: Orthanc) -> list[str]:
    """Its documents, those that say to be a correction last."""
    found = []
    with archive.http as client:
        for each in client.get("/instances").json():
            data = client.get(f"/instances/{each}/file").content
            made = pydicom.dcmread(io.BytesIO(data))
            if made.Modality == "DOC":
                found.append((str(made.DocumentTitle), bytes(made.EncapsulatedDocument)))
    ordered = sorted(found, key=lambda each: each[0].startswith("CORRECTED"))
    return [_words(pdf) for _, pdf in ordered]


# By hand


def parked(house: Hub) -> int:
    """The delivery that waits for a person."""
    number = house.store.study(house.study).number
    (found,) = house.store.parked_deliveries(number)
    return int(found.id)


def test_what_is_corrected_cannot_be_sent_by_hand_any_more(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["lost"]
    with hub(tmp_path, hl7_way(system, remembers=False)) as house:
        signed(house)
        assert house.dispatch.settle() == DeliveryResult(parked=1)
        waiting = parked(house)
        house.correct()
        assert house.dispatch.settle() == DONE
        with pytest.raises(IllegalTransition):
            house.store.unpark(waiting)
        assert house.dispatch.settle() == DeliveryResult()
        assert statuses(system) == "FC"


def test_sent_by_hand_and_corrected_before_it_goes_is_a_correction(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["lost"]
    with hub(tmp_path, hl7_way(system, remembers=False)) as house:
        signed(house)
        house.dispatch.settle()
        house.store.unpark(parked(house), house.li)
        house.correct()
        assert house.dispatch.settle() == DONE
        assert house.dispatch.settle() == DeliveryResult()
        assert statuses(system) == "FC"


def test_sent_by_hand_and_withdrawn_before_it_goes_is_withdrawn_where_it_may_be(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["lost"]
    with hub(tmp_path, hl7_way(system, remembers=False)) as house:
        signed(house)
        house.dispatch.settle()
        house.store.unpark(parked(house), house.li)
        house.withdraw()
        assert house.dispatch.settle() == DONE
        assert statuses(system) == "FX"


# Withdrawn, and preliminary


def test_what_never_went_out_is_withdrawn_without_it(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["AE"]
    with hub(tmp_path, hl7_way(system)) as house:
        signed(house)
        assert house.dispatch.settle() == FAILED
        house.withdraw()
        assert house.dispatch.settle() == DONE
        house.clock.advance(hours=2)
        assert house.dispatch.settle() == DeliveryResult()
        assert statuses(system) == "X"


def _amended(house: Hub) -> None:
    """The first signature of a correction."""
    newest = house.store.reports(house.study)[-1]
    claim = house.store.amend(newest.id, house.li, "seat", "漏写房早")
    house.store.first_sign(claim, house.made("amended", house.li), urgent=False)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_preliminary_correction_waits_for_what_goes_before_it(
    tmp_path: Path, system: HospitalSystem, withdrawn: bool
) -> None:
    with hub(tmp_path, hl7_way(system)) as house:
        signed(house)
        if withdrawn:
            assert house.dispatch.settle() == DONE
            house.withdraw()
        system.answers = ["AE"]
        assert house.dispatch.settle() == FAILED
        _amended(house)
        assert house.dispatch.settle() == DeliveryResult()
        assert house.store.free_destinations(9) == []  # nobody runs in circles meanwhile
        house.clock.advance(hours=2)
        assert house.dispatch.settle() == DeliveryResult(confirmed=2)
        assert statuses(system) == ("FXP" if withdrawn else "FP")


def test_a_preliminary_report_that_was_sent_back_does_not_follow_the_next(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["AE"]
    with hub(tmp_path, hl7_way(system)) as house:
        house.preliminary()
        assert house.dispatch.settle() == FAILED
        claim = house.claim(house.wang)
        house.store.send_back(claim, house.wang, [Remark("findings", "看 V1")])
        claim = house.claim(house.li)
        house.store.first_sign(claim, house.made("second", house.li), urgent=False)
        assert house.dispatch.settle() == DONE
        house.clock.advance(hours=2)
        assert house.dispatch.settle() == DeliveryResult()
        assert [_of_message(each) for each in system.messages] == ["second"]


# Critical values and retakes


@pytest.mark.parametrize("arrived", [False, True])
def test_a_critical_value_never_comes_after_that_it_was_none(
    tmp_path: Path, system: HospitalSystem, arrived: bool
) -> None:
    system.answers = ["lost" if arrived else "AE"]
    with hub(tmp_path, hl7_way(system)) as house:
        case = house.store.declare_case(house.study, house.li, declared("前壁 ST 抬高"))
        assert house.dispatch.settle() == FAILED
        house.store.close_case(case.id, house.li, CaseState.NOT_CRITICAL, reason="伪差")
        house.clock.advance(hours=1)  # both are due now
        assert house.dispatch.settle() == DONE
        house.clock.advance(hours=2)
        assert house.dispatch.settle() == DeliveryResult()
        assert statuses(system) == ("PC" if arrived else "C")


def test_a_critical_value_that_was_none_before_it_went_is_told_to_nobody(
    tmp_path: Path, system: HospitalSystem
) -> None:
    with hub(tmp_path, hl7_way(system)) as house:
        case = house.store.declare_case(house.study, house.li, declared("前壁 ST 抬高"))
        house.store.spread_notices(house.settings.told_by, 9)
        house.store.close_case(case.id, house.li, CaseState.NOT_CRITICAL, reason="伪差")
        assert house.dispatch.settle() == DeliveryResult()
        assert system.messages == []


@pytest.mark.parametrize("again", [False, True], ids=["parked", "by hand"])
def test_a_retake_that_may_have_arrived_is_taken_back(
    tmp_path: Path, system: HospitalSystem, again: bool
) -> None:
    system.answers = ["lost"]
    with hub(tmp_path, hl7_way(system, remembers=False)) as house:
        house.store.request_retake(house.claim(house.li), "导联脱落", "")
        assert house.dispatch.settle() == DeliveryResult(parked=1)
        if again:
            house.store.unpark(parked(house), house.li)
        house.store.add_object(arrival("8", study="7"))
        assert house.dispatch.settle() == DONE
        assert [code for code, _ in said(system)] == ["RETAKE", "RETAKE"]
        lines = hl7.parse(system.messages[-1].decode()).segments("OBX")
        assert {str(each[11]) for each in lines} == {"D"}
