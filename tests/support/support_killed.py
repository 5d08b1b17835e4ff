"""A station in a process of its own that loses its database, writes, and is killed at once.

Run as ``python -m support_killed HOME LOGIN PORT``: PORT is where nothing answers any more once a
line has been written to standard output.
"""

import os
import signal
import sys
from pathlib import Path

from farlead.desk import StationDesk
from farlead.errors import StoreUnreachable
from farlead.model.report import Draft, Statement
from farlead.services import open_desk
from farlead.settings import load_settings

WRITTEN = Draft((Statement("RH101", "窦性心律", "Sinus rhythm"),), conclusion="断网时写的")


def main(home: Path, login: str, study: int) -> None:
    """Claim, lose the line, write, die."""
    with open_desk(load_settings(home), login) as desk:
        assert isinstance(desk, StationDesk)
        claim = desk.claim(study)
        desk.open(study)
        sys.stdout.write("reading\n")
        sys.stdout.flush()
        sys.stdin.readline()  # the line is cut now
        while desk.away is None:
            try:
                desk.changed()
            except StoreUnreachable:
                break
        desk.save_draft(claim, WRITTEN)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
