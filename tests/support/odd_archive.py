"""A DICOMweb archive that answers as some of those in the field do, and none that we start does."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pydicom

from farlead.clients.multipart import parts
from farlead.peers import Archive
from threaded import serving


@dataclass
class OddArchive:
    """What it has, and how it answers.

    Parameters
    ----------
    pages : bool
        Whether it heeds ``limit`` and ``offset``.
    counts, modality : bool
        Whether it tells the number of a study's objects, and the modality of an object.
    charset : str
        In which it writes its JSON.
    broken : set of str
        Objects that it lists and cannot give, by SOP Instance UID: 500.
    nameless : set of str
        Studies whose objects it cannot list, by Study Instance UID: 500.
    overlap : int
        So many entries of a page are those of the page before.
    nothing : int
        Status of an empty answer: 204, or 200 with ``[]``.
    known : int
        Status with which it refuses an object that it has already.
    silent : bool
        Whether it says nothing of what it has stored.
    cuts : int
        So many answers to what is stored get lost.
    """

    pages: bool = True
    counts: bool = True
    modality: bool = True
    charset: str = "utf-8"
    broken: set[str] = field(default_factory=set)
    nameless: set[str] = field(default_factory=set)
    overlap: int = 0
    nothing: int = 204
    known: int = 200
    silent: bool = False
    cuts: int = 0
    port: int = 0
    given: list[str] = field(default_factory=list)
    _objects: dict[str, tuple[pydicom.Dataset, bytes]] = field(default_factory=dict)

    def put(self, *objects: bytes) -> None:
        """What it has from now on."""
        for data in objects:
            found = pydicom.dcmread(io.BytesIO(data))
            self._objects[found.SOPInstanceUID] = (found, data)

    def forget(self, uid: str) -> None:
        """It has this object no longer."""
        del self._objects[uid]

    def spoil(self, uid: str, data: bytes) -> None:
        """It gives this instead."""
        self._objects[uid] = self._objects[uid][0], data

    def archive(self, **given: object) -> Archive:
        """Settings for it."""
        url = f"http://127.0.0.1:{self.port}/web"
        return Archive.model_validate({"name": "odd", "url": url, "parallel": 2, **given})

    def store(self, kind: str, body: bytes) -> tuple[int, str, bytes] | None:
        """Status, content type and body for what comes; None for an answer that is lost."""
        stored, failed = [], []
        for data in parts(kind, body):
            found = pydicom.dcmread(io.BytesIO(data))
            item: dict[str, Any] = {
                "00081155": {"vr": "UI", "Value": [found.SOPInstanceUID]},
            }
            if found.SOPInstanceUID in self._objects:
                failed.append({**item, "00081197": {"vr": "US", "Value": [0x0111]}})
            else:
                stored.append(item)
                self.put(data)
        if self.cuts:
            self.cuts -= 1
            return None
        if self.silent:
            return 200, "text/plain", b""
        told = {
            "00081199": {"vr": "SQ", "Value": stored},
            "00081198": {"vr": "SQ", "Value": failed},
        }
        status = self.known if failed else 200
        return status, "application/dicom+json", json.dumps(told).encode()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, str, bytes]:
        """Status, content type and body."""
        parts = path.strip("/").split("/")[1:]
        if parts == ["studies"]:
            return self._listed(list(self._studies(query)), query)
        if len(parts) == 3 and parts[2] == "instances":
            if parts[1] in self.nameless:
                return 500, "text/plain", b"index damaged"
            found = [d for d, _ in self._objects.values() if parts[1] == d.StudyInstanceUID]
            return self._listed([self._instance(each) for each in found], query)
        uid = parts[-1]
        if uid in self.broken:
            return 500, "text/plain", b"file not found on disk"
        if uid not in self._objects:
            return 404, "text/plain", b"no such object"
        self.given.append(uid)
        body = b"--x\r\nContent-Type: application/dicom\r\n\r\n" + self._objects[uid][1]
        return 200, "multipart/related; boundary=x", body + b"\r\n--x--\r\n"

    def _studies(self, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        first, until, last = query.get("StudyDate", "").partition("-")
        last = last or ("99999999" if until else first)
        counted: dict[str, list[pydicom.Dataset]] = {}
        for each, _ in self._objects.values():
            day = str(each.get("StudyDate", ""))
            if first <= day <= last or not first:
                counted.setdefault(each.StudyInstanceUID, []).append(each)
        for uid, objects in counted.items():
            name = {"Alphabetic": str(objects[0].PatientName)}
            told: dict[str, Any] = {
                "0020000D": {"vr": "UI", "Value": [uid]},
                "00100010": {"vr": "PN", "Value": [name]},
            }
            if self.counts:
                told["00201208"] = {"vr": "IS", "Value": [len(objects)]}
            if self.modality:
                kinds = sorted({str(each.Modality) for each in objects})
                told["00080061"] = {"vr": "CS", "Value": kinds}
            yield told

    def _instance(self, found: pydicom.Dataset) -> dict[str, Any]:
        told: dict[str, Any] = {
            "0020000D": {"vr": "UI", "Value": [found.StudyInstanceUID]},
            "0020000E": {"vr": "UI", "Value": [found.SeriesInstanceUID]},
            "00080018": {"vr": "UI", "Value": [found.SOPInstanceUID]},
        }
        if self.modality:
            told["00080060"] = {"vr": "CS", "Value": [str(found.Modality)]}
        return told

    def _listed(self, found: list[Any], query: dict[str, str]) -> tuple[int, str, bytes]:
        if self.pages:
            start, count = int(query.get("offset", 0)), int(query.get("limit", 100))
            found = found[max(0, start - self.overlap) if start < len(found) else start :][:count]
        if not found and self.nothing == 204:
            return 204, "", b""
        text = json.dumps(found, ensure_ascii=False)
        return 200, "application/dicom+json", text.encode(self.charset)


@contextmanager
def odd_archive(**how: Any) -> Iterator[OddArchive]:
    """One that listens on loopback."""
    state = OddArchive(**how)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            self._say(*state.answer(asked.path, query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = state.store(self.headers["Content-Type"], body)
            if answer is None:
                self.close_connection = True
            else:
                self._say(*answer)

        def _say(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            if kind:
                self.send_header("Content-Type", kind)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    with serving(server):
        yield state
