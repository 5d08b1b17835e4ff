"""Each trouble made on a clean recording gets its verdict and one sentence; the clean one none."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from farlead.analysis import screen
from farlead.analysis.verdict import REMARKED, RETAKEN, verdict
from farlead.messages import Language, catalogue, message
from farlead.model.recording import Recording
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead_signal.leads import STANDARD
from support_pacing import noise, with_spikes
from support_reversals import ludb, mirrored_heart, neighbours_swapped, right_leg_swapped, swapped

pytestmark = [
    pytest.mark.data,
    pytest.mark.filterwarnings("ignore:The inplace keyword"),  # wfdb with pandas 3.1
]

Samples = NDArray[np.floating]
#: A record with sinus rhythm, clear P waves and a normal axis, of those tuned on.
CLEAN = 33
TIME = np.arange(5000) / 500


@pytest.fixture(scope="module")
def clean(farlead_data: Path) -> Samples:
    return ludb(CLEAN, farlead_data)[0]


def screened(samples: Samples) -> Screening:
    return screen(Recording(np.asarray(samples, np.float32), STANDARD, 500.0))


def of_lead(row: int, change: Callable[[Samples], Samples]) -> Callable[[Samples], Samples]:
    def changed(samples: Samples) -> Samples:
        result = samples.copy()
        result[row] = change(result[row])
        return result

    return changed


def hum(frequency: float) -> Callable[[Samples], Samples]:
    return of_lead(3, lambda row: row + 0.3 * np.sin(2 * np.pi * frequency * TIME))


RETAKE: dict[str, tuple[Callable[[Samples], Samples], str]] = {
    "arms": (lambda s: swapped(s, "LA_RA"), "红.*黄"),
    "right arm and left leg": (lambda s: swapped(s, "RA_LL"), "红.*绿"),
    "right arm on right leg": (lambda s: right_leg_swapped(s, "RA"), "黑.*红"),
    "left arm on right leg": (lambda s: right_leg_swapped(s, "LA"), "黑.*黄"),
    "all leads clipped": (lambda s: np.clip(s, -0.05, 0.05), "削平"),
    "all leads off": (lambda s: s * np.nan, "脱落"),
    "scale": (lambda s: s * 1000, "增益"),
}
REMARK: dict[str, tuple[Callable[[Samples], Samples], str]] = {
    "left arm and left leg": (lambda s: swapped(s, "LA_LL"), "黄.*绿"),
    "V2 and V3": (lambda s: neighbours_swapped(s, 2), "V2, V3.*红、黄、绿、棕、黑、紫"),
    "flat lead": (of_lead(4, lambda row: 0 * row), "aVL 为直线"),
    "lead not recorded": (of_lead(8, lambda row: np.nan * row), "V3 未记录"),
    "clipped lead": (of_lead(9, lambda row: np.clip(row, -0.2, 0.2)), "V4 波形被削平"),
    "hum 50": (hum(50.0), "aVR 有工频干扰"),
    "hum 60": (hum(60.0), "aVR 有工频干扰"),
    "muscle": (lambda s: _dirty(s, "ma", 4.0), "aVR 有肌电干扰"),
    "wander": (lambda s: _dirty(s, "bw", 3.0), "aVR 基线"),
    "motion": (lambda s: _dirty(s, "em", 6.0), "aVR "),
    "loose contact": (of_lead(6, lambda row: row + 1.5 * (TIME > 4.3)), "V1 基线跳变"),
    "mirrored heart": (mirrored_heart, "右位心"),
}


def _dirty(samples: Samples, name: str, gain: float) -> Samples:
    dirt = noise(name)[3]
    return of_lead(3, lambda row: row + gain * dirt)(samples)


def test_a_clean_recording_is_fit_without_a_sentence(clean: Samples) -> None:
    found = screened(clean)
    assert (found.quality, found.verdict) == (Quality.FIT, None)
    assert found.known


@pytest.mark.parametrize("name", list(RETAKE))
def test_what_cannot_be_used_is_taken_again(clean: Samples, name: str) -> None:
    change, words = RETAKE[name]
    found = screened(change(clean))
    assert found.quality is Quality.RETAKE
    assert not found.known
    assert found.severity >= Severity.URGENT
    assert found.verdict is not None
    assert re.search(words, found.verdict.text(Language.ZH)), found.verdict.text(Language.ZH)


@pytest.mark.parametrize("name", list(REMARK))
def test_what_can_be_used_with_care_has_a_remark(clean: Samples, name: str) -> None:
    change, words = REMARK[name]
    found = screened(change(clean))
    assert found.quality is Quality.FIT_WITH_REMARK
    assert found.severity > Severity.NORMAL
    assert found.verdict is not None
    assert re.search(words, found.verdict.text(Language.ZH)), found.verdict.text(Language.ZH)


def test_exchanged_arms_are_never_normal_and_show_why(clean: Samples) -> None:
    found = screened(swapped(clean, "LA_RA"))
    flag = next(f for f in found.flags if "exchanged" in f.code)
    assert flag.leads == ("I",)
    assert {value.measure for value in flag.values} >= {
        "electrode_score",
        "p_direction",
        "qrst_agreement",
    }
    assert all(value.value is not None for value in flag.values)


def test_pacing_spikes_are_a_remark_on_an_otherwise_fit_signal(clean: Samples) -> None:
    peaks = np.array(screened(clean).r_peaks)
    found = screened(with_spikes(clean, 500.0, peaks - 30, 1.5))
    flag = next(f for f in found.flags if f.code == "paced")
    assert flag.severity is Severity.REMARK
    assert len(flag.spans) >= len(peaks) - 2
    assert found.quality is Quality.FIT
    assert np.abs(np.array(found.r_peaks) - peaks[: len(found.r_peaks)]).max() < 25


def test_one_sentence_for_each_flag_about_the_signal_in_both_languages() -> None:
    for code in (*RETAKEN, *REMARKED):
        flag = Flag(code, Severity.REMARK, message("analysis.unknown.empty"), "test", leads=("V2",))
        quality, sentence = verdict([flag])
        assert quality is (Quality.RETAKE if code in RETAKEN else Quality.FIT_WITH_REMARK)
        assert sentence is not None
        for language in Language:
            text = sentence.text(language)
            assert "{" not in text
            assert not re.search(r"[。;；]|\.\s", text), "one sentence"
    told = {key for key in catalogue() if key.startswith("verdict.")}
    assert len(told) == len(RETAKEN) + len(REMARKED)


def test_every_flag_about_the_signal_has_a_verdict(clean: Samples) -> None:
    for change, _ in (*RETAKE.values(), *REMARK.values()):
        for flag in screened(change(clean)).flags:
            if flag.code.startswith("lead."):
                assert flag.code in REMARKED


def test_the_worst_trouble_is_what_the_sentence_is_about() -> None:
    text = message("analysis.unknown.empty")
    codes = ("lead.wander", "unknown.exchanged_la_ra", "lead.noisy", "unknown.rhythm")
    found = [Flag(code, Severity.REMARK, text, "test") for code in codes]
    quality, sentence = verdict(found)
    assert quality is Quality.RETAKE
    assert sentence is not None
    assert sentence.id == "verdict.exchanged_la_ra"
    assert verdict([]) == (Quality.FIT, None)
    assert verdict([found[3]]) == (Quality.FIT, None)  # rhythm in doubt is no fault of the signal
