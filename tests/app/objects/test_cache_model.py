"""The cache against a plain model: its bound, its pins and its answers, whatever is done to it."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from farlead.objects.entries import Bounds
from farlead.objects.hub import HubObjects

BOUND, AGE = 1000, 500.0
CONTENTS = [bytes([number]) * (1 + 97 * number) for number in range(12)]
NAMES = [hashlib.sha256(content).hexdigest() for content in CONTENTS]
ONE = st.integers(0, len(CONTENTS) - 1)


class Blobs:
    """A hub that never loses anything."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put_blob(self, sha256: str, pieces: Iterable[bytes]) -> None:
        self.kept[sha256] = b"".join(pieces)

    def blob(self, sha256: str) -> Iterator[bytes] | None:
        return iter([self.kept[sha256]]) if sha256 in self.kept else None

    def has_blob(self, sha256: str) -> bool:
        return sha256 in self.kept

    def blob_names(self) -> Iterator[str]:
        return iter(sorted(self.kept))


class Cache(RuleBasedStateMachine):
    """Acts on a cache, and what must hold after each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now = 1_700_000_000.0
        self.hub = Blobs()
        for name, content in zip(NAMES, CONTENTS, strict=True):
            self.hub.put_blob(name, [content])
        self.pins: dict[str, tuple[set[int], float]] = {}
        self.held_before: set[str] = set()
        self.cache = self._opened()

    def _opened(self) -> HubObjects:
        bounds = Bounds(size=BOUND, age=AGE)
        return HubObjects(self.folder, self.hub, bounds, clock=lambda: self.now)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(which=ONE)
    def get(self, which: int) -> None:
        assert self.cache.get(NAMES[which]) == CONTENTS[which]

    @rule(which=ONE)
    def put(self, which: int) -> None:
        assert self.cache.put(CONTENTS[which]) == NAMES[which]

    @rule(which=ONE)
    def bring(self, which: int) -> None:
        self.cache.bring(NAMES[which])

    @rule(holder=st.sampled_from("ab"), which=st.sets(ONE, max_size=4), seconds=st.just(100.0))
    def pin(self, holder: str, which: set[int], seconds: float) -> None:
        self.cache.pin(holder, [NAMES[each] for each in which], seconds)
        self.pins[holder] = which, self.now + seconds

    @rule(holder=st.sampled_from("ab"))
    def lift(self, holder: str) -> None:
        self.cache.lift(holder)
        self.pins.pop(holder, None)

    @rule(seconds=st.sampled_from([1.0, 60.0, 400.0, 700.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(which=ONE)
    def a_bit_flips(self, which: int) -> None:
        file = self._file(NAMES[which])
        if file.is_file():
            content = bytearray(file.read_bytes())
            content[-1] ^= 1
            file.write_bytes(content)
            self.held_before.discard(NAMES[which])

    @rule(which=ONE)
    def it_is_cut(self, which: int) -> None:
        file = self._file(NAMES[which])
        if file.is_file():
            file.write_bytes(file.read_bytes()[:-1])
            self.held_before.discard(NAMES[which])

    @rule(which=ONE)
    def it_is_gone(self, which: int) -> None:
        self._file(NAMES[which]).unlink(missing_ok=True)
        self.held_before.discard(NAMES[which])

    @rule()
    def the_station_starts_again(self) -> None:
        # Pins of what is there outlive the process, by no more than their time, and nobody lifts
        # them; what was not there yet is pinned anew by whoever renews the claim.
        self.cache = self._opened()
        self.pins = {
            f"{holder} before": (
                {each for each in which if self._file(NAMES[each]).is_file()},
                until,
            )
            for holder, (which, until) in self.pins.items()
        }

    @invariant()
    def never_beyond_the_bound(self) -> None:
        sizes = [f.stat().st_size for f in self.folder.rglob("*") if f.is_file()]
        assert sum(sizes) <= BOUND

    @invariant()
    def what_is_pinned_stays(self) -> None:
        pinned = {
            NAMES[each] for which, until in self.pins.values() if until > self.now for each in which
        }
        gone = {name for name in self.held_before & pinned if not self._file(name).is_file()}
        assert not gone
        self.held_before = {name for name in pinned if self._file(name).is_file()}

    def _file(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]


TestCache = Cache.TestCase
TestCache.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
