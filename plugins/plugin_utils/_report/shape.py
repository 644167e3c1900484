# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data from elsewhere, taken as far as it has the right shape. Pure.

PRIVATE to the collection: no part of this file is a public interface.

A result may come from a machine that lies, and an old report may have been edited: neither may keep
the report from being written for all other servers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from ...module_utils._server.text import MOST_ITEMS, message

# A type, types, a pattern, a Number, Maybe another, [of items], {of keys}, or {str: of any key}.
Shape = Any
TEXT_OR_NONE = (str, type(None))
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
TIME_OR_NONE = re.compile(f"(?:{TIME.pattern})?")


class Number(NamedTuple):
    """The shape of a whole number that lies between two, or is one of them."""

    least: int
    most: int


class Maybe(NamedTuple):
    """The shape of what may be None."""

    shape: Any


class Misfit(Exception):
    """Data has another shape; the text says where."""


def taken(value: object, shape: Shape, where: str, most: int | None = None) -> Any:
    """Give the part of a value that a shape names: keys that it does not name are left out, texts pass the gate.

    Args:
        value: what came from elsewhere.
        shape: a type or a tuple of them; a pattern of a text, which allows None where it allows no text; a Number; a
            shape that is Maybe there; a list with the shape of its items; a mapping of keys to shapes, where a missing
            key counts as None; or a mapping of the type `str` to the shape of all values.
        where: names the value, for the error.
        most: of a list or of a mapping of any keys, so many are taken; None for all.

    Raises:
        Misfit: it has another shape.
    """
    if isinstance(shape, Maybe):
        return None if value is None else taken(value, shape.shape, where, most)
    if isinstance(shape, Number):
        return _within(value, shape, where)
    if isinstance(shape, list):
        items = islice(_a(value, (list, tuple), where), most)
        return [taken(item, shape[0], f"{where}[{at}]", most) for at, item in enumerate(items)]
    if isinstance(shape, dict) and str in shape:
        pairs = islice(_a(value, Mapping, where).items(), most)
        return {message(key): taken(item, shape[str], where, most) for key, item in pairs}
    if isinstance(shape, dict):
        found = _a(value, Mapping, where)
        return {key: taken(found.get(key), each, f"{where}.{key}", most) for key, each in shape.items()}
    if isinstance(shape, re.Pattern):
        return _matching(value, shape, where)
    return message(value) if isinstance(_a(value, shape, where), str) else value


def items_taken(value: object, shape: Shape) -> list[Any]:
    """Give those of the first MOST_ITEMS items of a list that have a shape; none where it is no list."""
    found = []
    for item in value[:MOST_ITEMS] if isinstance(value, (list, tuple)) else ():
        with suppress(Misfit):
            found.append(taken(item, shape, "", MOST_ITEMS))
    return found


def _within(value: Any, limits: Number, where: str) -> int:
    number: int = _a(value, int, where)
    if isinstance(number, bool) or not limits.least <= number <= limits.most:
        raise Misfit(f"{where} is no number from {limits.least} to {limits.most}")
    return number


def _matching(value: Any, pattern: re.Pattern[str], where: str) -> str | None:
    text: str = _a(value, TEXT_OR_NONE, where) or ""
    if not pattern.fullmatch(text) or (text and pattern in (TIME, TIME_OR_NONE) and not _is_time(text)):
        raise Misfit(f"{where} has a text of another form")
    return text or None


def _is_time(text: str) -> bool:
    """Tell whether there is such a day and hour."""
    with suppress(ValueError):
        # It has that form, and this is much faster than strptime.
        return datetime.fromisoformat(text[:-1]) is not None
    return False


def _a(value: Any, kind: Any, where: str) -> Any:
    if not isinstance(value, kind):
        raise Misfit(f"{where} is missing" if value is None else f"{where} has the type {type(value).__name__}")
    return value
