"""Layouts in words: what the control word says and offers, and what the sheet says of its time."""

from functools import partial

from PySide6.QtCore import QCoreApplication

from farlead_ui.control_word import Choice, heading
from farlead_ui.ecg.arrangement import Arrangement, BeatView
from farlead_ui.ecg.layouts import Layout, Placement, Time

_KEYS = 9


def layout_text(model: Arrangement) -> str:
    """Name of the arrangement that the sheet has."""
    if model.beat_view is not None:
        return view_text(model.beat_view)
    placement = model.placement
    if placement is not None and placement.time is Time.LINES:
        text = QCoreApplication.translate("Layout", "{lead} line by line")
        return text.format(lead=placement.places[0].lead)
    return model.layout_name


def view_text(view: BeatView) -> str:
    """Name of a look at one beat."""
    if view is BeatView.MEDIAN:
        return QCoreApplication.translate("Layout", "Median beats")
    if view is BeatView.STACKED:
        return QCoreApplication.translate("Layout", "Leads on one baseline")
    return QCoreApplication.translate("Layout", "Vector loop")


def described(layout: Layout) -> str:
    """A layout as the menu offers it: its name, and what is special about it."""
    said = []
    if len(layout.leads) > 12:  # the leads of a standard ECG
        text = QCoreApplication.translate("Layout", "{n} leads")
        said.append(text.format(n=len(layout.leads)))
    if layout.time is Time.LINES:
        return QCoreApplication.translate("Layout", "One lead, line by line")
    if layout.time is Time.SIMULTANEOUS:
        said.append(QCoreApplication.translate("Layout", "columns at the same time"))
    return "  ".join((layout.name, *said))


def layout_choices(model: Arrangement) -> list[Choice]:
    """All layouts, those with a key first, and the looks at one beat."""
    choices = [
        Choice(
            f"{n}  {described(layout)}" if n <= _KEYS else described(layout),
            layout is model.layout and model.beat_view is None,
            partial(model.set_layout, n),
        )
        for n, layout in enumerate(model.layouts, 1)
    ]
    views = [
        Choice(view_text(view), view is model.beat_view, partial(model.set_beat_view, view))
        for view in BeatView
    ]
    return [*choices, heading(QCoreApplication.translate("Layout", "One beat")), *views]


def said_of(placement: Placement | None) -> list[str]:
    """What the sheet says of its arrangement: how columns share time, what stands how."""
    if placement is None:
        return []
    said = []
    if any(place.inverted for place in placement.places):
        said.append(QCoreApplication.translate("Layout", "−aVR: aVR upside down"))
    if placement.omitted:
        text = QCoreApplication.translate("Layout", "not shown: {leads}")
        said.append(text.format(leads=" ".join(placement.omitted)))
    if placement.columns > 1 and placement.time is Time.SIMULTANEOUS:
        said.append(QCoreApplication.translate("Layout", "Columns show the same time"))
    elif placement.columns > 1:
        said.append(QCoreApplication.translate("Layout", "Columns follow one another in time"))
    return said
