"""Reports checked against the store that issued them.

The file alone proves whose it is and that nothing in it was changed. Only the store knows
whether it is the version in force, whether the bytes that it names are still there, and whether
what lies in a unit's folder is what was signed.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cryptography import x509

from farlead.access.demo_authority import trusted
from farlead.errors import NotFound, ObjectMissing, SettingsError
from farlead.messages import Message, message
from farlead.model.lives import ReportState
from farlead.model.report import ReportVersion
from farlead.model.study import Study
from farlead.objects import ObjectFolder
from farlead.reporting.verification import Verification, verify
from farlead.settings import Settings
from farlead.store import Store

#: States of a version that is no longer in force.
_PAST = (ReportState.SUPERSEDED, ReportState.WITHDRAWN)


def verify_report(settings: Settings, pdf: bytes, trust: Sequence[Path] = ()) -> Verification:
    """Verify a signed report against the roots of the settings and of these PEM files."""
    further = [certificate for file in trust for certificate in _roots(file)]
    return verify(pdf, trust=[*trusted(settings), *further])


def compare_with_store(
    settings: Settings, store: Store, objects: ObjectFolder, pdf: bytes, found: Verification
) -> Verification:
    """The verification of a file, with what the store says of it besides.

    Parameters
    ----------
    pdf : bytes
        The file.
    found : Verification
        What the file says alone; one that is refused is not compared.
    """
    if not found.ok:
        return found
    check = _Comparison(settings, store, objects, pdf, found)
    against = list(check.against())
    return replace(
        found,
        ok=not against,
        reasons=(*against, *found.reasons, *check.remarks),
    )


class _Comparison:
    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        pdf: bytes,
        found: Verification,
    ) -> None:
        self._settings = settings
        self._store = store
        self._objects = objects
        self._pdf = pdf
        self._found = found
        self.remarks: list[Message] = []

    def against(self) -> Iterator[Message]:
        number = self._found.study_number or ""
        try:
            study = self._store.numbered(number)
        except NotFound:
            yield message("services.verify.no_study", number=number)
            return
        signed = [each for each in self._store.reports(study.id) if each.sha256 is not None]
        yield from self._against_version(study, signed)
        yield from self._against_sources(study)

    def _against_version(self, study: Study, signed: list[ReportVersion]) -> Iterator[Message]:
        version = self._found.report_version
        issued = next((each for each in signed if each.version == version), None)
        if issued is None or issued.sha256 is None:
            yield message("services.verify.no_version", version=version or 0)
            return
        if issued.sha256 != hashlib.sha256(self._pdf).hexdigest():
            yield from self._against_bytes(issued)
            return
        if issued.state in _PAST:
            self.remarks.append(message(f"services.verify.{issued.state}", version=issued.version))
        yield from self._against_copies(study, issued)

    def _against_bytes(self, issued: ReportVersion) -> Iterator[Message]:
        """Other bytes: the same report before it was countersigned, or something else."""
        try:
            whole = self._objects.get(issued.sha256 or "")
        except ObjectMissing as missing:
            yield missing.reason
            return
        if whole.startswith(self._pdf):
            self.remarks.append(message("services.verify.countersigned", version=issued.version))
        else:
            yield message("services.verify.other_bytes", version=issued.version)

    def _against_copies(self, study: Study, issued: ReportVersion) -> Iterator[Message]:
        """What lies in the folders of those to whom it was delivered."""
        for delivery in self._store.deliveries(study.id):
            if delivery.report != issued.id:
                continue
            name = f"{study.number}-v{issued.version}.pdf"
            copy = self._settings.outbox(delivery.destination) / name
            try:
                same = copy.read_bytes() == self._pdf
            except OSError:
                continue  # fetched, or not a folder of ours
            if not same:
                yield message("services.verify.copy_differs", file=str(copy))

    def _against_sources(self, study: Study) -> Iterator[Message]:
        """The objects that the report names: known, and still the bytes that were read."""
        known = {stored.sha256 for stored in study.objects}
        for sha256 in self._found.object_hashes:
            if sha256 not in known:
                yield message("services.verify.other_object", sha256=sha256)
                continue
            try:
                self._objects.get(sha256)
            except ObjectMissing as missing:
                yield missing.reason


def _roots(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except ValueError as error:
        raise SettingsError(message("services.not_pem", file=str(file))) from error
