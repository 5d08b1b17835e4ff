"""What all commands share: the language of the terminal, tables on it, values as JSON."""

import os
import sys
from datetime import datetime
from pathlib import Path

from rich.console import Console

from farlead.messages import Language, message

#: Into a file or a pipe nothing is cut off; a terminal knows its own width.
_PIPE_WIDTH = 240


def terminal_language() -> Language:
    """Language that the environment asks for; English without a word of it."""
    named = os.environ.get("FARLEAD_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    return Language.ZH if (named or "").lower().startswith("zh") else Language.EN


def help_text(identifier: str) -> str:
    """A text of the catalogue in the language of the terminal."""
    return message(identifier).text(terminal_language())


def console() -> Console:
    """Where tables are printed."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def plain(value: object) -> str:
    """A time or a path for JSON; TypeError for anything else."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value)} in an answer")
