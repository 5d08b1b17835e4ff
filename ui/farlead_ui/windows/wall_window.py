"""The wall as a window: full screen on the screen it is to hang on, keys for who sets it up."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMainWindow

from farlead.messages import Language
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import Look
from farlead_ui.wall.model import WallModel
from farlead_ui.wall.view import WallView


class WallWindow(QMainWindow):
    """F8 language, F9 day or night, F11 full screen, Esc back into a window, Ctrl+Q ends it.

    Parameters
    ----------
    model : WallModel
    appearance : Appearance
    hospital : str
    """

    def __init__(self, model: WallModel, appearance: Appearance, hospital: str) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self.setWindowTitle("Farlead")
        self.view = WallView(model, appearance, hospital)
        self.setCentralWidget(self.view)
        self.setMinimumSize(960, 540)

    def hang(self, number: int | None = None) -> None:
        """Full screen on this screen, counted from 1; on the last one unless told otherwise."""
        screens = QGuiApplication.screens()
        screen = screens[min(number or len(screens), len(screens)) - 1]
        self.setGeometry(screen.geometry())
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.showFullScreen()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        appearance = self._appearance
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Q and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.close()
        elif key == Qt.Key.Key_F8:
            chinese = appearance.language is Language.ZH
            appearance.language = Language.EN if chinese else Language.ZH
        elif key == Qt.Key.Key_F9:
            night = appearance.look is Look.NIGHT
            appearance.look = Look.DAY if night else Look.NIGHT
        elif key == Qt.Key.Key_F11:
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        elif key == Qt.Key.Key_Escape:
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._model.close()
        super().closeEvent(event)
