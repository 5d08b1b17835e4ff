"""``python -m farlead.services FOLDER``: serve until standard input ends or SIGTERM comes."""

import sys
from pathlib import Path

from farlead.errors import FarleadError
from farlead.services.child import until_told
from farlead.services.loops import serve
from farlead.settings import load_settings


def main(folder: Path) -> int:
    """Serve the store in `folder`; 1 when it cannot be opened."""
    stop = until_told()
    try:
        serve(load_settings(folder), stop)
    except FarleadError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
