"""The rules in force: the tables that ship with the program, changed by an institution's own."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Self

from farlead.analysis.rules.judged import Limits, check_range
from farlead.analysis.rules.reading import read_table, refused
from farlead.analysis.rules.table import (
    ChangeTable,
    Comparison,
    Limit,
    OwnFile,
    Rank,
    Rule,
    SourceFile,
    SourceTable,
    TableFile,
    Wrong,
    check_limits,
)
from farlead.errors import RuleTableError

#: Tables of rules, in the order in which the documentation lists them.
TABLES = (
    "critical", "rhythm", "conduction", "ischaemia", "repolarisation", "chambers", "pacing",
    "serial",
)  # fmt: skip
SOURCES = "sources"
JUDGED = "judged"
_FOLDER = "farlead.analysis.rules"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in force.

    Parameters
    ----------
    version : str
        Greatest version of the tables, and the first eight hex digits of the SHA-256 over them:
        names exactly these limits; with an institution's own file, its version behind a ``+``.
    rules : tuple of Rule
        Those switched off by an institution are among them, with that rank.
    sources : mapping
        Id -> source.
    titles : mapping
        Table -> its name in Chinese and in English.
    limits : Limits
        Of what may be judged at all.
    """

    version: str
    rules: tuple[Rule, ...]
    sources: Mapping[str, SourceTable]
    titles: Mapping[str, tuple[str, str]]
    limits: Limits
    #: Places of the rules that name a finding; of those that name none under "".
    _places: Mapping[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places: dict[str, list[int]] = {}
        for place, rule in enumerate(self.rules):
            for code in rule.asked.finding or ("",):
                places.setdefault(code, []).append(place)
        object.__setattr__(self, "_places", {code: tuple(at) for code, at in places.items()})

    def about(self, codes: Iterable[str]) -> list[Rule]:
        """Rules that name one of these findings, and those that name none, in their order."""
        named = {place for code in ("", *codes) for place in self._places.get(code, ())}
        return [self.rules[place] for place in sorted(named)]

    @classmethod
    def from_files(cls, files: Mapping[str, str]) -> Self:
        """Rules from the texts of tables, by stem; ``sources`` and ``judged`` must be there.

        Raises
        ------
        RuleTableError
            A table is wrong; with file, line and reason.
        """
        digest = hashlib.sha256()
        for stem in sorted(files):
            digest.update(stem.encode() + b"\0" + files[stem].encode() + b"\0")
        known = read_table(files[SOURCES], f"{SOURCES}.toml", SourceFile)
        sources = _by_id((s.id, s) for s in known.source)
        rules: dict[str, Rule] = {}
        limits = Limits.from_toml(files[JUDGED], f"{JUDGED}.toml")
        titles, versions = {}, [known.version, limits.version]
        for stem in (s for s in files if s not in {SOURCES, JUDGED}):
            table = read_table(files[stem], f"{stem}.toml", TableFile)
            _add(rules, sources, files[stem], stem, table)
            titles[stem] = (table.zh, table.en)
            versions.append(table.version)
        version = f"{max(versions, key=_natural)}.{digest.hexdigest()[:8]}"
        return cls(version, tuple(rules.values()), sources, titles, limits)

    def changed_by(self, text: str, file: str) -> Self:
        """These rules as an institution's own file changes them; RuleTableError."""
        own = read_table(text, file, OwnFile)
        sources = {**self.sources, **{source.id: source for source in own.source}}
        rules = {rule.asked.id: rule for rule in self.rules}
        for place, change in enumerate(own.change):
            rules[change.id] = _changed(rules, change, own.version, text, file, place)
        _add(rules, sources, text, Path(file).stem, own)
        titles = {**self.titles, Path(file).stem: (own.zh, own.en)}
        version = f"{self.version}+{own.version}"
        limits = _judged(self.limits, own, text, file)
        return replace(
            self,
            version=version,
            rules=tuple(rules.values()),
            sources=sources,
            titles=titles,
            limits=limits,
        )

    def rule(self, identifier: str) -> Rule:
        """A rule by its id; KeyError when there is none."""
        return next((r for r in self.rules if r.asked.id == identifier), None) or _no(identifier)


def _no(identifier: str) -> Rule:
    raise KeyError(identifier)


def _natural(version: str) -> tuple[int, str]:
    return (int(version) if version.isdigit() else 0, version)


def _by_id(pairs: Iterable[tuple[str, SourceTable]]) -> dict[str, SourceTable]:
    return dict(pairs)


def _add(
    rules: dict[str, Rule],
    sources: Mapping[str, SourceTable],
    text: str,
    stem: str,
    table: TableFile | OwnFile,
) -> None:
    """Enter the rules of a table; one that is there already or has no source is refused."""
    for place, asked in enumerate(table.rule):
        if asked.id in rules:
            raise refused(text, f"{stem}.toml", ("rule", place, "id"), "twice", asked.id)
        if asked.source not in sources:
            raise refused(
                text, f"{stem}.toml", ("rule", place, "source"), "no_source", asked.source
            )
        for key, compared in (("when", asked.when), ("leads", asked.leads)):
            for number, each in enumerate(compared):
                _check_sources(each, sources, text, stem, ("rule", place, key, number))
        reference = f"{asked.id}/{table.version}"
        rules[asked.id] = Rule(asked, asked.severity, stem, reference, sources[asked.source])


def _check_sources(
    compared: Comparison,
    sources: Mapping[str, SourceTable],
    text: str,
    stem: str,
    path: tuple[str | int, ...],
) -> None:
    for row, limit in enumerate(compared.limit):
        if limit.source is not None and limit.source not in sources:
            raise refused(text, f"{stem}.toml", (*path, "limit", row), "no_source", limit.source)


def _changed(
    rules: Mapping[str, Rule], change: ChangeTable, version: str, text: str, file: str, place: int
) -> Rule:
    """A rule with another severity or other limits."""

    def wrong(reason: str, said: str, *path: str | int) -> RuleTableError:
        return refused(text, file, ("change", place, *path), reason, said)

    if change.id not in rules:
        raise wrong("no_rule", change.id, "id")
    rule = rules[change.id]
    asked = rule.asked
    if change.severity is Rank.OFF and asked.severity is not Rank.REMARK:
        raise wrong("off", change.id, "severity")
    compared = {each.quantity for each in (*asked.when, *asked.leads)}
    for name, limits in change.limits.items():
        if name not in compared:
            raise wrong("no_comparison", name, "limits", name)
        try:
            check_limits(name, limits)
        except Wrong as error:
            path = ("limits", name, *error.within[1:])
            raise wrong(error.reason, error.said, *path) from error
    update = {
        "when": _limited(asked.when, change.limits),
        "leads": _limited(asked.leads, change.limits),
    }
    return replace(
        rule,
        asked=asked.model_copy(update=update),
        rank=change.severity or rule.rank,
        reference=f"{rule.reference}+{version}",
    )


def _limited(
    compared: tuple[Comparison, ...], limits: Mapping[str, tuple[Limit, ...]]
) -> tuple[Comparison, ...]:
    return tuple(
        Comparison.model_construct(**{**dict(each), "limit": limits[each.quantity]})
        if each.quantity in limits
        else each
        for each in compared
    )


def _judged(limits: Limits, own: OwnFile, text: str, file: str) -> Limits:
    """Limits of what may be judged, as an institution changes them."""
    if not own.judged:
        return limits
    for name, value in own.judged.items():
        if name == "version" or name not in {field.name for field in fields(limits)}:
            raise refused(text, file, ("judged", name), "unknown_key", name)
        check_range(name, value, text, file, "judged")
    return replace(limits, version=f"{limits.version}+{own.version}", **own.judged)


def _texts() -> Iterator[tuple[str, str]]:
    folder = resources.files(_FOLDER)
    for stem in (SOURCES, JUDGED, *TABLES):
        yield stem, folder.joinpath(f"{stem}.toml").read_text("utf-8")


@cache
def shipped() -> RuleSet:
    """The rules that ship with the program."""
    return RuleSet.from_files(dict(_texts()))


@cache
def variant(name: str) -> RuleSet:
    """The shipped rules as changed by a shipped variant, e.g. ``zhejiang``; KeyError."""
    return shipped().changed_by(variant_text(name), f"{name}.toml")


def variant_text(name: str) -> str:
    """TOML of a shipped variant: a pattern for an institution's own file; KeyError."""
    file = resources.files(_FOLDER).joinpath("variants", f"{name}.toml")
    if not file.is_file():
        raise KeyError(name)
    return file.read_text("utf-8")


def own_rules(path: Path) -> RuleSet:
    """The shipped rules as an institution's file changes them; RuleTableError when it is wrong."""
    return shipped().changed_by(path.read_text("utf-8"), path.name)
