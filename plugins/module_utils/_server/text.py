# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one gate for text that comes from a server: printable, and not without end. Pure.

PRIVATE to the collection: no part of this file is a public interface.

It stands at the edges, over whole results and errors: whoever adds a field or a message
cannot forget it. It changes nothing that is printable, a backslash neither, so what was
escaped before, as the bytes of a file are, is not escaped again.
"""

from __future__ import annotations

from typing import Any, Collection, Mapping, Sequence

# Blanks that people write in names, the no-break one and that of East Asia, which Python does not call printable.
BLANKS = "\u00a0\u3000"
# In characters. The longest path of Linux has 4,095; whoever quotes a file quotes less of it.
LONGEST_TEXT = 5000
MOST_ITEMS = 100
# For the words of a cut, so that a text that passes twice is cut once.
ROOM = 40
# A message gives no more names than this, and no more characters of each.
NAMED, QUOTED_NAME = 10, 40


def plain(text: str) -> str:
    """Escape what is not printable: control characters, line ends, halves of pairs, what is invisible or turns text."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in BLANKS else _escaped(letter) for letter in text)


def is_plain(text: str) -> bool:
    """Tell whether a text passes the gate as it is, so that what a result names can be found by that name."""
    return plain(text) == text


def cut(text: str, most: int) -> str:
    """Give so many characters of a text, and say how many it has where that is not all."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def few(names: Sequence[str], between: str = ", ", left_out: int = 0) -> str:
    """Give names for a message, and how many more there are; left_out: of those, how many are not among the names."""
    more = len(names[NAMED:]) + left_out
    return between.join(names[:NAMED]) + (f" and {more} more" if more else "")


def message(error: object) -> str:
    """Give the text of an error or a warning as a user may see it."""
    text = plain(str(error))
    return text if len(text) <= LONGEST_TEXT else cut(text, LONGEST_TEXT - ROOM)


def gated(result: Mapping[str, Any], whole: Collection[str] = ()) -> dict[str, Any]:
    """Give a result as a user may see it; ``left_out`` names each list that was longer than MOST_ITEMS.

    whole: the lists of the result that are given whole, since an option of the module bounds them.

    The texts of ``diff`` keep their line ends, which are no server's: what shows a file has put them there.
    """
    left_out: list[str] = list(result.get("left_out", ()))
    told = {
        plain(name): [_diff(each) for each in value] if name == "diff" else _told(value, name, left_out, whole)
        for name, value in result.items()
    }
    return {**told, "left_out": [message(each) for each in left_out]} if left_out else told


def _told(value: Any, where: str, left_out: list[str], whole: Collection[str]) -> Any:
    if isinstance(value, str):
        return message(value)
    if isinstance(value, Mapping):
        return {message(name): _told(each, f"{where}.{name}", left_out, whole) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        most = len(value) if where in whole else MOST_ITEMS
        if len(value) > most:
            left_out.append(f"{where}: {len(value) - most} more")
        return [_told(each, where, left_out, whole) for each in value[:most]]
    return value


def _diff(shown: Mapping[str, str]) -> dict[str, str]:
    return {name: "\n".join(map(plain, text.split("\n"))) for name, text in shown.items()}


def _escaped(letter: str) -> str:
    number = ord(letter)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


__all__ = ("QUOTED_NAME", "cut", "few", "gated", "is_plain", "message", "plain")
