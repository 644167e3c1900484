# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saved results of a large fleet, and what the writer of the report takes for them."""

from __future__ import annotations

import json
import statistics
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import gated

from tests.bench.limits import Limit, Row
from tests.bench.report import measured_writer
from tests.lab.servers import samples
from tests.unit.sample_drives import ask, furnish

SAVED, ROUNDS = 2000, 3
MOST_SECONDS, MOST_MEGABYTES = 5, 200


def writer_rows(folder: Path) -> list[Row | str]:
    """Give the rows of the writer over many saved results, each time on top of its last report."""
    results, reports = folder / "results.json", folder / "reports"
    looks = _looks(folder)
    names = (f"server{number:04}.corp.example" for number in range(SAVED))
    results.write_text(json.dumps(dict(zip(names, islice(cycle(looks), SAVED), strict=True))))
    measured_writer(results, reports)
    times, peaks = zip(*(measured_writer(results, reports) for _round in range(ROUNDS)), strict=True)
    seconds, peak = statistics.median(times), max(peaks)
    sizes = ", ".join(f"{file.suffix[1:]} {file.stat().st_size / 1e6:.1f} MB" for file in sorted(reports.iterdir()))
    name = f"the writer of the report, {SAVED:,} saved results of {len(looks)} kinds, on top of its last report"
    text = f"{name}: {seconds:.2f} s, {peak:.0f} MB; {sizes}"
    limits = (Limit("seconds", seconds, MOST_SECONDS), Limit("MB", peak, MOST_MEGABYTES))
    return [f"Process of its own, with its start; median of {ROUNDS} rounds", Row(name, text, limits)]


def _looks(folder: Path) -> list[dict[str, Any]]:
    """Look at each sample server on visible drives."""
    found = []
    for sample in samples():
        if sample.name.startswith("ex") and "drives" in sample.worlds:
            furnish(folder / sample.name, sample)
            found.append(gated(ask(folder / sample.name, sample)))
    return found
