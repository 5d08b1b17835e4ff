"""``farleadctl rules``: what is in force, and the check of an institution's own table."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from farlead.analysis.rules import shipped
from farlead.analysis.rules.ruleset import variant_text
from farlead.cli import app
from farlead.doctor import State, examine
from farlead.settings import Settings


def _rules(*words: object, rc: int = 0) -> Result:
    done = CliRunner().invoke(app, ["rules", *map(str, words)])
    assert done.exit_code == rc, done.output
    return done


def test_the_shipped_rules_are_listed(tmp_path: Path) -> None:
    told = _rules("--home", tmp_path, "--language", "en").stdout
    assert shipped().version in told
    assert "rate.slow/2" in told
    found = json.loads(_rules("--home", tmp_path, "--json").stdout)
    assert found["version"] == shipped().version
    assert len(found["rules"]) == len(shipped().rules)
    assert "| `pause` | critical |" in _rules("--home", tmp_path, "--markdown").stdout


def test_an_own_table_is_checked_before_it_is_used(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(variant_text("zhejiang"), "utf-8")
    told = _rules(file, "--home", tmp_path, "--language", "zh").stdout
    assert "rate.slow/2+zhejiang-1" in told
    file.write_text(variant_text("zhejiang").replace("limits.rate = 230", "limits.rate = 23000"))
    done = _rules(file, "--home", tmp_path, "--language", "zh", rc=1)
    assert "own.toml 第 17 行" in done.stderr
    answer = json.loads(_rules(file, "--home", tmp_path, "--json", rc=1).stdout)
    assert answer["line"] == 17
    assert "cannot be read" in _rules(tmp_path / "no.toml", "--language", "en", rc=1).stderr


def test_the_doctor_tells_which_rules_are_in_force(tmp_path: Path) -> None:
    def rules(settings: Settings) -> tuple[State, object]:
        found = next(each for each in examine(settings) if each.check == "rules")
        return found.state, found.told.parameters.get("version")

    settings = Settings(folder=tmp_path)
    assert rules(settings) == (State.GOOD, shipped().version)
    own = settings.model_copy(update={"screening_rules": Path("own.toml")})
    assert rules(own)[0] is State.BAD
    (tmp_path / "own.toml").write_text(variant_text("shanxi"), "utf-8")
    assert rules(own) == (State.GOOD, f"{shipped().version}+shanxi-1")
