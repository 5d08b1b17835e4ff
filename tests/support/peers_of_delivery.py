"""Receivers of reports on loopback: an HL7 system over MLLP and a FHIR endpoint that checks."""

import json
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from threaded import serving

_BEGIN, _END = b"\x0b", b"\x1c\x0d"


@dataclass
class HospitalSystem:
    """What an HL7 receiver has, and how it behaves.

    `answers` are taken one by one: an acknowledgement code, ``lost`` for a message that is taken
    and never acknowledged, ``garbage``. `words` stand in each acknowledgement.
    """

    port: int = 0
    messages: list[bytes] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    words: bytes = b"no such patient"

    def reports(self) -> set[bytes]:
        """What it has in effect: a repeat under the same MSH-10 is the same."""
        return {each.split(b"\r")[0].split(b"|")[9] for each in self.messages}


@contextmanager
def hospital_system(context: ssl.SSLContext | None = None) -> Iterator[HospitalSystem]:
    """An HL7 receiver over MLLP."""
    system = HospitalSystem()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                self._handle()
            except (OSError, ssl.SSLError):
                return

        def _handle(self) -> None:
            got = b""
            while _END not in got:
                block = self.request.recv(1 << 16)
                if not block:
                    return
                got += block
            said = got[got.index(_BEGIN) + 1 : got.index(_END)]
            answer = system.answers.pop(0) if system.answers else "AA"
            if answer not in ("AE", "AR"):
                system.messages.append(said)
            if answer == "lost":
                return
            head = said.split(b"\r")[0].split(b"|")
            told = [
                b"|".join([b"MSH", b"^~\\&", b"HIS", b"UNIT", b"FARLEAD", b"HUB", b"", b"",
                           b"ACK^R01", b"A1", b"P", b"2.5.1"]),
                b"|".join([b"MSA", answer.encode(), head[9], system.words]),
            ]  # fmt: skip
            body = b"rubbish" if answer == "garbage" else b"\r".join(told) + b"\r"
            self.request.sendall(_BEGIN + body + _END)

    with serving(_Server(("127.0.0.1", 0), Handler)) as server:
        server.context = context
        system.port = server.server_address[1]
        yield system


@dataclass
class FhirServer:
    """A FHIR server that checks each bundle against the R4 models and keeps what it creates."""

    port: int = 0
    created: dict[str, dict[str, Any]] = field(default_factory=dict)
    transactions: int = 0
    answers: list[int] = field(default_factory=list)

    def take(self, entry: dict[str, Any]) -> str:
        """Conditional create or update; the status that is answered."""
        request, resource = entry["request"], entry["resource"]
        kind, _, query = request["url"].partition("?")
        name = f"{kind}?{query or request['ifNoneExist']}"
        assert kind == resource["resourceType"]
        known = name in self.created
        if request["method"] == "PUT" or not known:
            self.created[name] = resource
        return "200 OK" if known else "201 Created"

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What it has of a kind."""
        return [each for each in self.created.values() if each["resourceType"] == kind]


@contextmanager
def fhir_server() -> Iterator[FhirServer]:
    """An endpoint for transactions."""
    state = FhirServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(200, {"resourceType": "CapabilityStatement"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = state.answers.pop(0) if state.answers else 200
            if answer >= 400:
                self._say(answer, {"resourceType": "OperationOutcome"})
                return
            Bundle.model_validate(body)  # what is no R4 is a failure here
            state.transactions += 1
            statuses = [state.take(entry) for entry in body["entry"]]
            if answer == 0:  # taken, and the answer lost
                self.close_connection = True
                return
            said = [{"response": {"status": status}} for status in statuses]
            self._say(
                200, {"resourceType": "Bundle", "type": "transaction-response", "entry": said}
            )

        def _say(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        state.port = server.server_address[1]
        yield state


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    context: ssl.SSLContext | None = None

    def get_request(self) -> Any:
        connection, address = super().get_request()
        if self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
        return connection, address

    def handle_error(self, *_: object) -> None:
        """A refused handshake is what a test asks for."""
