"""The menu of the right button: every command that works here now, with its key.

Made of the command table: nothing can be done in it that has no command, and no command of the
place is missing.
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from farlead_ui.commands import QT_TRANSLATE_NOOP, Command, Commands, Group, Where, shown_key

#: What stands in the menu itself, in this order; None is a line. All others stand in submenus.
FIRST: tuple[str | None, ...] = (
    "suggestion.accept", "suggestion.reject", None,
    "caliper.time", "caliper.voltage", "caliper.qt", "caliper.march", "caliper.report",
    "caliper.remove", None,
    "compare.toggle", "sheet.median", "sheet.filter", "sheet.magnifier", "sheet.whole", None,
    "list.take", "study.open", "study.next",
)  # fmt: skip

#: Submenus: title, and whose commands they hold.
SUBMENUS: tuple[tuple[str, Callable[[Command], bool]], ...] = (
    (QT_TRANSLATE_NOOP("ContextMenu", "Layout"), lambda c: c.id.startswith("sheet.layout")),
    (QT_TRANSLATE_NOOP("ContextMenu", "Show"), lambda c: c.id.startswith("overlay")),
    (QT_TRANSLATE_NOOP("ContextMenu", "Measure"), lambda c: c.group is Group.MEASURE),
    (QT_TRANSLATE_NOOP("ContextMenu", "Sheet"), lambda c: c.group is Group.SHEET),
    (QT_TRANSLATE_NOOP("ContextMenu", "Report"), lambda c: c.group is Group.REPORT),
    (QT_TRANSLATE_NOOP("ContextMenu", "Study"), lambda c: c.group is Group.STUDY),
    (QT_TRANSLATE_NOOP("ContextMenu", "Seat"), lambda c: c.group is Group.SEAT),
)


class ContextMenu:
    """Opens it over a widget.

    Parameters
    ----------
    commands : Commands
    places : iterable of Where
        Whose commands it offers, besides those that work everywhere.
    """

    def __init__(self, commands: Commands, *places: Where) -> None:
        self._commands, self._places = commands, {*places, Where.EVERYWHERE}

    def serve(self, widget: QWidget) -> None:
        """Answer the right button over a widget."""
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(lambda at: self.open(widget, at))

    def open(self, widget: QWidget, at: QPoint) -> None:
        """Show it at this place of the widget."""
        menu = self.made(widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(widget.mapToGlobal(at))

    def made(self, parent: QWidget) -> QMenu:
        """The menu for what works now."""
        here = [c for c in self._commands.table if self._works(c)]
        menu = QMenu(parent)
        for wanted in FIRST:
            found = next((c for c in here if c.id == wanted), None)
            if found is not None:
                self._add(menu, found)
            elif wanted is None and menu.actions() and not menu.actions()[-1].isSeparator():
                menu.addSeparator()
        menu.addSeparator()
        left = [c for c in here if c.id not in FIRST]
        for title, belongs in SUBMENUS:
            inside = [c for c in left if belongs(c)]
            left = [c for c in left if c not in inside]
            if inside:
                self._fill(menu.addMenu(QCoreApplication.translate("ContextMenu", title)), inside)
        return menu

    def _fill(self, menu: QMenu, commands: Iterable[Command]) -> None:
        for command in commands:
            self._add(menu, command)

    def _add(self, menu: QMenu, command: Command) -> None:
        keys = self._commands.keys(command)
        text = command.words.replace("&", "&&")
        made = menu.addAction(f"{text}\t{shown_key(keys[0])}" if keys else text)
        made.setData(command.id)
        made.triggered.connect(lambda: self._commands.run(command.id))

    def _works(self, command: Command) -> bool:
        return command.where in self._places and self._commands.enabled(command.id)
