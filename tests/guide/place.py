# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder as somebody has it who works through the guide: a clone, an editor, servers that answer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.guide.pages import ROOT
from tests.lab.lab import PASSWORD, Lab
from tests.smb.edits import OLD
from tests.smb.furnish import furnish_exposed

# As the examples have the addresses of ex01, ex02, ex07 and px01.
ADDRESSES = ("192.0.2.11", "192.0.2.12", "192.0.2.17", "192.0.2.21")
# The proxy, as the guide has it on the side of the servers that are called.
PROXY_SEEN = "192.0.2.9"
VAULT = "V4ult-in-no-output"
# What a user does in an editor: the addresses, the password, and here the port, which the lab has of its own.
EDITOR = r"""#!/bin/sh
exec sed -i -e 's/192\.0\.2\.11/{0}/' -e 's/192\.0\.2\.12/{1}/' -e 's/192\.0\.2\.17/{2}/' -e 's/192\.0\.2\.21/{3}/' \
    -e 's/^    ansible_user:/    ansible_port: {port}\n&/' -e 's/^ansible_host: .*/&\nansible_port: {port}/' \
    -e 's/THE-PASSWORD/{password}/' "$@"
"""
# Folders of the machine that the pages name: below the place they lie here.
OF_THE_MACHINE = re.compile(r"(?<![\w/.])/(?=(?:mnt|opt/emsmta|etc/(?:emsmta|cron\.d|systemd)|var/lib/emsmta)\b)")
# What is typed where a program asks.
ANSWERS = {
    "encrypt_string": f"{VAULT}\n{VAULT}\nvault_exchange_password\n{PASSWORD}\n",
    "--ask-vault-pass": f"{VAULT}\n",
    " -k ": f"{PASSWORD}\n",
}


class Place:
    """Types commands, and remembers the folder in which they leave the shell."""

    def __init__(self, folder: Path) -> None:
        self.folder = self._current = folder
        shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
        self.programs = folder / "bin"
        self.programs.mkdir()
        drives = folder / "examples" / "drives.yml"
        drives.write_text(self.here(drives.read_text()))
        # Where the collection comes from: this tree, or what is installed.
        self._source = {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections")}

    def begin_empty(self, galaxy: str) -> None:
        """Have neither the collection nor its examples, as a stranger does; galaxy is where both are to be had."""
        shutil.rmtree(self.folder / "examples")
        self._source = {"ANSIBLE_GALAXY_SERVER": galaxy}

    def here(self, text: str) -> str:
        """Give a text with the folders of the machine below this place."""
        return OF_THE_MACHINE.sub(lambda _root: f"{self.folder}/", text)

    def typed(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of a shell; what it prints has the folder as /home/you."""
        # Without a terminal, a question is answered from the standard input.
        done = subprocess.run(
            ["/bin/sh", "-ec", f"{self.here(command)}\npwd > {self.folder}/current"],
            cwd=self._current,
            env=self._environment(),
            input=next((answer for word, answer in ANSWERS.items() if word in command), ""),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
        )
        if (self.folder / "current").exists():
            self._current = Path((self.folder / "current").read_text().strip())
        return subprocess.CompletedProcess(command, done.returncode, done.stdout.replace(str(self.folder), "/home/you"))

    def give_editor(self, lab: Lab) -> None:
        """Let the editor know the servers of a lab."""
        editor = self.programs / "editor"
        editor.write_text(EDITOR.format(*lab.addresses, port=lab.port, password=PASSWORD))
        editor.chmod(0o755)

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "MOLECULE_"))}
        path = os.pathsep.join((str(self.programs), str(Path(sys.executable).parent), os.environ["PATH"]))
        return own | {
            "PATH": path,
            "HOME": str(self.folder),
            **self._source,
            "ANSIBLE_HOME": str(self.folder / ".ansible"),
            "ANSIBLE_REMOTE_TMP": str(self.folder / ".ansible" / "tmp"),
            "ANSIBLE_NOCOLOR": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def furnish(lab: Lab) -> None:
    """Make ex01, ex02 and ex07 exposed, and give px01 a master copy without the fix."""
    for address in lab.addresses:
        shutil.rmtree(lab.drive(address, "C") / "mspclnt", ignore_errors=True)
    furnish_exposed(lab)
    master = lab.drive(lab.addresses[-1], "C") / "Msp" / "Clients"
    shutil.rmtree(master, ignore_errors=True)
    master.mkdir(parents=True)
    (master / "Mspclnt.ini").write_bytes(OLD)
