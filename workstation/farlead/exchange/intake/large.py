"""Large uploads are brought to the object folder beside all others, which do not wait for them."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from farlead.exchange.intake.inbox import Print
from farlead.exchange.intake.upload import Upload
from farlead.model.study import StoredObject

#: Bytes from which on an upload is large: copying it may take longer than an emergency can wait.
LARGE = 64 << 20

Put = tuple[Upload, StoredObject | None]


class LargeUploads:
    """Those that are being copied, one after another; the looks at the inboxes go on meanwhile.

    Parameters
    ----------
    put : callable
        Brings an upload to the object folder.
    """

    def __init__(self, put: Callable[[Upload], Put]) -> None:
        self._put = put
        self._pool: ThreadPoolExecutor | None = None
        self._begun: dict[Path, tuple[Print, Future[Put]]] = {}

    def waits(self, upload: Upload) -> bool:
        """Whether a later look has to take it; its copying is begun if need be."""
        file = upload.file
        if file.print.size < LARGE:
            return False
        known, future = self._begun.get(file.path, (None, None))
        if known != file.print or future is None:
            self._forget()
            self._pool = self._pool or ThreadPoolExecutor(1, "farlead-large-upload")
            future = self._pool.submit(self._put, upload)
            self._begun[file.path] = file.print, future
        return not future.done()

    def copied(self, upload: Upload) -> "Future[Put] | None":
        """What became of copying it; None for one that is not large."""
        _, future = self._begun.pop(upload.file.path, (None, None))
        return future

    def _forget(self) -> None:
        """Those that somebody has taken away meanwhile."""
        gone = [path for path, (_, put) in self._begun.items() if put.done() and not path.exists()]
        for path in gone:
            del self._begun[path]
