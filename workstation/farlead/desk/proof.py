"""What the settings say about proving signatures later."""

from farlead.access.demo_authority import trusted
from farlead.reporting.evidence import Evidence, TimeStamps
from farlead.settings import Clock, Settings, utc_now


def evidence(settings: Settings, clock: Clock = utc_now) -> Evidence:
    """Time stamps and validation data as the installation has them.

    Raises
    ------
    SettingsError
        A file of trusted certificates is missing or is none.
    """
    wanted = settings.signing.time_stamps
    return Evidence(
        trusted(settings),
        stamps=TimeStamps(wanted.url, seconds=wanted.seconds) if wanted else None,
        required=wanted.required if wanted else False,
        revocation=settings.signing.revocation,
        clock=clock,
    )
