"""The desktop application ``farlead``.

Start-up, in this order:

1. :func:`arguments` — folder of the store, language, look, account; ``--wall`` goes on in
   :mod:`farlead_ui.overseeing`.
2. Settings are read; a wrong file ends here, with its name and field on standard error.
3. The Qt application gets its font, colours and language (:func:`farlead_ui.compose.dress`).
4. The desk is opened for the account of this seat: this makes or migrates the store. At a hub whose
   address names nobody the person signs in first (:mod:`farlead_ui.windows.sign_in`).
5. :func:`farlead_ui.compose.compose` builds models and window over the desk.
6. The serving child (intake, screening, delivery) is started and watched.
7. The window is shown, locked unless somebody has just signed in; the event loop runs. PIN or
   password opens the desk (:mod:`farlead_ui.signing`); nothing of a study is read before.
8. When another reader is next (``seat.change_reader``), from 4 again, with a sign-in.

Closing goes back the same way: pending retakes go out, the draft is saved, the claim released
(:meth:`MainWindow.closeEvent`), work under way is waited for, the child is ended, the desk closed.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from farlead.desk import StationDesk
from farlead.errors import FarleadError, SettingsError
from farlead.messages import Language, message
from farlead.services import Serving, asks_who, open_desk
from farlead.settings import Settings, load_settings, utc_now
from farlead_ui.arrivals import ArrivalsModel
from farlead_ui.bridge import QtScheduler, listen
from farlead_ui.commands import Commands
from farlead_ui.compose import Station, compose, dress
from farlead_ui.crash import CrashPath
from farlead_ui.ecg.layouts import LAYOUTS
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.rulers import Rulers
from farlead_ui.interrupted import InterruptedModel
from farlead_ui.overseeing import Overseen, hang_wall, oversee
from farlead_ui.own_layouts import own_layouts
from farlead_ui.personal import followed
from farlead_ui.reading import NoticeKind
from farlead_ui.rooms import RoomsModel
from farlead_ui.seat import SeatMemory, recall, remember
from farlead_ui.serving import ServingWatch
from farlead_ui.signing import SigningModel
from farlead_ui.tasks import Done, Outcome, PoolTasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import Look
from farlead_ui.windows.sign_in import SignIn

#: The reader of the demonstration, made by it.
DEMO_LOGIN = "demo"
_CLOSING_MILLISECONDS = 10_000


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Options of the command line."""
    parser = argparse.ArgumentParser(
        prog="farlead", description="远程心电与影像阅图工作站 · reading station"
    )
    parser.add_argument("--home", type=Path, help="folder of the embedded store")
    parser.add_argument("--language", choices=[str(language) for language in Language])
    parser.add_argument("--look", choices=[str(look) for look in Look])
    parser.add_argument("--login", help="account that reads at this seat; it is remembered")
    parser.add_argument("--no-serve", action="store_true", help="another process serves the store")
    parser.add_argument(
        "--wall", action="store_true", help="the wall, of an account that only looks"
    )
    parser.add_argument("--screen", type=int, help="with --wall: on which screen, from 1")
    parser.add_argument("--numbers", action="store_true", help="the numbers, for a manager")
    parser.add_argument(
        "--connections", action="store_true", help="the connections, for an engineer"
    )
    parser.add_argument("--audit", action="store_true", help="the audit trail, for a manager")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Run the application; 0 when it was closed, 1 when it could not start, 2 on wrong use."""
    options = arguments(given)
    try:
        settings = load_settings(options.home)
        if options.wall or options.numbers or options.connections or options.audit:
            return _overseen(options, settings)
        again = False
        while True:
            before = recall(settings.folder)
            memory = chosen(before, options)
            asked = again or asks_who(settings, memory.login)
            login = memory.login if asked else _login(memory, settings)
            with ExitStack() as stack:
                desk = _entered(stack, settings, memory, login or "", asked=asked)
                if desk is None:
                    return 0
                # The account is remembered when its word has been given, not before.
                remember(settings.folder, memory.model_copy(update={"login": before.login}))
                serve = not options.no_serve
                again = run(desk, settings, memory, serve=serve, entered=asked)
            if not again:
                return 0
    except SettingsError as error:
        return _cannot_start(error, 2)
    except FarleadError as error:
        return _cannot_start(error, 1)


def _overseen(options: argparse.Namespace, settings: Settings) -> int:
    """What stands without a reading desk, until it is closed."""
    memory = chosen(recall(settings.folder), options)
    login = _login(memory, settings)
    if options.wall:
        return hang_wall(settings, memory, login, options.screen)
    room = Overseen.AUDIT if options.audit else Overseen.CONNECTIONS
    return oversee(settings, memory, login, Overseen.NUMBERS if options.numbers else room)


def _entered(
    stack: ExitStack, settings: Settings, memory: SeatMemory, login: str, *, asked: bool
) -> StationDesk | None:
    """The desk, at the end of `stack` closed; None where nobody has signed in."""
    if not asked:
        return stack.enter_context(open_desk(settings, login))
    application = _application()
    appearance = _appearance(settings, memory)
    languages = dress(application, appearance)
    tasks = PoolTasks()

    def enter(who: str, word: str) -> StationDesk:
        return stack.enter_context(open_desk(settings, who, word=word))

    asking = SignIn(enter, tasks, appearance, settings.station, login)
    found: list[StationDesk] = []
    loop = QEventLoop()
    asking.entered.connect(found.append)
    asking.entered.connect(loop.quit)
    asking.closed.connect(loop.quit)
    asking.show()
    loop.exec()
    tasks.close(_CLOSING_MILLISECONDS)
    asking.deleteLater()
    languages.forget()
    return found[0] if found else None


def chosen(memory: SeatMemory, options: argparse.Namespace) -> SeatMemory:
    """What was remembered, with what the command line says on top."""
    said: dict[str, object] = {}
    if options.login:
        said["login"] = options.login
    if options.language:
        said["language"] = Language(options.language)
    if options.look:
        said["look"] = Look(options.look)
    return memory.model_copy(update=said)


def run(
    desk: StationDesk,
    settings: Settings,
    memory: SeatMemory,
    *,
    serve: bool = True,
    entered: bool = False,
) -> bool:
    """Open the window over a desk and stay until it is closed; whether another reader is next.

    `entered`: the reader has just signed in, the window is open at once.
    """
    with standing(desk, settings, memory, serve=serve) as station:
        station.window.stand()
        if entered:
            station.signing.enter()
        QApplication.exec()
        return station.window.changing_reader


def _application() -> QApplication:
    application = QApplication.instance()
    return application if isinstance(application, QApplication) else QApplication(sys.argv[:1])


def _appearance(settings: Settings, memory: SeatMemory) -> Appearance:
    return Appearance(memory.look, memory.language or settings.language, memory.paper)


@contextmanager
def standing(
    desk: StationDesk, settings: Settings, memory: SeatMemory, *, serve: bool = True
) -> Iterator[Station]:
    """Everything but the event loop: application, window over `desk`, serving child.

    At the end work under way is waited for and the child is ended.
    """
    memory = followed(memory, desk.account.login, desk.personal())
    appearance = _appearance(settings, memory)
    dress(_application(), appearance)
    tasks, scheduler = PoolTasks(), QtScheduler()
    rulers = Rulers(memory.screens)
    login = desk.account.login
    sheet = SheetModel((*LAYOUTS, *own_layouts(settings.folder)), memory.layouts.get(login))
    rooms = RoomsModel(memory.standing)
    station = compose(
        desk, settings, appearance, tasks, scheduler, utc_now, memory.keys, rulers, sheet, rooms
    )
    commands = station.window.commands
    listen(station.window, commands.keys_changed, lambda: keep_keys(settings, commands))
    listen(station.window, rooms.kept_changed, lambda: keep_standing(settings, rooms))
    listen(station.window, sheet.default_changed, lambda: keep_layout(settings, login, sheet))
    listen(station.window, rulers.changed, lambda: _keep_rulers(settings, rulers))
    listen(station.window, appearance.changed, lambda: _keep(settings, appearance))
    _keep_with_account(station, sheet)
    reader = partial(keep_reader, settings, station.signing, desk.account.login)
    listen(station.window, station.signing.locked_changed, reader)
    arrivals = station.window.arrivals
    arrivals.quiet = memory.quiet
    listen(station.window, arrivals.told, lambda: _keep_quiet(settings, arrivals))
    interrupted = station.window.interrupted
    interrupted.keeps = memory.keep_interrupted
    listen(station.window, interrupted.told, lambda: _keep_interrupted(settings, interrupted))
    _crash_path(settings, station).install()
    with ExitStack() as stack:
        if serve:
            watch = ServingWatch(Serving(settings), tasks, scheduler, utc_now, str(settings.folder))
            watch.changed.connect(lambda: station.window.service(watch.news))
            watch.check()
            stack.callback(watch.stop)
        yield station
        tasks.close(_CLOSING_MILLISECONDS)
        station.window.deleteLater()


def _keep_with_account(station: Station, sheet: SheetModel) -> None:
    """What the reader chooses here is chosen at every other station, too."""
    reading, window = station.reading, station.window

    def told(outcome: Outcome[None]) -> None:
        if not isinstance(outcome, Done) and reading.waiting.away is None:
            reading.tell(NoticeKind.TROUBLE, outcome.error.reason)

    def keep(**values: object) -> None:
        if station.signing.logged_in:
            work = partial(reading.desk.keep_personal, **values)
            reading.tasks.ordered("personal", work, told)

    commands, looks, interrupted = window.commands, window.appearance, window.interrupted
    listen(window, interrupted.told, lambda: keep(keep_interrupted=interrupted.keeps))
    listen(window, commands.keys_changed, lambda: keep(keys=commands.own_keys))
    listen(window, sheet.default_changed, lambda: keep(layout=sheet.default_layout))
    listen(
        window,
        looks.changed,
        lambda: keep(look=looks.look, paper=looks.paper, language=looks.language),
    )


def _keep(settings: Settings, appearance: Appearance) -> None:
    """Look, paper and language chosen in the window are there again at the next start."""
    memory = recall(settings.folder)
    said = {
        "look": appearance.look, "language": appearance.language, "paper": appearance.paper,
    }  # fmt: skip
    remember(settings.folder, memory.model_copy(update=said))


def keep_layout(settings: Settings, login: str, sheet: SheetModel) -> None:
    """The layout that a reader begins with holds at the next start, too."""
    memory = recall(settings.folder)
    layouts = {**memory.layouts, login: sheet.default_layout}
    remember(settings.folder, memory.model_copy(update={"layouts": layouts}))


def keep_keys(settings: Settings, commands: Commands) -> None:
    """The reader's own keys hold at the next start, too."""
    memory = recall(settings.folder)
    remember(settings.folder, memory.model_copy(update={"keys": commands.own_keys}))


