"""Screening of arrived studies: the result, or why there is none."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from queue import SimpleQueue
from time import monotonic

from farlead.errors import (
    FarleadError,
    ObjectAway,
    ObjectMissing,
    SandboxTimedOut,
    SettingsError,
    WorkTaken,
)
from farlead.exchange.turns import Turns
from farlead.messages import message
from farlead.model.comparison import Comparison
from farlead.model.screening import Screening
from farlead.model.study import Severity
from farlead.objects import ObjectFolder
from farlead.sandbox import Sandbox
from farlead.services.confined import OwnRules, screen_confined
from farlead.services.earlier import Earlier, earlier_recordings
from farlead.settings import Settings
from farlead.store import Store
from farlead.store.screenings import Screened, ToScreen

_LOG = logging.getLogger(__name__)

#: A study whose screening ends the whole service so often is given up.
MOST_TRIES = 3
#: One that took too long is tried so often, each time with its time once more.
TIMED_TRIES = 2

#: So often it is tried whether an archive that was away gives what is to be screened.
AGAIN_SECONDS = 30.0

#: So many for each confined process are taken at a time. What is urgent and arrives later has its
#: turn after these.
_WAITING = 8
#: Seconds by which results wait for one another, so that one flush to the disk is enough.
_GATHER = 0.05


@dataclass(frozen=True, slots=True)
class _Result:
    """The screening of one object of a study."""

    screening: Screening
    sha256: str


class ScreeningService:
    """Screens what is pending, as many at a time as there are confined processes for it.

    Parameters
    ----------
    settings : Settings
        ``screen_seconds`` is the limit of each; ``qt_formula`` makes the QTc that is shown.
    store : Store
    objects : ObjectFolder
    sandboxes : sequence of Sandbox
        Of its own: a hanging study must not hold up intake or a reader.
    turns : Turns
        What this process has in hand: a study is screened by one process at a time.
    stopped : callable
        Whether to take no more; what is in hand is finished.

    Raises
    ------
    SettingsError
        The institution's own rule table (``screening_rules``) is missing or wrong: nothing is
        screened by limits that nobody wanted.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        sandboxes: Sequence[Sandbox],
        turns: Turns | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._stopped = stopped
        self._turns = turns or Turns(store)
        self._store = store
        self._objects = objects
        self._own = own_table(settings)
        self._fetches = any(archive.keep == "archive" for archive in settings.archives)
        self._again = 0.0
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        for each in sandboxes:
            self._free.put(each)
        self._at_once = len(sandboxes) * _WAITING
        self._pool = ThreadPoolExecutor(len(sandboxes), "farlead-screening")

    def close(self) -> None:
        """End the threads; nothing is in their hands between two calls of :meth:`run_once`."""
        self._pool.shutdown()

    def run_once(self) -> int:
        """Screen what is pending; returns how many studies got a result or a failure.

        Whatever goes wrong is told on that study, which then ranks with urgent; the others go
        on. What took too long is tried once more, with twice the time: meanwhile it waits, and
        ranks with urgent as well. A try is counted before it is made, so a study that takes this
        process down does not stand before the others for ever; another process takes it over.
        """
        self._fetch_again()
        done = 0
        running: dict[Future[Screened | None], ToScreen] = {}
        fault: BaseException | None = None
        while True:
            for taken in self._next(self._at_once - len(running), fault):
                running[self._pool.submit(self._screen, taken)] = taken
            if not running:
                break
            wait(running, return_when=FIRST_COMPLETED)
            wait(running, _GATHER)  # what ends about now is kept in the same transaction
            ended = {each: running.pop(each) for each in list(running) if each.done()}
            faults = [failed for each in ended if (failed := each.exception()) is not None]
            fault = next(iter(faults), fault)
            found = {each: each.result() for each in ended if each.exception() is None}
            done += self._keep([result for result in found.values() if result is not None])
            for each, taken in ended.items():
                if found.get(each) is None:
                    self._turns.end(taken.lease)
        if fault is not None:
            raise fault
        return done

    def _fetch_again(self) -> None:
        """What an archive did not give: screened as soon as it does."""
        if not self._fetches or monotonic() < self._again:
            return
        self._again = monotonic() + AGAIN_SECONDS
        away: set[str] = set()  # asked once a round: each that does not answer takes its time
        for study in self._store.unfetched_screenings():
            places = [self._store.archived(stored.sha256) for stored in study.objects]
            archives = {place.archive for place in places if place is not None}
            if archives & away:
                continue
            try:
                for stored in study.objects:
                    self._objects.bring(stored.sha256)
            except ObjectAway:
                away |= archives
                continue
            except ObjectMissing:
                continue  # the archive answers, and the study says what is wrong
            self._store.request_screening(study.id)

    def _next(self, room: int, fault: BaseException | None) -> list[ToScreen]:
        if room <= 0 or fault is not None or self._stopped():
            return []
        found = self._store.take_screenings(self._turns.holder, self._turns.lasts, room)
        for taken in found:
            self._turns.add(taken.lease)
        return found

    def _keep(self, results: Sequence[Screened]) -> int:
        """Write them down; what another process has taken over stays undone."""
        try:
            self._store.save_screenings(results)
        except WorkTaken:
            if len(results) > 1:
                return sum(self._keep([each]) for each in results)
            _LOG.warning("study %s was taken over by another process", results[0].study_id)
            return 0
        finally:
            for each in results:
                if each.lease is not None:
                    self._turns.forget(each.lease)
        return len(results)

    def _screen(self, taken: ToScreen) -> Screened | None:
        """What screening a study comes to, in a thread of its own; None: to be tried again."""
        study, lease = taken.study, taken.lease
        if taken.tries > MOST_TRIES:
            told = message("services.screening_given_up", times=MOST_TRIES)
            return Screened(study.id, told, None, lease)
        sandbox = self._free.get()
        try:
            worst = self._screened(taken, sandbox)
        except SandboxTimedOut as error:
            if taken.tries < TIMED_TRIES:
                _LOG.warning("study %s: %s; tried again", study.id, error)
                return None
            return Screened(study.id, error.reason, None, lease)
        except FarleadError as error:
            return Screened(study.id, error.reason, None, lease)
        finally:
            self._free.put(sandbox)
        if worst is None:
            return Screened(study.id, message("services.no_recording"), None, lease)
        return Screened(study.id, worst.screening, worst.sha256, lease)

    def _screened(self, taken: ToScreen, sandbox: Sandbox) -> _Result | None:
        """The gravest result among the study's recordings; None when it has none."""
        seconds = self._settings.screen_seconds * max(taken.tries, 1)
        results: list[_Result] = []
        earlier = Earlier()
        if taken.followed:
            earlier = earlier_recordings(
                taken.study, self._store, self._objects, sandbox, seconds=seconds
            )
        for stored in taken.study.objects:
            found = screen_confined(
                sandbox,
                self._objects.get(stored.sha256),
                earlier.recordings,
                self._own,
                formula=self._settings.qt_formula,
                seconds=seconds,
            )
            if found is not None:
                results.append(_Result(self._shown(found, earlier), stored.sha256))
        return max(results, key=_gravity, default=None)

    def _shown(self, found: Screening, earlier: Earlier) -> Screening:
        """With the QTc of the settings, and with what could not be compared."""
        shown = found.corrected_by(self._settings.qt_formula)
        if not earlier.unread:
            return shown
        return replace(shown, comparison=(shown.comparison or Comparison()).without(earlier.unread))


def own_table(settings: Settings) -> OwnRules | None:
    """The institution's own rule table, read and checked; None where the settings name none.

    Raises
    ------
    SettingsError
        It cannot be read, or is wrong; with file, line and reason.
    """
    if settings.screening_rules is None:
        return None
    file = settings.folder / settings.screening_rules
    try:
        own = OwnRules(file.name, file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            message("services.no_rules", file=str(file), cause=str(error))
        ) from error
    from farlead.analysis import rules_of  # noqa: PLC0415 - scipy: not where there is no own table

    rules_of(own.name, own.text)
    return own


def _gravity(result: _Result) -> tuple[Severity, bool]:
    return result.screening.rank, not result.screening.known
