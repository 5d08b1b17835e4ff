"""``python -m farlead.simulate FOLDER LOGIN``: one station, until standard input ends."""

import sys
from pathlib import Path

from farlead.simulate.station import main

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
