"""From inbox to list: nothing half-written is read, nothing is lost, nothing comes twice."""

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pydicom
import pytest

from ecg_files import dicom_bytes, dicom_without_content, recording, text_file, truncated
from farlead.errors import SandboxCrashed
from farlead.exchange.intake.inbox import Inbox
from farlead.exchange.intake.spool import hand_in
from farlead.messages import Language, message
from farlead.model.lives import StudyState
from farlead.model.study import Kind, Priority, ScreeningState, Study
from farlead.sandbox import Sandbox
from support_archive import written
from support_intake import UNIT, House


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def house(tmp_path: Path, sandbox: Sandbox) -> Iterator[House]:
    made = House(tmp_path / "farlead", sandbox)
    yield made
    made.store.close()


def ecg(uid: str = "2.25.77", **changes: object) -> bytes:
    return dicom_bytes(recording(study_uid=f"{uid}.1", sop_instance_uid=f"{uid}.2", **changes))  # type: ignore[arg-type]


def request(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)


def test_a_file_becomes_a_study_and_leaves_the_inbox(house: House) -> None:
    data = ecg()
    house.leave("一号.dcm", data)
    result = house.run()
    assert (result.taken, result.quarantined, result.waiting) == (1, 0, 0)
    [study] = house.studies(result)
    assert (study.unit.code, study.kind, study.state) == (UNIT, Kind.ECG, StudyState.WAITING)
    assert study.patient.name == "演示 甲"
    assert study.acquired == recording().start
    [stored] = study.objects
    assert house.objects.get(stored.sha256) == data
    assert (stored.file_name, stored.sop_instance_uid) == ("一号.dcm", "2.25.77.2")
    assert house.left() == []
    assert [s.id for s in house.store.pending_screenings(10)] == [study.id]


def test_the_request_comes_by_sidecar(house: House) -> None:
    house.leave("a.dcm", ecg())
    house.leave(
        "a.request.json",
        request(
            priority="emergency",
            clinical_question="胸痛 2 小时，请排除心梗",
            symptom_onset="2026-11-22T08:10:00+08:00",
            requesting_doctor="周医生",
            department="急诊",
            callback_number="0571-88888888",
            patient={"name": "演示 甲", "national_id": "110105196005170026", "sex": "F"},
        ),
    )
    [study] = house.studies(house.run())
    asked = study.request
    assert asked.priority is Priority.EMERGENCY
    assert asked.clinical_question == "胸痛 2 小时，请排除心梗"
    assert asked.symptom_onset == datetime(2026, 11, 22, 0, 10, tzinfo=UTC)
    assert (asked.requesting_doctor, asked.department) == ("周医生", "急诊")
    assert house.left() == []


@pytest.mark.parametrize("name", ["a.request.json", "a.dcm.request.json"])
def test_both_names_of_a_sidecar_are_known(house: House, name: str) -> None:
    house.leave("sub/a.dcm", ecg())
    house.leave(f"sub/{name}", request(priority="urgent"))
    [study] = house.studies(house.run())
    assert study.request.priority is Priority.URGENT
    assert house.left() == []


def test_a_file_that_is_being_written_is_waited_for(house: House) -> None:
    data = ecg()
    path = house.leave("a.dcm", data[:1000], age=0.1)
    assert house.run().waiting == 1
    with path.open("ab") as file:
        file.write(data[1000:])
    os.utime(path, (house.now.timestamp(), house.now.timestamp()))
    assert house.run().waiting == 1
    house.pass_time(1.5)
    assert house.run().taken == 1


def test_a_copy_that_bears_its_originals_time_before_it_is_whole_is_waited_for(
    tmp_path: Path,
) -> None:
    """Robocopy makes the file in its full size and with an old time, then fills it."""
    inbox, file = Inbox(tmp_path), tmp_path / "ecg.dcm"
    whole, old = dicom_bytes(recording()), 315_532_800
    file.write_bytes(bytes(len(whole)))
    os.utime(file, (old, old))
    now = datetime.now(UTC)

    assert inbox.rested(inbox.look()[0], now, 5.0) == []
    file.write_bytes(whole)
    os.utime(file, (old, old))
    assert inbox.rested(inbox.look()[0], now + timedelta(seconds=4), 5.0) == []
    assert inbox.rested(inbox.look()[0], now + timedelta(seconds=20), 5.0) != []


