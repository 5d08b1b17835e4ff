"""All errors of Farlead, one tree.

::

    FarleadError                     carries a Message: what, where, what to do
    ├── UnreadableFile               a file from outside cannot be read (quarantine)
    ├── UnwritableRecording          a recording cannot be written in this format or place
    ├── InvalidRequest               a request sidecar is wrong; names the field
    ├── IllegalTransition            a life (study, report, delivery) does not allow this step
    ├── SearchRefused                what is searched for contradicts itself
    ├── StoreError
    │   ├── SchemaMismatch           store newer than the program, or a trigger is missing
    │   ├── StoreBusy                another process held the store too long
    │   ├── StoreUnreachable         the server does not answer; drafts are kept at the station
    │   └── NotFound                 no such study, report, account
    ├── JournalError                 what the station keeps in an outage cannot be read or kept
    ├── ObjectMissing                bytes are gone or do not match their hash
    │   └── ObjectAway               the archive that keeps them does not answer now
    ├── ClaimError
    │   ├── ClaimRefused             somebody else holds the study, or it is not free
    │   └── ClaimLost                the claim ended or its fencing number is outdated
    ├── WorkTaken                    another process has this piece of work now
    ├── OrderRefused                 an order cannot be taken, joined or parted so
    ├── CaseError                    a critical value's case lacks what this step needs
    ├── SandboxError
    │   ├── SandboxCrashed           the worker died (also: memory limit)
    │   └── SandboxTimedOut          the worker was stopped at its time limit
    ├── SigningError
    │   ├── WrongPin                 the key does not open
    │   ├── CredentialProblem        certificate missing, expired, or of another person
    │   └── SignatureRefused         e.g. an undecided critical suggestion
    ├── ComposeError                 the report page could not be made
    ├── PeerFailed                   a system outside does not answer, refuses, or answers wrongly
    ├── DeliveryFailed               a destination did not take the report; will be retried
    ├── SignInRefused                wrong name or password, or the account rests
    ├── PermissionDenied             the role does not allow it
    └── SettingsError                a settings file is wrong; names file and field
        └── RuleTableError           a rule table is wrong; names file, line and reason

These are caused by the user or the environment and are told to the user. Every other
exception is a bug of ours: crash report, drafts are kept.
"""

from farlead.messages import Language, Message, message


class FarleadError(Exception):
    """Base of all errors that are told to users.

    Parameters
    ----------
    reason : Message
        What happened, where, and what to do.
    """

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason.text(Language.EN)

    def text(self, language: Language) -> str:
        """Reason in the reader's language."""
        return self.reason.text(language)


class UnreadableFile(FarleadError):
    """A file from outside cannot be read.

    Parameters
    ----------
    reason : Message
        Reason in plain words.
    offset : int or None
        Byte offset of the trouble, where known.
    tag : str or None
        Tag, section or line of the trouble, where known (``"(003A,001A)"``).
    """

    def __init__(
        self, reason: Message, *, offset: int | None = None, tag: str | None = None
    ) -> None:
        super().__init__(reason)
        self.offset = offset
        self.tag = tag

    def __reduce__(self) -> tuple[object, ...]:
        return (_unreadable, (self.reason, self.offset, self.tag))


def _unreadable(reason: Message, offset: int | None, tag: str | None) -> UnreadableFile:
    return UnreadableFile(reason, offset=offset, tag=tag)


class UnwritableRecording(FarleadError):
    """A recording does not fit the format it is to be written in, or the file cannot be made."""


class InvalidRequest(FarleadError):
    """A request sidecar is wrong.

    Parameters
    ----------
    reason : Message
        What is wrong with it.
    field : str
        Name of the field, dotted.
    """

    def __init__(self, reason: Message, *, field: str) -> None:
        super().__init__(reason)
        self.field = field


