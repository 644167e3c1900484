# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published description of report.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "docs" / "report.schema.json"
SCHEMA: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Give a part of the schema, or what it refers to."""
    reference = schema.get("$ref")
    return described(SCHEMA["$defs"][reference.rpartition("/")[2]]) if reference else schema


def not_described(value: Any, schema: dict[str, Any] = SCHEMA, where: str = "") -> Iterator[str]:
    """Give the keys of a report that the schema does not name; it lets them pass, since new ones may come."""
    part = described(schema)
    if isinstance(value, list):
        for each in value:
            yield from not_described(each, part["items"], where)
    elif isinstance(value, dict) and "properties" in part:
        for key, each in value.items():
            if key not in part["properties"]:
                yield f"{where}.{key}"
            else:
                yield from not_described(each, part["properties"][key], f"{where}.{key}")


def required(schema: dict[str, Any] = SCHEMA, where: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the path of each key that a report must have; "0" stands for an item of a list."""
    part = described(schema)
    if "items" in part:
        yield from required(part["items"], (*where, "0"))
    for key, each in part.get("properties", {}).items():
        if key in part.get("required", ()):
            yield (*where, key)
        yield from required(each, (*where, key))
