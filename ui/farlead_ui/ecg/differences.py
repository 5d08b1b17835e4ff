"""Earlier → today → difference: figures and the table of leads, as plain values; no Qt."""

from collections.abc import Iterator
from dataclasses import dataclass

from farlead.model.figures import written
from farlead.model.screening import Screening

#: Figures that are compared, in this order.
FIGURES = ("heart_rate", "pr", "qrs", "qt", "qtc", "axis")
#: A T wave that has changed by so much, in mV, is printed bold; one is newly inverted from here on.
T_CHANGED, T_INVERTED = 0.2, 0.1
#: ST at J that has changed by so much, in mV.
ST_CHANGED = 0.1
#: A Q wave deeper than this, in mV, without an R wave behind it is a QS complex.
_QS_DEPTH = 0.1
#: In this lead QS and a T wave below the line are the normal ones.
_UPSIDE_DOWN = "aVR"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure then and now; texts, "—" where it is unknown."""

    name: str
    unit: str
    earlier: str
    now: str
    difference: str


@dataclass(frozen=True, slots=True)
class LeadRow:
    """ST at J and T of a lead then and now, in mV; None where it is unknown.

    `news` are ids of what is new: ``qs``, ``t_inverted``, ``st_up``, ``st_down``.
    """

    lead: str
    j: tuple[float | None, float | None]
    t: tuple[float | None, float | None]
    news: tuple[str, ...] = ()

    @property
    def change_t(self) -> float | None:
        """How T has changed."""
        return _less(self.t)

    @property
    def change_j(self) -> float | None:
        """How ST has changed."""
        return _less(self.j)


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that the table says."""

    figures: tuple[FigureRow, ...] = ()
    leads: tuple[LeadRow, ...] = ()

    @property
    def most(self) -> LeadRow | None:
        """The lead whose T wave or ST segment has changed most."""
        known = [row for row in self.leads if row.change_t is not None or row.change_j is not None]
        return max(known, key=_change, default=None)

    def with_news(self, news: str) -> tuple[str, ...]:
        """Leads in which this is new."""
        return tuple(row.lead for row in self.leads if news in row.news)

    def of(self, lead: str) -> LeadRow | None:
        """Row of a lead."""
        return next((row for row in self.leads if row.lead == lead), None)

    def figure(self, name: str) -> FigureRow | None:
        """Row of a figure."""
        return next((row for row in self.figures if row.name == name), None)


def differences(earlier: Screening | None, now: Screening | None) -> Differences:
    """Difference of two screenings; what one of them does not know is no difference."""
    if earlier is None and now is None:
        return Differences()
    return Differences(
        tuple(_figure(name, earlier, now) for name in FIGURES), tuple(_leads(earlier, now))
    )


def signed(value: float | None, unit: str = "mV") -> str:
    """A value with its sign, a dash where it is unknown."""
    if value is None:
        return "—"
    shown = written(value, unit)
    return shown if shown.startswith("−") or not shown.strip("0.") else f"+{shown}"


def _figure(name: str, earlier: Screening | None, now: Screening | None) -> FigureRow:
    before, after = (s.measurement(name) if s is not None else None for s in (earlier, now))
    unit = next((m.unit for m in (after, before) if m is not None), "")
    values = tuple(m.value if m is not None else None for m in (before, after))
    then, today = values
    shown = ["—" if value is None else written(value, unit) for value in values]
    change = None if then is None or today is None else round(today) - round(then)
    if change is not None and name == "axis":
        change = (change + 180) % 360 - 180
    return FigureRow(name, unit, shown[0], shown[1], signed(change, unit))


def _leads(earlier: Screening | None, now: Screening | None) -> Iterator[LeadRow]:
    before, after = _table(earlier), _table(now)
    for lead, values in after.items():
        then = before.get(lead, {})
        row = LeadRow(
            lead, (then.get("j"), values.get("j")), (then.get("t"), values.get("t"))
        )  # fmt: skip
        news = tuple(_news(row, then, values)) if then else ()
        yield LeadRow(lead, row.j, row.t, news)


def _table(screening: Screening | None) -> dict[str, dict[str, float | None]]:
    """Value of each quantity of each lead."""
    detail = screening.detail if screening is not None else None
    if detail is None:
        return {}
    return {
        lead: {column.name: column.values[n] for column in detail.table}
        for n, lead in enumerate(detail.leads)
    }


def _news(
    row: LeadRow, then: dict[str, float | None], now: dict[str, float | None]
) -> Iterator[str]:
    if row.lead == _UPSIDE_DOWN:
        return
    if _qs(now) and not _qs(then) and then.get("qrs_pp") is not None:
        yield "qs"
    earlier_t, t = row.t
    if t is not None and earlier_t is not None and t <= -T_INVERTED and earlier_t > 0:
        yield "t_inverted"
    change = row.change_j
    if change is not None and abs(change) >= ST_CHANGED:
        yield "st_up" if change > 0 else "st_down"


def _qs(values: dict[str, float | None]) -> bool:
    q, r = values.get("q"), values.get("r")
    return r is None and q is not None and q <= -_QS_DEPTH


def _less(pair: tuple[float | None, float | None]) -> float | None:
    before, now = pair
    return None if before is None or now is None else round(now, 2) - round(before, 2)


def _change(row: LeadRow) -> float:
    return max(abs(row.change_t or 0.0), abs(row.change_j or 0.0))