def test_what_is_handed_in_whole_is_not_waited_for(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    hand_in(b"x", tmp_path, "ecg.dcm", settle=60)
    assert len(inbox.rested(inbox.look()[0], datetime.now(UTC), 60)) == 1


def test_a_file_from_a_clock_that_is_ahead_is_taken_when_it_rests(house: House) -> None:
    house.leave("a.dcm", ecg(), age=-3600)
    assert house.run().waiting == 1
    house.pass_time(1.1)
    assert house.run().taken == 1


@pytest.mark.parametrize("name", ["a.dcm.part", ".a.dcm", "a.dcm.tmp"])
def test_names_of_unfinished_uploads_are_left_alone(house: House, name: str) -> None:
    path = house.leave(name, ecg())
    assert house.run().studies == ()
    path.rename(path.with_name("a.dcm"))
    assert house.run().taken == 1


def test_a_file_waits_for_its_sidecar_to_be_whole(house: House) -> None:
    house.leave("a.dcm", ecg())
    house.leave("a.request.json", request(priority="urgent"), age=0.2)
    assert house.run().waiting == 1
    house.pass_time(2)
    [study] = house.studies(house.run())
    assert study.request.priority is Priority.URGENT


def test_a_late_sidecar_raises_the_priority_and_never_lowers_it(house: House) -> None:
    house.leave("a.dcm", ecg())
    [study] = house.studies(house.run())
    assert study.request.priority is Priority.ROUTINE
    house.leave("a.request.json", request(priority="emergency", department="急诊"))
    house.run()
    again = house.store.study(study.id)
    assert (again.request.priority, again.request.department) == (Priority.EMERGENCY, "急诊")
    assert again.due < study.due
    house.leave("a.request.json", request(priority="routine"))
    house.run()
    assert house.store.study(study.id).request.priority is Priority.EMERGENCY
    assert house.left() == []
    assert len(house.store.study(study.id).objects) == 1


def test_a_sidecar_that_comes_first_waits_for_its_file(house: House) -> None:
    house.leave("a.request.json", request(priority="urgent"))
    assert (house.run().waiting, house.left()) == (1, ["a.request.json"])
    house.pass_time(1000)
    assert "without its study" in str(house.run().troubles[0].text(Language.EN))
    house.leave("a.dcm", ecg())
    [study] = house.studies(house.run())
    assert study.request.priority is Priority.URGENT


@pytest.mark.parametrize(
    ("sidecar", "field"),
    [
        (request(priority="high"), "priority"),
        (request(urgency="urgent"), "urgency"),
        (request(patient={"sex": "female"}), "patient.sex"),
        (request(patient={"national_id": "110105194912310021"}), "patient.national_id"),
        (request(symptom_onset="2026-11-22T08:10:00"), "symptom_onset"),
        (request(patient={"birth_date": "1950-13-01"}), "patient.birth_date"),
        (request(clinical_question="长" * 1001), "clinical_question"),
        (request(patient={"name": "另一人"}), "patient.name"),
        ("[]", ""),
        ("{not json", ""),
        (b"\xff\xfe{", ""),
        ('{"a":' * 5000, ""),
    ],
)
def test_a_wrong_sidecar_is_refused_with_its_field_and_both_files_are_kept(
    house: House, sidecar: str | bytes, field: str
) -> None:
    data = ecg()
    house.leave("a.dcm", data)
    house.leave("a.request.json", sidecar)
    result = house.run()
    assert (result.taken, result.quarantined) == (0, 1)
    [study] = house.studies(result)
    assert study.state is StudyState.QUARANTINED
    assert study.quarantine is not None
    assert field in study.quarantine.text(Language.ZH)
    raw = sidecar if isinstance(sidecar, bytes) else sidecar.encode()
    kept = [house.objects.get(name) for name in house.objects.names()]
    assert sorted(kept) == sorted([data, raw])
    notice = json.loads((house.outbox / "a.dcm.error.json").read_text("utf-8"))
    assert notice["field"] == field
    assert notice["zh"] == study.quarantine.text(Language.ZH)
    assert house.left() == []


def test_a_corrected_repeat_of_a_refused_pair_is_taken(house: House) -> None:
    house.leave("a.dcm", ecg())
    house.leave("a.request.json", request(priority="high"))
    house.run()
    house.leave("a.dcm", ecg())
    house.leave("a.request.json", request(priority="urgent"))
    [study] = house.studies(house.run())
    assert (study.state, study.request.priority) == (StudyState.WAITING, Priority.URGENT)
    assert not (house.outbox / "a.dcm.error.json").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "0 字节"),
        (text_file(), "文本文件"),
        (truncated(ecg(), 0.5), "文件不完整"),
        (dicom_without_content(), "结构化报告"),
    ],
)
def test_what_cannot_be_read_goes_to_quarantine_and_the_loop_goes_on(
    house: House, data: bytes, said: str
) -> None:
    house.leave("a_broken.dcm", data)
    house.leave("b_good.dcm", ecg())
    result = house.run()
    assert (result.taken, result.quarantined) == (1, 1)
    broken = next(s for s in house.studies(result) if s.state is StudyState.QUARANTINED)
    assert broken.quarantine is not None
    assert said in broken.quarantine.text(Language.ZH)
    assert house.objects.get(broken.objects[0].sha256) == data
    assert said in (house.outbox / "a_broken.dcm.error.json").read_text("utf-8")
    assert house.store.balance().whole


