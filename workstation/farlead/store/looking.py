"""What is kept when somebody opens a study."""

from farlead.model.people import Account
from farlead.store.chestpain import ChestPainPart
from farlead.store.suspicions import SuspicionPart


class LookingPart(SuspicionPart, ChestPainPart):
    """Opening a study: into the audit trail, and a reader's look stops two clocks."""

    def note_open(
        self, study_id: int, account: Account, station: str, *, reading: bool = True
    ) -> None:
        """Somebody opens a study, audited; all in one transaction, for it lies before every look.

        `reading`: a reader, whose look ends *opened by nobody* of a suspicion and is the moment
        *opened* of the chest pain clock; the first one counts.
        """
        with self._write(listed=False) as connection:
            self._record(account.login, "study.opened", f"study:{study_id}", station=station)
            if reading:
                self._note_seen(connection, study_id, account, station)
                self._note_opened(connection, study_id, account)
