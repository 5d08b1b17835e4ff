"""How a report is written: what is offered for what is typed, short forms, contradictions. No Qt.

What does not fit in the draft is looked for at each change of it, off the GUI thread; the newest
answer counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from psygnal import Signal

from farlead.messages import Language, Message, message
from farlead.model.phrases import Both, Template
from farlead.model.report import Statement
from farlead.model.study import Kind
from farlead_ui.desk_like import ContradictionLike, DeskLike, EntryLike
from farlead_ui.own_phrases import AccountPhrases, Phrasebook
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome

#: So many templates stand behind the statements.
_TEMPLATES = 2


class WritingModel:
    """What is offered and what does not fit.

    Signals: `changed` (other contradictions), `phrases_changed`.

    Parameters
    ----------
    reading : ReadingModel
    phrasebook : Phrasebook, optional
        Where the reader's short forms are kept; with the account by default.
    """

    changed = Signal()
    phrases_changed = Signal()

    def __init__(self, reading: ReadingModel, phrasebook: Phrasebook | None = None) -> None:
        self._reading = reading
        self._drafting = reading.drafting
        folder, login = reading.settings.folder, reading.desk.account.login
        self._phrasebook = phrasebook or AccountPhrases(reading.desk, folder, login)
        self.phrases: tuple[Template, ...] = ()
        self.contradictions: tuple[ContradictionLike, ...] = ()
        self._drafting.changed.connect(self._check)
        self._drafting.loaded.connect(self._check)

    # -- what is offered

    def read_phrases(self) -> None:
        """Read the reader's short forms; a wrong file is told and changes nothing."""
        self._reading.tasks.latest("phrases", self._phrasebook.read, self._phrases_read)

    def offered(self, query: str, limit: int) -> Callable[[], Sequence[EntryLike | Template]]:
        """Work that looks for what is typed: own short forms, statements, templates."""
        job = self._reading.in_hand
        kind = job.row.study.kind if job is not None else None
        return partial(offered, self._reading.desk, self.phrases, query, limit, kind)

    def choose(self, chosen: EntryLike | Template, language: Language) -> None:
        """Write what was chosen into the report."""
        if isinstance(chosen, Template):
            self._drafting.take(chosen, self._reading.screening, language)
        else:
            self._drafting.add(Statement(chosen.code, chosen.zh, chosen.en))

    def qualify(self, place: int, by: int) -> None:
        """The line at a place in its next or previous form, such as probable or old."""
        lines = self._drafting.draft.statements
        if self._drafting.editable and 0 <= place < len(lines):
            line = lines[place]
            work = partial(self._reading.desk.variants, line)
            done = partial(self._qualified, place, line, by)
            self._reading.tasks.latest("variants", work, done)

    # -- short forms

    def keep_phrase(self, form: str) -> None:
        """Keep what the draft says as a short form of the reader."""
        draft = self._drafting.draft
        lines = tuple(replace(line, suggested=False) for line in draft.statements)
        findings, conclusion = (Both(t, t) for t in (draft.findings, draft.conclusion))
        phrase = Template(form.strip(), form, form, lines, findings, conclusion, own=True)
        told = message("reading.phrase_kept", form=phrase.code)
        self._change_phrases(partial(self._phrasebook.keep, phrase), told)

    def drop_phrase(self, form: str) -> None:
        """Forget a short form."""
        told = message("reading.phrase_dropped", form=form)
        self._change_phrases(partial(self._phrasebook.drop, form), told)

    # -- what does not fit

    def overrule(self, word: str) -> None:
        """Let the first contradiction stand, with a word; the next one is asked about then."""
        if self.contradictions and self.contradictable:
            self._drafting.overrule(self.contradictions[0].key, word)

    @property
    def contradictable(self) -> bool:
        """Whether the first thing that does not fit may stand with a word."""
        return bool(self.contradictions) and self.contradictions[0].may_stand

    def write_over(self, typed: Mapping[str, float]) -> None:
        """Values that the reader writes over what was measured."""
        self._drafting.write_over(typed)

    # -- responses

    def _check(self) -> None:
        job = self._reading.in_hand
        if job is None or job.open is None or not self._drafting.editable:
            self._checked(Done(()))
            return
        work = partial(self._reading.desk.contradictions, job.open, self._drafting.draft)
        self._reading.tasks.latest("contradictions", work, self._checked)

    def _checked(self, outcome: Outcome[tuple[ContradictionLike, ...]]) -> None:
        if not isinstance(outcome, Done):
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)
        elif outcome.value != self.contradictions:
            self.contradictions = outcome.value
            self.changed.emit()

    def _qualified(
        self, place: int, line: Statement, by: int, outcome: Outcome[Sequence[Statement]]
    ) -> None:
        if not isinstance(outcome, Done):
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)
            return
        forms = list(outcome.value)
        here = next((n for n, form in enumerate(forms) if form.modifier == line.modifier), 0)
        self._drafting.change(place, line, forms[(here + by) % len(forms)])

    def _change_phrases(self, change: Callable[[], None], told: Message) -> None:
        work = partial(_changed, self._phrasebook, change)
        self._reading.tasks.ordered("phrases", work, partial(self._phrases_changed, told))

    def _phrases_changed(self, told: Message, outcome: Outcome[tuple[Template, ...]]) -> None:
        self._phrases_read(outcome)
        if isinstance(outcome, Done):
            self._reading.tell(NoticeKind.DONE, told)

    def _phrases_read(self, outcome: Outcome[tuple[Template, ...]]) -> None:
        if isinstance(outcome, Done):
            self.phrases = outcome.value
            self.phrases_changed.emit()
        else:
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)


def offered(
    desk: DeskLike, phrases: Sequence[Template], query: str, limit: int, kind: Kind | None
) -> Sequence[EntryLike | Template]:
    """For what is typed: the short form that it is, statements, what begins so, templates."""
    typed = query.casefold()
    own = [phrase for phrase in phrases if phrase.code.casefold() == typed]
    begun = [p for p in phrases if p.code.casefold().startswith(typed) and p not in own][:2]
    whole = desk.templates(query, _TEMPLATES, kind) if kind is not None else []
    room = limit - len(own) - len(begun) - len(whole)
    return (*own, *desk.statements(query, max(room, 1), kind), *begun, *whole)


def _changed(phrasebook: Phrasebook, change: Callable[[], None]) -> tuple[Template, ...]:
    change()
    return phrasebook.read()
