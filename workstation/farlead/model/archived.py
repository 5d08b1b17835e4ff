"""Objects whose bytes an archive keeps: where they are, and what it gave when it was asked."""

from dataclasses import dataclass
from enum import StrEnum


class ArchiveTrouble(StrEnum):
    """Why an object that an archive should keep cannot be shown."""

    ALTERED = "altered"  # it says something else than what was received
    GONE = "gone"  # the archive no longer has it


@dataclass(frozen=True, slots=True)
class Archived:
    """An object that an archive keeps.

    Parameters
    ----------
    sha256 : str
        Hash of the bytes as received: the object's name everywhere.
    archive : str
        Name of the archive in the settings.
    study_uid, series_uid, sop_instance_uid : str
        By which it is asked for.
    size : int
        Bytes as received.
    digest : str or None
        Hash of what it says (:class:`~farlead.model.study.StoredObject`); None until it was read.
    returned : str or None
        Hash of other bytes that the archive gave last and that say the same.
    trouble : ArchiveTrouble or None
        What was wrong when it was last asked for.
    """

    sha256: str
    archive: str
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    size: int
    digest: str | None = None
    returned: str | None = None
    trouble: ArchiveTrouble | None = None
