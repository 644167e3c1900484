# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: measure side by side in one run, print the table, and keep it in docs/bench.md.

It ends with exit code 1 where a limit is not kept, and names the row.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT / ".build" / "collections"
sys.path[:0] = [str(ROOT), str(COLLECTIONS)]

from tests.bench.engine import engine_rows, growth_row, memory_row  # noqa: E402
from tests.bench.events import event_rows  # noqa: E402
from tests.bench.limits import Row, not_kept  # noqa: E402
from tests.bench.modules import module_memory_row, module_rows  # noqa: E402
from tests.bench.saved import writer_rows  # noqa: E402
from tests.bench.smb import smb_rows  # noqa: E402

PEERS = ("ansible-core", "ansible", "ConfigUpdater", "crudini")


def machine() -> str:
    """Describe where it was measured."""
    peers = ", ".join(f"{name} {version(name)}" for name in PEERS)
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; {peers}"


def main() -> str | None:
    """Measure all, print it and keep it; give the limits that are not kept."""
    os.environ |= {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "PYTHONPATH": str(COLLECTIONS)}
    with tempfile.TemporaryDirectory() as folder:
        blocks: list[Sequence[Row | str]] = [
            engine_rows(),
            [memory_row(), module_memory_row(Path(folder))],
            [growth_row()],
            writer_rows(Path(folder)),
            module_rows(Path(folder)),
            smb_rows(Path(folder)),
            event_rows(Path(folder)),
        ]
    text = "\n\n".join("\n".join(str(row) for row in block) for block in blocks)
    print(f"{machine()}\n\n{text}")
    intro = "# Benchmarks\n\nMeasured side by side in one run by `make bench`. Only the ratios say something."
    (ROOT / "docs" / "bench.md").write_text(f"{intro}\n\n{machine()}\n\n```text\n{text}\n```\n", encoding="utf-8")
    return not_kept(row for block in blocks for row in block)


if __name__ == "__main__":
    sys.exit(main())
