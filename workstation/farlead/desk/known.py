"""What a station has seen of the store: enough to go on reading while that is away."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from farlead.desk.opened import OpenStudy
from farlead.model.critical import CriticalCase
from farlead.model.report import Claim, Draft
from farlead.model.study import StoredObject
from farlead.model.worklist import Worklist

#: So many studies are remembered, the latest ones.
MOST = 64


@dataclass(frozen=True, slots=True)
class Described:
    """A study as the store told it, without its contents, and its objects in their order."""

    opened: OpenStudy
    objects: tuple[StoredObject, ...]


class Known:
    """The latest list, cases and studies. Safe to use from several threads."""

    def __init__(self) -> None:
        self.worklist: Worklist | None = None
        self.cases: tuple[CriticalCase, ...] = ()
        self._studies: OrderedDict[int, Described] = OrderedDict()
        self._claims: dict[int, Claim] = {}
        self._lock = threading.Lock()

    def note(self, opened: OpenStudy, objects: tuple[StoredObject, ...]) -> None:
        """The store has told this of a study."""
        study = opened.row.study.id
        with self._lock:
            bare = replace(opened, contents=(), unreadable=(), failure=None)
            self._studies[study] = Described(bare, objects)
            self._studies.move_to_end(study)
            while len(self._studies) > MOST:
                self._studies.popitem(last=False)

    def study(self, study: int) -> Described | None:
        """What is known of a study."""
        with self._lock:
            return self._studies.get(study)

    def drafted(self, study: int, draft: Draft) -> None:
        """The store has this draft now."""
        with self._lock:
            known = self._studies.get(study)
            if known is not None:
                opened = replace(known.opened, draft=draft)
                self._studies[study] = replace(known, opened=opened)

    def hold(self, claim: Claim) -> None:
        """The latest hold of this reader on a study."""
        with self._lock:
            self._claims[claim.study] = claim

    def held(self, study: int) -> Claim | None:
        """The latest hold of this reader on a study, whether it still holds or not."""
        with self._lock:
            return self._claims.get(study)

    def forget(self, study: int) -> None:
        """The study is over: what was known of it holds no longer."""
        with self._lock:
            self._studies.pop(study, None)
            self._claims.pop(study, None)
