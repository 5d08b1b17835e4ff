"""One picture of what screening measured: the leads with their fiducial points, the median beats.

For looking at a measurement, not a report: ten seconds at 25 mm/s and 10 mm/mV, the median beat
at 50 mm/s and 20 mm/mV.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import typst
from numpy.typing import NDArray

from farlead.errors import ComposeError
from farlead.messages import Language, message
from farlead.model.detail import Detail, MedianBeats, WaveMarks
from farlead.model.figures import caption, written
from farlead.model.recording import Recording
from farlead.model.screening import Certainty, Measurement, Screening
from farlead.reporting import tracing
from farlead.reporting.fonts import find_fonts, load_fonts, printable
from farlead.reporting.wording import Words

_ROW = 22.0  # mm of a lead's row
_NAME_AT = tracing.START + tracing.SECONDS * tracing.SPEED + 2  # mm, behind the trace
_BEAT_SPEED, _BEAT_GAIN = 50.0, 20.0  # mm/s, mm/mV of the median beat
_BEAT_COLUMNS = 4
_BEAT_CELL = (68.0, 60.0)  # mm
_BEFORE = 0.42  # s of the median beat drawn before R: its cell begins there
_TICK, _PEAK = 3.2, 1.4  # mm above and below the base line; of a peak's stroke below that

#: Colour of each wave's points, on the traces and in the legend.
COLOURS = {"p": "#1B66B5", "qrs": "#B3261E", "t": "#1E7A46"}
#: What is printed of the figures, in this order.
_SHOWN = ("heart_rate", "p_duration", "pr", "qrs", "qt", "qtc", "axis", "rv5_sv1")


@dataclass(frozen=True, slots=True)
class MedianBeat:
    """The median beat of one lead, drawn in its cell."""

    lead: str
    svg: str


def plot(
    recording: Recording,
    screening: Screening,
    title: str,
    language: Language,
    *,
    ppi: float = 110.0,
) -> bytes:
    """The picture as PNG.

    Parameters
    ----------
    recording : Recording
        What was screened.
    screening : Screening
        With its detail; without, the leads are drawn alone.
    title : str
        Stands at the top, e.g. the file's name.
    ppi : float
        Pixels per inch of paper.

    Raises
    ------
    ComposeError
        The fonts are not installed, or the picture could not be set.
    """
    fonts = find_fonts()
    words = Words(language, printable(fonts))
    data = {"plot": json.dumps(_page(recording, screening, title, words), ensure_ascii=False)}
    try:
        made = _compiler(fonts).compile(format="png", sys_inputs=data, ppi=ppi)
    except typst.TypstError as error:
        raise ComposeError(
            message("reporting.failed", number=title, cause=error.message)
        ) from error
    page = made[0] if isinstance(made, list) else made
    if page is None:
        raise TypeError("a picture is one page")
    return page


@cache
def _compiler(fonts: Path) -> typst.Compiler:
    folder = Path(str(resources.files("farlead.reporting").joinpath("templates")))
    return typst.Compiler(
        str(folder / "screening.typ"),
        root=str(folder),
        font_paths=load_fonts(fonts),
        ignore_system_fonts=True,
    )


def _page(
    recording: Recording, screening: Screening, title: str, words: Words
) -> dict[str, object]:
    drawn = replace(recording, leads=_apart(recording.leads))
    detail = screening.detail
    rows = tracing.row_sheet(drawn, drawn.leads, max(_ROW * len(drawn.leads), 30.0))
    return {
        "title": words.user(title),
        "notes": [words.message(flag.text) for flag in screening.flags],
        "figures": [_figure(m, words) for m in _chosen(screening)],
        "grid": rows.grid,
        "trace": rows.svg,
        "marks": _marks(detail, rows) if detail else "",
        "width": tracing.WIDTH,
        "height": rows.height,
        "labels": [
            {"x": _NAME_AT, "y": line + 1.5, "text": words.user(lead)}
            for lead, line in zip(drawn.leads, rows.baselines, strict=True)
        ],
        "beats": [
            {"lead": words.user(b.lead), "svg": b.svg} for b in median_beats(detail, _BEAT_CELL)
        ],
        "cell": _BEAT_CELL,
        "legend": [{"text": words.text(f"plot.{n}"), "colour": c} for n, c in COLOURS.items()],
        "scale": words.text("scale"),
        "medians": words.text("plot.medians"),
        "mark": words.text("mark.evaluation"),
        "version": screening.version,
    }


def _apart(names: Sequence[str]) -> tuple[str, ...]:
    """Names of the rows; of two with one name the second is not taken for the first."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def _chosen(screening: Screening) -> Iterator[Measurement]:
    found = (screening.measurement(name) for name in _SHOWN)
    return (each for each in found if each is not None)


