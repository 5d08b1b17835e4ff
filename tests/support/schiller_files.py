"""SchillerEDI XML of a known signal, laid out as its independent readers describe it.

>>> data = schiller_bytes(recording())
"""

from collections.abc import Mapping

from ecg_files import recording
from farlead.model.people import Sex
from farlead.model.recording import Recording

_GENDERS = {Sex.MALE: "MALE", Sex.FEMALE: "FEMALE"}
ROOT = "com.xiriuz.sema.xml.schillerEDI.SchillerEDI"


def schiller_bytes(
    content: Recording | None = None,
    *,
    scale: float = 1.0,
    units: str = "UV",
    replace: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
) -> bytes:
    """A SEMA export; `replace` changes the text before it is encoded."""
    content = content or recording()
    patient, start = content.patient, content.start
    family, _, given = (patient.name or "").partition(" ")
    step = scale * {"UV": 1e-3, "MV": 1.0}[units.upper()]
    channels = "\n".join(
        f"<channel><name>{name}</name><samplecount>{row.size}</samplecount>"
        f"<datastype>COMMASEPARATE</datastype>"
        f"<data>{','.join(str(round(value / step)) for value in row.tolist())},</data></channel>"
        for name, row in zip(content.leads, content.samples, strict=True)
    )
    born = f"{patient.birth_date:%Y%m%d}" if patient.birth_date else ""
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<{ROOT}>
<patdata><id>{patient.local_number or ""}</id><lastname>{family}</lastname>
<firstname>{given}</firstname><birthdate>{born}</birthdate>
<gender>{_GENDERS.get(patient.sex, "UNDEFINED")}</gender></patdata>
<examdescript><startdatetime><date>{start:%Y%m%d}</date><time>{start:%H%M%S}</time></startdatetime>
<aquiringdevice><hardware><vendor>SCHILLER</vendor><model>AT-102</model></hardware></aquiringdevice>
</examdescript>
<eventdata><event><wavedata><type>ECG_RHYTHMS</type><resolution><samplerate>
<exponent>1</exponent><value>{content.fs:g}</value></samplerate>
<yres><unitperbit>{scale:g}</unitperbit><units>{units}</units></yres></resolution>
{channels}
</wavedata></event></eventdata>
</{ROOT}>
"""
    for old, new in (replace or {}).items():
        if old not in text:
            raise ValueError(f"{old} is not in the document")
        text = text.replace(old, new)
    return text.encode(encoding)
