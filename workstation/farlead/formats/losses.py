"""What of a recording a file format does not hold; told to whoever converts."""

from farlead.formats.assembly import Notes
from farlead.messages import message
from farlead.model.recording import Recording, RequestHints


def losses(
    recording: Recording,
    *,
    zone: bool = True,
    marks: bool = True,
    medians: bool = False,
    request: bool = False,
    uids: bool = False,
) -> Notes:
    """Losses that formats share: medians, request data, numbers, identifiers.

    Parameters
    ----------
    recording : Recording
    zone, marks, medians, request, uids : bool
        Whether the format holds a time zone, annotations, the device's medians, request data,
        identifiers.
    """
    notes = Notes()
    patient = recording.patient
    if recording.medians is not None and not medians:
        notes.add(message("formats.lost.medians"))
    if recording.hints != RequestHints() and not request:
        notes.add(message("formats.lost.request"))
    if patient.national_id or patient.health_card:
        notes.add(message("formats.lost.numbers"))
    if (recording.identity.study_uid or recording.identity.sop_instance_uid) and not uids:
        notes.add(message("formats.lost.uids"))
    if recording.start is not None and recording.start.tzinfo is not None and not zone:
        notes.add(message("formats.lost.zone"))
    if recording.annotations and not marks:
        notes.add(message("formats.lost.annotations", count=len(recording.annotations)))
    return notes
