"""Mutate XML files under their wrapping: the bytes in base64, the numbers, the tags.

    python tests/fuzz/payloads.py --count 20000 [--seed 1] FILE ...

What ``formats.py`` changes in such a file nearly always ends in the XML or base64 decoder; here
the damage reaches the readers behind them. MUSE checksums are renewed in half of the cases. The
same rules hold as there; refusals are counted by their reason, and one that the catch-all of a
reader made is a failure.
"""

import argparse
import base64
import binascii
import random
import re
import resource
import sys
import time
import zlib
from collections import Counter
from pathlib import Path

from formats import mutated

from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.messages import Language

_LIMIT_SECONDS = 2.0
_KEPT = Path("build/fuzz")
_BLOCK = re.compile(r">([A-Za-z0-9+/=\s]{40,})<")
_VALUE = re.compile(r'(?<=[>"])-?[\d.]{1,20}(?=[<"])')
_CHECKSUM = re.compile(r"<LeadDataCRC32>\d+(</LeadDataCRC32>\s*<WaveFormData>)([^<]*)<")
_ODD = ("0", "-1", "", "1e99", "NaN", "4294967295", "-2147483648", "0.1", "65536", "9" * 30, "x")


def damaged(text: str, chance: random.Random) -> str:
    """One document with some of its payload, numbers or letters changed."""
    for _ in range(chance.randint(1, 3)):
        match chance.choices(range(3), (6, 3, 1))[0]:
            case 0:
                text = _with_block(text, chance)
            case 1:
                text = _with_value(text, chance)
            case _:
                text = mutated(text.encode("utf-8"), chance).decode("utf-8", "replace")
    return _renewed(text) if chance.random() < 0.5 else text


def _with_block(text: str, chance: random.Random) -> str:
    found = list(_BLOCK.finditer(text))
    if not found:
        return text
    block = chance.choice(found)
    try:
        data = base64.b64decode("".join(block[1].split()))
    except binascii.Error:
        return text
    written = base64.b64encode(mutated(data, chance)).decode("ascii")
    return text[: block.start(1)] + written + text[block.end(1) :]


def _with_value(text: str, chance: random.Random) -> str:
    found = list(_VALUE.finditer(text))
    if not found:
        return text
    value = chance.choice(found)
    new = chance.choice((*_ODD, chance.choice(found)[0]))
    return text[: value.start()] + new + text[value.end() :]


def _renewed(text: str) -> str:
    def with_sum(match: re.Match[str]) -> str:
        try:
            data = base64.b64decode("".join(match[2].split()))
        except (binascii.Error, ValueError):
            return match[0]
        return f"<LeadDataCRC32>{zlib.crc32(data)}{match[1]}{match[2]}<"

    return _CHECKSUM.sub(with_sum, text)


def outcome(data: bytes) -> str:
    """Kind of result or reason of refusal; ``slow`` and ``crash …`` are failures."""
    begin = time.process_time()
    try:
        result = type(read(data)).__name__
    except UnreadableFile as error:
        result = error.reason.id
        error.text(Language.ZH)
        if result.endswith(".damaged"):
            result = f"crash {error.text(Language.EN)}"
    except BaseException as error:  # noqa: BLE001  # that is what is looked for
        return f"crash {type(error).__name__}"
    return "slow" if time.process_time() - begin > _LIMIT_SECONDS else result


def _text(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data.decode("utf-16" if wide else "utf-8", "replace")
    return text.replace("utf-16", "utf-8", 1) if wide else text


def main() -> int:
    """Run; exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    texts = [_text(file.read_bytes()) for file in asked.files]
    chance = random.Random(asked.seed)  # repeatable, not secret
    counts: Counter[str] = Counter()
    failures = 0
    for number in range(asked.count):
        data = damaged(chance.choice(texts), chance).encode("utf-8", "replace")
        result = outcome(data)
        counts[result] += 1
        if result.startswith(("crash", "slow")):
            failures += 1
            _KEPT.mkdir(parents=True, exist_ok=True)
            (_KEPT / f"payload-{asked.seed}-{number}.bin").write_bytes(data)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{asked.count} inputs, {dict(counts)}, peak {peak} MB\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
