# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest edit of a private profile that makes a stanza so.

PRIVATE to the collection: no part of this file is a public interface.

The edited file must be read alike by Windows, by Wine, and by Windows where it is not
known what it trims.
"""

from __future__ import annotations

from .._server.text import QUOTED_NAME, few
from .document import (
    CTRL_Z,
    LINE_BREAKS,
    LOOSE,
    PLAIN_BLANKS,
    READINGS,
    UTF8_MARK,
    KeyLine,
    Profile,
    ProfileError,
    Reading,
    Section,
    headers,
    read_section,
    sections,
    shown,
)
from .notes import notes_on, quoted
from .stanza import Edit, Note, Stanza, is_absent, is_present


class Doubtful(ProfileError):
    """Readers of private profiles would not agree on the edited file."""


def ensure(profile: Profile, stanza: Stanza) -> Edit:
    """Make Windows read the stanza, with the smallest edit; no edit where it already does.

    Raises Doubtful when no edit would be read alike by all readers.
    """
    if is_present(profile, stanza):
        return Edit(profile, notes_on(profile, stanza))
    edited = _smallest(profile, stanza)
    if _is_certain(edited, stanza):
        return Edit(edited, notes_on(edited, stanza))
    edited, line = _fresh(profile, stanza)
    note = Note(
        "fresh_section",
        f"line {line} can be read in more than one way; a plain section {shown(stanza.section)} "
        "was put before it, which every reader finds first",
    )
    return Edit(edited, (note, *notes_on(edited, stanza)))


def remove(profile: Profile, stanza: Stanza) -> Edit:
    """Take the keys of the stanza out until Windows reads none of them; values do not matter.

    Raises Doubtful when a reader would still find one of them.
    """
    if is_absent(profile, stanza):
        return Edit(profile, notes_on(profile, stanza))
    edited = profile
    for reading in READINGS:
        edited = _without(edited, stanza, reading)
    for reading in READINGS:
        line = _first_left(edited, stanza, reading)
        if line is not None:
            raise Doubtful(_disagreement(profile, line, f"{reading.name} would still read a key there"))
    return Edit(edited, notes_on(edited, stanza))


def _is_certain(profile: Profile, stanza: Stanza) -> bool:
    return all(is_present(profile, stanza, reading) for reading in READINGS)


def _smallest(profile: Profile, stanza: Stanza) -> Profile:
    section = read_section(profile, stanza.section)
    lines = list(profile.lines)
    if section is None:
        _insert(lines, _before_final_ctrl_z(lines), _plain_lines(stanza))
        return Profile(lines)
    missing = []
    for key, value in stanza.settings:
        line = next((line for line in section.keys if line.key.lower() == key.lower()), None)
        if line is None:
            missing.append(key + b"=" + value)
        elif line.value != value:
            lines[line.at] = _with_value(lines[line.at], value)
            _part_from_ctrl_z(lines, line.at)
    _insert(lines, _behind_last_key(profile, section), missing)
    return Profile(lines)


def _fresh(profile: Profile, stanza: Stanza) -> tuple[Profile, int]:
    wanted = _wanted(stanza)
    found = [read_section(profile, stanza.section, reading) for reading in READINGS]
    doubtful = [section for section in found if section is not None]
    first = min(section.header for section in doubtful)
    lines_with_keys = [line for section in doubtful for line in section.keys]
    of_ours = {line.at for line in lines_with_keys if line.key.lower() in wanted}
    others = {line.key for line in lines_with_keys if line.at not in of_ours}
    if others:
        names = few(sorted(shown(key[:QUOTED_NAME]) for key in others))
        raise Doubtful(_disagreement(profile, first, f"and its section also holds {names}"))
    lines = list(profile.lines)
    at = first
    if first == 0 and lines[0].startswith(UTF8_MARK):
        end = break_of(lines[0]) or b"\r\n"
        lines[0:1] = [UTF8_MARK + end, lines[0][len(UTF8_MARK) :]]
        at = 1
    _insert(lines, at, _plain_lines(stanza))
    edited = Profile(lines)
    if not _is_certain(edited, stanza):
        raise Doubtful(_disagreement(profile, first, "and a plain section before it would not help"))
    return edited, first + 1


def _without(profile: Profile, stanza: Stanza, reading: Reading) -> Profile:
    """Drop the wanted keys from the sections that this reader comes to, one after another."""
    ours = _lines_of_ours(profile, stanza)
    end = _before_final_ctrl_z(profile.lines)
    drop: set[int] = set()
    found = list(sections(profile, reading, stanza.section))
    for section, following in zip(found, [*found[1:], None]):
        hits = {line.at for line in _wanted_lines(section, stanza) if line.at in ours}
        drop |= hits
        rest = [index for index in range(section.header + 1, min(section.end, end)) if index not in hits]
        if not hits or not all(_is_blank(profile.lines[index]) for index in rest):
            break
        # An empty header stays where the next section of this name would come to life with other keys.
        if following is not None and len(following.keys) > len(_wanted_lines(following, stanza)):
            break
        drop |= {section.header, *rest}
    return Profile([line for index, line in enumerate(profile.lines) if index not in drop])


def _first_left(profile: Profile, stanza: Stanza, reading: Reading) -> int | None:
    section = read_section(profile, stanza.section, reading)
    if section is None:
        return None
    ours = _lines_of_ours(profile, stanza)
    return next((line.at for line in _wanted_lines(section, stanza) if line.at in ours), None)


def _wanted_lines(section: Section, stanza: Stanza) -> list[KeyLine]:
    wanted = _wanted(stanza)
    return [line for line in section.keys if line.key.lower() in wanted]


def _lines_of_ours(profile: Profile, stanza: Stanza) -> set[int]:
    """Indexes of the lines that, as Windows reads them, lie in no section of another name."""
    folded = stanza.section.lower()
    ours = set(range(len(profile.lines)))
    found = list(headers(profile))
    for (start, name), (end, _next) in zip(found, [*found[1:], (len(profile.lines), b"")]):
        if name.lower() != folded:
            ours.difference_update(range(start, end))
    return ours


def _wanted(stanza: Stanza) -> set[bytes]:
    return {key.lower() for key, _value in stanza.settings}


def _plain_lines(stanza: Stanza) -> list[bytes]:
    return [b"[" + stanza.section + b"]"] + [key + b"=" + value for key, value in stanza.settings]


def _with_value(line: bytes, value: bytes) -> bytes:
    start = line.index(b"=") + 1
    end = len(line.rstrip(LINE_BREAKS))
    old = line[start:end].rstrip(CTRL_Z) if not break_of(line) else line[start:end]
    tail = line[start + len(old) :]
    body = old.strip(PLAIN_BLANKS)
    lead = len(old) - len(old.lstrip(PLAIN_BLANKS))
    return line[: start + lead] + value + old[lead + len(body) :] + tail


def _behind_last_key(profile: Profile, section: Section) -> int:
    """Where new keys go: behind the last key, but never behind what could be the next header."""
    limit = next(
        (index for index in range(section.header + 1, section.end) if _looks_like_header(profile.lines[index])),
        section.end,
    )
    return max((line.at for line in section.keys if line.at < limit), default=section.header) + 1


def _before_final_ctrl_z(lines: list[bytes]) -> int:
    """Index of the line of its own with which a final Ctrl-Z begins; the end when there is none."""
    at = index = len(lines)
    while index and not lines[index - 1].strip(PLAIN_BLANKS + LINE_BREAKS + CTRL_Z):
        index -= 1
        if CTRL_Z in lines[index]:
            at = index
    return at


def _insert(lines: list[bytes], at: int, texts: list[bytes]) -> None:
    """Insert lines, each with the line end of the line before it, or CR LF."""
    if not texts:
        return
    end = b"\r\n"
    if at:
        before = lines[at - 2] if at > 1 else b""
        end = break_of(lines[at - 1]) or break_of(before) or end
        _part_from_ctrl_z(lines, at - 1)
        if not break_of(lines[at - 1]):
            lines[at - 1] += end
    lines[at:at] = [text + end for text in texts]


def _part_from_ctrl_z(lines: list[bytes], index: int) -> None:
    """Give a last line that ends in Ctrl-Z a line end, and Ctrl-Z a line of its own behind it."""
    line = lines[index]
    text = line.rstrip(CTRL_Z)
    if text and text != line:
        before = lines[index - 1] if index else b""
        lines[index : index + 1] = [text + (break_of(before) or b"\r\n"), line[len(text) :]]


def break_of(line: bytes) -> bytes:
    """Give the line end of a line, empty for a last line without one."""
    return line[len(line.rstrip(LINE_BREAKS)) :]


def _looks_like_header(line: bytes) -> bool:
    """Tell whether any reading could take this line for a header."""
    return line[len(UTF8_MARK) if line.startswith(UTF8_MARK) else 0 :].lstrip(LOOSE.blanks)[:1] == b"["


def _is_blank(line: bytes) -> bool:
    return not line.strip(PLAIN_BLANKS + LINE_BREAKS)


def _disagreement(profile: Profile, index: int, reason: str) -> str:
    return (
        f"line {index + 1}, {quoted(profile.lines[index].rstrip(LINE_BREAKS))}, can be read in more than one "
        f"way, {reason}; nothing was changed: correct that line by hand, so that section and key stand there plainly"
    )


__all__ = ("Doubtful", "break_of", "ensure", "remove")
