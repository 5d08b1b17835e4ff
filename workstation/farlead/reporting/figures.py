"""The measurements as an ECG report prints them: rate, PR, QRS, QT/QTc, axes, RV5/SV1.

What was measured and could not be told is printed so; what nobody measured is named apart, since
absence must not read as normal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from farlead.model.figures import caption, written
from farlead.model.screening import Certainty, Measurement, Screening
from farlead.reporting.wording import Words

#: What a resting ECG's report speaks of, measured or not.
EXPECTED = ("heart_rate", "pr", "qrs", "qt", "qtc", "axis")
#: Printed besides, where it was measured. The rest is in the attached structured report.
_FURTHER = (("rr_mean",), ("rate_slowest", "rate_fastest"), ("longest_pause",))
#: Stands behind a doubtful figure; what it means is said below the figures.
_DOUBT = "?"


_PRINTED = frozenset(
    {*EXPECTED, "axis_p", "axis_t", "rv5_sv1", *(name for names in _FURTHER for name in names)}
)


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled entry; `value` None is printed as not given, `words`: it is no figure."""

    label: str
    value: str | None
    unit: str = ""
    words: bool = False


def fields(screening: Screening | None, words: Words) -> list[Field]:
    """The figures to print, in their order; empty without a screening."""
    return list(_fields(screening, words)) if screening is not None else []


def notes(screening: Screening | None, words: Words) -> list[str]:
    """What stands below the figures: what nobody measured, and what a question mark means."""
    said = [_unmeasured(screening, words)]
    made = screening.measurements if screening is not None else ()
    said.append(_edited([m for m in made if m.edited and m.name in _PRINTED], words))
    if any(m.quality is Certainty.DOUBTFUL and m.name in _PRINTED for m in made):
        said.append(words.text("doubtful"))
    return [each for each in said if each is not None]


def _edited(made: list[Measurement], words: Words) -> str | None:
    """Figures whose marks the reader has moved, with what screening had measured."""
    if not made:
        return None
    told = [
        words.text(
            "edited_figure",
            name=words.message(caption(m)),
            before="—" if m.before is None else written(m.before, m.unit),
            unit=m.unit,
        )
        for m in made
    ]
    return words.text("edited", figures=words.text("separator").join(told))


def _unmeasured(screening: Screening | None, words: Words) -> str | None:
    """The usual figures that nobody measured, in one line; None when there are none."""
    names = [
        words.text(f"figure.{name}")
        for name in EXPECTED
        if screening is None or screening.measurement(name) is None
    ]
    return words.text("unmeasured", names=words.text("separator").join(names)) if names else None


def _fields(screening: Screening, words: Words) -> Iterator[Field]:
    for names in (("heart_rate",), ("pr",), ("qrs",)):
        yield from _field(words.label(f"figure.{names[0]}"), _of(screening, *names), words)
    yield from _field(_qt_label(screening, words), _of(screening, "qt", "qtc"), words)
    label = "figure.axes" if screening.measurement("axis_p") else "figure.axis"
    yield from _field(words.label(label), _of(screening, "axis_p", "axis", "axis_t"), words)
    yield from _field(words.label("figure.rv5_sv1"), _parts(screening), words)
    yield from _field(words.label("figure.rv5_plus_sv1"), _of(screening, "rv5_sv1"), words)
    for more in _FURTHER:
        yield from _field(words.label(f"figure.{more[0]}"), _of(screening, *more), words)


def _of(screening: Screening, *names: str) -> list[Measurement]:
    return [found for name in names if (found := screening.measurement(name)) is not None]


def _qt_label(screening: Screening, words: Words) -> str:
    """QT/QTc with the letters of the formula that made it, or what of the two there is."""
    corrected = screening.measurement("qtc")
    if corrected is None:
        return words.label("figure.qt")
    if screening.measurement("qt") is None:
        return words.label("figure.qtc")
    letters = corrected.formula.letters if corrected.formula else ""
    return words.label("figure.qt_qtc", letters=letters)


def _parts(screening: Screening) -> list[Measurement]:
    """R in V5 and S in V1 on their own, where the table of leads has them."""
    total, detail = screening.measurement("rv5_sv1"), screening.detail
    if total is None or total.value is None or detail is None or "V5" not in detail.leads:
        return []
    row = detail.leads.index("V5")
    waves = (detail.quantity(name) for name in ("r", "r2"))
    tall = max((w.values[row] or 0.0 for w in waves if w is not None), default=0.0)
    return [
        Measurement("rv5", tall, "mV", "", total.quality, total.reason),
        Measurement("sv1", total.value - tall, "mV", "", total.quality, total.reason),
    ]


def _field(label: str, parts: list[Measurement], words: Words) -> Iterable[Field]:
    """One entry of figures of one unit: 426/438 ms. None of them known: in words."""
    if not parts:
        return
    if all(part.value is None for part in parts):
        yield Field(label, words.text("cannot_tell"), words=True)
        return
    unit = parts[0].unit
    value = "/".join("—" if p.value is None else written(p.value, unit) for p in parts)
    shown = {"/min": words.text("per_minute"), "1": ""}.get(unit, unit)
    if any(part.quality is Certainty.DOUBTFUL for part in parts):
        shown = f"{shown} {_DOUBT}".strip()
    yield Field(label, value, words.user(shown))
