"""Orders of a DICOM modality worklist, asked for by C-FIND.

References
----------
DICOM PS3.4 annex K (modality worklist), PS3.3 C.4.10 to C.4.12 (scheduled procedure step,
requested procedure, imaging service request).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]  # made at import

from farlead.clients.dimse import associate
from farlead.errors import OrderRefused, PeerFailed
from farlead.exchange.orders.stating import Stated, order_of
from farlead.messages import Message, message
from farlead.model.order import Order
from farlead.model.study import Kind
from farlead.peers import OrderWorklist
from farlead.settings import Clock

#: Steps that one look takes; a list of more is no list of a unit's days.
MOST = 5000
_PENDING = (0xFF00, 0xFF01)
_SUCCESS = 0x0000
_KINDS = {
    "ECG": Kind.ECG,
    "HD": Kind.ECG,
    "US": Kind.ULTRASOUND,
    "CT": Kind.CT,
    "MR": Kind.MR,
    "CR": Kind.RADIOGRAPH,
    "DX": Kind.RADIOGRAPH,
    "OP": Kind.FUNDUS,
}
_ENCODINGS = {"ISO_IR 6": "ascii", "ISO_IR 192": "utf-8", "GB18030": "gb18030"}
_PRIORITIES = {
    "STAT": "emergency", "HIGH": "urgent", "ROUTINE": "routine", "MEDIUM": "routine",
    "LOW": "routine", "": "routine",
}  # fmt: skip
_SCHEDULED = ("ScheduledProcedureStepStartDate", "ScheduledProcedureStepStartTime")
_ISSUED = ("IssueDateOfImagingServiceRequest", "IssueTimeOfImagingServiceRequest")
_ASKED = (
    "AccessionNumber", "ReferringPhysicianName", "PatientName", "PatientID", "PatientBirthDate",
    "PatientSex", "RequestingPhysician", "RequestingService", "RequestedProcedureDescription",
    "RequestedProcedureID", "RequestedProcedurePriority", "ReasonForTheRequestedProcedure",
    "RequestedProcedureComments", "OrderCallbackPhoneNumber", "StudyInstanceUID",
    "PlacerOrderNumberImagingServiceRequest", "FillerOrderNumberImagingServiceRequest",
    "IssueDateOfImagingServiceRequest", "IssueTimeOfImagingServiceRequest",
)  # fmt: skip


class Worklist:
    """One worklist; a `Listed` of :mod:`farlead.exchange.orders.polling`.

    Parameters
    ----------
    settings : OrderWorklist
    folder : Path
        Against which relative paths of certificates count.
    clock : callable
    """

    def __init__(self, settings: OrderWorklist, folder: Path, clock: Clock) -> None:
        self._settings, self._folder, self._clock = settings, folder, clock
        self.name = settings.name

    def listed(self) -> Iterator[Order | Message]:
        """Every order of the days around today; for one that is wrong, what is wrong.

        Raises
        ------
        PeerFailed
            It does not answer, or answers wrongly.
        """
        today = self._clock().astimezone().date()
        association = self._associate()
        try:
            for modality in self._settings.modalities or ("",):
                for found in self._found(association, _query(self._settings, today, modality)):
                    try:
                        yield order_of(
                            stated(Entry(found, self._settings.charset)), self._settings.unit, today
                        )
                    except OrderRefused as error:
                        yield error.reason
        finally:
            association.release()

    def test(self) -> None:
        """An association for worklists."""
        self._associate().release()

    def close(self) -> None:
        """Nothing stays open between two looks."""

    def _associate(self) -> Association:
        known, seconds = self._settings, self._settings.timeout_seconds
        ae = AE(ae_title=known.calling)
        ae.network_timeout = ae.acse_timeout = ae.dimse_timeout = ae.connection_timeout = seconds
        ae.add_requested_context(ModalityWorklistInformationFind)
        return associate(ae, known.aet, known.host, known.port, known.tls, self._folder)

    def _found(self, association: Association, query: Dataset) -> Iterator[Dataset]:
        answers = association.send_c_find(query, ModalityWorklistInformationFind)
        for count, (status, found) in enumerate(answers):
            number = status.get("Status") if status else None
            if number is None:
                raise PeerFailed(message("peers.timeout", peer=self.name))
            if number in _PENDING and found is not None:
                if count >= MOST:
                    raise PeerFailed(message("orders.endless", peer=self.name, limit=MOST))
                yield found
            elif number != _SUCCESS:
                said = str(status.get("ErrorComment", "–"))
                refused = message(
                    "peers.refused", peer=self.name, status=f"{number:04X}", said=said
                )
                raise PeerFailed(refused)


class Entry:
    """The texts of one answer.

    Parameters
    ----------
    found : Dataset
    charset : str or None
        DICOM's name of the charset of an answer that states none; some servers leave it out.
    """

    def __init__(self, found: Dataset, charset: str | None) -> None:
        self._found = found
        self._encoding = None if found.get("SpecificCharacterSet") else charset or "ISO_IR 6"

    @property
    def step(self) -> "Entry":
        """The scheduled procedure step."""
        step = next(iter(self._found.get("ScheduledProcedureStepSequence") or ()), Dataset())
        made = Entry(step, None)
        made._encoding = self._encoding
        return made

    def text(self, name: str) -> str:
        """A text; OrderRefused for one whose letters cannot be told."""
        value = self._found.get(name)
        if value is None:
            return ""
        text = "\\".join(map(str, value)) if isinstance(value, MultiValue) else str(value)
        if self._encoding is None:
            return text.strip()
        try:  # without a charset pydicom takes each byte for a letter
            return text.encode("iso8859-1").decode(_ENCODINGS[self._encoding]).strip()
        except UnicodeError as error:
            raise OrderRefused(message("orders.no_charset", field=name)) from error

    def name(self, name: str) -> str:
        """The group of a person's name that is not plain letters, as it is shown."""
        spelled = [group for group in self.text(name).split("=") if group.strip("^ ")]
        chosen = next((each for each in spelled if not each.isascii()), next(iter(spelled), ""))
        parts = [part for part in chosen.split("^")[:3] if part.strip()]
        return (" " if chosen.isascii() else "").join(parts)

    def moment(self, day: str, clock: str) -> datetime | None:
        """A time of the place where the program runs, as DICOM's times without zone are."""
        whole = self.text(day) + self.text(clock).partition(".")[0].ljust(6, "0")
        try:
            return datetime.strptime(whole, "%Y%m%d%H%M%S").astimezone()
        except (ValueError, OverflowError):
            return None


