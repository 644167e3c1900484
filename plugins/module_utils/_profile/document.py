# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private profiles (INI files) as Windows reads them; every byte is kept.

PRIVATE to the collection: no part of this file is a public interface.

Mspclnt.ini, Wspcfg.ini and System.ini are 8-bit text that is never decoded here.
Line ends are CR LF, LF or CR (Wine's own tests of GetPrivateProfileString pass on
Windows NT with each of them).
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Iterator, NamedTuple

from .._errors import UserError

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
CTRL_Z = b"\x1a"
LINE_BREAKS = b"\r\n"


class ProfileError(UserError):
    """What the engine says when it will not go on."""


class NotAProfile(ProfileError):
    """The bytes are no 8-bit private profile."""


class Reading(NamedTuple):
    """How one reader of private profiles understands the bytes.

    blanks: bytes that are trimmed round section names, keys and values.
    closes_at_last: a header needs a ``]``, and its name ends at the last one; else the
        name ends at the first ``]`` or, when there is none, with the line.
    skips_mark: a UTF-8 mark at the start of the file is no part of the first line.
    wraps: the length of a value counts modulo 65,536.
    keeps_bare_names: a line without ``=`` is a key without a value, and hides a later line
        with the same key.
    """

    name: str
    blanks: bytes
    closes_at_last: bool = False
    skips_mark: bool = False
    wraps: bool = True
    keeps_bare_names: bool = False


# Space, tab and VT are blanks to everyone. Whether FF, Ctrl-Z and the no-break space of
# code page 1252 are blanks to Windows NT is not known: Wine trims the first two.
PLAIN_BLANKS = b" \t\x0b"
WINDOWS = Reading("Windows", PLAIN_BLANKS + b"\x0c" + CTRL_Z)
WINE = Reading("Wine", WINDOWS.blanks, closes_at_last=True, skips_mark=True, wraps=False, keeps_bare_names=True)
STRICT = WINDOWS._replace(name="a Windows that trims only spaces and tabs", blanks=PLAIN_BLANKS)
LOOSE = WINDOWS._replace(name="a Windows that trims no-break spaces too", blanks=WINDOWS.blanks + b"\xa0")
READINGS = (WINDOWS, WINE, STRICT, LOOSE)


class KeyLine(NamedTuple):
    """A line of a section that holds a key: its index in the profile, key and value as read."""

    at: int
    key: bytes
    value: bytes


class Section(NamedTuple):
    """A section: name as read, index of its header, index behind its last line, its keys.

    hidden: keys, in lower case, that a bare name before them keeps from being read.
    """

    name: bytes
    header: int
    end: int
    keys: tuple[KeyLine, ...]
    hidden: frozenset[bytes]

    def value(self, key: bytes) -> bytes | None:
        """Give the value of the first line with this key, in any case, or None."""
        folded = key.lower()
        if folded in self.hidden:
            return None
        return next((line.value for line in self.keys if line.key.lower() == folded), None)


class Profile:
    """A private profile as its lines, each with its own line end."""

    __slots__ = ("_candidates", "lines")

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = lines
        self._candidates: dict[bytes, list[int]] = {}

    def candidates(self, name: bytes = b"") -> list[int]:
        """Indexes of the lines that some reading could take for a header with this name."""
        found = self._candidates.get(name)
        if found is None:
            found = self._candidates[name] = list(self._lines_with(name.lower() or b"["))
        return found

    def _lines_with(self, needle: bytes) -> Iterator[int]:
        text = self.render().lower()
        at = text.find(needle)
        ends = list(accumulate(map(len, self.lines))) if at >= 0 else []
        while at >= 0:
            index = bisect_right(ends, at)
            yield index
            at = text.find(needle, ends[index])

    def render(self) -> bytes:
        """Give the bytes of the file: those that were parsed, where nothing was edited."""
        return b"".join(self.lines)


def parse(data: bytes) -> Profile:
    """Split any bytes into a profile; ``parse(data).render()`` is ``data``."""
    return Profile(data.splitlines(True))


def refuse_non_8bit(data: bytes) -> None:
    """Raise NotAProfile for UTF-16 text and for NUL bytes (KB Q181420: do not save as Unicode)."""
    marked = data[:2] in UTF16_MARKS
    if marked or b"\0" in data:
        # Hardly a file is so: what tells which of the two it is is loaded only then.
        from .not_8bit import why_refused

        raise NotAProfile(why_refused(data, marked))


