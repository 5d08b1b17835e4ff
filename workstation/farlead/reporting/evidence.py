"""What proves a signature years later: a time stamp, and that no certificate was revoked.

Both come over the network, from where the settings and the certificates say. Neither may hold up
a report: answers are waited for briefly, kept while they are fresh, and a service that fails is
left alone for a while.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from asn1crypto import cms as asn1_cms  # type: ignore[import-untyped]  # ships no types
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from farlead.errors import CredentialProblem
from farlead.messages import message
from farlead.reporting.cms import MALFORMED, Unproved, as_asn1, normal_stamp, proved_stamp

#: Revocation data is fetched anew when it has been kept so long.
FRESH = timedelta(hours=1)
#: A service that failed is not asked again for so long.
PAUSE = timedelta(minutes=1)

_TOLERANCE = timedelta(minutes=1)  # clocks of database, authority and time stamp service


class NoStamp(Exception):  # says what happened, like the errors of the tree
    """The service gave no time stamp, or none that can be proved."""


class Holder(Protocol):
    """Whose certificate is looked at."""

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the person."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuers, as far as known."""


class TimeStamps(RequestsHTTPTimeStamper):
    """A time stamp service (RFC 3161) behind an address.

    Parameters
    ----------
    url : str
        ``http`` or ``https``.
    seconds : float
        How long an answer is waited for.
    """

    def __init__(self, url: str, *, seconds: float = 3.0) -> None:
        super().__init__(url, timeout=seconds)  # type: ignore[no-untyped-call]  # as it ships

    async def async_timestamp(
        self, message_digest: bytes, md_algorithm: str
    ) -> asn1_cms.ContentInfo:
        """A proved time stamp over a hash, in its normal form.

        Raises
        ------
        NoStamp
        """
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            kept = normal_stamp(token.dump())
            proved_stamp(kept, message_digest)
        except (OSError, Unproved, *MALFORMED) as error:
            raise NoStamp(str(error)) from error
        return asn1_cms.ContentInfo.load(kept)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Revocation data of one certificate and when it was fetched; empty: there is none."""

    since: datetime
    crls: tuple[object, ...] = ()
    ocsps: tuple[object, ...] = ()


class Evidence:
    """Where signatures get their proof from; kept as long as the seat runs.

    Parameters
    ----------
    roots : sequence of Certificate
        What the house trusts.
    stamps : TimeStamps or None
        Time stamp service, where one is configured.
    required : bool
        Without a time stamp nothing is signed.
    revocation : bool
        Ask the addresses in the certificates whether they were revoked, and keep the answers in
        the report.
    clock : callable
        Time of the station; only for how long answers are kept.

    Notes
    -----
    Safe to use from several threads.
    """

    def __init__(
        self,
        roots: Sequence[x509.Certificate],
        *,
        stamps: TimeStamps | None = None,
        required: bool = False,
        revocation: bool = True,
        seconds: float = 3.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.required = required
        self._roots = [as_asn1(root) for root in roots]
        self._stamps = stamps
        self._revocation = revocation and bool(roots)
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._paused = datetime.min.replace(tzinfo=UTC)

    @property
    def configured(self) -> bool:
        """Whether there is a time stamp service."""
        return self._stamps is not None

    @property
    def stamps(self) -> TimeStamps | None:
        """The time stamp service, unless it failed a moment ago."""
        return self._stamps if self._clock() >= self._paused else None

    def pause(self) -> None:
        """Leave the time stamp service alone for a while."""
        self._paused = self._clock() + PAUSE

    def context(self, holder: Holder, at: datetime) -> ValidationContext | None:
        """What proves that the holder's certificates were good at `at`; None: not to be had.

        Raises
        ------
        CredentialProblem
            The certificate was revoked.
        """
        if not self._revocation:
            return None
        kept = self._fresh(holder)
        if not kept.crls and not kept.ocsps:
            return None
        return ValidationContext(
            trust_roots=self._roots,
            moment=at,
            crls=kept.crls,
            ocsps=kept.ocsps,
            revocation_mode="require",
            time_tolerance=_TOLERANCE,
        )

    def _fresh(self, holder: Holder) -> _Kept:
        name = holder.certificate.fingerprint(hashes.SHA256()).hex()
        with self._lock:
            kept, now = self._kept.get(name), self._clock()
            lasts = PAUSE if kept is not None and not (kept.crls or kept.ocsps) else FRESH
            if kept is None or now - kept.since >= lasts:
                with asyncio.Runner() as runner:
                    kept = runner.run(self._fetched(holder, now))
                self._kept[name] = kept
            return kept

    async def _fetched(self, holder: Holder, now: datetime) -> _Kept:
        context = ValidationContext(
            trust_roots=self._roots,
            allow_fetching=True,
            fetcher_backend=RequestsFetcherBackend(self._seconds),
            revocation_mode="require",
        )
        validator = CertificateValidator(
            as_asn1(holder.certificate), map(as_asn1, holder.chain), context
        )
        try:
            await validator.async_validate_path()
            if self.stamps is not None:
                async for _ in self.stamps.validation_paths(context):  # type: ignore[no-untyped-call]  # as it ships
                    pass
        except RevokedError as error:
            raise CredentialProblem(message("reporting.signing.revoked")) from error
        except (PathError, ValidationError, NoStamp, OSError):
            return _Kept(now)
        return _Kept(now, tuple(context.crls), tuple(context.ocsps))