def stated(found: Entry) -> Stated:
    """What one answer says; OrderRefused for a word that says nothing to us."""
    step = found.step
    priority = _PRIORITIES.get(found.text("RequestedProcedurePriority").upper())
    sex = found.text("PatientSex").upper()
    if priority is None or sex not in ("M", "F", "O", ""):
        field = "priority" if priority is None else "patient.sex"
        raise OrderRefused(message("orders.wrong", field=field, cause="@intake.why.not_listed"))
    said = (found.text(name) for name in (
        "ReasonForTheRequestedProcedure", "RequestedProcedureComments",
    ))  # fmt: skip
    return Stated(
        placer=found.text("PlacerOrderNumberImagingServiceRequest"),
        filler=found.text("FillerOrderNumberImagingServiceRequest")
        or found.text("RequestedProcedureID"),
        request={
            "priority": priority,
            "clinical_question": "；".join(dict.fromkeys(text for text in said if text)),
            "requesting_doctor": found.name("RequestingPhysician")
            or found.name("ReferringPhysicianName"),
            "department": found.text("RequestingService"),
            "callback_number": found.text("OrderCallbackPhoneNumber"),
            "accession": found.text("AccessionNumber"),
        },
        patient={
            "name": found.name("PatientName"),
            "local_number": found.text("PatientID"),
            "sex": sex,
            "birth_date": _day(found.text("PatientBirthDate")),
        },
        requested=step.moment(*_SCHEDULED) or found.moment(*_ISSUED),
        kind=_KINDS.get(step.text("Modality")),
    )


def _query(settings: OrderWorklist, today: date, modality: str) -> Dataset:
    query = Dataset()
    query.SpecificCharacterSet = "ISO_IR 192"
    for name in _ASKED:
        setattr(query, name, "")
    step = Dataset()
    step.Modality = modality
    step.ScheduledStationAETitle = settings.station or ""
    first, last = (
        today - timedelta(days=settings.days_before),
        today + timedelta(days=settings.days_after),
    )
    step.ScheduledProcedureStepStartDate = f"{first:%Y%m%d}-{last:%Y%m%d}"
    step.ScheduledProcedureStepStartTime = ""
    step.ScheduledProcedureStepDescription = ""
    step.ScheduledProcedureStepID = ""
    query.ScheduledProcedureStepSequence = [step]
    return query


def _day(text: str) -> str:
    try:
        return f"{datetime.strptime(text, '%Y%m%d'):%Y-%m-%d}"  # noqa: DTZ007 - a day
    except ValueError:
        return ""
