# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an edit changes, as Ansible's diff mode shows it. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from .._profile.document import line_ends, shown

# In bytes. A real file has about 1 KB, so that it is shown as a whole.
LONGEST_SHOWN, LONGEST_LINE = 20_000, 1000
# The lines that are shown before and behind a change in a longer file, as Ansible does.
CONTEXT = 3


def difference(path: str, old: bytes, new: bytes) -> dict[str, str]:
    """Give the texts of a diff; of a long file those around the change, and how many lines are left out.

    Line ends that change, or that are mixed, are made visible.
    """
    ends = line_ends(old), line_ends(new)
    before, after = old.splitlines(True), new.splitlines(True)
    first = last = 0
    if max(len(old), len(new)) > LONGEST_SHOWN:
        first, last = _common(before, after)
    return {
        "before_header": f"{path} (line ends: {ends[0]})",
        "after_header": f"{path} (line ends: {ends[1]})",
        "before": _shown(before, first, last, "mixed" in ends),
        "after": _shown(after, first, last, "mixed" in ends),
    }


def _common(before: list[bytes], after: list[bytes]) -> tuple[int, int]:
    """Count the lines at the start and at the end that both files have, but for those beside the change."""
    most = min(len(before), len(after))
    first = next((at for at in range(most) if before[at] != after[at]), most)
    last = next((at for at in range(most - first) if before[-1 - at] != after[-1 - at]), most - first)
    return max(0, first - CONTEXT), max(0, last - CONTEXT)


def _shown(lines: list[bytes], first: int, last: int, marked: bool) -> str:
    texts: list[str] = []
    left = LONGEST_SHOWN
    told = lines[first : len(lines) - last]
    for line in told:
        left -= min(len(line), LONGEST_LINE)
        if left < 0:
            break
        texts.append(_shown_line(line, marked))
    cut = len(told) - len(texts)
    return _left_out(first) + "".join(texts) + _left_out(cut) + _left_out(last)


def _left_out(count: int) -> str:
    return f"... ({count} lines are left out here)\n" if count else ""


def _shown_line(line: bytes, marked: bool) -> str:
    """Give a line for a terminal; with a mark, its end is visible."""
    text = line.rstrip(b"\r\n")
    end = line[len(text) :]
    mark = {b"\r\n": "<CR><LF>", b"\n": "<LF>", b"\r": "<CR>"}.get(end, "") if marked else ""
    rest = f"... ({len(text)} characters)" if len(text) > LONGEST_LINE else ""
    return shown(text[:LONGEST_LINE]) + rest + mark + ("\n" if end else "")


__all__ = ("difference",)
