# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine on a file of 1 MB, against other libraries that read, edit and write INI files."""

from __future__ import annotations

import configparser
import contextlib
import io
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import crudini
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import parse
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.edits import ensure
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza
from configupdater import ConfigUpdater

from tests.judge.growth import seconds_for, shapes, worst_shape

SECTIONS, KEYS = 3000, 9
STANZA = Stanza(b"EMSMTA", ((b"Disable", b"1"),))
ROUNDS = 5

Edit = Callable[[bytes], object]


def big_file() -> bytes:
    """Give a file of 1 MB and 30,000 lines without the stanza."""
    lines = []
    for section in range(SECTIONS):
        lines.append(f"[program{section}]")
        lines += [f"Key number {key}=value {key} of it, {section:6}" for key in range(KEYS)]
    return ("\r\n".join(lines) + "\r\n").encode()


def ours(data: bytes) -> bytes:
    """Edit with this collection's engine."""
    return ensure(parse(data), STANZA).profile.render()


def by_configparser(data: bytes) -> str:
    """Edit with the standard library."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(data.decode("latin-1"))
    parser["EMSMTA"] = {"Disable": "1"}
    text = io.StringIO()
    parser.write(text, space_around_delimiters=False)
    return text.getvalue()


def by_configupdater(data: bytes) -> str:
    """Edit with ConfigUpdater, which keeps comments."""
    updater = ConfigUpdater(strict=False)
    updater.optionxform = str
    updater.read_string(data.decode("latin-1"))
    updater.add_section("EMSMTA")
    updater["EMSMTA"]["Disable"] = "1"
    return str(updater)


def by_crudini(data: bytes) -> None:
    """Edit with crudini's own program, called as a function, so that starting Python is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.ini"
        path.write_bytes(data)
        arguments, sys.argv = sys.argv, ["crudini", "--set", str(path), "EMSMTA", "Disable", "1"]
        try:
            with contextlib.suppress(SystemExit):
                crudini.main()
        finally:
            sys.argv = arguments
        if b"EMSMTA" not in path.read_bytes():
            raise RuntimeError("crudini has not edited the file")


def seconds(edit: Edit, data: bytes) -> float:
    """Time one edit."""
    begin = time.perf_counter()
    edit(data)
    return time.perf_counter() - begin


def engine_rows() -> list[str]:
    """Give the table rows: each library's median time, and the ratio to ours, in turn."""
    data = big_file()
    edits: dict[str, Edit] = {
        "this collection": ours,
        "configparser": by_configparser,
        "ConfigUpdater": by_configupdater,
        "crudini": by_crudini,
    }
    times: dict[str, list[float]] = {name: [] for name in edits}
    for _round in range(ROUNDS):
        for name, edit in edits.items():
            times[name].append(seconds(edit, data))
    base = statistics.median(times["this collection"])
    lines = len(data.splitlines())
    rows = [
        f"Engine, {len(data):,} bytes, {lines:,} lines, stanza absent: read, plan and edit; median of {ROUNDS} rounds"
    ]
    for name, found in times.items():
        median = statistics.median(found)
        rows.append(f"  {name:16} {median * 1000:8.1f} ms   {median / base:6.1f} times ours")
    return rows


def memory_row() -> str:
    """Give the peak of memory that the engine takes for the same file."""
    data = big_file()
    tracemalloc.start()
    ours(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"Engine, peak memory on the same file: {peak / len(data):.1f} times its size"


def growth_row() -> str:
    """Give the time of the worst shape that a search finds, at 1 MiB and at half of it."""
    shape, data = worst_shape()
    half = seconds_for(shape.of_size(len(data) // 2))
    whole = seconds_for(data)
    return (
        f"Engine, worst of {len(shapes())} shapes at 1 MiB: {whole:.2f} s, {whole / half:.2f} times that of 512 KiB; "
        f"it repeats {shape.first!r}, then {shape.second!r}"
    )
