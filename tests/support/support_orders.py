"""Systems of a hospital that send or list orders, and settings that know them."""

import json
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fhir.resources.R4B.bundle import Bundle

from farlead.settings import Settings
from support_orthanc import free_port
from threaded import serving

HEAD = "MSH|^~\\&|HIS|COUNTY1|FARLEAD|HUB|20261122100000+0800||{kind}|{id}|P|2.5.1||||||{charset}"
PID = "PID|1||A001^^^COUNTY1^MR~110101199003078515^^^^NI||张^伟||19900307|M"
ORC = "ORC|{control}|{placer}|F{placer}||||^^^20261122100000+0800^^S||20261122100000+0800"
_OBR = {
    1: "1", 2: "{placer}", 3: "F{placer}", 4: "93000^心电图", 13: "冠心病史", 16: "D01^王^芳",
    17: "8001", 18: "{accession}", 24: "EC", 31: "^胸痛待查",
}  # fmt: skip
OBR = "|".join(["OBR", *(_OBR.get(number, "") for number in range(1, 32))])
ONSET = "OBX|1|TS|11368-8^onset^LN||20261122093000+0800"


def hl7_order(
    control: str = "NW",
    *,
    placer: str = "P1",
    accession: str = "ACC1",
    identifier: str = "M1",
    kind: str = "ORM^O01^ORM_O01",
    charset: str = "UNICODE UTF-8",
    pid: str = PID,
    more: tuple[str, ...] = (ONSET,),
) -> str:
    """An order as a hospital sends it."""
    filled = {"control": control, "placer": placer, "accession": accession}
    lines = [
        HEAD.format(kind=kind, id=identifier, charset=charset),
        pid,
        "PV1|1|I|心内科^12^3",
        ORC.format(**filled),
        OBR.format(**filled),
        *more,
    ]
    return "\r".join(lines) + "\r"


def hl7_merge(kept: str, other: str, *, identifier: str = "A1", kind: str = "ADT^A40") -> str:
    """Two numbers are one patient."""
    lines = [
        HEAD.format(kind=kind, id=identifier, charset="UNICODE UTF-8"),
        "EVN|A40|20261122100000",
        f"PID|1||{kept}^^^COUNTY1^MR||张^伟",
        f"MRG|{other}^^^COUNTY1^MR",
    ]
    return "\r".join(lines) + "\r"


def order_settings(folder: Path, **orders: Any) -> Settings:
    """An installation that takes orders of county 1's system; `orders` as in the settings file."""
    his = {"name": "his", "unit": "county1", "application": "HIS", "facility": "COUNTY1"}
    known = {"peers": [his], "listener": {"port": 0}, **orders}
    unit = {"code": "county1", "name": "甲县人民医院"}
    return Settings.model_validate({"folder": folder, "units": [unit], "orders": known})


class HospitalClient:
    """The sending side: a socket, frames, and whatever answer comes."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", port), 20)
        self.socket = context.wrap_socket(plain, server_hostname="127.0.0.1") if context else plain
        self.socket.settimeout(20)

    def __enter__(self) -> "HospitalClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, said: str | bytes, encoding: str = "utf-8") -> dict[str, list[str]]:
        """The fields of each segment of the acknowledgement."""
        data = said if isinstance(said, bytes) else said.encode(encoding)
        self.socket.sendall(b"\x0b" + data + b"\x1c\x0d")
        return fields(self.receive().decode(encoding))

    def receive(self) -> bytes:
        got = b""
        while not got.endswith(b"\x1c\x0d"):
            block = self.socket.recv(1 << 16)
            if not block:
                raise ConnectionError("closed")
            got += block
        return got.removeprefix(b"\x0b").removesuffix(b"\x1c\x0d")


def fields(text: str) -> dict[str, list[str]]:
    """Segments of an answer by name."""
    return {line[:3]: line.split("|") for line in text.strip("\r").split("\r")}


# A modality worklist (dcmtk's wlmscpfs)

_STEP = """\
(0008,0005) CS ISO_IR 192
(0008,0050) SH {accession}
(0008,0090) PN 王^芳
(0010,0010) PN {name}
(0010,0020) LO A001
(0010,0030) DA 19900307
(0010,0040) CS M
(0020,000d) UI 1.2.3.4.{number}
(0032,1032) PN 李^明
(0032,1033) LO 急诊科
(0032,1060) LO 心电图
(0040,1001) SH RP{number}
(0040,1002) LO 胸痛待查
(0040,1003) SH {priority}
(0040,2010) SH 8001
(0040,2016) LO P{number}
(0040,0100) SQ
  (fffe,e000) -
    (0008,0060) CS {modality}
    (0040,0001) AE ECG1
    (0040,0002) DA {day}
    (0040,0003) TM 100000
    (0040,0006) PN
    (0040,0007) LO 心电图
    (0040,0009) SH S{number}
  (fffe,e00d) -
