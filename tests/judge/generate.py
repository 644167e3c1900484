# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private profiles as people, programs and accidents make them: one file for a seed and a number.

``python tests/judge/generate.py SEED NUMBER`` writes that file to standard output.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
MARK = b"\xef\xbb\xbf"

SECTIONS = (b"EMSMTA", b"emsmta", b"EmsMta", b"Common", b"Servers Ip Addresses", b"store", b"X", b"A")
# Names that only look like the wanted one.
STRANGERS = (b"EMSMTA2", b"EMS MTA", b'"EMSMTA"', b"[EMSMTA", b";EMSMTA", b"EMSMTA=1", b"", b"EMSMT\xc4")
KEYS = (b"Disable", b"disable", b"DISABLE", b"A", b"Persistent", b"ServerBindTcpPorts", b"Path 1", b"x.y")
ODD_KEYS = (b"#Disable", b"//Disable", b'"Disable"', b"Disable2", b"Dis able", b"", b"Stra\xdfe", b"[Disable", b"D]")
VALUES = (b"1", b"0", b"", b"110,119,143", b"C:\\mspclnt\\", b"yes", b"-1", b"01", b"1 ;c", b";1", b"=1", b"a = b")
ODD_VALUES = (b'"1', b"1\"x'", b"\"'1'\"", b"'", b'"', b"0x1", b"42A", b"n\xe3o", b"1]", b"[X]", b"4294967297", b'""')
COMMENTS = (b";", b"; KB Q254909", b"  ;Disable=1", b";[EMSMTA]", b"# x", b"//Disable=1", b";\xfcber = 1")
JUNK = (
    b"Disable",
    b"Disable:1",
    b"EMSMTA]",
    b"EMSMTA",
    b"]",
    b"\\",
    b"text without a sign",
    b"\xff\xe9\x81",
    b"\x01\x7f",
)
BLANKS = (b" ", b"\t", b"  ", b" \t", b"\x0b")
ENDS = (b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r")
ODD_ENDS = (b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n\r\n")
PIECES = (b"[", b"]", b"=", b'"', b"'", b";", b" ", b"\t", b"\r", b"\n", b"\r\n", b"1", b"0", b"\x0c", b"\x1a", b"\xa0")

# Things that few files have, each in this share of them.
RARE = {
    "no bracket": 0.03,
    "second bracket": 0.03,
    "mark": 0.03,
    "long value": 0.003,
    "ctrl-z": 0.04,
    "other blanks": 0.03,
    "mixed ends": 0.06,
    "junk bytes": 0.03,
    "mutated": 0.08,
}


class _Maker:
    """Makes one file; holds what is common to its lines."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.rare = {name for name, share in RARE.items() if random.random() < share}
        self.end = random.choice(ENDS)
        self.busy = random.random() < 0.3
        self.odd = 0.15 if random.random() < 0.3 else 0.01

    def file(self) -> bytes:
        random = self.random
        sample = random.random() < 0.3
        lines = self._sample() if sample else []
        if not sample or random.random() < 0.7:
            at = random.choice((0, len(lines), random.randint(0, len(lines))))
            lines[at:at] = self._grammar()
        return self._whole(self._joined(lines))

    def _sample(self) -> list[bytes]:
        lines = self.random.choice(_samples())
        start = self.random.choice((0, self.random.randint(0, len(lines))))
        return list(lines[start : start + self.random.randint(1, 16)])

    def _grammar(self) -> list[bytes]:
        random = self.random
        lines = [self._filler()] if random.random() < 0.1 else []
        for _section in range(random.choice((0, 1, 1, 2, 2, 3, 4))):
            lines.append(self._header())
            lines += [self._line() for _line in range(random.choice((0, 1, 1, 2, 3, 4)))]
        return lines

    def _header(self) -> bytes:
        random = self.random
        name = random.choice(STRANGERS if self._is_odd() else SECTIONS)
        close = b"]"
        if "no bracket" in self.rare and random.random() < 0.5:
            close = b""
        elif "second bracket" in self.rare and random.random() < 0.5:
            close = random.choice((b"]]", b"]x]", b"][X]", b"] ; [c]"))
        tail = random.choice((b"x", b" ; c", b"Disable=1")) if self._is_odd() else b""
        return self._blank() + b"[" + self._blank() + name + self._blank() + close + self._blank() + tail

    def _line(self) -> bytes:
        return self._key_line() if self.random.random() < 0.8 else self._filler()

    def _key_line(self) -> bytes:
        random = self.random
        key = random.choice(ODD_KEYS if self._is_odd() else KEYS)
        value = self._value()
        return self._blank() + key + self._blank() + b"=" + self._blank() + value + self._blank()

    def _value(self) -> bytes:
        random = self.random
        if "long value" in self.rare:
            self.rare.discard("long value")
            return b"1" * random.choice((65535, 65536, 65537))
        value = random.choice(ODD_VALUES if self._is_odd() else VALUES)
        quote = random.choice((b'"', b"'")) if random.random() < 0.1 else b""
        return quote + self._blank() + value + self._blank() + quote if quote else value

    def _filler(self) -> bytes:
        return self.random.choice(self.random.choice((COMMENTS, COMMENTS, JUNK, (b"", b"", b" \t"))))

    def _blank(self) -> bytes:
        if "other blanks" in self.rare and self.random.random() < 0.1:
            return self.random.choice((b"\x0c", b"\xa0", b"\x1a", b"\x85", b"\x1c"))
        return self.random.choice(BLANKS) if self.busy and self.random.random() < 0.25 else b""

    def _is_odd(self) -> bool:
        return self.random.random() < self.odd

    def _joined(self, lines: list[bytes]) -> bytes:
        mixed = "mixed ends" in self.rare
        text = b"".join(line + (self.random.choice(ODD_ENDS) if mixed else self.end) for line in lines)
        return text if self.random.random() < 0.75 else text.rstrip(b"\r\n")

    def _whole(self, text: bytes) -> bytes:
        if "mutated" in self.rare:
            for _change in range(self.random.randint(1, 4)):
                text = self._mutated(text)
        if "junk bytes" in self.rare:
            text = self._spliced(text, bytes(self.random.randint(1, 255) for _byte in range(8)))
        if "ctrl-z" in self.rare:
            text = self._with_ctrl_z(text)
        # Behind a UTF-8 mark Wine takes the text for UTF-8; only ASCII is the same in both.
        return MARK + bytes(byte for byte in text if byte < 128) if "mark" in self.rare else _no_mark(text)

    def _mutated(self, text: bytes) -> bytes:
        at = self.random.randint(0, len(text))
        gone = self.random.choice((0, 0, 1, 1, 3))
        return text[:at] + self.random.choice((b"", *PIECES)) + text[at + gone :]

    def _spliced(self, text: bytes, piece: bytes) -> bytes:
        at = self.random.randint(0, len(text))
        return text[:at] + piece + text[at:]

    def _with_ctrl_z(self, text: bytes) -> bytes:
        tail = self.random.choice((b"\x1a", b"\x1a", b"\x1a" + self.end, b"\x1a\x1a", b"\x1a" + self.end + b" "))
        return text + tail if self.random.random() < 0.8 else self._spliced(text, b"\x1a")


def file_of(seed: str, number: int) -> bytes:
    """Give file ``number`` of a seed: the same bytes on every machine."""
    return _Maker(Random(f"{seed}/{number}")).file()


def _no_mark(text: bytes) -> bytes:
    """Keep away the marks of the encodings that are refused, or that change how Wine decodes."""
    return b"; " + text if text.startswith((MARK, b"\xff\xfe", b"\xfe\xff")) else text


_SAMPLES: list[list[bytes]] = []


def _samples() -> list[list[bytes]]:
    if not _SAMPLES:
        _SAMPLES.extend(path.read_bytes().splitlines() for path in sorted(SAMPLES.glob("*.ini")))
    return _SAMPLES


def main() -> None:
    """Write one file to standard output."""
    if len(sys.argv) != 3:
        sys.exit("usage: generate.py SEED NUMBER")
    sys.stdout.buffer.write(file_of(sys.argv[1], int(sys.argv[2])))


if __name__ == "__main__":
    main()
