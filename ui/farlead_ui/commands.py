"""All commands as data: id, words, keys, where they work, when, and what they do.

Shortcuts, buttons, key sheet, command palette and tests read this one table. Two commands may
share a key in one place; the first that is enabled runs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from psygnal import Signal
from PySide6.QtCore import QCoreApplication

from farlead.errors import SettingsError
from farlead.messages import Message, in_both, message
from farlead_ui.arrivals import ArrivalsModel
from farlead_ui.batch import BatchModel
from farlead_ui.cases import CasesModel
from farlead_ui.ecg.earlier import ComparisonModel
from farlead_ui.ecg.model import SheetModel
from farlead_ui.imaging.model import ImageModel
from farlead_ui.interrupted import InterruptedModel
from farlead_ui.outage import OfferedModel
from farlead_ui.own_keys import Keyed, refused
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.review import ReviewModel
from farlead_ui.rooms import Room
from farlead_ui.run import RunModel
from farlead_ui.signing import SigningModel
from farlead_ui.waiting import WaitingModel
from farlead_ui.windows.measuring import Measuring


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:  # noqa: N802  # the name lupdate looks for
    """Mark a text for translation where it is only noted down."""
    return text


class Where(StrEnum):
    """Where the keyboard must be for a key to work."""

    SHEET = "sheet"
    LIST = "list"
    EVERYWHERE = "everywhere"


class Group(StrEnum):
    """Column of the key sheet."""

    STUDY = "study"
    SHEET = "sheet"
    MEASURE = "measure"
    REPORT = "report"
    SEAT = "seat"


class Guard(StrEnum):
    """What must have been on the screen for an act to be meant for the study in hand."""

    NONE = "none"
    SHOWN = "shown"  # the study, for as long as it takes to answer
    SEEN = "seen"  # all of it, for as long: the act reaches the report or the unit


class WindowLike(Protocol):
    """What commands ask of the window."""

    @property
    def blocked(self) -> bool:
        """Whether the lock screen hides everything."""

    @property
    def overlaid(self) -> bool:
        """Whether palette, key sheet or about box lies over the window."""

    def out(self, room: Room) -> bool:
        """Whether a room has a window of its own."""

    def toggle_room(self, room: Room) -> None:
        """Send a room into a window of its own, or bring it home."""

    @property
    def several_screens(self) -> bool:
        """Whether there is another screen to move a window to."""

    def to_next_screen(self) -> None:
        """The window that has the keyboard goes to the next screen."""

    @property
    def at_comparison(self) -> bool:
        """Whether keys are the comparison's while two are compared."""

    @property
    def files(self) -> int:
        """How many recordings or sets of images the study in hand has."""

    def step_file(self, by: int) -> None:
        """Show the next or the previous of them."""

    def fold_list(self) -> None:
        """Fold or unfold the list."""

    def fold_report(self) -> None:
        """Fold or unfold the report."""

    def escape(self) -> None:
        """One step back: overlay, panel, candidates; then the keyboard to the sheet."""

    def focus_case(self) -> None:
        """Keyboard into the column of a critical value."""

    def focus_list(self) -> None:
        """Keyboard into the list."""

    def focus_statement(self) -> None:
        """Keyboard into the statement line."""

    def show_keys(self) -> None:
        """Key sheet."""

    def show_key_changer(self) -> None:
        """Other keys for commands."""

    def show_palette(self) -> None:
        """Command palette."""

    def show_measurements(self) -> None:
        """Table of all measurements."""

    def show_calibration(self) -> None:
        """Card and ruler for the true scale of the screen."""

    def show_paper(self) -> None:
        """Paper preview in the place of the sheet, or the sheet again."""

    def print_report(self) -> None:
        """Print preview."""

    def export(self, form: str) -> None:
        """Give the sheet or its figures out: ``pdf``, ``png``, ``values``."""

    def show_batch(self) -> None:
        """What is checked, to be signed with one PIN."""

    def show_issued(self) -> None:
        """Issued reports and their versions."""

    def show_orders(self) -> None:
        """Orders that a person must look at."""

    @property
    def connections_known(self) -> bool:
        """Whether this seat knows the systems outside."""

    def show_connections(self) -> None:
        """Every unit, archive and peer."""

    def show_shift(self) -> None:
        """What is left, handed over or taken on."""

    def show_chest_pain(self) -> None:
        """Moments and intervals of the study in hand."""

    def show_cases(self) -> None:
        """Critical values that run or ended lately."""

    def show_search(self) -> None:
        """Search among all studies."""

    def show_about(self) -> None:
        """About box."""

    def change_reader(self) -> None:
        """Log out, so that another reader can sign in here."""

    def toggle_look(self) -> None:
        """Day or night."""

    @property
    def by_day(self) -> bool:
        """Whether the look is that of the day."""

    def next_paper(self) -> None:
        """Another print of the ECG paper."""

    def toggle_language(self) -> None:
        """Chinese or English."""

    def toggle_full_screen(self) -> None:
        """Full screen or window."""


