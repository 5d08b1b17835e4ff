"""Orders without a certain study: both sides, what differs, and a person's decision."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from farlead.model.lives import OrderState
from farlead.model.order import Candidate, KeptOrder, PatientLink
from farlead.model.people import Patient
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.ordering import OrdersModel, Shown
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, line, panel
from farlead_ui.windows.order_sides import Sides
from farlead_ui.windows.overlay import Overlay
from farlead_ui.windows.rows import Entry, Rows

_LEFT = 420


class OrdersSheet(Overlay):
    """Ctrl+Shift+O.

    Parameters
    ----------
    parent : QWidget
    orders : OrdersModel
    appearance : Appearance
    """

    def __init__(self, parent: QWidget, orders: OrdersModel, appearance: Appearance) -> None:
        super().__init__(parent, 1440, 800)
        self.model, self._appearance = orders, appearance
        self._asked = ""  # which act a reason is asked for
        self.rows = Rows(appearance, lambda _entry: orders.choose(self.rows.chosen))
        self.sides = Sides(appearance)
        self.reason = QLineEdit()
        self.reason.returnPressed.connect(self._confirm)
        self._join, self._close, self._undo, self._other = (button() for _ in range(4))
        self._join.clicked.connect(lambda: self.ask("join"))
        self._close.clicked.connect(lambda: self.ask("close"))
        self._undo.clicked.connect(lambda: self.ask("undo"))
        self._other.clicked.connect(self._swap)
        self._title = label(step="section", bold=True)
        self._why = label(bold=True, wrap=True)
        self._which = label(step="words", tone="quiet", wrap=True)
        self._reason_title = label(step="words", bold=True, wrap=True)
        self.told = label(step="words", tone="critical", wrap=True)
        self._compose()
        listen(self, orders.changed, self.refresh)

    def _compose(self) -> None:
        left = panel()
        left.setFixedWidth(_LEFT)
        left.setLayout(down(self.rows, None, across(self._other, None)))
        right = panel()
        acts = across(self._join, self._close, self._undo, None)
        column = down(
            self._why, 4, self._which, 10, self.sides, None, self._reason_title, 4,
            self.reason, self.told, 8, acts,
        )  # fmt: skip
        right.setLayout(column)
        body = across(left, line(vertical=True), right, gap=16)
        body.setStretch(2, 1)
        column = down(across(self._title, None, self.way_out()), 10, body)
        column.setStretch(2, 1)
        column.setContentsMargins(24, 16, 24, 16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addLayout(column)

    def open(self) -> None:
        """Read the list anew."""
        self.model.show(Shown.WAITING)
        self.model.load()
        super().open()
        self.ask("")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        acts = {Qt.Key.Key_J: "join", Qt.Key.Key_D: "close", Qt.Key.Key_U: "undo"}
        moves = {
            Qt.Key.Key_Up: lambda: self.model.step(-1),
            Qt.Key.Key_Down: lambda: self.model.step(1),
            Qt.Key.Key_Left: lambda: self.model.turn(-1),
            Qt.Key.Key_Right: lambda: self.model.turn(1),
        }
        key = Qt.Key(event.key())
        if control and key in acts:
            self.ask(acts[key])
        elif control and key is Qt.Key.Key_T:
            self._swap()
        elif not control and key in moves:
            moves[key]()
        else:
            super().keyPressEvent(event)

    def ask(self, act: str) -> None:
        """Ask the reason of an act, or nothing."""
        self._asked = act if act in self._possible() else ""
        self.reason.clear()
        for part in (self.reason, self._reason_title):
            part.setVisible(bool(self._asked))
        asked = {
            "join": self.tr("Reason; Enter joins the order with this study"),
            "close": self.tr("Reason; Enter closes the order: no study will come"),
            "undo": self.tr("Reason; Enter undoes it, the order waits again"),
        }
        if self.model.patients is not None:
            asked["undo"] = self.tr("Reason; Enter parts them: they are two people")
        self._reason_title.setText(asked.get(self._asked, ""))
        (self.reason if self._asked else self).setFocus()

    def refresh(self) -> None:
        """Say what is there."""
        orders = self.model
        entries = [self._entry(kept) for kept in orders.listed]
        if orders.shown is Shown.PATIENTS:
            entries = [self._joined(link) for link in orders.orders.patients]
        self.rows.show_entries(entries)
        self.rows.choose(orders.chosen)
        titles = {
            Shown.WAITING: self.tr("Orders without a certain study: {n}"),
            Shown.SETTLED: self.tr("Orders joined or closed: {n}"),
            Shown.PATIENTS: self.tr("Patients joined by their units: {n}"),
        }
        self._title.setText(titles[orders.shown].format(n=orders.many))
        link = orders.patients
        self._why.setText(self._both(link) if link is not None else self._reason_of(orders.order))
        self.sides.setVisible(orders.shown is not Shown.PATIENTS)
        self._which.setText(self._beside())
        self._which.setVisible(not orders.undoing)
        self.sides.show_sides(orders.order, self._shown())
        self._join.setText(self.tr("Join  Ctrl+J"))
        self._close.setText(self.tr("Close  Ctrl+D"))
        self._undo.setText(self.tr("Undo  Ctrl+U"))
        others = {
            Shown.WAITING: self.tr("Joined and closed ones  Ctrl+T"),
            Shown.SETTLED: self.tr("Joined patients  Ctrl+T"),
            Shown.PATIENTS: self.tr("Back to what waits  Ctrl+T"),
        }
        self._other.setText(others[orders.shown])
        possible = self._possible()
        for part, act in ((self._join, "join"), (self._close, "close"), (self._undo, "undo")):
            part.setVisible((act == "undo") == orders.undoing)
            part.setEnabled(act in possible)
        self.told.setVisible(orders.error is not None)
        self.told.setText(self._appearance.text(orders.error) if orders.error else "")

    def _possible(self) -> set[str]:
        orders = self.model
        if (orders.order is None and orders.patients is None) or orders.busy:
            return set()
        if orders.undoing:
            return {"undo"}
        return {"close", "join"} if orders.candidate is not None else {"close"}

    def _shown(self) -> Candidate | None:
        return None if self.model.undoing else self.model.candidate

    def _reason_of(self, kept: KeptOrder | None) -> str:
        case = self.model.case
        if case is not None:
            return self._appearance.text(case.why)
        if kept is None and self.model.shown is Shown.PATIENTS:
            return "" if self.model.busy else self.tr("No unit has joined two patients.")
        if kept is None:
            return "" if self.model.busy else self.tr("Every order has found its study.")
        if kept.state is OrderState.JOINED:
            told = self.tr("Joined with study {number}").format(number=kept.study_number or "")
        else:
            told = self.tr("Closed")
        return f"{told}: {words.plain(kept.reason)}" if kept.reason else told

    def _beside(self) -> str:
        case, candidate = self.model.case, self.model.candidate
        if case is None or candidate is None:
            return ""
        many = self.tr("Study {n} of {all}  ←/→").format(
            n=self.model.beside + 1, all=len(case.candidates)
        )
        more = {
            "taken": self.tr("it has another order already"),
            "parted": self.tr("a person has parted the two before"),
        }
        said = [text for key, text in more.items() if key in candidate.differs]
        return self._appearance.joined([many, *said])

    def _entry(self, kept: KeptOrder) -> Entry:
        name = words.plain(kept.order.patient.name or "") or kept.order.number
        side = f"{kept.order.number} · {kept.source}"
        when = f"{words.date(kept.received)[5:]} {words.clock_time(kept.received)}"
        return Entry("document", name, side, when, "", lambda: None)

    def _joined(self, link: PatientLink) -> Entry:
        name = words.plain(link.kept.name or "") or "–"
        when = f"{words.date(link.made)[5:]} {words.clock_time(link.made)}"
        return Entry("person", name, words.plain(link.source), when, "", lambda: None)

    def _both(self, link: PatientLink) -> str:
        """Who goes on, and who was found to be the same."""
        said = self.tr("{kept}\nwas joined with\n{other}\nby the word of {source}")
        return said.format(
            kept=self._person(link.kept),
            other=self._person(link.other),
            source=words.plain(link.source),
        )

    def _person(self, patient: Patient) -> str:
        born = patient.birth_date.isoformat() if patient.birth_date else "–"
        name = words.plain(patient.name or "") or "–"
        return self._appearance.joined([name, words.sex(patient.sex), born])

    def _swap(self) -> None:
        self.model.show_next()
        self.ask("")

    def _confirm(self) -> None:
        orders = self.model
        act = {"join": orders.join, "close": orders.close, "undo": orders.undo}.get(self._asked)
        if act is not None:
            reason = self.reason.text()
            if reason.strip():
                self.ask("")
            act(reason)
