"""Stations in processes of their own, forked from one that has imported everything.

What a station has to tell it appends to a file, one line at a time, so that it may be killed at
any moment: ``claim MILLISECONDS``, ``signed STUDY``, ``real STUDY``.
"""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from ecg_files import recording
from farlead.access.demo_authority import DEMO_PIN, key_file
from farlead.access.keys import KeyRing
from farlead.desk.opened import OpenStudy
from farlead.desk.signing import Signing
from farlead.errors import ClaimError, SignatureRefused, StoreError
from farlead.model.report import Claim, Draft
from farlead.objects import ObjectFolder
from farlead.reporting.compositor import compositor
from farlead.settings import Settings
from farlead.store import Store
from support_store import draft, signed

#: Studies that a reader looks at before he asks for the list again, and how far down he looks.
HANDFUL, LOOKED_AT = 5, 300


@dataclass(frozen=True)
class Morning:
    """Where the stations work.

    Parameters
    ----------
    where : Path or str
        The store.
    settings : Settings
        Keys of the readers and of the installation, and where signed files go.
    lease : float
        Seconds.
    real : int
        Each study whose number divides by this is signed for good, the others by a stub.
    """

    where: Path | str
    settings: Settings
    lease: float
    real: int

    @property
    def all_in(self) -> Path:
        """There when the last study has arrived."""
        return self.settings.folder / "all-in"

    @property
    def begun(self) -> Path:
        """There when the stations may begin."""
        return self.settings.folder / "begun"

    def told(self, login: str) -> Path:
        """What a station has told."""
        return self.settings.folder / f"{login}.told"

    def open(self) -> Store:
        """The store."""
        return Store.open(self.where, keys=self.settings.keys, lease=timedelta(seconds=self.lease))


def started(work: Callable[..., None], *words: object) -> BaseProcess:
    """`work` in a process of its own."""
    # Python 3.11 does not hand its path on to the process that everything is forked from, which
    # would leave out without a word what it cannot find.
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    context = get_context("forkserver")
    context.set_forkserver_preload(["support_station"])
    process = context.Process(target=work, args=words)
    process.start()
    return process


def read_all(morning: Morning, login: str) -> None:
    """Claim, draft and sign until nothing comes any more."""
    with morning.open() as store, morning.told(login).open("a", buffering=1) as told:
        seat = _Seat(morning, store, login)
        while True:
            over = morning.all_in.exists()
            store.expire_claims()
            rows = store.worklist().rows
            if over and not rows:
                return
            free = [row.study.id for row in rows if row.claim is None][:LOOKED_AT]
            random.shuffle(free)
            for _ in range(HANDFUL if free else 0):
                seat.read_one(free, told.write)
            if not free:
                time.sleep(0.3)


def read_at_pace(morning: Morning, login: str, seconds: float, times: int) -> None:
    """One study every few seconds, as a quick reader does; the first one is not timed."""
    with morning.open() as store, morning.told(login).open("a", buffering=1) as told:
        seat = _Seat(morning, store, login)
        store.worklist()
        told.write("ready\n")
        while not morning.begun.exists():
            time.sleep(0.05)
        begin = time.monotonic() + random.uniform(0, seconds)
        for number in range(times + 1):
            time.sleep(max(begin + number * seconds - time.monotonic(), 0))
            free = [row.study.id for row in store.worklist().rows if row.claim is None][:50]
            random.shuffle(free)
            seat.read_one(free, told.write if number else lambda _: 0)


class _Seat:
    """A reader at a station."""

    def __init__(self, morning: Morning, store: Store, login: str) -> None:
        self._morning, self._store = morning, store
        self._account = store.account(login)
        self._signing: Signing | None = None

    def read_one(self, studies: list[int], tell: Callable[[str], object]) -> None:
        """The first that is free; a claim that was lost on the way is somebody else's."""
        try:
            began = time.perf_counter()
            claim = self._store.claim_first(studies, self._account, self._account.login)
            took = (time.perf_counter() - began) * 1000
            if claim is None:
                return
            tell(f"claim {took:.3f}\n")
            self._store.save_draft(claim, draft(self._account.login))
            self._sign(claim, tell)
        except (ClaimError, SignatureRefused, StoreError):
            return

    def _sign(self, claim: Claim, tell: Callable[[str], object]) -> None:
        if self._morning.real and claim.study % self._morning.real == 0:
            opened = OpenStudy(self._store.row(claim.study), (recording(),), Draft())
            self._signer().sign(claim, opened, draft(), self._account.login)
            tell(f"real {claim.study}\n")
        else:
            self._store.finish(claim, signed(self._store, self._account), ["u1"])
        tell(f"signed {claim.study}\n")

    def _signer(self) -> Signing:
        if self._signing is None:
            settings = self._morning.settings
            keys = KeyRing(key_file(settings, self._account.login), self._account)
            keys.open(DEMO_PIN)
            folder = ObjectFolder(settings.objects)
            self._signing = Signing(settings, self._store, folder, keys, compositor())
        return self._signing


def lines(file: Path, word: str) -> list[float]:
    """What stands behind a word in what a station has told; a line that was cut is left out."""
    if not file.exists():
        return []
    told = (line.split() for line in file.read_text("utf-8").split(os.linesep)[:-1])
    return [float(words[1]) for words in told if len(words) == 2 and words[0] == word]