@dataclass(frozen=True, slots=True)
class Seat:
    """What commands act on."""

    reading: ReadingModel
    signing: SigningModel
    waiting: WaitingModel
    sheet: SheetModel
    images: ImageModel
    measuring: Measuring
    window: WindowLike
    comparison: ComparisonModel
    cases: CasesModel
    review: ReviewModel
    batch: BatchModel
    offered: OfferedModel
    arrivals: ArrivalsModel
    run: RunModel
    interrupted: InterruptedModel


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Parameters
    ----------
    id : str
    group : Group
    title : str
        English source text, translated in the context ``commands``.
    initials : str
        Pinyin initials of the Chinese title.
    keys : tuple of str
        Default keys; the first one is shown.
    where : Where
    run, enabled : callable(Seat)
    repeat : bool
        Whether a key held down runs it again and again; never for what signs, accepts or claims.
    guard : Guard
        What must have been on the screen before; by key, by mouse and from the palette.
    values : mapping
        Values for the placeholders of the title.
    family : str
        Title under which the key sheet gathers commands such as the layouts.
    """

    id: str
    group: Group
    title: str
    initials: str
    keys: tuple[str, ...]
    where: Where
    run: Callable[[Seat], None]
    enabled: Callable[[Seat], bool] = field(default=lambda _seat: True)
    repeat: bool = False
    guard: Guard = Guard.NONE
    values: Mapping[str, str] = field(default_factory=dict)
    family: str = ""

    @property
    def words(self) -> str:
        """Title in the language of the window."""
        return QCoreApplication.translate("commands", self.title).format(**self.values)

    @property
    def family_words(self) -> str:
        """Title of its family in the language of the window."""
        return QCoreApplication.translate("commands", self.family)


class Commands:
    """The table at work for one seat. `keys_changed`: keys have become others.

    Parameters
    ----------
    seat : Seat
    table : sequence of Command
    keys : mapping of id to keys
        The user's own keys; they replace the defaults.

    Raises
    ------
    SettingsError
        `keys` names a command that does not exist, or a key that it cannot have.
    """

    keys_changed = Signal()

    def __init__(
        self,
        seat: Seat,
        table: Sequence[Command],
        keys: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._seat = seat
        self.table = tuple(table)
        self._by_id = {command.id: command for command in self.table}
        self._keys = dict(keys or {})
        for unknown in self._keys.keys() - self._by_id.keys():
            raise SettingsError(message("shell.unknown_command", command=unknown))
        for command, given in self._keys.items():
            for cause in filter(None, (self._refused(command, key) for key in given)):
                raise SettingsError(
                    message("shell.keys.wrong", command=command, **in_both("cause", cause))
                )

    @property
    def own_keys(self) -> dict[str, tuple[str, ...]]:
        """The user's own keys by command, to be stored."""
        return dict(self._keys)

    def give(self, command: str, key: str) -> Message | None:
        """Make this the command's only key; the result says why it was refused."""
        cause = self._refused(command, key)
        if cause is None:
            self._keys[command] = (key,)
            self.keys_changed.emit()
        return cause

    def restore(self, command: str) -> Message | None:
        """Give a command its default keys back; the result says why that was refused."""
        taken = (self._refused(command, key) for key in self._by_id[command].keys)
        cause = next(filter(None, taken), None)
        if cause is None and self._keys.pop(command, None) is not None:
            self.keys_changed.emit()
        return cause

    def _refused(self, command: str, key: str) -> Message | None:
        return refused(self._by_id[command], key, self.table, self.keys)

    def run(self, command: str) -> None:
        """Run a command by its id, if it works now."""
        if self.enabled(command):
            self._run(self._by_id[command])

    def enabled(self, command: str) -> bool:
        """Whether it works now."""
        window = self._seat.window
        if window.blocked or (window.overlaid and command not in _OVER_OVERLAYS):
            return False
        return self._by_id[command].enabled(self._seat)

    def works_below(self, command: Command) -> bool:
        """Whether a command works once what lies over the window is closed."""
        return not self._seat.window.blocked and command.enabled(self._seat)

    def keys(self, command: Keyed) -> tuple[str, ...]:
        """Keys of a command: the user's, else the default ones."""
        return self._keys.get(command.id, command.keys)

    def shown_keys(self, command: Command) -> tuple[str, ...]:
        """All its keys as shown on screen, each once."""
        return tuple(dict.fromkeys(shown_key(key) for key in self.keys(command)))

    def key(self, command: str) -> str:
        """First key as shown on screen."""
        keys = self.keys(self._by_id[command])
        return shown_key(keys[0]) if keys else ""

    def places(self) -> dict[tuple[Where, str], list[Command]]:
        """Commands by where and key, in the order of the table."""
        found: dict[tuple[Where, str], list[Command]] = {}
        for command in self.table:
            for key in self.keys(command):
                found.setdefault((command.where, key), []).append(command)
        return found

    def dispatch(self, commands: Sequence[Command], *, unfinished: bool = False) -> None:
        """Run the first of these that works now.

        `unfinished`: an input method was still at a word, which stands in the text as it was
        typed. It is kept, but nothing is signed or sent with it before the reader has seen it.
        """
        command = next((each for each in commands if self.enabled(each.id)), None)
        if command is None:
            return
        if unfinished and command.guard is not Guard.NONE:
            self._seat.reading.tell(NoticeKind.INFO, message("reading.unfinished_word"))
        else:
            self._run(command)

    def _run(self, command: Command) -> None:
        """Run it if what it is about has been on the screen; said where that is not so."""
        reading = self._seat.reading
        guarded = command.guard is not Guard.NONE and reading.in_hand is not None
        if guarded and not reading.answerable:
            return  # pressed for the study before: this one has only just appeared
        if command.guard is Guard.SEEN and not reading.seen:
            reading.tell(NoticeKind.INFO, message("reading.nothing_painted"))
        else:
            command.run(self._seat)


_OVER_OVERLAYS = {"seat.back", "seat.palette", "seat.keys", "seat.own_keys", "seat.lock"}


def shown_key(key: str) -> str:
    """A key as people call it."""
    names = {
        "Return": "Enter", "-": "−", "PgDown": "PageDown", "PgUp": "PageUp",
        "Left": "←", "Right": "→", "Up": "↑", "Down": "↓",
    }  # fmt: skip
    return "+".join(names.get(part, part) for part in key.split("+")) if key != "+" else key
