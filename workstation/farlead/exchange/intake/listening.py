"""Our storage service: units push their objects by C-STORE and may ask for commitment.

Units' systems that were asked to vouch for our own objects answer here, too.

An object is written as received, undecoded, into the inbox of the unit that the calling title
belongs to; "success" is answered when it is on the disk. From there it goes the way of every
upload. It runs in a process of its own (``farlead.services.listening``).

References
----------
DICOM PS3.4 annexes A (verification), B (storage), J (storage commitment, push model);
PS3.7 9.1.1 (C-STORE), 10.1.4 (N-ACTION).
"""

import hashlib
import json
import logging
import re
import socket
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000TransferSyntaxes,
    JPEGLSTransferSyntaxes,
    JPEGTransferSyntaxes,
    RLETransferSyntaxes,
)
from pynetdicom import AE, AllStoragePresentationContexts, evt
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event, EventHandlerType
from pynetdicom.service_class import StorageServiceClass
from pynetdicom.sop_class import (  # type: ignore[attr-defined]  # made at import
    StorageCommitmentPushModel,
    Verification,
    register_uid,
)

from farlead.clients.tls import server_context
from farlead.errors import SettingsError
from farlead.exchange.delivery.committing import answer_of
from farlead.exchange.intake.admitting import PATIENCE, AdmittingServer
from farlead.exchange.intake.answers import Answers
from farlead.exchange.intake.commitments import Commitments, asked
from farlead.exchange.intake.spool import hand_in
from farlead.messages import message
from farlead.peers import Listener, Sender
from farlead.settings import Settings

_LOG = logging.getLogger(__name__)
_UID = re.compile(r"[0-9.]{1,64}")

#: Every transfer syntax that we read, those without loss of time first.
SYNTAXES: Sequence[str] = tuple(
    dict.fromkeys(
        (
            ExplicitVRLittleEndian,
            ImplicitVRLittleEndian,
            DeflatedExplicitVRLittleEndian,
            ExplicitVRBigEndian,
            *RLETransferSyntaxes,
            *JPEGTransferSyntaxes,
            *JPEGLSTransferSyntaxes,
            *JPEG2000TransferSyntaxes,
        )
    )
)

#: Retired storage classes (PS3.6 annex A) of pictures that we read; old machines still send them:
#: multi-frame ultrasound, ultrasound, nuclear medicine, biplane angiography, visible light.
RETIRED: Sequence[str] = tuple(
    f"1.2.840.10008.5.1.4.1.1.{number}" for number in ("3", "6", "5", "12.3", "77.1", "77.2")
)

for _uid in RETIRED:  # pynetdicom has no service for them
    register_uid(_uid, f"Retired{_uid.replace('.', '')}", StorageServiceClass)

# Statuses of PS3.4 B.2.3 and PS3.7 annex C.
_SUCCESS, _OUT_OF_RESOURCES, _NOT_UNDERSTOOD = 0x0000, 0xA700, 0xC000
_PROCESSING_FAILURE, _NOT_AUTHORISED = 0x0110, 0x0124


