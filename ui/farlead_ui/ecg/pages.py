"""Which part of the recording the sheet shows: its pages, and places between them; no Qt."""

from psygnal import Signal

#: Left edge of the sheet at this time, or this time at that device pixel.
At = tuple[float, float | None]
#: How far from a page's start, in seconds, a place still counts as that page.
_SAME = 1e-6


class Pages:
    """The part shown. `page_changed` (read the attributes) when it is another one.

    The sheet stands either on a page of the grid from the recording's start, or anywhere
    (`at`) after it was panned, zoomed or jumped.
    """

    page_changed = Signal()

    def __init__(self) -> None:
        self._page = 0
        self._pages = 1
        self._seconds = (0.0, 0.0)
        self._at: At | None = None

    @property
    def page(self) -> int:
        """Page shown, from 0; between two pages the earlier one."""
        return self._page

    @property
    def pages(self) -> int:
        """How many pages the recording has at this speed on this sheet."""
        return self._pages

    @property
    def seconds(self) -> tuple[float, float]:
        """Start and end of the page, from the start of the recording."""
        return self._seconds

    @property
    def length(self) -> float:
        """Seconds on the sheet."""
        return self._seconds[1] - self._seconds[0]

    @property
    def at(self) -> At | None:
        """Where the sheet is to stand when it is not on a page of the grid."""
        return self._at

    def laid_out(self, page: int, pages: int, seconds: tuple[float, float]) -> None:
        """Told by the view, which knows the size of the sheet."""
        if self._at is not None:
            off = abs(seconds[0] - page * (seconds[1] - seconds[0]))
            on_page = page == pages - 1 or off < _SAME
            self._at = None if on_page else (seconds[0], None)
        if (page, pages, seconds) != (self._page, self._pages, self._seconds):
            self._page, self._pages, self._seconds = page, pages, seconds
            self.page_changed.emit()

    def rewind(self) -> None:
        """Back to the first page without telling: another recording is being put there."""
        self._page, self._at = 0, None

    def set_page(self, page: int) -> None:
        """Turn to a page; one outside is the nearest there is."""
        page = min(max(page, 0), self._pages - 1)
        if page != self._page or self._at is not None:
            self._page, self._at = page, None
            self.page_changed.emit()

    def next_page(self) -> None:
        """Turn one page on, from where the sheet stands."""
        self.leaf(1)

    def previous_page(self) -> None:
        """Turn one page back, from where the sheet stands."""
        self.leaf(-1)

    def first_page(self) -> None:
        """Turn to the start of the recording."""
        self.set_page(0)

    def last_page(self) -> None:
        """Turn to the end of the recording."""
        self.set_page(self._pages - 1)

    def go_to(self, seconds: float) -> None:
        """Turn to the page that holds this time."""
        if self.length > 0:
            self.set_page(int((seconds + _SAME) // self.length))

    def move_to(self, seconds: float, x: float | None = None) -> None:
        """Have this time at the left edge, or at device pixel `x`; as near as there is sheet."""
        if self._pages > 1 and self.length > 0 and (seconds, x) != (self._seconds[0], None):
            self._at = (seconds, x)
            self.page_changed.emit()

    def move_by(self, seconds: float) -> None:
        """Pan so far on."""
        start = self._seconds[0] + seconds
        if seconds < 0 and self._seconds[0] <= 0:
            return
        self.move_to(max(start, 0.0))

    def centre(self, seconds: float) -> None:
        """Have this time in the middle of the sheet."""
        self.move_to(max(seconds - self.length / 2, 0.0))

    def leaf(self, pages: int) -> None:
        """Turn so many pages on, from where the sheet stands."""
        if self._at is None:
            self.set_page(self._page + pages)
        else:
            self.move_by(pages * self.length)
