"""Start-up of what stands without a reading desk: wall, connections, numbers, audit trail.

``farlead --wall`` opens no claim and no key, and starts no service: a screen that hangs for months
asks the same store as the stations and can only look. The store is opened beside the window, again
and again until it answers. ``--connections``, ``--numbers`` and ``--audit`` ask for the password of
an account that may oversee.
"""

import sys
import time
from enum import StrEnum

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QWidget

from farlead.services import Overlook, Overseeing, WallOutlet, open_overlook
from farlead.settings import Settings, utc_now
from farlead_ui.auditing.model import TrailModel
from farlead_ui.auditing.view import TrailView
from farlead_ui.bridge import QtScheduler, Scheduler
from farlead_ui.compose import dress
from farlead_ui.connections.view import ConnectionsView
from farlead_ui.numbers.model import SPANS, NumbersModel
from farlead_ui.numbers.view import NumbersView
from farlead_ui.seat import SeatMemory
from farlead_ui.tasks import PoolTasks, Tasks
from farlead_ui.tending import TendingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.wall.model import WallModel
from farlead_ui.windows.oversight_window import OversightWindow
from farlead_ui.windows.wall_window import WallWindow

_CLOSING_MILLISECONDS = 10_000


def hang_wall(settings: Settings, memory: SeatMemory, login: str, screen: int | None) -> int:
    """Show the wall until it is closed."""
    appearance = _dressed(settings, memory)
    tasks, scheduler, outlet = PoolTasks(2), QtScheduler(), WallOutlet(settings, login)
    model = WallModel(outlet, tasks, scheduler, utc_now, time.monotonic)
    window = WallWindow(model, appearance, settings.hospital)
    window.hang(screen)
    code = QApplication.exec()
    tasks.close(_CLOSING_MILLISECONDS)
    outlet.close()
    return code


class Overseen(StrEnum):
    """What is looked at."""

    NUMBERS = "numbers"
    CONNECTIONS = "connections"
    AUDIT = "audit"


def oversee(settings: Settings, memory: SeatMemory, login: str, room: Overseen) -> int:
    """One of these rooms, until its window is closed; FarleadError."""
    appearance, tasks = _dressed(settings, memory), PoolTasks()
    with open_overlook(settings, login) as overseeing:
        match room:
            case Overseen.NUMBERS:
                window = numbers_window(overseeing, tasks, appearance)
            case Overseen.CONNECTIONS:
                window = connections_window(overseeing, tasks, QtScheduler(), appearance)
            case Overseen.AUDIT:
                window = audit_window(overseeing, tasks, appearance)
        window.showMaximized()
        if not overseeing.asks_password:
            window.sign_in()
        code = QApplication.exec()
        tasks.close(_CLOSING_MILLISECONDS)
        return code


def numbers_window(overseeing: Overseeing, tasks: Tasks, appearance: Appearance) -> OversightWindow:
    """The manager's numbers, behind a password."""

    def body(overlook: Overlook) -> QWidget:
        model = NumbersModel(overlook.figures, tasks, utc_now)
        view = NumbersView(model, appearance)
        model.look(*SPANS[1])
        return view

    def title() -> str:
        return QCoreApplication.translate("Overseeing", "Numbers")

    return OversightWindow(overseeing.login, overseeing.enter, body, title, tasks, appearance)


def connections_window(
    overseeing: Overseeing, tasks: Tasks, scheduler: Scheduler, appearance: Appearance
) -> OversightWindow:
    """The connections, behind a password."""

    def body(overlook: Overlook) -> QWidget:
        model = TendingModel(overlook.tending, tasks, scheduler, utc_now)
        view = ConnectionsView(model, appearance)
        view.destroyed.connect(model.close)
        model.open()
        return view

    def title() -> str:
        return QCoreApplication.translate("Overseeing", "Connections")

    return OversightWindow(overseeing.login, overseeing.enter, body, title, tasks, appearance)


def audit_window(overseeing: Overseeing, tasks: Tasks, appearance: Appearance) -> OversightWindow:
    """The audit trail, behind a password."""

    def body(overlook: Overlook) -> QWidget:
        model = TrailModel(overlook.trail, tasks)
        view = TrailView(model, appearance)
        view.ask()
        return view

    def title() -> str:
        return QCoreApplication.translate("Overseeing", "Audit trail")

    return OversightWindow(overseeing.login, overseeing.enter, body, title, tasks, appearance)


def _dressed(settings: Settings, memory: SeatMemory) -> Appearance:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    appearance = Appearance(memory.look, memory.language or settings.language, memory.paper)
    dress(application, appearance)
    return appearance
