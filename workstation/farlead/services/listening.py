"""``python -m farlead.services.listening FOLDER``: the storage service, in a process of its own.

It ends with its parent, or at SIGTERM; what it answered with success lies in an inbox.
"""

import sys
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from farlead.errors import FarleadError, StoreError
from farlead.exchange.intake.answers import Answers
from farlead.exchange.intake.commitments import Commitments
from farlead.exchange.intake.listening import Listening
from farlead.exchange.turns import Turns
from farlead.messages import Message
from farlead.services.child import until_told
from farlead.services.loops import Loop
from farlead.services.transport import HEARTBEAT
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

        def live() -> bool:
            _tell(settings, store, None)
            return False

        def hear() -> bool:
            return answers.waiting and bool(answers.run_once(store))

        loops = [
            Loop("commitments", answer, stop, _POLL),
            Loop("answers", hear, stop, _POLL),
            Loop("alive", live, stop, HEARTBEAT.total_seconds()),
        ]
        for each in loops:
            each.start()
        stop.wait()
        for each in loops:
            each.join()


def main(folder: Path) -> int:
    """Listen for the store in `folder`; 1 when that is not possible, which is told there."""
    stop = until_told()
    settings: Settings | None = None
    try:
        settings = load_settings(folder)
        listen(settings, stop)
    except FarleadError as error:
        sys.stderr.write(f"{error}\n")
        if settings is not None:
            with suppress(StoreError), Store.of(settings) as store:
                _tell(settings, store, error.reason)
        return 1
    return 0


def _tell(settings: Settings, store: Store, trouble: Message | None) -> None:
    """Say that the storage service is alive, or why it is not."""
    if settings.listener is not None:
        store.heartbeat({settings.listener.aet: trouble})


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
