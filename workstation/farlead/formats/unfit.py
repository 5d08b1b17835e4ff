"""Why a recording does not fit a format, as a sentence in the reader's language."""

from farlead.messages import Language, Message, Parameter, message


class Unfit(ValueError):  # told to users inside UnwritableRecording
    """A recording that a format cannot hold.

    Parameters
    ----------
    name : str
        Of the reason, ``formats.unfit.NAME``.
    **parameters
        Of its text.
    """

    def __init__(self, name: str, /, **parameters: Parameter) -> None:
        self.reason: Message = message(f"formats.unfit.{name}", **parameters)
        super().__init__(self.reason.text(Language.EN))
