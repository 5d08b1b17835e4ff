"""The composition of the window: a desk in, models and rooms out. No global object."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from farlead.messages import Language
from farlead.settings import Clock, Settings
from farlead_ui.bridge import Scheduler, listen
from farlead_ui.desk_like import DeskLike
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.rulers import Rulers
from farlead_ui.i18n import Languages
from farlead_ui.reading import ReadingModel
from farlead_ui.rooms import RoomsModel
from farlead_ui.signing import SigningModel
from farlead_ui.tasks import Tasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.stylesheet import stylesheet
from farlead_ui.waiting import WaitingModel
from farlead_ui.windows.main import MainWindow


@dataclass(frozen=True, slots=True)
class Station:
    """Everything that one window is made of."""

    waiting: WaitingModel
    reading: ReadingModel
    signing: SigningModel
    window: MainWindow


def compose(
    desk: DeskLike,
    settings: Settings,
    appearance: Appearance,
    tasks: Tasks,
    scheduler: Scheduler,
    clock: Clock,
    keys: Mapping[str, tuple[str, ...]] | None = None,
    rulers: Rulers | None = None,
    sheet: SheetModel | None = None,
    rooms: RoomsModel | None = None,
) -> Station:
    """Build the models and the window over a desk; nothing is read or shown yet."""
    waiting = WaitingModel(desk, tasks, scheduler, clock)
    reading = ReadingModel(desk, waiting, tasks, scheduler, clock, settings)
    signing = SigningModel(reading)
    window = MainWindow(reading, signing, appearance, clock, keys, rulers, sheet, rooms)
    return Station(waiting, reading, signing, window)


def dress(application: QApplication, appearance: Appearance) -> Languages:
    """Give the application its font, colours and language, and keep them in step."""
    application.setStyle("Fusion")
    application.setFont(font())
    languages = Languages(application)

    spoken: list[Language] = []

    def follow() -> None:
        sheet = stylesheet(appearance.palette)
        if sheet != application.styleSheet():
            application.setStyleSheet(sheet)
        if spoken[-1:] != [appearance.language]:
            spoken[:] = [appearance.language]
            languages.use(appearance.language)

    listen(application, appearance.changed, follow)
    follow()
    return languages
