"""Rule tables: what ships is whole; a wrong one is refused with file, line and reason."""

import pickle
import re
from importlib import resources
from pathlib import Path

import pytest

from farlead.analysis.rules.ruleset import (
    JUDGED,
    SOURCES,
    TABLES,
    RuleSet,
    own_rules,
    shipped,
    variant,
    variant_text,
)
from farlead.analysis.rules.table import Rank
from farlead.analysis.rules.vocabulary import NEIGHBOURS, QUANTITIES
from farlead.errors import RuleTableError, SettingsError
from farlead.messages import Language, catalogue
from farlead.reporting.statements import catalogue as statements

VARIANTS = ("zhejiang", "provincial-200", "shanxi")

TABLE = """\
version = "7"
zh = "试验"
en = "Trial"

[[rule]]
id = "first"
severity = "urgent"
source = "farlead"
zh = "心率 {heart_rate}"
en = "Rate {heart_rate}"
shows = ["value"]

[[rule.when]]
quantity = "heart_rate"
is = ">="
unit = "/min"
limit = [
    { value = 120, age = [0, 16] },
    { value = 100 },   # adults
]

[[rule]]
id = "second"
severity = "remark"
source = "farlead"
zh = "疑似心房颤动"
en = "Suspected atrial fibrillation"
shows = ["beats"]
finding = ["rhythm.af"]
"""


def texts() -> dict[str, str]:
    folder = resources.files("farlead.analysis.rules")
    return {s: folder.joinpath(f"{s}.toml").read_text("utf-8") for s in (SOURCES, JUDGED, *TABLES)}


def read(table: str) -> RuleSet:
    return RuleSet.from_files({SOURCES: texts()[SOURCES], JUDGED: texts()[JUDGED], "trial": table})


def test_the_shipped_tables_are_whole() -> None:
    rules = shipped()
    ids = [rule.asked.id for rule in rules.rules]
    assert len(ids) == len(set(ids)) > 80
    assert {rule.table for rule in rules.rules} == set(TABLES)
    for rule in rules.rules:
        assert rule.reference in {f"{rule.asked.id}/2", f"{rule.asked.id}/3"}
        assert rules.rule(rule.asked.id) is rule


def test_every_source_is_used_and_says_where_to_look() -> None:
    rules = shipped()
    compared = [c for r in rules.rules for c in (*r.asked.when, *r.asked.leads)]
    used = {r.asked.source for r in rules.rules}
    used |= {row.source for c in compared for row in c.limit if row.source}
    used |= set(re.findall(r'source = "([^"]+)"', "".join(map(variant_text, VARIANTS))))
    for source in rules.sources.values():
        assert source.kind in {"own", "list", "consensus", "standard"} or source.doi, source.id
    assert used <= set(rules.sources)


def test_every_statement_of_a_rule_is_in_the_catalogue() -> None:
    listed = statements().entries
    for rule in shipped().rules:
        assert rule.asked.statement is None or rule.asked.statement in listed, rule.asked.id


def test_every_suggestion_reads_as_one() -> None:
    """疑似 in what names a disease; a plain figure (a slow rate, a long PR) needs no 疑似."""
    for rule in shipped().rules:
        if rule.rank is not Rank.REMARK and not rule.asked.id.startswith("serial."):
            assert "疑似" in rule.asked.zh, rule.asked.id
            assert "uspected" in rule.asked.en, rule.asked.id
        if rule.asked.finding and rule.table != "serial":
            assert "疑似" in rule.asked.zh, rule.asked.id


def test_every_quantity_has_a_name_to_show() -> None:
    named = catalogue()
    for name in QUANTITIES:
        assert f"measurement.{name}" in named or f"lead_quantity.{name}" in named, name


def test_the_version_names_exactly_these_limits() -> None:
    files = texts()
    changed = {**files, "rhythm": files["rhythm"].replace("limit = 110", "limit = 111")}
    assert RuleSet.from_files(files).version == shipped().version
    assert RuleSet.from_files(changed).version != shipped().version
    assert shipped().version.startswith("4.")


def test_neighbours_are_the_leads_of_a_standard_ecg() -> None:
    assert {lead.removeprefix("-") for order in NEIGHBOURS for lead in order} >= {
        "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6",
    }  # fmt: skip


