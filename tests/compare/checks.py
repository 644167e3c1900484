# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that are asked of every tool and file, the same for all.

reads    The run ends without an error, and Windows reads each wanted value, or for a removal nothing.
kept     Every old line is still there, byte for byte and in order. Free to change or go: for each
         wanted key that was not right, the line of it that Windows read; for a removal the lines
         of these keys in sections of that name, and the header and blank lines of such a section
         when nothing else is in it (a final Ctrl-Z is no part of it). A last line may get a line
         end. What a tool adds does not count.
second   A second run changes no byte and reports no change.
check    Check mode touches nothing, and reports a change exactly when the run then changes bytes.
alone    A file that is already right keeps every byte, and no change is reported.
refused  Bad input ends with an error, without a traceback, and the file is as it was.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (
    UTF8_MARK,
    WINDOWS,
    WINE,
    parse,
    read_section,
    read_value,
    sections,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.edits import break_of

from tests.cases.case import Case
from tests.compare.modules import Outcome
from tests.compare.peers import settings_of

QUESTIONS = ("reads", "kept", "second", "check", "alone", "refused")


class Trial(NamedTuple):
    """What one tool did to one file: in check mode, in a first run and in a second."""

    case: Case
    peer: str
    check: Outcome | None
    checked: bytes | None
    first: Outcome
    once: bytes | None
    second: Outcome
    twice: bytes | None


# Bytes, section and key, and what Wine reads there.
Readings = dict[tuple[bytes, bytes, bytes], "bytes | None"]
# For each question yes, no, or None where it does not apply.
Verdict = dict[str, "bool | None"]


def judge_edit(trial: Trial, wine: Readings) -> Verdict:
    """Answer the questions for a file that can be edited."""
    case, ran = trial.case, not trial.first.error
    return {
        "reads": ran and reads(case, trial.once or b"", wine),
        "kept": kept(case, trial.once or b""),
        "second": (trial.twice == trial.once and not trial.second.changed) if ran else None,
        "check": is_honest(trial),
        "alone": None if case.changed else trial.once == case.before and not trial.first.changed,
        "refused": None,
    }


def judge_refusal(trial: Trial) -> Verdict:
    """Answer the one question for bad input."""
    clean = bool(trial.first.error) and not trial.first.crashed and trial.once == trial.case.before
    return {question: clean if question == "refused" else None for question in QUESTIONS}


def asked(case: Case) -> list[tuple[bytes, bytes]]:
    """Give section and key of everything that is looked at in a case."""
    return [(case.section.encode(), key.encode()) for key in settings_of(case)]


def reads(case: Case, data: bytes, wine: Readings) -> bool:
    for section, key in asked(case):
        wanted = settings_of(case)[key.decode()].encode() if case.state == "present" else None
        if windows_reads(data, section, key, wine) != wanted:
            return False
    return True


def windows_reads(data: bytes, section: bytes, key: bytes, wine: Readings) -> bytes | None:
    """Give what Wine reads, but where Windows is known to differ from Wine, what Windows reads."""
    theirs = wine[data, section, key]
    profile = parse(data)
    if read_value(profile, section, key, WINE) != theirs:
        raise AssertionError(f"Wine reads {theirs!r} for {key!r} in {data[:200]!r}: the list of differences is wrong")
    ours = read_value(profile, section, key, WINDOWS)
    return theirs if ours == read_value(profile, section, key, WINE) else ours


def kept(case: Case, data: bytes) -> bool:
    old, new = pieces(case.before or b""), iter(pieces(data))
    free = free_to_change(case)
    bound = [piece for index, piece in enumerate(old) if index not in free]
    return all(any(is_same(piece, other) for other in new) for piece in bound)


def is_same(old: bytes, new: bytes) -> bool:
    return old == new or (not break_of(old) and old == new.rstrip(b"\r\n"))


def pieces(data: bytes) -> list[bytes]:
    """Split into lines; a UTF-8 mark at the start and Ctrl-Z at the end count as lines of their own."""
    found = [UTF8_MARK] if data.startswith(UTF8_MARK) else []
    lines = parse(data.removeprefix(UTF8_MARK)).lines
    if lines and re.search(rb"[^\x1a]\x1a+\Z", lines[-1]):
        text = lines[-1].rstrip(b"\x1a")
        lines[-1:] = [text, lines[-1][len(text) :]]
    return found + lines


def free_to_change(case: Case) -> set[int]:
    """Indexes of the pieces that may change or go: as Windows reads the file before the run."""
    data = case.before or b""
    shift = len(pieces(data)) - len(pieces(data.removeprefix(UTF8_MARK)))
    if not case.changed:
        return set()
    lines = removable(case, data) if case.state == "absent" else replaceable(case, data)
    return {index + shift for index in lines}


def replaceable(case: Case, data: bytes) -> set[int]:
    section = read_section(parse(data), case.section.encode())
    found = set()
    for key, value in settings_of(case).items():
        line = next((one for one in section.keys if one.key.lower() == key.lower().encode()), None) if section else None
        if line is not None and line.value != value.encode():
            found.add(line.at)
    return found


def removable(case: Case, data: bytes) -> set[int]:
    profile = parse(data)
    wanted = {key.lower().encode() for key in settings_of(case)}
    found = set()
    for section in sections(profile, name=case.section.encode()):
        body = {index for index in range(section.header, section.end) if profile.lines[index].strip(b"\x1a\r\n")}
        keys = {line.at for line in section.keys if line.key.lower() in wanted}
        is_bare = all(index in keys or not profile.lines[index].strip() for index in body - {section.header})
        found |= set(range(section.header, section.end)) - final_ctrl_z(profile.lines) if is_bare else keys
    return found


def final_ctrl_z(lines: list[bytes]) -> set[int]:
    return {index for index, line in enumerate(lines) if line.strip() == b"\x1a"}


def is_honest(trial: Trial) -> bool | None:
    """Compare what check mode said with the bytes of the run; errors must come in both."""
    if trial.check is None:
        return None
    if bool(trial.check.error) != bool(trial.first.error) or trial.checked != trial.case.before:
        return False
    return bool(trial.first.error) or trial.check.changed == (trial.once != trial.case.before)
