# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The six lines of the README for servers on the network, as they stand, with the example inventory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.lab import PASSWORD, Lab
from tests.smb.edits import NEW, OLD
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import LOOK, ROOT

# What a user does in an editor: the addresses, and here the port, which the lab's servers have of their own.
EDITOR = r"""#!/bin/sh
exec sed -i -e 's/192\.0\.2\.11/{0}/' -e 's/192\.0\.2\.12/{1}/' -e 's/^    ansible_user:/    ansible_port: {2}\n&/' "$1"
"""


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Lab]:
    """Two exposed servers, and beside them a folder as a user has it: the examples, and an editor."""
    with Lab(tmp_path / "lab", 2, drives="C") as lab:
        furnish_exposed(lab)
        editor = tmp_path / "bin" / "editor"
        editor.parent.mkdir()
        editor.write_text(EDITOR.format(*lab.addresses, lab.port))
        editor.chmod(0o755)
        (tmp_path / "examples").symlink_to(ROOT / "examples")
        yield lab


def typed(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of shell, with the password typed in where it is asked for."""
    path = os.pathsep.join((str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]))
    collections = str(ROOT / ".build" / "collections")
    env = os.environ | {"PATH": path, "ANSIBLE_COLLECTIONS_PATH": collections, "ANSIBLE_NOCOLOR": "1"}
    # Without a terminal, the question is answered from the standard input.
    return subprocess.run(
        ["/bin/sh", "-ec", line],
        cwd=folder,
        env=env,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )


def lines() -> list[str]:
    """Give the lines of the README."""
    section = (ROOT / "README.md").read_text().partition("## Servers on the network")[2]
    (block,) = re.findall(r"```shell\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    return str(block).splitlines()


def contents(lab: Lab) -> list[bytes]:
    return [(lab.drive(address, "C") / "mspclnt/Mspclnt.ini").read_bytes() for address in lab.addresses]


def test_the_six_lines_of_the_readme(servers: Lab, tmp_path: Path) -> None:
    install, copy, play, look, audit, fix = lines()
    assert (ROOT / install.removeprefix("pip install -r ")).is_file()
    for line in (copy, play):
        assert typed(line, tmp_path).returncode == 0
    looked = typed(look, tmp_path)
    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert looked.stdout.count('"status": "exposed"') == 1
    for line, after in ((audit, OLD), (fix, NEW)):
        done = typed(line, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("changed=1 ") == 2
        assert ("+Disable=1" in done.stdout) is (line == audit)
        assert contents(servers) == [after] * 2
    assert "changed=1 " not in typed(fix, tmp_path).stdout


def test_facts_may_be_left_on_with_the_example_inventory(servers: Lab, tmp_path: Path) -> None:
    typed(lines()[1], tmp_path)
    (tmp_path / "facts.json").write_text(json.dumps([{"hosts": "exchange", "tasks": [LOOK]}]))
    done = typed("ansible-playbook -i hosts.yml -k facts.json", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("TASK [Gathering Facts]") == 1
    assert done.stdout.count("unreachable=0 ") == len(servers.addresses)
