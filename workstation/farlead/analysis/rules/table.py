"""How a rule table is written: the TOML of a rule as checked values."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from farlead.analysis.rules.vocabulary import FINDINGS, LEADS, QUANTITIES, Quantity, Scope
from farlead.messages import placeholders
from farlead.model.people import Sex
from farlead.model.study import Severity

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True, ge=1, le=12)]
Yes = Annotated[bool, Field(strict=True)]
Text = Annotated[str, StringConstraints(min_length=2, max_length=300, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([._][a-z0-9]+)*$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]*$")]
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]

#: Oldest age, in years, that a band may name.
_OLDEST = 150


class Wrong(ValueError):
    """Something in a table that is wrong by our own rules.

    Parameters
    ----------
    reason : str
        Names its text.
    said : object
        What was read.
    *within : str or int
        Path to it, from the table that is checked.
    """

    def __init__(self, reason: str, said: object = "", *within: str | int) -> None:
        super().__init__(f"{reason}: {said}")
        self.reason, self.said, self.within = reason, str(said), within


class Operator(StrEnum):
    """How a value is compared with its limit."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"

    @property
    def upwards(self) -> bool:
        """Whether greater values meet it."""
        return self in {Operator.AT_LEAST, Operator.ABOVE}

    def met(self, value: float, limit: float) -> bool:
        """Whether a value meets its limit."""
        if self is Operator.AT_LEAST:
            return value >= limit
        if self is Operator.ABOVE:
            return value > limit
        return value <= limit if self is Operator.AT_MOST else value < limit


class Rank(StrEnum):
    """Severity as a table writes it; an institution may also switch a remark off."""

    CRITICAL = "critical"
    URGENT = "urgent"
    REMARK = "remark"
    OFF = "off"

    @property
    def severity(self) -> Severity:
        """Rank of a flag; `off` makes none."""
        return Severity[self.name]


class Shown(StrEnum):
    """Parts of the evidence that a flag of this rule must show."""

    VALUE = "value"
    BEATS = "beats"
    LEADS = "leads"
    SPANS = "spans"


class Circumstance(StrEnum):
    """What of the patient decides between limits; the last two are never in the recording."""

    SEX = "sex"
    AGE = "age"
    SYMPTOMS = "symptoms"
    UNSTABLE = "unstable"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limit(_Row):
    """A limit and for whom it holds; what is left out means everybody.

    Of several the first that fits holds. `age` is from … up to, not including, in years;
    `source` where it is another than the rule's.
    """

    value: Number
    sex: Sex | None = None
    age: tuple[Number, Number] | None = None
    symptoms: Yes | None = None
    unstable: Yes | None = None
    leads: tuple[str, ...] = ()
    source: SourceId | None = None

    @field_validator("age")
    @classmethod
    def _ages(cls, age: tuple[float, float] | None) -> tuple[float, float] | None:
        if age is not None and not 0 <= age[0] < age[1] <= _OLDEST:
            raise Wrong("age", f"{age[0]:g}, {age[1]:g}")
        return age

    @field_validator("sex")
    @classmethod
    def _sexes(cls, sex: Sex | None) -> Sex | None:
        if sex not in {None, Sex.MALE, Sex.FEMALE}:
            raise Wrong("sex", sex)
        return sex

    @field_validator("leads")
    @classmethod
    def _leads(cls, leads: tuple[str, ...]) -> tuple[str, ...]:
        for lead in leads:
            if lead.removeprefix("-") not in LEADS:
                raise Wrong("lead", lead)
        return leads


class Comparison(_Row):
    """A quantity against its limits."""

    quantity: str
    operator: Operator = Field(alias="is")
    unit: str
    limit: tuple[Limit, ...] = Field(min_length=1)

    @field_validator("quantity")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in QUANTITIES:
            raise Wrong("quantity", name)
        return name

    @field_validator("limit", mode="before")
    @classmethod
    def _single(cls, given: object) -> object:
        return given if isinstance(given, list | tuple) else [{"value": given}]

    @cached_property
    def meaning(self) -> Quantity:
        """Unit, range and digits of the quantity."""
        return QUANTITIES[self.quantity]

    @cached_property
    def loosest(self) -> float:
        """The limit that is met most easily, whoever the patient is."""
        values = [row.value for row in self.limit]
        return min(values) if self.operator.upwards else max(values)

    @cached_property
    def kept(self) -> dict[object, object]:
        """Answers to who is asked about, kept by :func:`farlead.analysis.limits.holding`."""
        return {}

    def possible(self, value: float) -> bool:
        """Whether a value could meet a limit at all; most do not, and nothing more is asked."""
        return self.operator.met(round(value, self.meaning.digits), self.loosest)

    @model_validator(mode="after")
    def _plausible(self) -> Self:
        if self.unit != self.meaning.unit:
            raise Wrong("unit", f"{self.unit} ≠ {self.meaning.unit}", "unit")
        check_limits(self.quantity, self.limit)
        return self


