"""Studies of a real archive reach the inboxes of their units, each once, through outages."""

import io
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import generate_uid

from ecg_files import dicom_bytes, recording
from farlead.clients import dicomweb
from farlead.errors import SettingsError
from farlead.exchange.intake.archive import ArchiveIntake
from farlead.messages import Language
from farlead.peers import Archive
from farlead.sandbox import Sandbox
from farlead.settings import Settings, UnitSettings
from farlead.store import Store
from support_orthanc import Orthanc, orthanc

RULES = (
    {"unit": "jia", "institution": "甲县*"},
    {"unit": "yi", "institution": "乙镇*", "priority": "emergency"},
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(memory=2 << 30, seconds=20) as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("orthanc"), dicom=True) as made:
        yield made


@pytest.fixture
def hub(server: Orthanc) -> Orthanc:
    """The server without studies."""
    if server.process.poll() is not None:
        server.start()
    with server.http as client:
        for study in client.get("/studies").json():
            client.delete(f"/studies/{study}").raise_for_status()
    return server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    units = (UnitSettings(code="jia", name="甲县人民医院"), UnitSettings(code="yi", name="乙镇"))
    return Settings(folder=tmp_path / "house", units=units, settle_seconds=0.0)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.of(settings) as made:
        yield made


def ecg(institution: str = "甲县人民医院", *, ago: timedelta = timedelta(minutes=5)) -> bytes:
    """An ECG as a unit's cart sends it, with identifiers of its own."""
    made = pydicom.dcmread(io.BytesIO(dicom_bytes(recording(name="测试甲"))))
    moment = datetime.now().astimezone() - ago
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.InstitutionName = institution
    made.StudyDate, made.StudyTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    out = io.BytesIO()
    made.save_as(out)
    return out.getvalue()


def waiting(settings: Settings, unit: str = "jia") -> list[str]:
    inbox = settings.inbox(unit)
    return sorted(p.name for p in inbox.glob("*.dcm")) if inbox.is_dir() else []


def intake(
    settings: Settings, archive: Archive, store: Store, sandbox: Sandbox, **given: object
) -> ArchiveIntake:
    return ArchiveIntake(settings, archive, store, sandbox, **given)  # type: ignore[arg-type]  # a clock, as each test needs it


@pytest.mark.parametrize("feed", [False, True], ids=["windows", "feed"])
def test_each_object_goes_to_its_unit_once(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox, feed: bool
) -> None:
    archive = hub.archive(rules=RULES, **({"changes": hub.root} if feed else {}))
    looking = intake(settings, archive, store, sandbox)
    looking.run_once()
    objects = [ecg("甲县人民医院"), ecg("甲县中医院"), ecg("乙镇卫生院")]
    hub.put(*objects)

    results = [looking.run_once() for _ in range(3)]

    assert sum(result.taken for result in results) == 3
    assert [result.trouble for result in results] == [None] * 3
    assert len(waiting(settings)) == 2
    (other,) = waiting(settings, "yi")
    assert (settings.inbox("yi") / other).read_bytes() in objects
    assert b'"emergency"' in (settings.inbox("yi") / f"{other}.request.json").read_bytes()
    looking.close()


def test_a_restart_takes_nothing_twice_and_a_late_study_is_found(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox
) -> None:
    archive = hub.archive(rules=RULES)
    hub.put(ecg())
    first = intake(settings, archive, store, sandbox)
    assert first.run_once().taken == 1
    first.close()

    hub.put(ecg(ago=timedelta(days=1, hours=3)))  # the cart was out of reach for a day
    later = datetime.now().astimezone() + timedelta(hours=2)
    second = intake(settings, archive, store, sandbox, clock=lambda: later)

    assert second.run_once().taken == 1
    assert second.run_once().taken == 0
    assert len(waiting(settings)) == 2
    second.close()


@pytest.mark.parametrize("kinds", [(), ("ECG",), ("ECG", "US")])
def test_every_page_of_a_search_is_looked_through(
    hub: Orthanc,
    settings: Settings,
    store: Store,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    kinds: tuple[str, ...],
) -> None:
    monkeypatch.setattr(dicomweb, "PAGE", 2)
    hub.put(*(ecg() for _ in range(5)))
    looking = intake(settings, hub.archive(rules=RULES, modalities=kinds), store, sandbox)
    assert looking.run_once().taken == 5
    assert len(waiting(settings)) == 5
    looking.close()


