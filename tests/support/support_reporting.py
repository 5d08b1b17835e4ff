"""Report contents for tests: a synthetic ECG whose R peaks stand where they are asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from farlead.messages import Language, message
from farlead.model.people import Account, Patient, Role, Sex, Unit
from farlead.model.recording import Device, ImageStudy, Modality, Recording, Window
from farlead.model.report import Draft, Statement
from farlead.model.screening import Flag, Measurement, Quality, Screening
from farlead.model.study import Kind, Priority, Request, Severity, StoredObject
from farlead.reporting.content import ReportContent

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
SIGNED = datetime(2026, 11, 22, 8, 17, 26, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8))

_SIZE = dict(
    zip(LEADS, (0.7, 1.1, 0.5, -0.9, 0.3, 0.8, -0.6, 0.9, 1.2, 1.5, 1.2, 0.9), strict=True)
)


def beat(fs: float, size: float) -> NDArray[np.float32]:
    """One beat of 0.8 s, its R peak (of exactly `size` mV) at 0.3 s."""
    t = np.arange(round(0.8 * fs)) / fs - 0.3
    wave = 0.12 * np.exp(-((t + 0.16) ** 2) / 0.0008) - 0.15 * np.exp(-((t - 0.03) ** 2) / 0.0001)
    wave += np.clip(1 - np.abs(t) / 0.03, 0, None) + 0.25 * np.exp(-((t - 0.26) ** 2) / 0.004)
    wave *= size
    wave[round(0.3 * fs)] = size
    return wave.astype(np.float32)


def recording(
    fs: float = 500.0, seconds: float = 10.0, leads: tuple[str, ...] = LEADS
) -> Recording:
    """Regular beats, R peaks at 0.3 + 0.8 k seconds."""
    beats = int(np.ceil(seconds / 0.8))
    rows = [np.tile(beat(fs, _SIZE.get(lead, 0.8)), beats)[: round(seconds * fs)] for lead in leads]
    device = Device("示例设备", "ECG-12", high_pass=0.05, low_pass=150.0)
    return Recording(np.stack(rows).astype(np.float32), leads, fs, device=device)


def screening(fs: float = 500.0) -> Screening:
    """What screening would say about :func:`recording`."""
    return Screening(
        "rules 1 / signal 1",
        Severity.REMARK,
        known=True,
        quality=Quality.FIT,
        measurements=(
            Measurement("heart_rate", 75.0, "/min", "60000 / median RR"),
            Measurement("rr_mean", 800.0, "ms", "mean of RR"),
            Measurement("rr_cv", 0.012, "1", "SD / mean of RR"),
            Measurement("longest_pause", 803.0, "ms", "greatest RR"),
            Measurement("pr", None, "ms", "not measured"),
        ),
        flags=(
            Flag(
                "rate.test", Severity.REMARK, message("worklist.reason.remark"), "rate/1", "RH102"
            ),
        ),
        r_peaks=tuple(round((0.3 + 0.8 * k) * fs) for k in range(12)),
    )


def ecg_content(**changes: object) -> ReportContent:
    """A whole ECG report."""
    content = ReportContent(
        number="20261122-0007",
        version=1,
        hospital="示例牵头医院",
        unit=Unit("jia", "甲县人民医院"),
        kind=Kind.ECG,
        patient=Patient("示例患者一", "MZ-0001", sex=Sex.MALE, age_years=67.0),
        request=Request(
            Priority.EMERGENCY,
            "胸痛 2 小时，出汗",
            requesting_doctor="示例医师丁",
            department="急诊科",
        ),
        acquired=datetime(2026, 11, 22, 8, 12, 3, tzinfo=UTC),
        arrived=datetime(2026, 11, 22, 8, 14, 9, tzinfo=UTC),
        composed=SIGNED,
        draft=Draft(
            (
                Statement("RH101", "窦性心律", "Sinus rhythm", suggested=True),
                Statement("ST203", "前壁 T 波倒置", "T-wave inversion in anterior leads"),
                Statement("", "V1–V3 呈 QS 型，前间壁心肌梗死可能", ""),
            ),
            conclusion="建议立即复查心电图并查肌钙蛋白，结合临床；请按胸痛流程处置。",
        ),
        author=Account(1, "jia", "示例医师甲", Role.READER, "0123456789abcdef" * 4),
        objects=(StoredObject("a" * 64, 42_000, "b" * 64, "ecg.dcm", "1.2.3", "1.2.840.10008"),),
        study_uid="1.2.826.0.1",
        screening=screening(),
        recording=recording(),
        zone=BEIJING,
        demo=True,
    )
    return replace(content, **changes)  # type: ignore[arg-type]  # names are those of the fields


def image(frames: int = 1, *, colour: bool = False) -> ImageStudy:
    """A picture of rings."""
    y, x = np.mgrid[-1:1:240j, -1:1:320j]
    rings = (np.cos(14 * np.hypot(x, y)) * 500).astype(np.float32)
    stack = np.stack([rings + 20 * k for k in range(frames)])
    if colour:
        grey = np.clip(stack / 4 + 128, 0, 255).astype(np.uint8)
        return ImageStudy(np.stack([grey, grey // 2, 255 - grey], -1), Modality.ULTRASOUND)
    return ImageStudy(
        stack, Modality.CT, windows=(Window(40, 400),), sides=("L", "P"), description="CHEST 5.0"
    )


def image_content(**changes: object) -> ReportContent:
    """An imaging report."""
    base: dict[str, object] = {
        "kind": Kind.CT,
        "recording": None,
        "screening": None,
        "images": (image(9),),
        "draft": Draft(
            (Statement("CT103", "肺部结节，建议随访", "Lung nodule, follow-up advised"),),
            findings="右肺上叶见一磨玻璃结节，直径约 6 mm，边界清。\n"
            "余肺野清晰，纵隔未见肿大淋巴结。",
            conclusion="建议 3 个月后复查。",
        ),
    }
    return ecg_content(**(base | changes))


ENGLISH = {"language": Language.EN}