def check_limits(quantity: str, limits: tuple[Limit, ...]) -> None:
    """Refuse a limit that no such quantity can have; raises Wrong."""
    meaning = QUANTITIES[quantity]
    for row, limit in enumerate(limits):
        if not meaning.low <= limit.value <= meaning.high:
            told = (
                f"{quantity}: {limit.value:g} ({meaning.low:g} … {meaning.high:g} {meaning.unit})"
            )
            raise Wrong("range", told, "limit", row)
        if bool(limit.leads) and meaning.scope is not Scope.LEAD:
            raise Wrong("leads_of", quantity, "limit", row)


class RuleTable(_Row):
    """``[[rule]]`` of a table, as written; :class:`Rule` is what the engine uses."""

    id: Identifier
    severity: Rank
    source: SourceId
    section: Text | None = None
    zh: Text
    en: Text
    shows: tuple[Shown, ...] = Field(min_length=1)
    group: Identifier | None = None
    finding: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    when: tuple[Comparison, ...] = ()
    leads: tuple[Comparison, ...] = ()
    contiguous: Whole = 1
    cut_off: Yes = False
    certain: Yes = False
    age_unknown: Annotated[str, StringConstraints(pattern="^(sensitive|adult|only)$")] = "sensitive"
    also: tuple[str, ...] = ()
    statement: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{3}$")] | None = None

    @field_validator("severity")
    @classmethod
    def _on(cls, rank: Rank) -> Rank:
        if rank is Rank.OFF:
            raise Wrong("off")
        return rank

    @field_validator("finding", "together", "without")
    @classmethod
    def _findings(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for code in codes:
            if code not in FINDINGS:
                raise Wrong("finding", code)
        return codes

    @field_validator("also")
    @classmethod
    def _others(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in QUANTITIES:
                raise Wrong("quantity", name)
        return names

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.finding or self.when or self.leads):
            raise Wrong("asks_nothing", self.id)
        for place, compared in enumerate(self.when):
            if compared.meaning.scope is Scope.LEAD:
                raise Wrong("not_of_lead", compared.quantity, "when", place, "quantity")
            if compared.meaning.scope is Scope.FINDING and not self.finding:
                raise Wrong("no_finding", compared.quantity, "when", place, "quantity")
        for place, compared in enumerate(self.leads):
            if compared.meaning.scope is not Scope.LEAD:
                raise Wrong("of_lead", compared.quantity, "leads", place, "quantity")
        _check_texts(self)
        return self


def _check_texts(rule: RuleTable) -> None:
    """The same placeholders in both languages, and only those that can be filled."""
    here, there = placeholders(rule.zh), placeholders(rule.en)
    if here != there:
        raise Wrong("languages", ", ".join(sorted(here ^ there)), "zh")
    known = {"leads", "seconds", "beats"} | {c.quantity for c in rule.when} | set(rule.also)
    if rule.when or rule.leads:
        known |= {"value", "limit"}
    if unknown := here - known:
        raise Wrong("placeholder", ", ".join(sorted(unknown)), "zh")


class SourceTable(_Row):
    """``[[source]]``: where a limit comes from."""

    id: SourceId
    kind: Annotated[
        str, StringConstraints(pattern="^(consensus|guideline|standard|study|list|own)$")
    ]
    zh: Text
    en: Text
    year: Annotated[int, Field(strict=True, ge=1900, le=2100)] | None = None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\S+/\S+$")] | None = None


class ChangeTable(_Row):
    """``[[change]]`` of an institution's own file: another severity, other limits."""

    id: Identifier
    severity: Rank | None = None
    limits: dict[str, tuple[Limit, ...]] = Field(default_factory=dict)

    @field_validator("limits", mode="before")
    @classmethod
    def _single(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        return {
            name: value if isinstance(value, list | tuple) else [{"value": value}]
            for name, value in given.items()
        }


class TableFile(_Row):
    """A table that ships with the program: `version` is raised with every change of a value."""

    version: Version
    zh: Text
    en: Text
    rule: tuple[RuleTable, ...] = Field(min_length=1)


class SourceFile(_Row):
    """``sources.toml``."""

    version: Version
    source: tuple[SourceTable, ...] = Field(min_length=1)


class OwnFile(_Row):
    """An institution's own file: changes of the rules that ship, rules and sources of its own."""

    version: Version
    zh: Text
    en: Text
    change: tuple[ChangeTable, ...] = ()
    rule: tuple[RuleTable, ...] = ()
    source: tuple[SourceTable, ...] = ()
    judged: dict[str, Number] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its place: the table that it stands in, and the version of that table.

    Parameters
    ----------
    asked : RuleTable
    rank : Rank
        Severity, as the institution has it.
    table : str
        Stem of the file, ``critical``.
    reference : str
        Id and version, e.g. ``rate.slow/2`` or, changed by an institution, ``rate.slow/2+own-3``.
    source : SourceTable
    """

    asked: RuleTable
    rank: Rank
    table: str
    reference: str
    source: SourceTable