def test_after_a_long_outage_everything_of_the_time_is_looked_through(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox
) -> None:
    archive = hub.archive(rules=RULES)
    before = datetime.now().astimezone() - timedelta(days=30)
    first = intake(settings, archive, store, sandbox, clock=lambda: before)
    first.run_once()
    first.close()
    hub.put(ecg(ago=timedelta(days=25)))

    second = intake(settings, archive, store, sandbox)

    assert second.run_once().taken == 1
    second.close()


def test_an_archive_that_dies_is_told_and_gives_everything_when_it_is_back(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox
) -> None:
    looking = intake(settings, hub.archive(rules=RULES, changes=hub.root), store, sandbox)
    looking.run_once()
    hub.put(ecg())
    hub.kill()

    told = looking.run_once().trouble
    assert told is not None
    assert "hub" in told.text(Language.ZH)
    assert waiting(settings) == []

    hub.start()
    assert looking.run_once().taken == 1
    looking.close()


def test_what_no_rule_assigns_is_kept_told_and_taken_once_there_is_a_rule(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox
) -> None:
    hub.put(ecg("丙乡卫生院"))
    looking = intake(settings, hub.archive(rules=RULES), store, sandbox)

    result = looking.run_once()
    assert (result.taken, result.unassigned) == (0, 1)
    assert result.trouble is not None
    assert looking.run_once().unassigned == 0
    looking.close()

    rules = (*RULES, {"unit": "jia", "institution": "丙乡*"})
    mended = intake(settings, hub.archive(rules=rules), store, sandbox)
    assert mended.run_once().trouble is None
    assert len(waiting(settings)) == 1
    mended.close()


def test_a_rule_by_sender_holds_for_what_was_there_before(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The feed begins with what is new; what is older is found by the windows."""
    for title in ("CART1", "CART2"):
        (tmp_path / f"{title}.dcm").write_bytes(ecg())
        command = [
            "/usr/bin/storescu",
            "-aet",
            title,
            "-aec",
            "HUB",
            "127.0.0.1",
            str(hub.dicom_port),
        ]
        subprocess.run([*command, str(tmp_path / f"{title}.dcm")], check=True)
    rules = ({"unit": "yi", "aet": "CART2"},)
    archive = hub.archive(rules=rules, unit="jia", changes=hub.root)
    looking = intake(settings, archive, store, sandbox)
    results = [looking.run_once() for _ in range(3)]
    assert [result.trouble for result in results] == [None] * 3
    assert (len(waiting(settings)), len(waiting(settings, "yi"))) == (1, 1)
    looking.close()


def test_an_object_too_large_for_the_feed_holds_up_no_other(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox
) -> None:
    archive = hub.archive(rules=RULES, changes=hub.root)
    small = settings.model_copy(update={"largest_file": 200_000})
    looking = intake(small, archive, store, sandbox)
    looking.run_once()
    large = pydicom.dcmread(io.BytesIO(ecg()))
    large.add_new(0x00091010, "OB", b"x" * 300_000)
    large.add_new(0x00090010, "LO", "FARLEAD TEST")
    out = io.BytesIO()
    large.save_as(out)
    hub.put(out.getvalue(), ecg())
    results = [looking.run_once() for _ in range(3)]
    assert len(waiting(small)) == 1
    assert results[-1].trouble is not None
    looking.close()


def test_other_kinds_are_left_alone(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox
) -> None:
    hub.put(ecg())
    looking = intake(settings, hub.archive(rules=RULES, modalities=("CT",)), store, sandbox)
    assert looking.run_once().taken == 0
    looking.close()


def test_a_wrong_password_is_told(
    hub: Orthanc, settings: Settings, store: Store, sandbox: Sandbox
) -> None:
    archive = replace_password(hub.archive(rules=RULES))
    looking = intake(settings, archive, store, sandbox)
    told = looking.run_once().trouble
    assert told is not None
    assert "401" in told.text(Language.EN)
    looking.close()


def replace_password(archive: Archive) -> Archive:
    return archive.model_copy(update={"password": "plain:wrong"})


def test_a_password_file_that_others_can_read_is_refused(
    settings: Settings, store: Store, sandbox: Sandbox
) -> None:
    settings.folder.mkdir(parents=True, exist_ok=True)
    (settings.folder / "word").write_text("x")
    (settings.folder / "word").chmod(0o644)
    archive = Archive(name="hub", url="http://127.0.0.1:9/x", user="u", password="file:word")
    with pytest.raises(SettingsError, match="600"):
        intake(settings, archive, store, sandbox)
