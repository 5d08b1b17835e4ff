"""What of a recording a file format does not hold; told to whoever converts."""

from farlead.formats.assembly import Notes
from farlead.messages import message
from farlead.model.recording import Recording, RequestHints


def losses(recording: Recording, *, zone: bool = True, marks: bool = True) -> Notes:
    """Losses that simple formats share: medians, request data, numbers, display gain.

    Parameters
    ----------
    recording : Recording
    zone : bool
        Whether the format holds a time zone.
    marks : bool
        Whether it holds annotations.
    """
    notes = Notes()
    patient = recording.patient
    if recording.medians is not None:
        notes.add(message("formats.lost.medians"))
    if recording.hints != RequestHints():
        notes.add(message("formats.lost.request"))
    if patient.national_id or patient.health_card:
        notes.add(message("formats.lost.numbers"))
    if recording.identity.study_uid or recording.identity.sop_instance_uid:
        notes.add(message("formats.lost.uids"))
    if recording.start is not None and recording.start.tzinfo is not None and not zone:
        notes.add(message("formats.lost.zone"))
    if recording.annotations and not marks:
        notes.add(message("formats.lost.annotations", count=len(recording.annotations)))
    return notes
