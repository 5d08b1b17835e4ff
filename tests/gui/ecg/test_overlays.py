"""What screening measured, laid over the sheet: off at first, each by its key, in its place."""

from collections.abc import Callable

import numpy as np
import pytest

from fake_desk import FakeDesk, morning
from farlead.model.detail import BeatKind, Detail, LeadQuantity, MedianBeats, WaveMarks
from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.geometry import Paper, Sheet, lay_out, scale_for
from farlead_ui.ecg.layouts import LAYOUTS, place
from farlead_ui.ecg.overlay_marks import Drawn, drawn, state_words
from farlead_ui.ecg.overlays import Overlay, OverlayModel
from farlead_ui.ecg.seen import Source
from farlead_ui.theme.tokens import DAY
from support_compare import with_earlier
from support_gui import Key, TestSeat

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
R = tuple(range(250, 5000, 500))
KEYS = {
    Overlay.BEATS: Key.Key_B, Overlay.WAVES: Key.Key_D, Overlay.ST: Key.Key_S,
    Overlay.SPIKES: Key.Key_U, Overlay.QUALITY: Key.Key_O,
}  # fmt: skip


def _detail(**changes: object) -> Detail:
    n = len(R)
    overall = WaveMarks(
        p_on=tuple(r - 90 for r in R), p_peak=(-1,) * n, p_off=tuple(r - 50 for r in R),
        qrs_on=tuple(r - 20 for r in R), qrs_off=tuple(r + 25 for r in R),
        t_on=(-2,) * n, t_peak=tuple(r + 150 for r in R), t_off=tuple(r + 180 for r in R),
    )  # fmt: skip
    kinds = [BeatKind.DOMINANT] * n
    kinds[3] = BeatKind.VENTRICULAR
    given: dict[str, object] = {
        "states": ("good",) * 11 + ("noisy",),
        "beats": tuple(kinds),
        "overall": overall,
        "table": (
            LeadQuantity("j", "mV", "test", (0.2,) * 6 + (-0.1,) * 5 + (None,)),
            LeadQuantity("noise", "µV", "test", (5.0,) * 12),
        ),
        "medians": MedianBeats(0, (0, 1, 2), ()),
    }
    return Detail(500.0, 5000, LEADS, **{**given, **changes})  # type: ignore[arg-type]


def _sheet() -> Sheet:
    paper = Paper(25.0, Gain(), 500.0, 5000)
    return lay_out(place(LAYOUTS[0], LEADS), paper, scale_for(3.6, 1.0), 1140, 856, 1.0)


def _drawn(*shown: Overlay, detail: Detail | None = None, level: float = 0.0) -> Drawn:
    model = OverlayModel()
    model.measured(detail if detail is not None else _detail(), R)
    for overlay in shown:
        model.toggle(overlay)
    samples = np.full((12, 5000), level, dtype=np.float32)
    return drawn(_sheet(), model, Source(samples), DAY, 1.0)


def test_nothing_is_shown_before_it_is_asked_for() -> None:
    assert _drawn() == Drawn()


def test_each_beat_bears_its_class_below_its_r_wave() -> None:
    sheet, found = _sheet(), _drawn(Overlay.BEATS)
    letters = [t.text for t in found.texts]
    assert letters.count("V") == 4  # in the three leads of its column and in the rhythm strip
    last = [t for t in found.texts if t.y > sheet.baselines[-1]]
    assert [t.text for t in last] == ["N", "N", "N", "V", "N", "N", "N", "N", "N", "N"]
    assert [t.x for t in last] == pytest.approx([sheet.x(r) for r in R])
    strong = {t.text for t in found.texts if t.bold}
    assert strong == {"V"}


