"""What could not be judged, and what is dangerous, stands at the top with its reason."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ecg_files import dicom_bytes, flat, noise_only, recording, with_pause
from farlead.messages import Language
from farlead.model.recording import Recording
from farlead.model.study import ScreeningState, Severity
from farlead.model.worklist import reason, severity, unknown
from farlead.settings import utc_now
from support_house import House, house_settings, open_house


def _two_ordinary_ones(house: House) -> None:
    for number in (1, 2):
        ordinary = recording(rate=66 + number, local_number=f"N{number}")
        house.drop(f"ordinary{number}.dcm", dicom_bytes(ordinary))
    house.take_in()
    for row in house.rows():
        assert severity(row, utc_now()) is Severity.NORMAL, row


def _arrives_and_stands_first(house: House, content: Recording) -> None:
    _two_ordinary_ones(house)
    house.drop("dangerous.dcm", dicom_bytes(content, patient=recording(local_number="X").patient))
    house.take_in()
    first = house.waiting()[0]
    assert len(house.waiting()) == 3
    assert first.study.objects[0].file_name == "dangerous.dcm"
    assert severity(first, utc_now()) >= Severity.URGENT
    assert first.screening_state is ScreeningState.DONE
    assert first.screening is not None
    for language in Language:
        assert reason(first, utc_now()).text(language)
        assert [flag.text.text(language) for flag in first.screening.flags]


def _lead_off_after(seconds: float) -> Recording:
    samples = recording().samples.copy()
    samples[:, int(seconds * 500) :] = np.nan
    return recording(samples=samples)


@pytest.mark.parametrize(
    "content",
    [
        lambda: noise_only(sd=0.3),
        lambda: noise_only(sd=0.02),
        flat,
        lambda: flat(level=1.2),
        lambda: _lead_off_after(2.0),
        lambda: recording(rate=30),
        lambda: recording(rate=35),
        lambda: recording(rate=150),
        lambda: recording(rate=190),
        lambda: with_pause(pause=3.2),
        lambda: recording(beats=np.array([200, 700, 1200, 1700, 2200, 2700, 3200])),
        lambda: recording(beats=np.array([500, 2000, 3500])),
    ],
    ids=[
        "noise", "faint-noise", "flat", "flat-with-offset", "leads-off", "rate-30", "rate-35",
        "rate-150", "rate-190", "pause", "pause-to-the-end", "three-beats",
    ],
)  # fmt: skip
def test_what_is_dangerous_or_unknown_stands_first(
    house: House, content: Callable[[], Recording]
) -> None:
    _arrives_and_stands_first(house, content())


# wfdb reads its own tables in a way that pandas deprecates.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.data
def test_ventricular_fibrillation_stands_first(house: House, farlead_data: Path) -> None:
    import wfdb

    path = str(farlead_data / "mitdb" / "207")
    marks = wfdb.rdann(path, "atr")
    start = next(s for s, code in zip(marks.sample, marks.symbol, strict=True) if code == "[")
    stop = next(s for s, code in zip(marks.sample, marks.symbol, strict=True) if code == "]")
    record = wfdb.rdrecord(path, sampfrom=int(start), sampto=int(start) + 3600)
    assert stop - start > 3600
    samples = np.asarray(record.p_signal.T, np.float32)
    # Two leads are enough to be wrong about: II and V1, as the database records them.
    _arrives_and_stands_first(
        house, recording(samples=samples, leads=("II", "V1"), fs=360.0, seconds=10.0)
    )


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
    settings = house_settings(tmp_path / "house").model_copy(update={"screen_seconds": 2.0})
    with open_house(tmp_path / "house", settings) as house:
        _two_ordinary_ones(house)
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