def test_a_table_is_read_as_written() -> None:
    first, second = read(TABLE).rules
    assert (first.asked.id, first.rank, first.reference) == ("first", Rank.URGENT, "first/7")
    assert [row.value for row in first.asked.when[0].limit] == [120, 100]
    assert second.asked.finding == ("rhythm.af",)


FARLEAD = 'source = "farlead"\nzh = "疑似'
COMPARED = TABLE[TABLE.index('quantity = "heart') : TABLE.index('\n[[rule]]\nid = "second"')]
COMPARED_T = 'quantity = "t"\nis = ">="\nunit = "mV"\nlimit = 1\n'

#: What is put in the place of what, the line that the error must name, and its reason.
WRONG = {
    "no TOML": ('severity = "urgent"', "severity = urgent", 7, "toml"),
    "end missing": ('finding = ["rhythm.af"]', 'finding = ["rhythm.af"', 29, "toml"),
    "unknown key": ('severity = "urgent"', 'severity = "urgent"\ncolour = "red"', 8, "unknown_key"),
    "unknown key in a condition": ('is = ">="', 'is = ">="\nthen = 1', 16, "unknown_key"),
    "unknown key in a limit": ("{ value = 100 }", "{ value = 100, height = 3 }", 19, "unknown_key"),
    "unknown key of the table": ('version = "7"', 'version = "7"\nnew = 1', 2, "unknown_key"),
    "missing text language": ('en = "Rate {heart_rate}"\n', "", 5, "missing"),
    "missing version": ('version = "7"\n', "", 1, "missing"),
    "missing unit": ('unit = "/min"\n', "", 13, "missing"),
    "limit as a word": ("value = 100", 'value = "100"', 19, "type"),
    "limit as a truth": ("value = 120", "value = true", 18, "type"),
    "limit is no number": ("value = 120", "value = nan", 18, "type"),
    "version as a number": ('version = "7"', "version = 7", 1, "type"),
    "wrong unit": ('unit = "/min"', 'unit = "ms"', 16, "unit"),
    "impossible limit": ("value = 100", "value = 1000", 19, "range"),
    "unknown quantity": ('quantity = "heart_rate"', 'quantity = "pulse"', 14, "quantity"),
    "unknown finding": ("rhythm.af", "rhythm.polka", 29, "finding"),
    "unknown severity": ('severity = "urgent"', 'severity = "deadly"', 7, "choice"),
    "a rule that is off": ('severity = "urgent"', 'severity = "off"', 7, "off"),
    "unknown operator": ('is = ">="', 'is = "=>"', 15, "choice"),
    "unknown evidence": ('shows = ["value"]', 'shows = ["proof"]', 11, "choice"),
    "no evidence": ('shows = ["value"]', "shows = []", 11, "empty"),
    "wrong ages": ("age = [0, 16]", "age = [16, 0]", 18, "age"),
    "wrong sex": ("age = [0, 16]", 'sex = "X"', 18, "choice"),
    "neither man nor woman": ("age = [0, 16]", 'sex = "O"', 18, "sex"),
    "leads of a rate": ("age = [0, 16]", 'leads = ["V1"]', 18, "leads_of"),
    "unknown lead": ("age = [0, 16]", 'leads = ["X1"]', 18, "lead"),
    "duplicate id": ('id = "second"', 'id = "first"', 23, "twice"),
    "unknown source": (FARLEAD, FARLEAD.replace("farlead", "me"), 25, "no_source"),
    "unknown source of a limit": ("value = 100 }", 'value = 100, source = "me" }', 19, "no_source"),
    "placeholder of one language": ("率 {heart_rate}", "率", 9, "languages"),
    "placeholder unknown": ("{heart_rate}", "{weight}", 9, "placeholder"),
    "nothing asked": ('finding = ["rhythm.af"]\n', "", 22, "asks_nothing"),
    "value of no finding": ('quantity = "heart_rate"', 'quantity = "rate"', 14, "no_finding"),
    "a lead's quantity in when": (COMPARED, COMPARED_T, 14, "not_of_lead"),
    "empty table": (TABLE[TABLE.index("[[rule]]"):], "rule = []", 5, "empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_table_is_refused_with_its_line(name: str) -> None:
    old, new, line, reason = WRONG[name]
    assert old in TABLE
    with pytest.raises(RuleTableError) as caught:
        read(TABLE.replace(old, new))
    error = caught.value
    assert (error.reason.id, error.file, error.line) == (f"rules.{reason}", "trial.toml", line)
    assert isinstance(error, SettingsError)
    assert f"第 {line} 行" in error.text(Language.ZH)
    assert f"trial.toml, line {line}" in error.text(Language.EN)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (again.line, again.reason) == (line, error.reason)


def test_the_line_is_that_of_the_second_condition() -> None:
    table = TABLE.replace(
        '[[rule]]\nid = "second"',
        '[[rule.when]]\nquantity = "qtc"\nis = ">"\nunit = "s"\nlimit = 400\n\n'
        '[[rule]]\nid = "second"',
    )
    with pytest.raises(RuleTableError) as caught:
        read(table)
    assert (caught.value.line, caught.value.reason.id) == (25, "rules.unit")


OWN = """\
version = "own-3"
zh = "本院"
en = "Our house"

[[change]]
id = "rate.slow"
severity = "urgent"
limits.rate_slowest = 40

[[change]]
id = "irregular"
severity = "off"

[[rule]]
id = "own.fast"
severity = "remark"
source = "house"
zh = "心率 {heart_rate}"
en = "Rate {heart_rate}"
shows = ["value"]

[[rule.when]]
quantity = "heart_rate"
is = ">"
unit = "/min"
limit = 90

[[source]]
id = "house"
kind = "list"
zh = "本院目录"
en = "our own list"

[judged]
unjudged = 0.25
"""


def test_an_institution_changes_limits_and_severity(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN, "utf-8")
    rules = own_rules(file)
    slow, off, new = (rules.rule(name) for name in ("rate.slow", "irregular", "own.fast"))
    assert (slow.rank, slow.reference) == (Rank.URGENT, "rate.slow/2+own-3")
    assert [row.value for row in slow.asked.when[0].limit] == [40]
    assert (off.rank, off.reference) == (Rank.OFF, "irregular/2+own-3")
    assert (new.reference, new.source.en) == ("own.fast/own-3", "our own list")
    assert rules.version == f"{shipped().version}+own-3"
    assert rules.rule("pause").reference == "pause/2"
    assert shipped().rule("rate.slow").rank is Rank.CRITICAL
    assert (rules.limits.unjudged, rules.limits.version) == (0.25, "4+own-3")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('id = "rate.slow"', 'id = "rate.slower"', 6, "no_rule"),
        ("rate_slowest = 40", "qtc = 400", 8, "no_comparison"),
        ("rate_slowest = 40", "rate_slowest = 4", 8, "range"),
        ("rate_slowest = 40", 'rate_slowest = "40"', 8, "type"),
        ('severity = "urgent"', 'severity = "off"', 7, "off"),
        ('severity = "urgent"', 'severity = "none"', 7, "choice"),
        ('id = "own.fast"', 'id = "pause"', 15, "twice"),
        ('source = "house"', 'source = "hut"', 17, "no_source"),
        ('severity = "off"', "switch = false", 12, "unknown_key"),
        ('version = "own-3"', 'version = "no spaces"', 1, "form"),
        ("unjudged = 0.25", "unjudged = 25", 35, "range"),
        ("unjudged = 0.25", "noise = 1", 35, "unknown_key"),
    ],
)
def test_a_wrong_file_of_an_institution_is_refused(
    old: str, new: str, line: int, reason: str
) -> None:
    with pytest.raises(RuleTableError) as caught:
        shipped().changed_by(OWN.replace(old, new), "own.toml")
    assert (caught.value.line, caught.value.reason.id) == (line, f"rules.{reason}")


@pytest.mark.parametrize("name", VARIANTS)
def test_the_shipped_variants_can_be_used_as_they_are(name: str) -> None:
    rules = variant(name)
    assert rules.version.startswith(f"{shipped().version}+{name}")
    assert {rule.asked.id for rule in rules.rules} == {r.asked.id for r in shipped().rules}


def test_the_values_that_provinces_list() -> None:
    def limits(name: str, rule: str) -> list[float]:
        return [row.value for row in variant(name).rule(rule).asked.when[0].limit]

    assert limits("zhejiang", "svt.fast") == [230]
    assert limits("zhejiang", "rate.slow")[-1] == 34
    assert limits("provincial-200", "af.fast") == [200]
    assert limits("shanxi", "af.fast") == [180]
    assert variant("shanxi").rule("st.elevation").rank is Rank.CRITICAL
