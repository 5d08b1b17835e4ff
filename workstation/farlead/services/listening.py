"""``python -m farlead.services.listening FOLDER``: the storage service, in a process of its own.

It ends with its parent, or at SIGTERM; what it answered with success lies in an inbox.
"""

import sys
import threading
from datetime import timedelta
from pathlib import Path

from farlead.errors import FarleadError
from farlead.exchange.intake.answers import Answers
from farlead.exchange.intake.commitments import Commitments
from farlead.exchange.intake.listening import Listening
from farlead.exchange.turns import Turns
from farlead.services.child import until_told
from farlead.services.loops import Loop
from farlead.settings import Settings, load_settings
from farlead.store import Store

_POLL = 2.0


def listen(settings: Settings, stop: threading.Event) -> None:
    """Take what units push, and give and take answers about commitment, until `stop` is set.

    Raises
    ------
    SettingsError
        The listener cannot be started.
    StoreError
    """
    commitments, answers = Commitments(settings), Answers(settings)
    with Listening(settings), Store.of(settings) as store:
        turns = Turns(store, timedelta(seconds=settings.work_seconds))

        def answer() -> bool:
            if not commitments.waiting:
                return False
            with turns.turn("commitments") as lease:
                return lease is not None and bool(commitments.run_once(store))

        def hear() -> bool:
            return answers.waiting and bool(answers.run_once(store))

        loops = [
            Loop("commitments", answer, stop, _POLL),
            Loop("answers", hear, stop, _POLL),
        ]
        for each in loops:
            each.start()
        stop.wait()
        for each in loops:
            each.join()


def main(folder: Path) -> int:
    """Listen for the store in `folder`; 1 when that is not possible."""
    stop = until_told()
    try:
        listen(load_settings(folder), stop)
    except FarleadError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
