# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`ansible-test sanity` on a copy of the collection, without ignores; with the options that it is given."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.ci.home import HOME, environment
from tests.ci.venvs import BUILD, copy_collection, venv

# pip is made from the wheel that Python brings: the network may not have the script.
GET_PIP = """import ensurepip

ensurepip.bootstrap(default_pip=True)
"""


def provide_get_pip(folder: Path) -> None:
    """Put the script that ansible-test looks for into its cache, where it is missing."""
    package = next(folder.glob("lib/python3*/site-packages/ansible_test"))
    source = (package / "_internal" / "python_requirements.py").read_text()
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in set(re.findall(r"pip='([0-9.]+)'", source)):
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if not script.exists():
            script.write_text(GET_PIP)


def main() -> int:
    """Run the sanity tests under the Python of the tests."""
    folder = venv("test")
    provide_get_pip(folder)
    tree = BUILD / "sanity"
    collection = copy_collection(tree)
    subprocess.run(["git", "init", "--quiet"], cwd=collection, check=True)
    subprocess.run(["git", "add", "--all"], cwd=collection, check=True)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [
        "ansible-test",
        "sanity",
        "--venv",
        "--python",
        python,
        "--color",
        "no",
        "--truncate",
        "0",
        *sys.argv[1:],
    ]
    return subprocess.run(command, cwd=collection, env=environment(folder, tree), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