def test_the_request_of_an_unreadable_study_is_kept_beside_it(house: House) -> None:
    asked = request(priority="emergency", clinical_question="胸痛")
    house.leave("a.dcm", truncated(ecg(), 0.5))
    house.leave("a.request.json", asked)
    assert house.run().quarantined == 1
    kept = [house.objects.get(name) for name in house.objects.names()]
    assert asked.encode() in kept
    assert house.left() == []


def test_a_file_over_the_limit_is_kept_but_not_decoded(house: House) -> None:
    data = ecg()
    house.settings = house.settings.model_copy(update={"largest_file": len(data) - 1})
    house.intake = house.new_intake()
    house.leave("a.dcm", data)
    [study] = house.studies(house.run())
    assert study.quarantine is not None
    assert "过大" in study.quarantine.text(Language.ZH)
    assert house.objects.get(study.objects[0].sha256) == data


def test_repeats_add_nothing_but_may_raise_the_priority(house: House) -> None:
    house.leave("a.dcm", ecg())
    [first] = house.studies(house.run())
    house.leave("again.dcm", ecg())
    house.leave("again.request.json", request(priority="urgent"))
    [second] = house.studies(house.run())
    assert second.id == first.id
    assert second.request.priority is Priority.URGENT
    assert len(second.objects) == 1
    assert len(list(house.objects.names())) == 1


def test_the_same_name_with_other_content_is_set_aside(house: House) -> None:
    house.leave("a.dcm", ecg())
    house.run()
    house.leave("b.dcm", ecg(rate=90.0))
    [study] = house.studies(house.run())
    assert study.state is StudyState.QUARANTINED
    assert (house.outbox / "b.dcm.error.json").exists()


def test_images_are_not_screened(house: House) -> None:
    from pydicom.data import get_testdata_file

    source = get_testdata_file("CT_small.dcm", download=False)
    assert isinstance(source, str)
    house.leave("ct.dcm", Path(source).read_bytes())
    [study] = house.studies(house.run())
    assert study.kind is Kind.CT
    assert house.store.row(study.id).screening_state is ScreeningState.NOT_APPLICABLE


def test_links_and_devices_are_told_and_not_followed(house: House, tmp_path: Path) -> None:
    secret = tmp_path / "secret.dcm"
    secret.write_bytes(ecg())
    (house.inbox / "link.dcm").symlink_to(secret)
    (house.inbox / "folder").symlink_to(tmp_path)
    os.mkfifo(house.inbox / "pipe.dcm")
    result = house.run()
    assert result.studies == ()
    assert len(result.troubles) == 3
    assert secret.exists()


def test_files_outside_any_unit_are_told(house: House) -> None:
    (house.settings.folder / "inbox" / "stray.dcm").write_bytes(ecg())
    assert "stray.dcm" in house.run().troubles[0].text(Language.ZH)


def test_a_unit_that_the_settings_do_not_know_is_taken_by_its_code(house: House) -> None:
    folder = house.settings.folder / "inbox" / "town_9"
    folder.mkdir()
    house.leave("../town_9/a.dcm", ecg())
    [study] = house.studies(house.run())
    assert study.unit.code == "town_9"


