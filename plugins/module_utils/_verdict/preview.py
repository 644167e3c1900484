# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that an edit of the plan would change. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

from .._detect.wording import excerpt
from .._profile.document import LINE_BREAKS, Profile, ProfileError
from .._profile.edits import ensure
from .._profile.stanza import Stanza
from .judge import Step

# Four lines change only where a Ctrl-Z or a UTF-8 mark is taken off its line, and has the fourth.
MOST_LINES = 3


class Line(NamedTuple):
    """A line of a file: its number from 1, and its text before and after an edit, None where there is no such line."""

    line: int
    before: str | None
    after: str | None


def preview(profile: Profile, step: Step) -> list[Line]:
    """Give the lines that a step changes, by their numbers afterwards; none where the edit would be refused."""
    settings = tuple((key.encode("ascii"), str(value).encode("ascii")) for key, value in step.settings)
    try:
        edited = ensure(profile, Stanza(step.section.encode("ascii"), settings)).profile
    except ProfileError:
        return []
    return _changed(profile.lines, edited.lines)


def _changed(old: Sequence[bytes], new: Sequence[bytes]) -> list[Line]:
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    rows = min(max(len(before), len(after)), MOST_LINES)
    return [Line(start + 1 + at, _told(before, at), _told(after, at)) for at in range(rows)]


def _alike(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    pairs = enumerate(zip(one, other))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _told(lines: Sequence[bytes], at: int) -> str | None:
    return excerpt(lines[at].rstrip(LINE_BREAKS)) if at < len(lines) else None


__all__ = ("Line", "preview")