def test_waves_stand_at_their_samples_on_the_trace() -> None:
    """At 0.5 mV the marks are 5 mm above the base line; what is absent or untold is not there."""
    sheet, found = _sheet(), _drawn(Overlay.WAVES, level=0.5)
    p, qrs, t = found.strokes
    rhythm = sheet.baselines[-1]
    ends = [s for s in qrs.segments if abs((s[1] + s[3]) / 2 - (rhythm - 18)) < 2]
    wanted = sorted(int(sheet.x(r + d)) for r in R for d in (-20, 25))
    assert sorted(int(s[0]) for s in ends) == wanted
    assert p.segments
    assert t.segments
    assert len({p.colour, qrs.colour, t.colour}) == 3
    heights = (
        {round(abs(s[3] - s[1])) for s in p.segments},
        {round(abs(s[3] - s[1])) for s in qrs.segments},
    )
    assert heights[0].isdisjoint(heights[1])  # not by colour alone


def test_st_bars_are_as_high_as_the_level_at_the_measured_beats() -> None:
    sheet, found = _sheet(), _drawn(Overlay.ST)
    px_per_mv = sheet.cells[0].px_per_mv
    first = next(c for c in sheet.cells if c.lead == "I")
    bars = [b for b in found.bars if first.left <= b.area.left() < first.right
            and abs(b.area.bottom() - first.baseline) < 2]  # fmt: skip
    assert len(bars) == 2  # the third measured beat is in the next column
    assert bars[0].area.left() == pytest.approx(sheet.x(R[0] + 25))
    assert bars[0].area.height() == pytest.approx(0.2 * px_per_mv)
    values = [t.text for t in found.texts]
    assert "ST +0.20" in values
    assert "ST −0.10" in values
    assert "ST —" in values


def test_spikes_stand_through_the_row_and_their_absence_is_said() -> None:
    sheet, found = _sheet(), _drawn(Overlay.SPIKES, detail=_detail(spikes=(1000,)))
    xs = {s[0] for s in found.strokes[0].segments}
    assert xs == {float(int(sheet.x(1000)))}
    none = _drawn(Overlay.SPIKES)
    assert [t.text for t in none.texts] == ["No pacing spikes found"]
    blind = _drawn(Overlay.SPIKES, detail=_detail(missing=(("spikes", "spikes_rate"),)))
    assert [t.text for t in blind.texts] == ["Pacing spikes cannot be looked for"]


def test_quality_stands_at_each_lead() -> None:
    found = _drawn(Overlay.QUALITY)
    texts = [t.text for t in found.texts]
    assert texts.count("good · 5 µV") == 12  # eleven leads and the rhythm strip
    assert texts.count("noisy · 5 µV") == 1
    assert next(t for t in found.texts if t.text.startswith("noisy")).bold
    assert state_words("something") == "something"


def test_without_measurements_it_says_so() -> None:
    model = OverlayModel()
    model.toggle(Overlay.ST)
    found = drawn(_sheet(), model, Source(np.zeros((12, 5000))), DAY, 1.0)
    assert [t.text for t in found.texts] == ["Nothing was measured in this recording"]


@pytest.fixture
def measured(make_seat: Callable[..., TestSeat]) -> TestSeat:
    def fill(desk: FakeDesk) -> FakeDesk:
        return with_earlier(morning(desk))

    made = make_seat(fill=fill)
    made.station.reading.take(1)
    made.looked()
    return made


@pytest.mark.parametrize("overlay", list(Overlay))
def test_one_key_shows_and_hides_each(measured: TestSeat, overlay: Overlay) -> None:
    layer, model = measured.station.window.overlays, measured.station.window.sheet.overlays
    assert model.shown == frozenset()
    assert not layer.item.texts
    assert not layer.item.bars
    measured.press(KEYS[overlay])
    assert model.shown == {overlay}
    measured.window.grab()
    assert layer.item.texts or layer.item.bars or overlay is Overlay.WAVES
    measured.press(KEYS[overlay])
    assert model.shown == frozenset()
    assert not layer.item.texts


def test_a_study_without_measurements_keeps_none_of_the_one_before(measured: TestSeat) -> None:
    measured.press(Key.Key_B)
    assert measured.station.window.sheet.overlays.detail is not None
    measured.station.reading.take(2)
    measured.seen()
    assert measured.station.window.sheet.overlays.detail is None
    texts = [t.text for t in measured.station.window.overlays.item.texts]
    assert texts == ["此记录没有测量结果"]
