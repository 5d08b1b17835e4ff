"""Screening of arrived studies: the result, or why there is none."""

from dataclasses import dataclass

from farlead.errors import FarleadError
from farlead.messages import message
from farlead.model.screening import Screening
from farlead.model.study import Severity, Study
from farlead.objects import ObjectFolder
from farlead.sandbox import Sandbox
from farlead.services.confined import read_confined, screen_confined
from farlead.settings import Settings
from farlead.store import Store

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
    """

    def __init__(
        self, settings: Settings, store: Store, objects: ObjectFolder, sandbox: Sandbox
    ) -> None:
        self._settings = settings
        self._store = store
        self._objects = objects
        self._sandbox = sandbox

    def run_once(self) -> int:
        """Screen a lot of pending studies; returns how many got a result or a failure.

        Whatever goes wrong is told on that study, which then ranks with urgent; the others go
        on. A try is counted before it is made, so a study that takes this process down does
        not stand before the others for ever.
        """
        pending = self._store.pending_screenings(_LOT)
        for study in pending:
            if self._store.begin_screening(study.id) > MOST_TRIES:
                told = message("services.screening_given_up", times=MOST_TRIES)
                self._store.fail_screening(study.id, told)
                continue
            try:
                worst = self._screened(study)
            except FarleadError as error:
                self._store.fail_screening(study.id, error.reason)
                continue
            if worst is None:
                self._store.fail_screening(study.id, message("services.no_recording"))
            else:
                self._store.save_screening(study.id, worst.screening, worst.sha256)
        return len(pending)

    def _screened(self, study: Study) -> _Result | None:
        """The gravest result among the study's recordings; None when it has none."""
        seconds = self._settings.screen_seconds
        results: list[_Result] = []
        for stored in study.objects:
            data = self._objects.get(stored.sha256)
            content = read_confined(self._sandbox, data, seconds=seconds)
            found = screen_confined(self._sandbox, content, seconds=seconds)
            if found is not None:
                shown = found.corrected_by(self._settings.qt_formula)
                results.append(_Result(shown, stored.sha256))
        return max(results, key=_gravity, default=None)


def _gravity(result: _Result) -> tuple[Severity, bool]:
    found = result.screening
    rank = found.severity if found.known else max(found.severity, Severity.URGENT)
    return rank, not found.known
