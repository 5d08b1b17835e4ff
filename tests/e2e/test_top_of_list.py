"""What could not be judged, and what is dangerous, stands at the top with its reason."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ecg_files import dicom_bytes, flat, noise_only, recording, with_pause
from farlead.messages import Language
from farlead.model.recording import Recording
from farlead.model.study import ScreeningState, Severity
from farlead.model.worklist import Row, reason, severity, unknown
from farlead.settings import utc_now
from support_house import House, house_settings, open_house


def _leads_off_after(seconds: float) -> Recording:
    samples = recording().samples.copy()
    samples[:, int(seconds * 500) :] = np.nan
    return recording(samples=samples)


DANGEROUS: dict[str, Callable[[], Recording]] = {
    "noise": lambda: noise_only(sd=0.3),
    "faint-noise": lambda: noise_only(sd=0.02),
    "flat": flat,
    "flat-with-offset": lambda: flat(level=1.2),
    "leads-off": lambda: _leads_off_after(2.0),
    "rate-30": lambda: recording(rate=30),
    "rate-35": lambda: recording(rate=35),
    "rate-150": lambda: recording(rate=150),
    "rate-190": lambda: recording(rate=190),
    "pause": lambda: with_pause(pause=3.2),
    "pause-to-the-end": lambda: recording(beats=np.array([200, 700, 1200, 1700, 2200, 2700, 3200])),
    "three-beats": lambda: recording(beats=np.array([500, 2000, 3500])),
}


def _ordinary(house: House, *numbers: int) -> None:
    for number in numbers:
        content = recording(rate=66 + number, local_number=f"N{number}")
        house.drop(f"ordinary{number}.dcm", dicom_bytes(content))


def _name(row: Row) -> str:
    return row.study.objects[0].file_name.removesuffix(".dcm")


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Row, ...]]:
    """A list with all of them, between ordinary ones that came before and after."""
    with open_house(tmp_path_factory.mktemp("morning") / "house") as house:
        _ordinary(house, 1, 2)
        house.take_in()
        for number, (name, content) in enumerate(DANGEROUS.items()):
            patient = recording(local_number=f"X{number}").patient
            house.drop(f"{name}.dcm", dicom_bytes(content(), patient=patient))
        _ordinary(house, 3, 4)
        house.take_in()
        yield house.waiting()


def test_the_ordinary_ones_are_last(morning: tuple[Row, ...]) -> None:
    assert len(morning) == len(DANGEROUS) + 4
    assert {_name(row) for row in morning[-4:]} == {f"ordinary{n}" for n in (1, 2, 3, 4)}
    for row in morning[-4:]:
        assert severity(row, utc_now()) is Severity.NORMAL


@pytest.mark.parametrize("name", list(DANGEROUS))
def test_what_is_dangerous_or_unknown_stands_at_the_top(
    morning: tuple[Row, ...], name: str
) -> None:
    places = [_name(row) for row in morning]
    row = morning[places.index(name)]
    assert places.index(name) < len(DANGEROUS)
    assert severity(row, utc_now()) >= Severity.URGENT
    assert row.screening_state is ScreeningState.DONE
    assert row.screening is not None
    for language in Language:
        assert reason(row, utc_now()).text(language)
        assert [flag.text.text(language) for flag in row.screening.flags]


# wfdb reads its own tables in a way that pandas deprecates.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.data
def test_ventricular_fibrillation_stands_first(house: House, farlead_data: Path) -> None:
    import wfdb

    path = str(farlead_data / "mitdb" / "207")
    marks = wfdb.rdann(path, "atr")
    start = next(s for s, code in zip(marks.sample, marks.symbol, strict=True) if code == "[")
    stop = next(s for s, code in zip(marks.sample, marks.symbol, strict=True) if code == "]")
    assert stop - start > 3600
    record = wfdb.rdrecord(path, sampfrom=int(start), sampto=int(start) + 3600)
    samples = np.asarray(record.p_signal.T, np.float32)
    content = recording(
        samples=samples, leads=("II", "V1"), fs=360.0, seconds=10.0, local_number="X"
    )
    _ordinary(house, 1, 2)
    house.take_in()
    house.drop("fibrillation.dcm", dicom_bytes(content))
    house.take_in()
    first = house.waiting()[0]
    assert _name(first) == "fibrillation"
    assert severity(first, utc_now()) is Severity.CRITICAL
    assert first.screening is not None
    assert any("vf" in flag.code for flag in first.screening.flags)


def _screens_badly(folder: Path, monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    """A screening that misbehaves for one study: planted in the confined process by its path."""
    planted = folder / "planted"
    planted.mkdir(parents=True)
    (planted / "sitecustomize.py").write_text(
        "import farlead.analysis as analysis\n"
        "judge = analysis.screen\n"
        "def screen(recording, **options):\n"
        "    if recording.patient.local_number == 'X':\n"
        f"        {bad}\n"
        "    return judge(recording, **options)\n"
        "analysis.screen = screen\n",
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(planted))


@pytest.mark.parametrize(
    "bad",
    ["import time; time.sleep(60)", "import os; os._exit(9)", "1 / 0"],
    ids=["hangs", "dies", "fails"],
)
def test_a_screening_that_hangs_or_dies_puts_its_study_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    _screens_badly(tmp_path, monkeypatch, bad)
    settings = house_settings(tmp_path / "house").model_copy(update={"screen_seconds": 5.0})
    with open_house(tmp_path / "house", settings) as house:
        _ordinary(house, 1, 2)
        house.take_in()
        house.drop("bad.dcm", dicom_bytes(recording(local_number="X")))
        house.drop("later.dcm", dicom_bytes(recording(local_number="N9", rate=71)))
        house.take_in()
        first, *others = house.waiting()
        assert first.study.objects[0].file_name == "bad.dcm"
        assert first.screening_state is ScreeningState.FAILED
        assert unknown(first, utc_now())
        assert first.failure is not None
        for language in Language:
            assert first.failure.text(language)
        assert {row.screening_state for row in others} == {ScreeningState.DONE}
        assert len(others) == 3