class IllegalTransition(FarleadError):
    """A life does not allow this step (model/lives.py)."""

    def __init__(self, life: str, old: str, new: str) -> None:
        super().__init__(message("errors.illegal_transition", life=life, old=old, new=new))


class SearchRefused(FarleadError):
    """What is searched for contradicts itself."""


class StoreError(FarleadError):
    """The store cannot do what was asked."""


class SchemaMismatch(StoreError):
    """The store is newer than this program, or one of its triggers or constraints is missing."""


class StoreBusy(StoreError):
    """Another process held the store longer than the waiting time."""


class StoreUnreachable(StoreError):
    """The server of the store does not answer; nothing was written."""


class NotFound(StoreError):
    """No such study, report or account."""


class JournalError(FarleadError):
    """The station's own journal of an outage cannot be read or written."""


class ObjectMissing(FarleadError):
    """The bytes of an object are gone or do not match their hash."""


class ObjectAway(ObjectMissing):
    """The archive that keeps the bytes cannot be asked now; they are not lost."""


class ClaimError(FarleadError):
    """Something about the exclusive hold on a study."""


class ClaimRefused(ClaimError):
    """Somebody else holds the study, or its state does not allow a claim."""


class ClaimLost(ClaimError):
    """The claim ended or its fencing number is outdated."""


class WorkTaken(FarleadError):
    """Another process has taken over this piece of work: this one was away for too long."""


class OrderRefused(FarleadError):
    """An order cannot be taken, joined, parted or closed in this way."""


class CaseError(FarleadError):
    """A critical value's case lacks what this step needs, or is over."""


class SandboxError(FarleadError):
    """Work in the confined process did not end well."""


class SandboxCrashed(SandboxError):
    """The confined process died, for example at its memory limit."""


class SandboxTimedOut(SandboxError):
    """The confined process was stopped at its time limit."""


class SigningError(FarleadError):
    """A report could not be signed."""


class WrongPin(SigningError):
    """The PIN does not open the key."""


class CredentialProblem(SigningError):
    """The certificate is missing, expired, or names another person."""


class SignatureRefused(SigningError):
    """A rule forbids this signature, e.g. an undecided critical suggestion."""


class ComposeError(FarleadError):
    """The page of a report could not be made."""


class PeerFailed(FarleadError):
    """A system outside does not answer, refuses, or answers wrongly.

    Parameters
    ----------
    reason : Message
        In plain words, with the peer's name and its own words.
    nothing_done : bool
        It is certain that the peer has taken nothing: asking again cannot do a thing twice.
    status : int or None
        Its own number for the refusal, e.g. of HTTP.
    answered : bool or None
        Whether it has answered, so that something else may be asked of it; by default it has
        where there is a number.
    """

    def __init__(
        self,
        reason: Message,
        *,
        nothing_done: bool = True,
        status: int | None = None,
        answered: bool | None = None,
    ) -> None:
        super().__init__(reason)
        self.nothing_done = nothing_done
        self.status = status
        self.answered = status is not None if answered is None else answered


class DeliveryFailed(FarleadError):
    """A destination did not take a report; the attempt is recorded and repeated."""


class SignInRefused(FarleadError):
    """Name and password do not belong together, or the account rests or is disabled."""


class PermissionDenied(FarleadError):
    """The account's role does not allow this."""


class SettingsError(FarleadError):
    """A settings file is wrong; the reason names file and field."""


class RuleTableError(SettingsError):
    """A rule table is wrong.

    Parameters
    ----------
    reason : Message
        What is wrong, and where.
    file : str
    line : int
        From 1.
    """

    def __init__(self, reason: Message, *, file: str, line: int) -> None:
        super().__init__(reason)
        self.file = file
        self.line = line

    def __reduce__(self) -> tuple[object, ...]:
        return (_rule_table, (self.reason, self.file, self.line))


def _rule_table(reason: Message, file: str, line: int) -> RuleTableError:
    return RuleTableError(reason, file=file, line=line)
