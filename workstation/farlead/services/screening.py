"""Screening of arrived studies: the result, or why there is none."""

import logging
from dataclasses import dataclass, replace

from farlead.errors import FarleadError, SettingsError, WorkTaken
from farlead.exchange.turns import Turns
from farlead.messages import message
from farlead.model.comparison import Comparison
from farlead.model.recording import Recording
from farlead.model.screening import Screening
from farlead.model.study import Severity, Study
from farlead.objects import ObjectFolder
from farlead.sandbox import Sandbox
from farlead.services.confined import OwnRules, read_confined, screen_confined
from farlead.services.earlier import Earlier, earlier_recordings
from farlead.settings import Settings
from farlead.store import Store
from farlead.store.screenings import ToScreen

_LOG = logging.getLogger(__name__)

#: A study whose screening ends the whole service so often is given up.
MOST_TRIES = 3

#: Studies taken at a time; between two lots newly arrived urgent ones get their turn.
_LOT = 8


@dataclass(frozen=True, slots=True)
class _Result:
    """The screening of one object of a study."""

    screening: Screening
    sha256: str


class ScreeningService:
    """Screens what is pending.

    Parameters
    ----------
    settings : Settings
        ``screen_seconds`` is the limit of each step; ``qt_formula`` makes the QTc that is shown.
    store : Store
    objects : ObjectFolder
    sandbox : Sandbox
        Of its own: a hanging study must not hold up intake or a reader.
    turns : Turns
        What this process has in hand: a study is screened by one process at a time.

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
        sandbox: Sandbox,
        turns: Turns | None = None,
    ) -> None:
        self._settings = settings
        self._turns = turns or Turns(store)
        self._store = store
        self._objects = objects
        self._sandbox = sandbox
        self._own = own_table(settings)

    def run_once(self) -> int:
        """Screen a lot of pending studies; returns how many got a result or a failure.

        Whatever goes wrong is told on that study, which then ranks with urgent; the others go
        on. A try is counted before it is made, so a study that takes this process down does
        not stand before the others for ever; another process takes it over.
        """
        for done in range(_LOT):
            taken = self._store.take_screening(self._turns.holder, self._turns.lasts)
            if taken is None:
                return done
            self._turns.add(taken.lease)
            try:
                self._screen(taken)
            except WorkTaken:
                _LOG.warning("%s was taken over by another process", taken.lease.name)
            except BaseException:
                self._turns.end(taken.lease)
                raise
            finally:
                self._turns.forget(taken.lease)
        return _LOT

    def _screen(self, taken: ToScreen) -> None:
        study, lease = taken.study, taken.lease
        if taken.tries > MOST_TRIES:
            told = message("services.screening_given_up", times=MOST_TRIES)
            self._store.fail_screening(study.id, told, lease)
            return
        try:
            worst = self._screened(study)
        except FarleadError as error:
            self._store.fail_screening(study.id, error.reason, lease)
            return
        if worst is None:
            self._store.fail_screening(study.id, message("services.no_recording"), lease)
        else:
            self._store.save_screening(study.id, worst.screening, worst.sha256, lease)

    def _screened(self, study: Study) -> _Result | None:
        """The gravest result among the study's recordings; None when it has none."""
        seconds = self._settings.screen_seconds
        results: list[_Result] = []
        earlier: Earlier | None = None
        for stored in study.objects:
            data = self._objects.get(stored.sha256)
            content = read_confined(self._sandbox, data, seconds=seconds)
            if not isinstance(content, Recording):
                continue
            earlier = earlier or earlier_recordings(
                study, self._store, self._objects, self._sandbox, seconds=seconds
            )
            found = screen_confined(
                self._sandbox,
                content,
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
