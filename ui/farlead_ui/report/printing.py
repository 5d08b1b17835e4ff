"""The report on its way to a printer: which one, and what that would do to the page.

What is printed is the signed file where there is one and nothing new is written; else the page
marked as a preview. It is noted in the audit trail before it is handed out.
"""

from collections.abc import Callable, Sequence
from functools import partial

from psygnal import Signal
from PySide6.QtGui import QImage

from farlead.messages import Message, message
from farlead_ui.desk_like import DeskLike
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.report.pages import rendered
from farlead_ui.report.paper import Asked, PaperModel, report_pdf
from farlead_ui.report.printers import Printer, print_pdf, printers
from farlead_ui.tasks import Done, Outcome

_PREVIEW_DPI = 60.0

Print = Callable[[bytes, str], int]
Find = Callable[[], tuple[Printer, ...]]


class PrintingModel:
    """The print preview. `changed`: open or not, printers, the chosen one, the pages.

    Parameters
    ----------
    reading : ReadingModel
    paper : PaperModel
        Knows what is in hand.
    find : callable, optional
        Finds the printers.
    put : callable, optional
        Prints a PDF on a printer.
    """

    changed = Signal()

    def __init__(
        self,
        reading: ReadingModel,
        paper: PaperModel,
        find: Find = printers,
        put: Print = print_pdf,
    ) -> None:
        self._reading, self._paper = reading, paper
        self._find, self._put = find, put
        self._asked: Asked | None = None
        self._pdf = b""
        self.number = ""
        self.pages: Sequence[QImage] = ()
        self.printers: tuple[Printer, ...] | None = None  # None: being looked for
        self.place = 0
        self.trouble: Message | None = None

    @property
    def chosen(self) -> Printer | None:
        """The printer that is chosen."""
        return self.printers[self.place] if self.printers else None

    @property
    def ready(self) -> bool:
        """Whether it can be printed now."""
        return self.chosen is not None and bool(self._pdf)

    def open(self) -> None:
        """Compose what is in hand, and look for printers."""
        job, asked = self._reading.in_hand, self._paper.asked(_PREVIEW_DPI)
        if job is None or asked is None:
            return
        self._asked, self.number = asked, job.number
        self._pdf, self.pages, self.printers, self.trouble = b"", (), None, None
        self.place = 0
        self.changed.emit()
        desk, tasks = self._reading.desk, self._reading.tasks
        tasks.latest("printers", self._find, partial(self._found, asked))
        tasks.latest("print", partial(_composed, desk, asked), partial(self._composed, asked))

    def step(self, by: int) -> None:
        """The next or the previous printer."""
        if self.printers:
            self.place = min(max(self.place + by, 0), len(self.printers) - 1)
            self.changed.emit()

    def print(self) -> bool:
        """Print on the chosen printer; whether it was handed over."""
        printer, asked = self.chosen, self._asked
        if printer is None or asked is None or not self._pdf:
            return False
        work = partial(_printed, self._reading.desk, asked.study, self._pdf, printer, self._put)
        done = partial(self._done, self.number, printer.name)
        self._reading.tasks.ordered("print", work, done)
        return True

    def _found(self, asked: Asked, outcome: Outcome[tuple[Printer, ...]]) -> None:
        if asked is self._asked:
            if isinstance(outcome, Done):
                self.printers = outcome.value
            else:
                self.printers, self.trouble = (), outcome.error.reason
            self.changed.emit()

    def _composed(self, asked: Asked, outcome: Outcome[tuple[bytes, tuple[QImage, ...]]]) -> None:
        if asked is self._asked:
            if isinstance(outcome, Done):
                self._pdf, self.pages = outcome.value
            else:
                self.trouble = outcome.error.reason
            self.changed.emit()

    def _done(self, number: str, name: str, outcome: Outcome[int]) -> None:
        if isinstance(outcome, Done):
            told = message("print.done", number=number, pages=outcome.value, name=name)
            self._reading.tell(NoticeKind.DONE, told)
        else:
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)


def _composed(desk: DeskLike, asked: Asked) -> tuple[bytes, tuple[QImage, ...]]:
    pdf = report_pdf(desk, asked)
    return pdf, rendered(pdf, asked.dpi)


def _printed(desk: DeskLike, study: int, pdf: bytes, printer: Printer, put: Print) -> int:
    desk.exported(study, "print")
    return put(pdf, printer.name)
