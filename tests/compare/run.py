# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make compare`: the byte table through other tools, with the same questions for all.

Needs the virtual environment of tests/requirements/peers.txt.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ansible.plugins.loader import init_plugin_loader

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Let Python find the collections and this project, then compare."""
    init_plugin_loader([str(ROOT / ".build" / "collections")])
    sys.path.insert(0, str(ROOT))
    from tests.compare.compare import main as compare

    return compare()


if __name__ == "__main__":
    sys.exit(main())
