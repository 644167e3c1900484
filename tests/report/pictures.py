# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the page in the documentation: `python -m tests.report.pictures`, where the tests run."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / ".build" / "collections"), str(ROOT / "examples" / "demo")]

from tests.report.browser import Browser  # noqa: E402
from tests.report.fleets import two_weeks, write  # noqa: E402

WIDTH = 1100
SHOWN = "ex08-wspcfg"


def main() -> None:
    """Write the top of a page, and a server with its details."""
    with tempfile.TemporaryDirectory() as name, Browser(Path(name)) as browser:
        made = json.dumps(two_weeks(Path(name) / "fleet"))
        # Where the drives of such a fleet would be mounted.
        page = write(Path(name), json.loads(made.replace(f"{name}/fleet", "/mnt")))
        browser.open(page, width=WIDTH)
        browser.picture(ROOT / "docs" / "report.png")
        browser.click(".tiles .exposed")
        row = next(row for row in browser.all("#servers tbody") if row.text.startswith(SHOWN))
        row.find_element("tag name", "summary").click()
        browser.run("document.activeElement.blur()")
        browser.run("document.getElementById('all').scrollIntoView()")
        browser.picture(ROOT / "docs" / "report-server.png")


if __name__ == "__main__":
    main()