@pytest.mark.parametrize(
    "cause", [OSError(28, "No space left on device"), PermissionError(13, "Permission denied")]
)
def test_a_full_disk_or_a_forbidden_file_is_told_and_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, cause: OSError
) -> None:
    def full(path: Path) -> tuple[str, int]:
        raise cause

    house.leave("a.dcm", ecg())
    with monkeypatch.context() as patch:
        patch.setattr(house.objects, "put_file", full)
        result = house.run()
    assert str(cause.strerror) in result.troubles[0].text(Language.EN)
    assert house.left() == ["a.dcm"]
    assert house.run().taken == 1


def test_a_sidecar_without_permission_holds_up_only_its_own_file(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.leave("a.dcm", ecg("2.25.1"))
    house.leave("a.request.json", request(priority="urgent"))
    house.leave("b.dcm", ecg("2.25.2"))
    open_file = Path.open

    def refuse(self: Path, *args: object, **named: object) -> object:
        if self.name == "a.request.json":
            raise PermissionError(13, "Permission denied")
        return open_file(self, *args, **named)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        result = house.run()
    assert (result.taken, result.waiting) == (1, 1)
    assert "Permission denied" in result.troubles[0].text(Language.EN)
    assert house.left() == ["a.dcm", "a.request.json"]


def test_a_name_that_is_no_utf8_is_taken_all_the_same(house: House) -> None:
    name = "心电.dcm".encode("gb18030").decode("utf-8", "surrogateescape")
    house.leave(name, ecg())
    result = house.run()
    assert result.taken == 1
    [study] = house.studies(result)
    assert study.objects[0].file_name.endswith(".dcm")


def test_what_cannot_be_removed_is_taken_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self.is_relative_to(house.inbox):
            raise PermissionError(13, "Permission denied")
        unlink(self, missing_ok)

    house.leave("a.dcm", ecg())
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        first = house.run()
        assert first.taken == 1
        assert "Permission denied" in first.troubles[0].text(Language.EN)
        assert house.run().studies == ()


def test_a_file_that_changes_while_it_is_read_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house.leave("a.dcm", ecg()[:5000])
    put_file = house.objects.put_file

    def write_meanwhile(source: Path) -> tuple[str, int]:
        done = put_file(source)
        path.write_bytes(ecg())
        return done

    with monkeypatch.context() as patch:
        patch.setattr(house.objects, "put_file", write_meanwhile)
        assert house.run().waiting == 1
    house.pass_time(5)
    assert house.run().taken == 1


def test_a_crashing_decoder_is_tried_once_more_then_set_aside(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(function: str, *args: object, seconds: float | None = None) -> object:
        raise SandboxCrashed(message("sandbox.killed", signal="SIGSEGV"))

    house.leave("a.dcm", ecg())
    with monkeypatch.context() as patch:
        patch.setattr(house.sandbox, "call", crash)
        assert house.run().waiting == 1
        result = house.run()
    assert result.quarantined == 1
    [study] = house.studies(result)
    assert study.quarantine is not None
    assert "SIGSEGV" in study.quarantine.text(Language.EN)


def test_the_most_urgent_is_taken_first_and_the_limit_leaves_the_rest(house: House) -> None:
    for i in range(3):
        house.leave(f"{i}.dcm", ecg(f"2.25.9{i}"))
    house.leave("2.request.json", request(priority="emergency"))
    result = house.intake.run_once(limit=1)
    assert (result.taken, result.waiting) == (1, 2)
    assert house.studies(result)[0].request.priority is Priority.EMERGENCY


_KILLED = """
import os, sys
from pathlib import Path
from support_intake import House
from farlead.sandbox import Sandbox
import farlead.exchange.intake.folder as folder

moment = sys.argv[2]
def die_before(owner, name):
    def die(*args, **kwargs):
        os._exit(9)
    setattr(owner, name, die)
def die_after(owner, name):
    done = getattr(owner, name)
    def die(*args, **kwargs):
        done(*args, **kwargs)
        os._exit(9)
    setattr(owner, name, die)
{
    "object": lambda: die_after(folder.ObjectFolder, "put_file"),
    "commit": lambda: die_after(folder.Store, "add_object"),
    "quarantine": lambda: die_after(folder.Store, "add_quarantined"),
    "receipt": lambda: die_after(folder.Receipts, "write"),
    "removal": lambda: die_before(folder.FolderIntake, "_remove"),
    "file removed": lambda: die_after(folder.FolderIntake, "_remove"),
}[moment]()
House(Path(sys.argv[1]), Sandbox()).run()
"""


def test_units_take_turns_so_that_a_flood_of_one_does_not_hold_up_another(house: House) -> None:
    for number in range(6):
        house.leave(f"{number}.dcm", ecg(f"2.25.1{number}"), age=100 - number)
    other = house.settings.inbox("other") / "one.dcm"
    other.parent.mkdir(parents=True)
    other.write_bytes(ecg("2.25.900"))
    os.utime(other, (house.now.timestamp() - 30,) * 2)

    result = house.intake.run_once(limit=2)

    assert {study.unit.code for study in house.studies(result)} == {UNIT, "other"}


def test_a_large_file_holds_up_no_emergency(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("farlead.exchange.intake.large.LARGE", 1 << 20)
    copying = threading.Event()
    put = house.objects.put_file

    def slow(source: Path) -> tuple[str, int]:
        if source.name == "large.dcm":
            assert copying.wait(20)
        return put(source)

    monkeypatch.setattr(house.objects, "put_file", slow)
    large = pydicom.dcmread(io.BytesIO(ecg()))
    large.add_new(0x00090010, "LO", "FARLEAD TEST")
    large.add_new(0x00091010, "OB", bytes(2 << 20))
    house.leave("large.dcm", written(large))
    house.leave("large.request.json", request(priority="urgent"))
    house.leave("ecg.dcm", ecg("2.25.78"))

    first = house.run()
    assert (first.taken, first.waiting) == (1, 1)
    assert house.left() == ["large.dcm", "large.request.json"]

    copying.set()
    taken: list[Study] = []
    while not taken:  # until it is copied
        taken = house.studies(house.run())
    assert taken[0].request.priority is Priority.URGENT
    assert house.left() == []


@pytest.mark.parametrize("same", [True, False])
def test_what_is_handed_in_under_a_name_that_is_taken_is_kept_beside_it(
    house: House, same: bool
) -> None:
    first, second = ecg("2.25.1"), ecg("2.25.1" if same else "2.25.2")
    for data in (first, second):
        hand_in(data, house.inbox, "one.dcm", settle=1.0)
    assert {file.read_bytes() for file in house.inbox.glob("*.dcm")} == {first, second}
    assert house.run().taken == (1 if same else 2)


def test_what_a_dead_process_left_behind_is_cleared_and_no_units_file_is(house: House) -> None:
    ours, units = f".1.2.3.dcm.{'0a' * 8}.part", ".ecg.dcm.part"
    house.leave(ours, b"half", age=2 * 3600)
    house.leave(f".1.2.4.dcm.{'0b' * 8}.part", b"half", age=60)
    house.leave(units, b"half", age=2 * 3600)
    house.leave("ecg.dcm", dicom_bytes(recording()))
    house.run()
    assert house.left() == [f".1.2.4.dcm.{'0b' * 8}.part", units]


@pytest.mark.parametrize(
    "moment", ["object", "commit", "quarantine", "receipt", "removal", "file removed"]
)
def test_a_kill_at_any_moment_loses_nothing_and_adds_nothing_twice(
    house: House, moment: str
) -> None:
    house.leave("good.dcm", ecg())
    house.leave("good.request.json", request(priority="urgent"))
    house.leave("broken.dcm", text_file())
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(house.folder), moment],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "support")},
        check=False,
    )
    assert killed.returncode == 9
    house.pass_time(2 * house.settings.work_seconds)  # the inbox is the dead one's until then
    house.intake = house.new_intake()
    house.run()
    house.run()
    balance = house.store.balance()
    assert balance.whole
    assert balance.arrived == 2
    assert balance.states[StudyState.WAITING] == 1
    assert balance.states[StudyState.QUARANTINED] == 1
    studies = [row.study for row in house.store.worklist().rows]
    [waiting] = [study for study in studies if study.state is StudyState.WAITING]
    good = house.store.study(waiting.id)
    assert good.request.priority is Priority.URGENT
    assert len(good.objects) == 1
    assert house.left() == []