(fffe,e0dd) -
"""


def worklist_entry(folder: Path, number: int, **given: str) -> None:
    """A scheduled step, as dcmtk's worklist server and Orthanc's keep it in files."""
    filled = {
        "accession": f"ACC{number}", "name": "张^伟", "priority": "STAT", "modality": "ECG",
        "day": "20261122", **given,
    }  # fmt: skip
    dump = folder / f"{number}.dump"
    dump.write_text(_STEP.format(number=number, **filled), "utf-8")
    subprocess.run(
        ["/usr/bin/dump2dcm", "+te", str(dump), str(folder / f"{number}.wl")],
        check=True,
        capture_output=True,
    )
    dump.unlink()


@contextmanager
def worklist_server(folder: Path) -> Iterator[int]:
    """dcmtk's worklist server for title ``WL`` over a folder of that name; its port."""
    (folder / "WL").mkdir(parents=True, exist_ok=True)
    (folder / "WL" / "lockfile").touch()
    port = free_port()
    process = subprocess.Popen(
        ["/usr/bin/wlmscpfs", "-dfp", str(folder), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        patience = time.monotonic() + 20
        while time.monotonic() < patience:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


# A FHIR server with ServiceRequests, in pages


@dataclass
class RequestServer:
    """What it has, how it was asked, and how many it puts on a page."""

    port: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    page: int = 2
    elsewhere: str | None = None  # where it says that its next pages are

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/fhir"


@contextmanager
def request_server() -> Iterator[RequestServer]:
    """A FHIR endpoint that checks what it gives against the R4 models."""
    state = RequestServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            if self.path.endswith("/metadata"):
                self._say({"resourceType": "CapabilityStatement"})
                return
            query = parse_qs(urlsplit(self.path).query)
            start = int(query.get("from", ["0"])[0])
            stop = start + state.page
            entries = [{"resource": each} for each in state.requests[start:stop]]
            entries += [{"resource": PATIENT, "search": {"mode": "include"}}]
            links = []
            if stop < len(state.requests):
                root = state.elsewhere or state.url
                links = [{"relation": "next", "url": f"{root}/ServiceRequest?from={stop}"}]
            bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
            bundle |= {"link": links} if links else {}
            Bundle.model_validate(bundle)
            self._say(bundle)

        def _say(self, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    with serving(server):
        yield state


def _numbered(code: str, value: str) -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/v2-0203"
    return {"type": {"coding": [{"system": system, "code": code}]}, "value": value}


PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [_numbered("MR", "A001"), _numbered("NI", "110101199003078515")],
    "name": [{"family": "张", "given": ["伟"]}],
    "gender": "male",
    "birthDate": "1990-03-07",
}


def service_request(number: int, **given: Any) -> dict[str, Any]:
    """A request for an ECG, as a hospital's FHIR server has it."""
    doctor = {
        "resourceType": "Practitioner",
        "id": "d1",
        "name": [{"text": "王芳"}],
        "telecom": [{"system": "phone", "value": "8001"}],
    }
    return {
        "resourceType": "ServiceRequest",
        "id": f"r{number}",
        "status": "active",
        "intent": "order",
        "identifier": [_numbered("PLAC", f"P{number}"), _numbered("ACSN", f"ACC{number}")],
        "priority": "stat",
        "code": {"coding": [{"system": "http://loinc.org", "code": "11524-6"}]},
        "subject": {"reference": "Patient/p1"},
        "requester": {"reference": "#d1"},
        "contained": [doctor],
        "authoredOn": "2026-11-22T10:00:00+08:00",
        "reasonCode": [{"text": "胸痛待查"}],
        **given,
    }
