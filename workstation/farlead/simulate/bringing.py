"""Arrivals as files: a recording with its invented patient, left in a unit's inbox."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from farlead.exchange.intake.spool import hand_in
from farlead.formats.dicom_ecg_writer import encode_dicom_ecg
from farlead.model.recording import Device, Recording
from farlead.settings import Settings, utc_now
from farlead.simulate.plan import Coming, Plan, patient_number
from farlead.simulate.sources import Source

#: Before it reaches the hub an ECG was recorded so long ago, in seconds of the wall clock.
_AGO = timedelta(seconds=20)
#: What is left of a file that is cut off.
_BROKEN_SHARE = 0.4


class Bringer:
    """Makes the files before the morning begins, and leaves them in the inboxes when it is time.

    Parameters
    ----------
    settings : Settings
    data : Path
        Where the recordings are.
    """

    def __init__(self, settings: Settings, data: Path) -> None:
        self._settings, self._data = settings, data
        self._read: dict[Source, Recording] = {}
        self._made = settings.folder / "coming"

    def prepare(self, plan: Plan) -> None:
        """Make all files, as if the morning began now: during it the processors are the hub's."""
        self._made.mkdir()
        now = utc_now()
        for coming in plan.comings:
            start = now + timedelta(seconds=coming.at / plan.size.speed) - _AGO
            (self._made / coming.file).write_bytes(self._content(coming, start))
        self._read.clear()

    def bring(self, coming: Coming) -> None:
        """The file and its request, for the first time; what is cut off comes without one."""
        self._leave(coming, coming.file)
        if coming.again is None:
            (self._made / coming.file).unlink()

    def bring_again(self, coming: Coming) -> None:
        """The very same file under another name."""
        self._leave(coming, f"again-{coming.file}")
        (self._made / coming.file).unlink()

    def _leave(self, coming: Coming, name: str) -> None:
        inbox = self._settings.inbox(coming.unit)
        inbox.mkdir(parents=True, exist_ok=True)
        request = {
            "version": 1,
            "priority": coming.priority.name.lower(),
            "clinical_question": coming.question,
            "department": "模拟科室",
            "callback_number": "0000-0000-601",
        }
        sidecar = None if coming.broken else json.dumps(request, ensure_ascii=False).encode()
        made, settle = self._made / coming.file, self._settings.settle_seconds
        hand_in(made, inbox, name, request=sidecar, settle=settle)

    def _content(self, coming: Coming, start: datetime) -> bytes:
        source = coming.source
        if source not in self._read:
            self._read[source] = source.read(self._data)
        found = self._read[source]
        number = patient_number(coming.patient)
        recording = replace(
            found,
            start=start,
            patient=replace(
                found.patient, name=f"模拟患者{coming.patient:05d}", local_number=number
            ),
            device=Device("Farlead simulation", source.name),
        )
        content, _ = encode_dicom_ecg(recording)
        return content[: int(len(content) * _BROKEN_SHARE)] if coming.broken else content
