"""One question to the audit trail and its answer. Plain; no Qt."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from psygnal import Signal

from farlead.desk import TrailQuery
from farlead.messages import Message
from farlead_ui.tasks import Done, Outcome, Tasks


class EntryLike(Protocol):
    """One act."""

    @property
    def at(self) -> datetime:
        """When, aware."""

    @property
    def actor(self) -> str:
        """Who: a login, or a service."""

    @property
    def action(self) -> str:
        """What."""

    @property
    def subject(self) -> str:
        """To what."""

    @property
    def detail(self) -> object:
        """Plain values."""


class TrailLike(Protocol):
    """Where entries come from; blocks."""

    def search(self, query: TrailQuery) -> Sequence[EntryLike]:
        """The newest entries that fit."""


class TrailModel:
    """What was asked and what was found.

    Signals: `changed`.

    Parameters
    ----------
    source : TrailLike
    tasks : Tasks
    """

    changed = Signal()

    def __init__(self, source: TrailLike, tasks: Tasks) -> None:
        self._source, self._tasks = source, tasks
        self.entries: tuple[EntryLike, ...] = ()
        self.error: Message | None = None
        self.looking = False

    def look(self, query: TrailQuery) -> None:
        """Ask; what was found before stays until the answer is there."""
        self.looking, self.error = True, None
        self._tasks.latest("trail", partial(self._source.search, query), self._looked)
        self.changed.emit()

    def _looked(self, outcome: Outcome[Sequence[EntryLike]]) -> None:
        self.looking = False
        if isinstance(outcome, Done):
            self.entries = tuple(outcome.value)
        else:
            self.entries, self.error = (), outcome.error.reason
        self.changed.emit()