def _figure(made: Measurement, words: Words) -> dict[str, str]:
    label = words.message(caption(made))
    if made.value is None:
        return {"label": label, "value": "—", "unit": ""}
    doubt = " ?" if made.quality is Certainty.DOUBTFUL else ""
    unit = words.text("per_minute") if made.unit == "/min" else made.unit
    return {"label": label, "value": f"{written(made.value, made.unit)}{doubt}", "unit": unit}


# -- fiducial points on the rows


def _marks(detail: Detail, rows: tracing.Sheet) -> str:
    if detail.fs is None:
        return tracing.framed("", rows.height)
    parts = dict.fromkeys(COLOURS, "")
    for marks, baseline in zip(detail.marks, rows.baselines, strict=False):
        for wave in COLOURS:
            parts[wave] += _ticks(marks, wave, detail.fs, baseline)
    strokes = (tracing.stroke(path, COLOURS[wave], 20) for wave, path in parts.items())
    return tracing.framed("".join(strokes), rows.height)


def _ticks(marks: WaveMarks, wave: str, fs: float, baseline: float) -> str:
    """Upright strokes at onsets and offsets; a short one below at the peak."""
    limit = tracing.SECONDS * fs

    def across(sample: int) -> float | None:
        return tracing.START + sample / fs * tracing.SPEED if sample < limit else None

    edges = _strokes(marks, (f"{wave}_on", f"{wave}_off"), across, (baseline - _TICK, 2 * _TICK))
    return edges + _strokes(marks, (f"{wave}_peak",), across, (baseline + _TICK, _PEAK))


def _strokes(
    marks: WaveMarks,
    names: Iterable[str],
    across: Callable[[int], float | None],
    place: tuple[float, float],
) -> str:
    """Path of upright strokes at these points; `place`: top and height in mm."""
    top, size = map(tracing.hundredths, place)
    samples = (s for name in names for s in getattr(marks, name, ()) if s >= 0)
    found = (x for x in map(across, samples) if x is not None)
    return "".join(f"M{tracing.hundredths(x)} {top}v{size}" for x in found)


# -- median beats


def median_beats(detail: Detail | None, cell: tuple[float, float]) -> Iterator[MedianBeat]:
    """The median beat of each lead, 50 mm/s and 20 mm/mV, in cells of this size in mm."""
    if detail is None or detail.medians is None or detail.fs is None:
        return
    medians = detail.medians
    for row, lead in enumerate(detail.leads[: len(medians.microvolts)]):
        wave = np.array(
            [np.nan if v is None else v / 1000 for v in medians.microvolts[row]], np.float64
        )
        own = medians.leads[row] if row < len(medians.leads) else WaveMarks()
        yield MedianBeat(lead, _cell(wave, own, medians, (detail.fs, cell)))


def _cell(
    wave: NDArray[np.float64],
    own: WaveMarks,
    medians: MedianBeats,
    scale: tuple[float, tuple[float, float]],
) -> str:
    fs, (width, height) = scale
    known = wave[np.isfinite(wave)]
    top, low = (float(known.max()), float(known.min())) if known.size else (0.0, 0.0)
    # The base line lies so that the beat stands in the middle, on a bold line.
    line = round((height / 2 + _BEAT_GAIN * (top + low) / 2) / 5) * 5

    def across(sample: int) -> float | None:
        x = ((sample - medians.r) / fs + _BEFORE) * _BEAT_SPEED
        return x if 0 <= x <= width else None

    parts = tracing.grid(height)
    for name, colour in COLOURS.items():
        ends = (f"{name}_on", f"{name}_off")
        everywhere = _strokes(medians.overall, ends, across, (0.0, height))
        parts += tracing.stroke(everywhere, colour, 10)
        path = _strokes(own, ends, across, (line - _TICK, 2 * _TICK))
        path += _strokes(own, (f"{name}_peak",), across, (line + _TICK, _PEAK))
        parts += tracing.stroke(path, colour, 28)
    at = np.array([across(sample) for sample in range(wave.size)], np.float64)
    parts += tracing.stroke(tracing.path_data(at, line - _BEAT_GAIN * wave), "#101214", 30)
    frame = f"0 0 {tracing.hundredths(width)} {tracing.hundredths(height)}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame}">{parts}</svg>'