class Listening:
    """The service while it runs; a context manager.

    Parameters
    ----------
    settings : Settings
        With a listener.

    Raises
    ------
    SettingsError
        There is no listener, its port is taken, or its certificate cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.listener is None:
            raise SettingsError(message("peers.no_listener"))
        answers = Answers(settings)
        if not (settings.listener.senders or answers.titles()):  # pynetdicom would let everybody in
            raise SettingsError(message("peers.no_senders"))
        self._settings = settings
        self._listener = settings.listener
        self._senders = {sender.aet: sender for sender in self._listener.senders}
        self._commitments = Commitments(settings)
        self._answers = answers
        self._server = self._start(self._listener)

    @property
    def port(self) -> int:
        """Port on which it listens; chosen by the system where the settings say 0."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; what was answered with success lies in an inbox."""
        self._server.shutdown()

    def _start(self, listener: Listener) -> AdmittingServer:
        ae = AE(ae_title=listener.aet)
        ae.require_called_aet = True
        ae.require_calling_aet = sorted({*self._senders, *self._answers.titles()})
        ae.maximum_associations = listener.associations
        ae.acse_timeout = PATIENCE
        for storage in (
            *(str(c.abstract_syntax) for c in AllStoragePresentationContexts),
            *RETIRED,
        ):
            ae.add_supported_context(storage, list(SYNTAXES))
        ae.add_supported_context(Verification)
        # Asked by senders; and who was asked by us may call back, as its provider.
        ae.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
        handlers: list[EventHandlerType] = [
            (evt.EVT_CONN_OPEN, _no_delay),
            (evt.EVT_ACCEPTED, self._accepted),
            (evt.EVT_C_ECHO, lambda _: _SUCCESS),
            (evt.EVT_C_STORE, self._stored),
            (evt.EVT_N_ACTION, self._commit),
            (evt.EVT_N_EVENT_REPORT, self._vouched),
        ]
        context = server_context(listener.tls, self._settings.folder) if listener.tls else None
        try:
            server = ae.make_server(
                (listener.bind, listener.port),
                evt_handlers=handlers,
                ssl_context=context,
                server_class=AdmittingServer,
            )
        except OSError as error:
            cause = error.strerror or type(error).__name__
            raise SettingsError(
                message("peers.port", bind=listener.bind, port=listener.port, cause=cause)
            ) from error
        if not isinstance(server, AdmittingServer):
            raise TypeError(f"pynetdicom made {type(server)}")
        threading.Thread(target=server.serve_forever, name="farlead-listening", daemon=True).start()
        return server

    def _sender(self, event: Event) -> Sender | None:
        """Who pushes; None for one that may only answer."""
        return self._senders.get(_title(event))

    def _accepted(self, event: Event) -> None:
        """One sender's flood leaves room for the others: it is told to come back later."""
        title = event.assoc.requestor.ae_title
        same = [
            assoc
            for assoc in event.assoc.ae.active_associations
            if assoc.is_acceptor and assoc.requestor.ae_title == title
        ]
        if len(same) > self._listener.per_sender:
            _LOG.warning("%s has %s associations at a time; one was ended", title, len(same))
            event.assoc.abort()

    def _stored(self, event: Event) -> int | Dataset:
        sender = self._sender(event)
        if sender is None:
            return _status(_NOT_AUTHORISED, "no objects are taken from this title")
        try:
            data = event.encoded_dataset()
            request = event.request
            uid = str(request.AffectedSOPInstanceUID) if isinstance(request, C_STORE) else ""
            name = uid if _UID.fullmatch(uid) else hashlib.sha256(data).hexdigest()
            inbox = self._settings.inbox(sender.unit)
            inbox.mkdir(parents=True, exist_ok=True)
            hand_in(
                data,
                inbox,
                f"{name}.dcm",
                request=_sidecar(sender),
                settle=self._settings.settle_seconds,
            )
        except OSError as error:
            _LOG.exception("an object of %s could not be written", sender.unit)
            return _status(_OUT_OF_RESOURCES, error.strerror or type(error).__name__)
        except Exception:  # noqa: BLE001 - logged whole; the association goes on, the sender keeps it
            _LOG.exception("an object of %s could not be taken", sender.unit)
            return _status(_NOT_UNDERSTOOD, "the hub could not take this object")
        return _SUCCESS

    def _commit(self, event: Event) -> tuple[int | Dataset, Dataset | None]:
        """Storage commitment is asked for: answered later, by N-EVENT-REPORT."""
        sender = self._sender(event)
        if sender is None or sender.host is None:
            told = "no address for the answer is set for this title"
            return _status(_PROCESSING_FAILURE, told), None
        try:
            self._commitments.add(asked(event.action_information, sender))
        except (OSError, ValueError, AttributeError) as error:
            _LOG.exception("a request for commitment of %s could not be kept", sender.unit)
            return _status(_PROCESSING_FAILURE, str(error)[:64]), None
        return _SUCCESS, None

    def _vouched(self, event: Event) -> tuple[int | Dataset, None]:
        """A receiver of our objects says which of them it keeps."""
        title = _title(event)
        if title not in self._answers.titles():
            return _status(_NOT_AUTHORISED, "this title was asked for nothing"), None
        try:
            self._answers.add(answer_of(event, title))
        except (OSError, ValueError, AttributeError) as error:
            _LOG.exception("an answer of %s could not be kept", title)
            return _status(_PROCESSING_FAILURE, str(error)[:64]), None
        return _SUCCESS, None


def _title(event: Event) -> str:
    """Who calls."""
    return event.assoc.requestor.ae_title.strip()


def _no_delay(event: Event) -> None:
    """Answers are small and waited for: they must not be held back to be sent together."""
    wrapped = event.assoc.dul.socket
    if wrapped is not None and wrapped.socket is not None:
        wrapped.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _status(number: int, comment: str) -> Dataset:
    status = Dataset()
    status.Status = number
    status.ErrorComment = comment[:64]
    return status


def _sidecar(sender: Sender) -> bytes | None:
    if sender.priority is None:
        return None
    return json.dumps({"version": 1, "priority": sender.priority}).encode()
