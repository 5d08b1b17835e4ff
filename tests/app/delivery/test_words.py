"""All that a unit must learn, by every way it has: a report from first signature to withdrawal."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import hl7
import pydicom
import pytest

from farlead.exchange.delivery import DeliveryResult
from farlead.model.critical import declared
from farlead.model.lives import CaseState, DeliveryState
from peers_of_delivery import FhirServer, HospitalSystem, fhir_server, hospital_system
from support_orthanc import free_port
from support_store import arrival
from support_versions import hub

DONE = DeliveryResult(confirmed=1)


@pytest.fixture
def system() -> Iterator[HospitalSystem]:
    with hospital_system() as made:
        yield made


@pytest.fixture
def server() -> Iterator[FhirServer]:
    with fhir_server() as made:
        yield made


def hl7_way(system: HospitalSystem) -> dict[str, object]:
    return {"kind": "hl7", "host": "127.0.0.1", "port": system.port, "timeout_seconds": 2}


def fhir_way(server: FhirServer) -> dict[str, object]:
    return {"kind": "fhir", "url": f"http://127.0.0.1:{server.port}/fhir"}


def newest(system: HospitalSystem) -> hl7.Message:
    return hl7.parse(system.messages[-1].decode())


def lines(said: hl7.Message) -> set[str]:
    """Status of the observations."""
    return {str(each[11]) for each in said.segments("OBX")}


# A report from the first signature to its withdrawal


def test_hl7_knows_how_the_report_stands(tmp_path: Path, system: HospitalSystem) -> None:
    with hub(tmp_path, hl7_way(system)) as house:
        stages = (
            (house.preliminary, "P", {"P"}),
            (house.final, "F", {"F"}),
            (house.correct, "C", {"C"}),
            (house.withdraw, "X", {"W"}),
        )
        orders = set()
        for act, status, line in stages:
            act()
            assert house.dispatch.settle() == DONE
            said = newest(system)
            assert (str(said.segment("OBR")[25]), lines(said)) == (status, line)
            orders.add(str(said.segment("OBR")[3]))
        assert len(orders) == 1  # one result that changes, not four
        texts = [str(each[5]) for each in said.segments("OBX")]
        assert "患者弄错" in texts[0]
        assert set(texts[1:]) == {'""'}  # the values that were sent are deleted


def test_fhir_has_one_report_that_changes(tmp_path: Path, server: FhirServer) -> None:
    with hub(tmp_path, fhir_way(server)) as house:
        for act, status in (
            (house.preliminary, "preliminary"),
            (house.final, "final"),
            (house.correct, "amended"),
            (house.withdraw, "entered-in-error"),
        ):
            act()
            assert house.dispatch.settle() == DONE
            (report,) = server.of("DiagnosticReport")
            assert report["status"] == status
        assert "presentedForm" not in report
        documents = server.of("DocumentReference")
        assert [each["docStatus"] for each in documents] == [
            "preliminary", "final", "entered-in-error",
        ]  # fmt: skip
        names = [each["identifier"][0]["value"] for each in documents]
        replaced = [each["relatesTo"][0] for each in documents if "relatesTo" in each]
        assert [each["target"]["identifier"]["value"] for each in replaced] == names[:1]


def test_a_folder_has_each_version_beside_the_one_before(tmp_path: Path) -> None:
    with hub(tmp_path, {"kind": "folder"}) as house:
        outbox = house.settings.outbox("u1")
        seen: set[str] = set()
        for act, report, status in (
            (house.preliminary, "v1-preliminary", "preliminary"),
            (house.final, "v1", ""),
            (house.correct, "v2", ""),
            (house.withdraw, "v2-withdrawn", "withdrawn"),
        ):
            act()
            assert house.dispatch.settle() == DONE
            came = {file.name.split("-", 2)[2] for file in outbox.iterdir()} - seen
            assert f"{report}.json" in came
            assert (f"{report}.pdf" in came) == (status != "withdrawn")
            (file,) = outbox.glob(f"*-{report}.json")
            told = json.loads(file.read_text("utf-8"))
            if status:
                assert told["state"] == status
            else:
                named = {"v1": (None, None), "v2": (1, "漏写房早")}
                assert (told["replaces_version"], told["reason"]) == named[report]
            seen |= came


def test_dicom_marks_names_and_rejects(tmp_path: Path) -> None:
    got = tmp_path / "got"
    got.mkdir()
    port = free_port()
    receiver = subprocess.Popen(
        ["/usr/bin/storescp", "-od", str(got), "-aet", "UNIT", "+xa", str(port)]
    )
    way = {"kind": "store", "aet": "UNIT", "host": "127.0.0.1", "port": port,
           "objects": ["pdf", "sr"]}  # fmt: skip
    try:
        time.sleep(0.5)
        with hub(tmp_path, way) as house:
            for act in (house.preliminary, house.final, house.correct, house.withdraw):
                act()
                assert house.dispatch.settle() == DONE
    finally:
        receiver.kill()
        receiver.wait()
    stored = [pydicom.dcmread(file) for file in got.iterdir()]
    assert len({each.SOPInstanceUID for each in stored}) == 7
    reports = [each for each in stored if each.Modality == "SR"]
    flags = {each.PreliminaryFlag: each for each in reports}
    assert flags["PRELIMINARY"].VerificationFlag == "UNVERIFIED"
    chain = {_predecessor(each): str(each.SOPInstanceUID) for each in reports}
    last = chain[chain[chain[None]]]  # each names the one before it
    titles = sorted(each.DocumentTitle for each in stored if each.Modality == "DOC")
    assert titles[0].startswith("CORRECTED 更正报告")
    assert titles[2].startswith("PRELIMINARY 初步报告")
    (note,) = [each for each in stored if each.Modality == "KO"]
    assert note.ConceptNameCodeSequence[0].CodeValue == "113037"
    assert last in _named(note)
    assert "患者弄错" in note.ContentSequence[0].TextValue
    _read_by_others(note, tmp_path)


def _predecessor(said: pydicom.Dataset) -> str | None:
    if "PredecessorDocumentsSequence" not in said:
        return None
    (series,) = said.PredecessorDocumentsSequence[0].ReferencedSeriesSequence
    return str(series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID)


def _named(note: pydicom.Dataset) -> set[str]:
    (study,) = note.CurrentRequestedProcedureEvidenceSequence
    return {
        str(each.ReferencedSOPSequence[0].ReferencedSOPInstanceUID)
        for each in study.ReferencedSeriesSequence
    }


def _read_by_others(note: pydicom.Dataset, folder: Path) -> None:
    file = folder / "note.dcm"
    note.save_as(file)
    done = subprocess.run(["dsrdump", str(file)], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert "Rejected for Patient Safety Reasons" in done.stdout.decode()


# To be recorded again, and critical values


def test_a_retake_and_its_end_go_by_hl7_as_results_of_their_own(
    tmp_path: Path, system: HospitalSystem
) -> None:
    with hub(tmp_path, hl7_way(system)) as house:
        house.store.request_retake(house.claim(house.li), "导联脱落", "V1 重新贴")
        assert house.dispatch.settle() == DONE
        said = newest(system)
        assert (str(said.segment("OBR")[4]).split("^")[0], lines(said)) == ("RETAKE", {"X"})
        assert "导联脱落" in str(said.segment("OBX")[5])
        assert "V1 重新贴" in str(said.segment("OBX")[5])
        assert str(said.segment("PID")[5]) == "李娜"
        assert str(said.segment("OBR")[3]) != f"{house.store.study(house.study).number}^FARLEAD"
        house.store.add_object(arrival("8", study="7"))
        assert house.dispatch.settle() == DONE
        assert lines(newest(system)) == {"D"}


def test_a_retake_and_its_end_are_one_task_of_fhir(tmp_path: Path, server: FhirServer) -> None:
    with hub(tmp_path, fhir_way(server)) as house:
        house.store.request_retake(house.claim(house.li), "导联脱落", "V1 重新贴")
        assert house.dispatch.settle() == DONE
        (task,) = server.of("Task")
        assert (task["status"], task["reasonCode"]["text"]) == ("requested", "导联脱落")
        assert task["note"] == [{"text": "V1 重新贴"}]
        house.store.recall_retake(house.study, house.li)
        assert house.dispatch.settle() == DONE
        (task,) = server.of("Task")
        assert task["status"] == "cancelled"


def test_a_critical_value_and_that_it_was_none(
    tmp_path: Path, system: HospitalSystem, server: FhirServer
) -> None:
    with hub(tmp_path, hl7_way(system), fhir_way(server), {"kind": "folder"}) as house:
        case = house.store.declare_case(house.study, house.li, declared("前壁 ST 抬高"))
        assert house.dispatch.settle() == DeliveryResult(confirmed=3)
        said = newest(system)
        assert str(said.segment("OBX")[8]) == "AA"
        assert "前壁 ST 抬高" in str(said.segment("OBX")[5])
        (told,) = server.of("Communication")
        assert (told["priority"], told["status"]) == ("stat", "completed")
        ending = CaseState.NOT_CRITICAL
        house.store.close_case(case.id, house.li, ending, reason="伪差")
        assert house.dispatch.settle() == DeliveryResult(confirmed=3)
        assert lines(newest(system)) == {"W"}
        (told,) = server.of("Communication")
        assert told["status"] == "entered-in-error"
        names = sorted(path.name for path in house.settings.outbox("u1").iterdir())
        assert [name.split("-", 2)[2].rsplit("-", 1)[0] for name in names] == [
            "critical", "critical-over",
        ]  # fmt: skip


def test_what_no_way_can_carry_lies_in_the_units_folder(tmp_path: Path) -> None:
    way = {"kind": "store", "aet": "UNIT", "host": "127.0.0.1", "port": free_port()}
    with hub(tmp_path, way) as house:
        house.store.request_retake(house.claim(house.li), "导联脱落", "")
        assert house.dispatch.settle() == DONE
        (file,) = house.settings.outbox("u1").iterdir()
        assert file.name.endswith("-retake.json")


def test_a_preliminary_report_that_comes_too_late_is_not_sent(
    tmp_path: Path, system: HospitalSystem
) -> None:
    system.answers = ["AE"]
    with hub(tmp_path, hl7_way(system)) as house:
        house.preliminary()
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        house.final()
        house.clock.advance(hours=2)
        assert house.dispatch.settle() == DONE
        assert house.dispatch.settle() == DeliveryResult()
        assert str(newest(system).segment("OBR")[25]) == "F"
        states = [each.state for each in house.store.deliveries(house.study)]
        assert states == [DeliveryState.DROPPED, DeliveryState.CONFIRMED]
