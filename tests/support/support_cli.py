"""``farleadctl`` without a process of its own: starting Python costs more than what is asked."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from subprocess import CompletedProcess
from unittest.mock import patch

from farlead import cli


def farleadctl(*words: str, rc: int = 0) -> CompletedProcess[str]:
    """Run the entry point with these words; its exit code must be `rc`."""
    out, err = io.StringIO(), io.StringIO()
    ended = 0
    with patch.object(sys, "argv", ["farleadctl", *words]):
        try:
            with redirect_stdout(out), redirect_stderr(err):
                cli.main()
        except SystemExit as end:
            ended = int(end.code or 0)
    done = CompletedProcess(list(words), ended, out.getvalue(), err.getvalue())
    assert done.returncode == rc, done.stdout + done.stderr
    return done
