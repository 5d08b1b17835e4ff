"""Moving over a recording: zoom that keeps the proportions, steps by beats and squares; no Qt."""

from bisect import bisect_left, bisect_right

from farlead_ui.ecg.gain import GAINS, STANDARD_GAIN, Gain
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.pages import At
from farlead_ui.ecg.speeds import LADDER, SPEEDS, STANDARD_SPEED, step

#: Five bold squares: a second at the standard speed.
STEP_MM = 25.0
#: An R wave that is stepped to stands so far, in mm, right of the left edge.
_LEAD_IN_MM = 10.0
#: R waves this near to where one stands, in seconds, are that one: the sheet moves by pixels.
_SAME_BEAT = 0.05
_SAME = 1e-6


def zoom(model: SheetModel, by: int, at: At | None = None) -> None:
    """Zoom a step in (1) or out (−1) about a point, or about the middle of the sheet.

    Among the speeds of the trade the gain goes with the speed, so that 25 mm/s stay to 10 mm/mV
    what they are; the slow speeds below only show more time.

    Parameters
    ----------
    model : SheetModel
    by : int
    at : (float, float) or None
        Time in seconds and the device pixel where it stays.
    """
    if model.recording is None:
        return
    speed = step(model.speed, by, slow=model.pages > 1)
    gain = model.gains
    if speed in SPEEDS and model.speed in SPEEDS and speed != model.speed:
        gain = _scaled(gain, speed / model.speed)
    middle = sum(model.seconds) / 2
    left = middle - model.length * model.speed / speed / 2
    model.set_scale(speed, gain, at or (max(left, 0.0), None))


def _scaled(gain: Gain, by: float) -> Gain:
    """Both gains times so much, where the sheet has them; else as they are."""
    limb, chest = gain.limb * by, gain.chest * by
    return Gain(limb, chest) if limb in GAINS and chest in GAINS else gain


def pan(model: SheetModel, by: int) -> None:
    """Move so many steps of five bold squares on."""
    model.move_by(by * STEP_MM / model.speed)


def to_beat(model: SheetModel, by: int) -> None:
    """Move whole beats: the next (1) or the previous (−1) R wave to the left edge's square."""
    if model.recording is None or not model.r_peaks:
        return
    fs, lead_in = model.recording.fs, _LEAD_IN_MM / model.speed
    here = (model.seconds[0] + lead_in) * fs
    if by > 0:
        place = bisect_right(model.r_peaks, here + _SAME_BEAT * fs) + by - 1
    else:
        place = bisect_left(model.r_peaks, here - _SAME_BEAT * fs) + by
    if 0 <= place < len(model.r_peaks):
        model.move_to(max(model.r_peaks[place] / fs - lead_in, 0.0))
    elif place < 0:
        model.first_page()


def whole(model: SheetModel) -> None:
    """The whole recording on the sheet; from there back to the standard scale."""
    if model.recording is None:
        return
    if model.pages == 1:
        model.set_scale(STANDARD_SPEED, Gain())
        return
    room = model.length * model.speed  # millimetres that a page has
    fits = [s for s in LADDER if model.recording.duration * s <= room + _SAME]
    gain = min(model.gain, STANDARD_GAIN / 2)
    model.set_scale(max(fits, default=LADDER[0]), Gain(gain, gain))
