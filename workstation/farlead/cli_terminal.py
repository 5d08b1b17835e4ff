"""What all commands share before they know the settings: the language of the terminal."""

import os

from farlead.messages import Language, message


def terminal_language() -> Language:
    """Language that the environment asks for; English without a word of it."""
    named = os.environ.get("FARLEAD_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    return Language.ZH if (named or "").lower().startswith("zh") else Language.EN


def help_text(identifier: str) -> str:
    """A text of the catalogue in the language of the terminal."""
    return message(identifier).text(terminal_language())
