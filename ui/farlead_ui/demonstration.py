"""``make demo``: the application on a store that it fills with real studies.

With a display the window opens on the demonstration's store, which is kept between starts.
Without one the same window is driven offscreen by keys alone (:mod:`farlead_ui.demo_walk`), on
a new store, and leaves pictures and the signed report.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from farlead.demo import PIN, READERS, open_demo
from farlead.errors import FarleadError
from farlead.messages import Language, message
from farlead.services import open_desk
from farlead_ui.app import run
from farlead_ui.demo_walk import Walk
from farlead_ui.seat import SeatMemory

#: Kept beside the pictures; a folder without it is not removed.
_STORE = "store"
_MARKER = "demo.json"


def main(given: Sequence[str] | None = None) -> int:
    """Show the demonstration; 0 when it went well."""
    parser = argparse.ArgumentParser(prog="farlead-demo")
    parser.add_argument("--output", type=Path, default=Path("demo-output"))
    parser.add_argument("--walk", action="store_true", help="drive the window by keys")
    options = parser.parse_args(given)
    output = options.output.absolute()
    try:
        if options.walk or not _display():
            return _walk(output)
        return _open(output)
    except FarleadError as error:
        for language in Language:
            sys.stderr.write(f"{error.text(language)}\n")
        return 1


def _display() -> bool:
    named = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(named) and os.environ.get("QT_QPA_PLATFORM") != "offscreen"


def _data() -> Path | None:
    """The shared recordings, where this machine has them."""
    named = os.environ.get("FARLEAD_DATA")
    if named is None:
        beside = Path.cwd().parent / "shared" / "data"
        return beside if beside.is_dir() else None
    return Path(named)


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _open(output: Path) -> int:
    settings, _ = open_demo(output / _STORE, _data())
    login = READERS[0][0].login
    for language in Language:
        _tell(message("demo.pin", pin=PIN).text(language))
    with open_desk(settings, login) as desk:
        return run(desk, settings, SeatMemory(login=login))


def _walk(output: Path) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    store = output / _STORE
    if (store / _MARKER).exists():
        shutil.rmtree(store)
    settings, files = open_demo(store, _data())
    _tell(message("demo.no_display").text(settings.language))
    Walk(settings, output, READERS[0][0].login, PIN, len(files), _tell).run()
    _tell(message("demo.left", folder=str(output)).text(settings.language))
    for file in sorted((*output.glob("*.png"), *output.glob("*.pdf"))):
        _tell(f"  {file.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