def keep_standing(settings: Settings, rooms: RoomsModel) -> None:
    """Where windows stand on these screens holds at the next start, too."""
    memory = recall(settings.folder)
    remember(settings.folder, memory.model_copy(update={"standing": rooms.kept}))


def _keep_quiet(settings: Settings, arrivals: ArrivalsModel) -> None:
    """Whether this seat is quiet holds at the next start, too."""
    memory = recall(settings.folder)
    remember(settings.folder, memory.model_copy(update={"quiet": arrivals.quiet}))


def _keep_interrupted(settings: Settings, interrupted: InterruptedModel) -> None:
    """Whether an interrupted study stays in hand holds at the next start, too."""
    memory = recall(settings.folder)
    said = {"keep_interrupted": interrupted.keeps}
    remember(settings.folder, memory.model_copy(update=said))


def _keep_rulers(settings: Settings, rulers: Rulers) -> None:
    """What a ruler told about a screen holds at the next start, too."""
    memory = recall(settings.folder)
    remember(settings.folder, memory.model_copy(update={"screens": rulers.known}))


def keep_reader(settings: Settings, signing: SigningModel, login: str) -> None:
    """The account that has logged in reads at this seat the next time too."""
    memory = recall(settings.folder)
    if signing.logged_in and memory.login != login:
        remember(settings.folder, memory.model_copy(update={"login": login}))


def _crash_path(settings: Settings, station: Station) -> CrashPath:
    def tell(file: Path) -> None:
        told = message("reading.crash", file=str(file))
        station.reading.tell(NoticeKind.TROUBLE, told)

    return CrashPath(settings.folder, utc_now, station.reading.flush, tell)


def _login(memory: SeatMemory, settings: Settings) -> str:
    if memory.login is not None:
        return memory.login
    if settings.demo:
        return DEMO_LOGIN
    raise SettingsError(message("shell.no_login"))


def _cannot_start(error: FarleadError, code: int) -> int:
    for language in Language:
        sys.stderr.write(f"{error.text(language)}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
