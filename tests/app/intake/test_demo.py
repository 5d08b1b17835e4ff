"""The demonstration's studies enter by the front door, and their samples are the sources' own."""

import json
from pathlib import Path

import numpy as np
import pytest

from farlead.demo import UNITS, demo_settings, fill_inbox
from farlead.formats import read
from farlead.formats.leads import TWELVE
from farlead.messages import Language
from farlead.model.lives import StudyState
from farlead.model.recording import ImageStudy, Recording
from farlead.model.study import Kind
from farlead.sandbox import Sandbox
from support_intake import House


def test_units_and_station_say_that_they_are_invented(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path)
    assert settings.demo
    assert all("演示" in name for name in (settings.hospital, settings.station))
    assert all("演示" in unit.name for unit in settings.units)


def test_without_shared_recordings_the_wheel_gives_every_kind(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path)
    files = fill_inbox(settings, None)
    contents = [read(file) for file in files if file.name != "interrupted.dcm"]
    assert {type(content) for content in contents} == {Recording, ImageStudy}
    modalities = {c.modality.value for c in contents if isinstance(c, ImageStudy)}
    assert modalities == {"US", "CT", "MR"}
    assert any(isinstance(c, ImageStudy) and len(c.frames) > 1 for c in contents)
    for content in contents:
        assert content.patient.name is not None
        assert content.patient.name.startswith("演示")


def test_it_walks_through_intake_and_a_second_filling_adds_nothing(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        house = House(tmp_path / "farlead", sandbox, settle=0.0)
        settings = demo_settings(house.folder)
        files = fill_inbox(settings, None)
        house.intake = house.new_intake()
        first = house.run()
        assert (first.taken, first.quarantined) == (4, 1)
        assert fill_inbox(settings, None) == files
        house.run()
        balance = house.store.balance()
        assert (balance.arrived, balance.states[StudyState.WAITING]) == (5, 4)
        studies = [row.study for row in house.store.worklist().rows]
        kinds = {study.kind for study in studies if study.state is StudyState.WAITING}
        assert kinds == {Kind.ECG, Kind.ULTRASOUND, Kind.CT, Kind.MR}
        broken = json.loads(next(settings.folder.glob("outbox/*/*.error.json")).read_text("utf-8"))
        assert "不完整" in broken["zh"]
        assert Language.EN in broken
        house.store.close()


@pytest.mark.data
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # wfdb with pandas 3.1
def test_shared_recordings_are_wrapped_unchanged(tmp_path: Path, farlead_data: Path) -> None:
    import wfdb

    settings = demo_settings(tmp_path)
    files = {file.stem: file for file in fill_inbox(settings, farlead_data)}
    assert {file.parent.name for file in files.values()} == {unit.code for unit in UNITS}
    infarct = read(files["ludb-7"])
    assert isinstance(infarct, Recording)
    raw = wfdb.rdrecord(str(farlead_data / "ludb" / "7"), physical=False).d_signal
    assert raw is not None
    assert infarct.leads == TWELVE
    np.testing.assert_array_equal(infarct.samples, (raw.T / 1000.0).astype(np.float32))
    flutter = read(files["mitdb-207"])
    assert isinstance(flutter, Recording)
    truth = wfdb.rdrecord(
        str(farlead_data / "mitdb" / "207"), sampfrom=1560 * 360, sampto=1570 * 360
    ).p_signal
    assert truth is not None
    np.testing.assert_allclose(flutter.samples, truth.T, atol=1e-6)
