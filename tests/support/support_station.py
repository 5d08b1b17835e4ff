"""A station in a process of its own: claims, drafts and signs until nothing is left.

Run as ``python -m support_station ADDRESS KEYS LOGIN LEASE``; prints the milliseconds of each
claim. It may be killed at any moment.
"""

import random
import sys
import time
from datetime import timedelta
from pathlib import Path

from farlead.errors import ClaimError, StoreBusy
from farlead.store import Store
from support_store import draft, signed

#: How many of the list's first studies a reader looks at.
_LOOKED_AT = 40


def main(address: str, keys: Path, login: str, lease: float) -> None:
    """Read until the list is empty."""
    with Store.open(address, keys=keys, lease=timedelta(seconds=lease)) as store:
        account = store.account(login)
        while rows := store.worklist().rows:
            store.expire_claims()
            free = [row.study.id for row in rows if row.claim is None][:_LOOKED_AT]
            random.shuffle(free)
            try:
                began = time.perf_counter()
                claim = store.claim_first(free, account, login)
                took = (time.perf_counter() - began) * 1000
                if claim is None:
                    time.sleep(0.05)
                    continue
                store.save_draft(claim, draft(login))
                store.finish(claim, signed(store, account), ["u1"])
            except (ClaimError, StoreBusy):
                continue
            sys.stdout.write(f"{took:.3f}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
