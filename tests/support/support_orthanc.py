"""A real Orthanc on loopback in a temporary folder."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from farlead.peers import Archive

USER, PASSWORD = "farlead", "geheim-密"
_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
_READY_SECONDS = 30.0


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Orthanc:
    """One running server."""

    folder: Path
    port: int
    dicom_port: int
    process: subprocess.Popen[bytes]

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def http(self) -> httpx.Client:
        """A client of its own interface, for looking at it from outside."""
        return httpx.Client(base_url=self.root, auth=(USER, PASSWORD), timeout=30, trust_env=False)

    def archive(self, **given: object) -> Archive:
        """Settings for it."""
        return Archive.model_validate(
            {
                "name": "hub",
                "url": f"{self.root}/dicom-web",
                "user": USER,
                "password": f"plain:{PASSWORD}",
                **given,
            }
        )

    def put(self, *objects: bytes) -> None:
        """Give it objects, as a unit's gateway does."""
        with self.http as client:
            for data in objects:
                client.post("/instances", content=data).raise_for_status()

    def kill(self) -> None:
        """As a power cut."""
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        """Start it (again) on its folder."""
        self.process = _process(self.folder)
        _wait(self)


def _process(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [shutil.which("Orthanc") or "/usr/sbin/Orthanc", str(folder / "orthanc.json")],
            stdout=log,
            stderr=log,
        )


def _wait(server: Orthanc) -> None:
    patience = time.monotonic() + _READY_SECONDS
    with server.http as client:
        while time.monotonic() < patience:
            try:
                client.get("/system").raise_for_status()
                return
            except httpx.HTTPError:
                if server.process.poll() is not None:
                    break
                time.sleep(0.05)
    raise RuntimeError((server.folder / "log.txt").read_text("utf-8", "replace")[-2000:])


@contextmanager
def orthanc(
    folder: Path, *, dicom: bool = False, plugins: Sequence[str] = (), **further: object
) -> Iterator[Orthanc]:
    """A server, stopped at the end; its DICOM port only when asked for.

    It listens on all addresses and has no setting for that; `RemoteAccessAllowed` refuses the
    HTTP requests of others, and DICOM is off unless it is needed. ``support_nginx.fronted`` gives
    it a network of its own, at the price of a hop: benchmarks and fault proxies do without.
    """
    server = Orthanc(folder, free_port(), free_port(), process=None)  # type: ignore[arg-type]  # started below
    given = {"DicomServerEnabled": dicom, "DicomPort": server.dicom_port, **further}
    configured(folder, server.port, plugins=plugins, **given)
    server.start()
    try:
        yield server
    finally:
        server.process.kill()  # it takes 3.4 s to end by itself
        server.process.wait()


def configured(folder: Path, port: int, *, plugins: Sequence[str] = (), **further: object) -> Path:
    """Write the configuration of a server."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = {
        "Name": "test",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "index"),
        "HttpPort": port,
        "HttpServerEnabled": True,
        "DicomServerEnabled": False,
        "DicomAet": "HUB",
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {USER: PASSWORD},
        "DefaultEncoding": "Utf8",
        "StableAge": 1,
        "DicomAlwaysAllowStore": True,
        "SynchronousCMove": False,
        "Plugins": [str(_PLUGIN), *plugins],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "Ssl": False},
        **further,
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(configuration), "utf-8")
    return file
