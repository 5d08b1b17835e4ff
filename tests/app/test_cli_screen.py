"""``farleadctl screen``: figures with their doubts, everything as JSON, a picture, bad files."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from ecg_files import dicom_bytes, noise_only, recording, text_file
from farlead.analysis import screen as analyse
from farlead.cli import app
from farlead.messages import Language, catalogue
from farlead.model.screening import QtFormula
from farlead.reporting.plotting import COLOURS, plot
from farlead.settings import Settings, save_settings
from image_files import image_bytes
from support_reporting import recording as known_recording


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {
        "good": dicom_bytes(recording(rate=70)),
        "noise": dicom_bytes(noise_only()),
        "broken": text_file(),
    }
    for name, data in made.items():
        (tmp_path / f"{name}.dcm").write_bytes(data)
    return {name: tmp_path / f"{name}.dcm" for name in made}


def _screen(*words: object, rc: int = 0) -> Result:
    done = CliRunner().invoke(app, ["screen", *map(str, words)])
    assert done.exit_code == rc, done.output
    return done


@pytest.mark.parametrize("language", list(Language))
def test_the_terminal_gets_every_figure_in_its_language(
    files: dict[str, Path], language: Language
) -> None:
    told = _screen(files["good"], "--language", language, "--home", files["good"].parent).stdout
    assert "70" in told
    for name in ("heart_rate", "qrs", "axis", "rr_mean", "rv5_sv1"):
        assert catalogue()[f"measurement.{name}"][language] in told
    for name in ("noise", "r", "st_slope"):
        assert catalogue()[f"lead_quantity.{name}"][language] in told
    assert "QTc" in told
    assert "V6" in told
    other = Language.EN if language is Language.ZH else Language.ZH
    assert catalogue()["measurement.heart_rate"][other] not in told


def test_json_has_everything(files: dict[str, Path]) -> None:
    told = _screen(files["good"], "--json", "--home", files["good"].parent).stdout
    (found,) = json.loads(told)
    assert found["known"] is True
    assert {"value", "unit", "method", "source", "quality", "reason", "formula"} <= set(
        found["measurements"]["qtc"]
    )
    assert {f"qtc_{formula}" for formula in QtFormula} <= set(found["measurements"])
    detail = found["detail"]
    assert len(detail["rr"]) == len(found["r_peaks"]) - 1
    assert len(detail["marks"]) == len(detail["leads"]) == 12
    assert len(detail["overall"]["qrs_on"]) == len(detail["beats"]) == len(found["r_peaks"])
    assert detail["medians"]["microvolts"]
    assert {column["name"] for column in detail["table"]} >= {"noise", "j", "r", "t"}


def test_a_broken_file_gives_its_reason_and_the_others_are_done(files: dict[str, Path]) -> None:
    words = (files["broken"], files["good"], files["noise"], "--json", "--language", "zh")
    done = _screen(*words, "--home", files["good"].parent, rc=1)
    broken, good, noise = json.loads(done.stdout)
    assert broken["error"]
    assert broken["error"] in done.stderr
    assert [each["known"] for each in (broken, good, noise)] == [False, True, False]
    assert noise["measurements"]["heart_rate"]["value"] is None
    assert noise["measurements"]["heart_rate"]["text"]


def test_what_is_no_file_gives_its_reason_and_the_others_are_done(files: dict[str, Path]) -> None:
    home = files["good"].parent
    words = (files["good"], home / "nothere.dcm", home, "--json", "--language", "en")
    done = _screen(*words, "--home", home, rc=1)
    good, absent, folder = json.loads(done.stdout)
    assert good["known"] is True
    assert (absent["known"], folder["known"]) == (False, False)
    assert "no file" in absent["error"]
    assert "folder" in folder["error"]
    assert absent["error"] in done.stderr


@pytest.mark.parametrize("plotted", [True, False])
def test_images_are_told_by_kind_and_not_screened(tmp_path: Path, *, plotted: bool) -> None:
    file = tmp_path / "CT.dcm"
    file.write_bytes(image_bytes(np.zeros((1, 8, 8), np.uint16), Modality="CT"))
    words = ("--plot", tmp_path / "f.png") if plotted else ()
    done = _screen(file, "--json", *words, "--home", tmp_path, "--language", "en", rc=1)
    (answer,) = json.loads(done.stdout)
    assert (answer["known"], answer["kind"]) == (None, "ct")
    assert "not screened" in answer["error"]
    assert answer["error"] in done.stderr
    assert not (tmp_path / "f.png").exists()


def test_the_formula_of_the_settings_makes_the_headline(files: dict[str, Path]) -> None:
    home = files["good"].parent
    save_settings(Settings(folder=home, qt_formula=QtFormula.BAZETT, language=Language.EN))
    (found,) = json.loads(_screen(files["good"], "--json", "--home", home).stdout)
    figures = found["measurements"]
    assert figures["qtc"]["formula"] == "bazett"
    assert figures["qtc"]["value"] == figures["qtc_bazett"]["value"]
    assert figures["qtc"]["value"] != figures["qtc_fridericia"]["value"]
    assert "(B)" in _screen(files["good"], "--home", home).stdout


def test_one_picture_keeps_its_name_and_several_get_their_own(files: dict[str, Path]) -> None:
    home = files["good"].parent
    _screen(files["good"], "--plot", home / "one.png", "--home", home)
    assert (home / "one.png").read_bytes().startswith(b"\x89PNG")
    words = (files["good"], files["broken"], files["noise"], "--plot", home / "p.png")
    _screen(*words, "--home", home, rc=1)
    assert sorted(file.name for file in home.glob("p*.png")) == ["p-good.png", "p-noise.png"]


def test_a_picture_that_cannot_be_written_is_told(files: dict[str, Path]) -> None:
    home = files["good"].parent
    target = home / "no such folder" / "one.png"
    done = _screen(files["good"], "--plot", target, "--home", home, rc=1)
    assert "no such folder" in done.stderr
    _screen(files["good"], "--plot", home / "one.jpg", "--home", home, rc=2)


def _coloured(png: bytes) -> dict[str, int]:
    """How many pixels have nearly the colour of each wave's points."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    found = {}
    for wave, colour in COLOURS.items():
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        found[wave] = int((np.abs(pixels - wanted).max(-1) < 40).sum())
    return found


@pytest.mark.parametrize("language", list(Language))
def test_the_picture_shows_the_points_of_each_wave(language: Language) -> None:
    content = known_recording()
    found = analyse(content)
    whole = _coloured(plot(content, found, "x", language))
    bare = _coloured(plot(content, found.brief, "x", language))
    for wave in COLOURS:  # the legend alone has some of each colour
        assert whole[wave] > bare[wave] + 300, wave
