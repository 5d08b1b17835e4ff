"""Reports: how long a signature holds the reader up, a batch, a keystroke in the preview.

Synthetic 12-lead ECGs of 10 s at 500 Hz through the real services, demo keys (RSA 2048), no time
stamp service.

Keys: ``sign_ms`` median of signing one report (study read anew, page composed as PDF/A, signed,
stored in its transaction); ``batch100_s`` seconds for a batch of a hundred checked drafts with
one PIN; ``preview_ms`` 95th percentile from a changed draft to the pixels of its page;
``compose_ms`` and ``signature_ms`` the two parts of `sign_ms` that are ours alone, medians;
``scale_error`` greatest deviation in percent from 25 mm/s and 10 mm/mV on a rendered page;
``typeahead_ms`` 95th percentile of what a letter in the statement line finds among 500 statements;
``keys_normal`` keys from a normal ECG to the next study; ``preview_window_ms`` 95th percentile from
a letter in the window to the page painted beside it, ``preview_window_cpu_ms`` the median of its
processor time in all threads.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import pypdfium2
from PIL import Image

from ecg_files import dicom_bytes, recording
from farlead.access.demo_authority import key_file
from farlead.access.keys import Credential
from farlead.desk import Desk
from farlead.model.report import Draft
from farlead.reporting.compositor import compositor
from farlead.reporting.content import ReportContent
from farlead.reporting.signing import Act, sign_first
from farlead.services import open_desk
from support_house import PIN, READER, House, open_house
from support_reporting import SIGNED, ecg_content
from support_scale import scale_error
from support_writing import keys_normal, typeahead_ms, window_preview_ms

SIGNED_ALONE, BATCH, KEYSTROKES = 20, 100, 60
#: Pixels per inch at which the window shows the preview.
PREVIEW_PPI = 110
_PAGE_PPI = 600


def _taken(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def _draft(number: int) -> Draft:
    return Draft(conclusion=f"窦性心律，正常心电图（{number}）。")


def _fill(house: House, count: int) -> None:
    for number in range(count):
        made = recording(rate=60 + number % 30, local_number=f"R{number}", noise=0.01, seed=number)
        house.drop(f"{number}.dcm", dicom_bytes(made))
    house.take_in()


def _check_all(desk: Desk) -> None:
    """All studies read and put aside for one signature."""
    while (claim := desk.take_next()) is not None:
        desk.open(claim.study)
        desk.save_draft(claim, _draft(claim.study))
        desk.checked(claim, _draft(claim.study))


def _house(results: dict[str, float]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        _fill(house, SIGNED_ALONE + 2)
        with open_desk(house.settings, READER.login) as desk:
            desk.open_key(PIN)
            alone = []
            while (claim := desk.take_next()) is not None:
                desk.open(claim.study)
                alone.append(_taken(partial(desk.sign, claim, _draft(claim.study))))
            results["sign_ms"] = median(alone[2:])
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        _fill(house, BATCH)
        with open_desk(house.settings, READER.login) as desk:
            _check_all(desk)
            listed = desk.batch()
            start = time.perf_counter()
            outcomes = desk.sign_batch(listed, PIN)
            results["batch100_s"] = time.perf_counter() - start
            signed = sum(outcome.report is not None for outcome in outcomes)
            assert signed == BATCH, [o.refused for o in outcomes if o.refused][:3]
        credential = Credential.from_pkcs12(key_file(house.settings, READER.login), PIN)
        _parts(results, credential)


def _parts(results: dict[str, float], credential: Credential) -> None:
    page, act = ecg_content(), Act("签署", SIGNED, "示例医师甲")
    composed = compositor().compose(page)
    rounds = range(SIGNED_ALONE)
    others = [_other(number) for number in rounds]
    results["compose_ms"] = median([_taken(lambda: compositor().compose(o)) for o in others])  # noqa: B023 - called at once
    results["signature_ms"] = median(
        [_taken(lambda: sign_first(composed, credential, act)) for _ in rounds]
    )


def _other(number: int) -> ReportContent:
    base = ecg_content()
    made = recording(rate=60 + number, seed=number, noise=0.01)
    return replace(base, recording=made, number=f"20261122-{number:04d}")


def _preview(results: dict[str, float]) -> None:
    """The same study, one more letter at each keystroke."""
    base, taken = ecg_content(), []
    for number in range(KEYSTROKES):
        text = "建议复查心电图，结合临床。" * 3
        content = replace(base, draft=replace(base.draft, conclusion=text[: number % 36 + 1]))
        taken.append(_taken(lambda: _pixels(compositor().preview_pdf(content))))  # noqa: B023 - called at once
    results["preview_ms"] = quantiles(taken[5:], n=20)[-1]


def _pixels(pdf: bytes) -> object:
    document = pypdfium2.PdfDocument(pdf)
    return document[0].render(scale=PREVIEW_PPI / 72).to_numpy()


def _scale(results: dict[str, float]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.pdf"
        file.write_bytes(compositor().compose(ecg_content()).pdf)
        command = ["pdftoppm", "-r", str(_PAGE_PPI), "-png", "-singlefile", str(file), str(file)]
        subprocess.run(command, check=True)
        with Image.open(f"{file}.png") as page:
            results["scale_error"] = scale_error(page, _PAGE_PPI)


def run() -> dict[str, float]:
    """Measure all of them."""
    results: dict[str, float] = {}
    _house(results)
    _preview(results)
    _scale(results)
    results["typeahead_ms"] = typeahead_ms()
    results["keys_normal"] = keys_normal()
    results["preview_window_ms"], results["preview_window_cpu_ms"] = window_preview_ms()
    return results
