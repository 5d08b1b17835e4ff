"""How the recording's leads are arranged: layout, rhythm lead, and the views of one beat; no Qt."""

from collections.abc import Sequence
from enum import StrEnum

from psygnal import Signal

from farlead_ui.ecg.layouts import LAYOUTS, Layout, Placement, place


class BeatView(StrEnum):
    """A look at one beat instead of the recording."""

    MEDIAN = "median"  # each lead in its place
    STACKED = "stacked"  # all leads on one baseline
    VECTOR = "vector"  # frontal plane


class Arrangement:
    """Layout of the sheet. `layout_changed` when it is another one.

    Parameters
    ----------
    layouts : sequence of Layout
        In the order of their keys.
    default : str, optional
        Name of the layout that the reader wants to begin with; an unknown one is the first.
    """

    layout_changed = Signal()
    default_changed = Signal()

    def __init__(self, layouts: Sequence[Layout] = LAYOUTS, default: str | None = None) -> None:
        self._layouts = tuple(layouts)
        named = (layout for layout in self._layouts if layout.name == default)
        self._layout = next(named, self._layouts[0])
        self._default = self._layout.name
        self._leads: tuple[str, ...] = ()
        self._placement: Placement | None = None
        self._rhythm: str | None = None
        self._beat_view: BeatView | None = None

    def arrange(self, leads: Sequence[str]) -> None:
        """Another recording, or none: what is shown is the recording again, not one beat."""
        self._leads, self._beat_view = tuple(leads), None
        self._place()

    def _place(self) -> None:
        found = place(self._layout, self._leads, self._rhythm) if self._leads else None
        self._placement = found

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """All that can be chosen, in the order of their keys."""
        return self._layouts

    @property
    def placement(self) -> Placement | None:
        """The recording's leads in their places; None without a recording."""
        return self._placement

    @property
    def layout(self) -> Layout:
        """The layout chosen; a recording with few leads is placed otherwise (`layout_name`)."""
        return self._layout

    @property
    def layout_name(self) -> str:
        """Name of the arrangement that the sheet really has."""
        if self._beat_view is not None:
            return self._beat_view.value
        return self._placement.name if self._placement else self._layout.name

    def set_layout(self, number: int) -> None:
        """Choose the layout with this key, from 1; a number without a layout changes nothing."""
        if not 1 <= number <= len(self._layouts):
            return
        wanted = self._layouts[number - 1]
        if wanted is not self._layout or self._beat_view is not None:
            self._layout, self._beat_view = wanted, None
            self._place()
            self.layout_changed.emit()

    def choose_layout(self, name: str) -> None:
        """Choose the layout of this name; an unknown one changes nothing."""
        names = [layout.name for layout in self._layouts]
        if name in names:
            self.set_layout(names.index(name) + 1)

    @property
    def default_layout(self) -> str:
        """Name of the layout that the reader begins with."""
        return self._default

    def keep_default(self) -> None:
        """Begin with the layout chosen now, next time, too."""
        if self._layout.name != self._default:
            self._default = self._layout.name
            self.default_changed.emit()

    def next_layout(self) -> None:
        """Choose the following layout; after the last one the first."""
        self.set_layout((self._layouts.index(self._layout) + 1) % len(self._layouts) + 1)

    def previous_layout(self) -> None:
        """Choose the layout before; before the first one the last."""
        self.set_layout((self._layouts.index(self._layout) - 1) % len(self._layouts) + 1)

    # -- rhythm lead --------------------------------------------------------------------------

    @property
    def rhythm(self) -> str | None:
        """Lead of the (first) rhythm strip; None where the layout has none."""
        strips = [p.lead for p in self._placement.places if p.rhythm] if self._placement else []
        if strips:
            return strips[0]
        if self._placement is not None and self._placement.omitted:
            return self._placement.places[0].lead
        return None

    @property
    def rhythm_leads(self) -> tuple[str, ...]:
        """What can be chosen for it: each recorded lead."""
        return tuple(dict.fromkeys(self._leads))

    def set_rhythm(self, lead: str) -> None:
        """Choose the lead of the rhythm strip; stays for the next recording that has it."""
        if lead in self._leads and lead != self.rhythm:
            self._rhythm = lead
            self._place()
            self.layout_changed.emit()

    def step_rhythm(self, by: int) -> None:
        """Choose the next or previous recorded lead; after the last one the first."""
        leads, now = self.rhythm_leads, self.rhythm
        if now in leads:
            self.set_rhythm(leads[(leads.index(now) + by) % len(leads)])

    # -- one beat -----------------------------------------------------------------------------

    @property
    def beat_view(self) -> BeatView | None:
        """The look at one beat; None: the recording is shown."""
        return self._beat_view

    def set_beat_view(self, view: BeatView | None) -> None:
        """Look at one beat, or at the recording again."""
        if self._leads and view is not self._beat_view:
            self._beat_view = view
            self.layout_changed.emit()

    def toggle_beat_view(self, view: BeatView) -> None:
        """Look at one beat so, or at the recording again."""
        self.set_beat_view(None if self._beat_view is view else view)
