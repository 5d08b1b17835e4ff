"""A station that looks at the clocks of critical values again and again, by a clock in a file.

``python -m support_escalator WHERE KEYS CLOCK NAME``; says ``ready`` when it has begun.
"""

import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from farlead.errors import StoreError
from farlead.store import Store


def main() -> None:
    """Look until somebody ends this."""
    where, keys, clock_file, name = sys.argv[1:]

    def clock() -> datetime:
        return datetime.fromisoformat(Path(clock_file).read_text("utf-8"))

    place: Path | str = where if where.startswith("postgres") else Path(where)
    with Store.open(place, clock=clock, keys=Path(keys)) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            with suppress(StoreError):  # the database may be away
                store.escalate(name)
            time.sleep(0.02)


if __name__ == "__main__":
    main()
