"""A reader in a process of its own: takes whatever is free until nothing is left.

Run as ``python -m support_claimer DATABASE KEYS LOGIN``; prints the studies it reported.
"""

import sys
from pathlib import Path

from farlead.errors import ClaimRefused
from farlead.model.lives import StudyState
from farlead.store import Store
from support_store import draft, signed


def main(where: str, keys: Path, login: str) -> None:
    """Claim, draft and finish until the list is empty."""
    with Store.open(where, keys=keys) as store:
        account = store.account(login)
        while True:
            rows = store.worklist().rows
            free = [row.study.id for row in rows if row.study.state is StudyState.WAITING]
            if not free:
                return
            for study in free[:3]:  # everybody runs for the same ones
                try:
                    claim = store.claim(study, account, login)
                except ClaimRefused:
                    continue
                store.save_draft(claim, draft(login))
                store.finish(claim, signed(store, account), ["u1"])
                sys.stdout.write(f"{study}\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