def line_ends(data: bytes) -> str:
    """Name the line ends of a file: ``crlf``, ``lf``, ``mixed`` (also CR alone) or ``none``."""
    pairs = data.count(b"\r\n")
    feeds = data.count(b"\n") - pairs
    returns = data.count(b"\r") - pairs
    if not pairs and not feeds and not returns:
        return "none"
    if returns or (pairs and feeds):
        return "mixed"
    return "crlf" if pairs else "lf"


def sections(profile: Profile, reading: Reading = WINDOWS, name: bytes | None = None) -> Iterator[Section]:
    """Yield the sections in file order, duplicates included; with a name, only those so called."""
    for index, found in headers(profile, reading, name):
        yield _section_at(profile, index, found, reading)


def headers(profile: Profile, reading: Reading = WINDOWS, name: bytes | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield index and name of each section's header, as `sections` does."""
    for index in profile.candidates(name or b""):
        found = _header_name(profile, index, reading)
        if found is not None and (name is None or found.lower() == name.lower()):
            yield index, found


def read_section(profile: Profile, name: bytes, reading: Reading = WINDOWS) -> Section | None:
    """Give the first section of this name, in any case: the only one that is looked at."""
    return next(sections(profile, reading, name), None)


def read_value(profile: Profile, section: bytes, key: bytes, reading: Reading = WINDOWS) -> bytes | None:
    """Give what GetPrivateProfileString returns for section and key, or None for nothing."""
    found = read_section(profile, section, reading)
    return None if found is None else found.value(key)


def shown(data: bytes) -> str:
    """Give bytes as printable ASCII; what is not printable is escaped."""
    if not data.isascii() or not data.decode("ascii").isprintable():
        return "".join(chr(byte) if 32 <= byte < 127 or byte == 9 else f"\\x{byte:02x}" for byte in data)
    return data.decode("ascii")


def _section_at(profile: Profile, header: int, name: bytes, reading: Reading) -> Section:
    end = header + 1
    while end < len(profile.lines) and (b"[" not in profile.lines[end] or _header_name(profile, end, reading) is None):
        end += 1
    keys: list[KeyLine] = []
    for index, line in enumerate(profile.lines[header + 1 : end], header + 1):
        pair = _key_and_value(line, reading) if b"=" in line else None
        if pair is not None:
            keys.append(KeyLine(index, *pair))
    hidden = _hidden_keys(profile.lines[header + 1 : end], reading) if reading.keeps_bare_names else frozenset()
    return Section(name, header, end, tuple(keys), hidden)


def _hidden_keys(lines: list[bytes], reading: Reading) -> frozenset[bytes]:
    first: dict[bytes, bool] = {}
    for line in lines:
        key, equals, _value = line.partition(b"=")
        name = key.strip(reading.blanks + LINE_BREAKS).lower()
        if name or equals:
            first.setdefault(name, not equals)
    return frozenset(name for name, bare in first.items() if bare)


def _header_name(profile: Profile, index: int, reading: Reading) -> bytes | None:
    line = profile.lines[index]
    if index == 0 and reading.skips_mark and line.startswith(UTF8_MARK):
        line = line[len(UTF8_MARK) :]
    text = line.lstrip(reading.blanks)
    if text[:1] != b"[":
        return None
    end = text.rfind(b"]") if reading.closes_at_last else text.find(b"]")
    if end < 0 and reading.closes_at_last:
        return None
    name = text[1:end] if end >= 0 else text[1:].rstrip(LINE_BREAKS)
    return name.strip(reading.blanks)


def _key_and_value(line: bytes, reading: Reading) -> tuple[bytes, bytes] | None:
    key, equals, value = line.partition(b"=")
    key = key.strip(reading.blanks)
    if not equals or key[:1] == b";":
        return None
    return key, _unquote(value.rstrip(LINE_BREAKS).strip(reading.blanks), reading)


def _unquote(value: bytes, reading: Reading) -> bytes:
    if len(value) > 1 and value[:1] == value[-1:] and value[:1] in (b'"', b"'"):
        value = value[1:-1]
    return value[: len(value) % 65536] if reading.wraps else value


__all__ = (
    "CTRL_Z",
    "LINE_BREAKS",
    "LOOSE",
    "PLAIN_BLANKS",
    "READINGS",
    "STRICT",
    "UTF8_MARK",
    "WINDOWS",
    "WINE",
    "KeyLine",
    "NotAProfile",
    "Profile",
    "ProfileError",
    "Reading",
    "Section",
    "headers",
    "line_ends",
    "parse",
    "read_section",
    "read_value",
    "refuse_non_8bit",
    "sections",
    "shown",
)
