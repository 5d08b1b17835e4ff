"""DICOM associations that we ask for."""

from collections.abc import Sequence
from pathlib import Path

from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.events import EventHandlerType

from farlead.clients.tls import client_context
from farlead.errors import PeerFailed
from farlead.messages import message
from farlead.peers import Tls


def associate(
    ae: AE,
    aet: str,
    host: str,
    port: int,
    tls: Tls | None,
    folder: Path,
    handlers: Sequence[EventHandlerType] = (),
) -> Association:
    """An established association with the system of this title; PeerFailed.

    Parameters
    ----------
    ae : AE
        With the contexts to ask for.
    tls : Tls or None
        Relative paths in it count from `folder`.
    handlers : sequence
        Of what the other side may ask over this association.
    """
    secure = (client_context(tls, folder), host) if tls else None
    found = ae.associate(host, port, ae_title=aet, tls_args=secure, evt_handlers=list(handlers))
    if found.is_rejected:
        raise PeerFailed(message("peers.rejected", peer=aet))
    if not found.is_established and found.rejected_contexts:
        raise PeerFailed(message("peers.takes_nothing", peer=aet))
    if not found.is_established:
        raise PeerFailed(message("peers.unreachable", peer=aet, cause=f"{host}:{port}"))
    return found
