"""What is looked at beside the open study: the same patient's earlier ECGs, from all units."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from farlead.access.accounts import Session
from farlead.desk.contents import Contents
from farlead.desk.opened import OpenStudy
from farlead.messages import Message, Parameter, message
from farlead.model.comparison import ecgs_before
from farlead.model.recording import Recording
from farlead.model.report import ReportVersion
from farlead.model.screening import QtFormula, Screening
from farlead.model.study import StoredObject, Study
from farlead.store import Store

#: So many are handed out, the newest ones.
MOST = 12
#: A file larger than this, in bytes, is a long recording: it is not laid beside a short one.
LARGEST = 16 << 20


@dataclass(frozen=True, slots=True, eq=False)
class EarlierEcg:
    """An earlier ECG of the patient whose study is open.

    Parameters
    ----------
    study : Study
        With its own unit and time.
    recording : Recording or None
        None: `unread` says why.
    screening : Screening or None
        What was measured in this recording, QTc by today's formula; None: nothing was.
    report : ReportVersion or None
        The latest signed one.
    """

    study: Study
    recording: Recording | None
    screening: Screening | None = None
    report: ReportVersion | None = None
    unread: Message | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EarlierEcgs:
    """The newest earlier ECGs, newest first, and how many older ones there are."""

    ecgs: tuple[EarlierEcg, ...] = ()
    more: int = 0


class Beside:
    """Reads earlier ECGs; each one handed out is audited.

    Parameters
    ----------
    store : Store
    contents : Contents
    session : Session
        Who looks, and where.
    formula : QtFormula
        That of today's study, so that a difference is one of the heart.
    in_order : callable
        Objects of a study, the one that was screened first.
    audit : callable
        Enters an act of this reader.
    """

    def __init__(
        self,
        store: Store,
        contents: Contents,
        session: Session,
        formula: QtFormula,
        in_order: Callable[[Study], tuple[StoredObject, ...]],
        audit: Callable[[str, str, Mapping[str, Parameter]], None],
    ) -> None:
        self._store, self._contents, self._session = store, contents, session
        self._formula, self._in_order, self._audit = formula, in_order, audit

    def ecgs(self, study_id: int) -> EarlierEcgs:
        """Earlier ECGs of the same patient; NotFound.

        The same patient is who the store says; one who is only possibly the same is another.
        """
        before = self._before(self._store.study(study_id))
        found = tuple(self._read(study) for study in before[:MOST])
        for ecg in found:
            if ecg.recording is not None:
                self._note(ecg.study.id, study_id)
        return EarlierEcgs(found, len(before) - len(found))

    def at_hand(self, opened: OpenStudy) -> EarlierEcgs:
        """As :meth:`ecgs` from what the station has, without asking the store.

        What was measured in them and what was reported of them is not told then.
        """
        before = list(ecgs_before(opened.row.study, list(opened.earlier)))
        found = tuple(self._loaded(study, study.objects) for study in before[:MOST])
        for ecg in found:
            if ecg.recording is not None:
                self._note(ecg.study.id, opened.row.study.id)
        return EarlierEcgs(found, len(before) - len(found))

    def objects(self, study: Study) -> tuple[StoredObject, ...]:
        """What to decode before they are asked for."""
        before = self._before(study)[:MOST]
        wanted = (self._in_order(study)[:1] for study in before)
        return tuple(stored for found in wanted for stored in found if stored.size <= LARGEST)

    def _before(self, study: Study) -> list[Study]:
        return list(ecgs_before(study, self._store.earlier(study.id)))

    def _read(self, study: Study) -> EarlierEcg:
        signed = [v for v in self._store.reports(study.id) if v.sha256 is not None]
        report = signed[-1] if signed else None
        objects = self._in_order(study)
        found = replace(self._loaded(study, objects), report=report)
        if found.recording is None:
            return found
        return replace(found, screening=self._screening(study, objects[0]))

    def _loaded(self, study: Study, objects: Sequence[StoredObject]) -> EarlierEcg:
        """Its recording alone, or why there is none."""
        if any(stored.size > LARGEST for stored in objects[:1]):
            return EarlierEcg(study, None, unread=message("desk.earlier_long"))
        loaded = self._contents.load(tuple(objects[:1]))
        recording = next((c for c in loaded.contents if isinstance(c, Recording)), None)
        if recording is not None:
            return EarlierEcg(study, recording)
        reasons = [bad.reason for bad in loaded.unreadable]
        unread = (reasons or [message("desk.no_objects", number=study.number)])[0]
        return EarlierEcg(study, None, unread=unread)

    def _screening(self, study: Study, shown: StoredObject) -> Screening | None:
        """What was measured, if it was measured in the object that is shown."""
        found = self._store.row(study.id).screening
        if found is None or self._store.screened_object(study.id) != shown.sha256:
            return None
        return found.corrected_by(self._formula)

    def _note(self, earlier: int, beside: int) -> None:
        detail: dict[str, Parameter] = {"beside": beside, "station": self._session.station}
        self._audit("study.compared", f"study:{earlier}", detail)
