"""The embedded store with a long past: the figures of `stations`, on SQLite.

``FARLEAD_STUDIES`` studies (200,000), of which 1,000 wait; `list_ms` is the list first shown,
`row_ms` the list after another process changed one row, `history_ms` a patient's earlier studies,
`search_*` a page found by name or number, `visible_*` from a commit to its sight through a second
opening of the file, `claim_*`, `draft_*` and `finish_*` one reader's work. Every write contains at
least one flush of the disk, whose own times are `fsync_*`.
"""

import os
import tempfile
from pathlib import Path

from farlead.store import Store
from support_past import Past
from support_speed import both, flushes, past_figures, seen_elsewhere, timed, told
from support_store import draft, reader, signed

STUDIES = int(os.environ.get("FARLEAD_STUDIES", "200000"))
WAITING, READ = 1000, 200


def run() -> dict[str, float]:
    """Fill a file and measure it."""
    with tempfile.TemporaryDirectory() as name:
        folder, file = Path(name), Path(name) / "farlead.db"
        with Store.open(file) as store:
            past = Past(store, file, STUDIES)
            past.wait(WAITING)
            with Store.open(file) as other:
                found = past_figures(store, other, past, reader(store, "one"))
                found |= seen_elsewhere(store, other)
                told("the past", found)
            found |= _reading(store)
            found |= {"load": os.getloadavg()[0]}
        return {
            "studies": float(STUDIES), **both("fsync", flushes(folder, 200)), **found,
        }  # fmt: skip


def _reading(store: Store) -> dict[str, float]:
    """Claim, draft and sign one study after the other."""
    account = reader(store, "two")
    free = [row.study.id for row in store.worklist().rows if row.claim is None][:READ]
    times: dict[str, list[float]] = {"claim": [], "draft": [], "finish": []}
    for study in free:
        times["claim"].append(timed(lambda s=study: store.claim(s, account, "seat")))  # type: ignore[misc]
        claim = store.claim(study, account, "seat")
        times["draft"].append(timed(lambda c=claim: store.save_draft(c, draft())))  # type: ignore[misc]
        report = signed(store, account)
        times["finish"].append(timed(lambda c=claim, r=report: store.finish(c, r, ["u1"])))  # type: ignore[misc]
    return {key: value for name, each in times.items() for key, value in both(name, each).items()}
