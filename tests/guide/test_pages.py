# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each command of the README and the guide runs as it stands, and shows what it must."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.mounts import image
from tests.guide.galaxy import BEFORE, CURRENT
from tests.guide.pages import EXAMPLES, GUIDE, NOT_OURS, PAGES, ROOT, Shown, name_of, shown
from tests.guide.place import Place
from tests.lab.lab import Lab
from tests.smb.edits import NEW, OLD

HOSTS = "cp examples/network.yml hosts.yml && editor hosts.yml"
PLAY = "ansible-playbook -i hosts.yml -k"
AUDIT = f"{PLAY} legacy_exchange.winsock_proxy.audit"
CHECK = f"{PLAY} --check --diff legacy_exchange.winsock_proxy.remediate"
FIX = f"{PLAY} legacy_exchange.winsock_proxy.remediate"
BACK = f"{PLAY} examples/go-back.yml"
# What a command shows, and the exit code where it is not 0; the longest beginning of a command decides.
SHOWS: dict[str, str | tuple[str, int]] = {
    "printf ": "145.245.193.27",
    "python3 -c 'print(bytes": "RemoteMTA",
    "python3 -c 'import json": "ex02",
    "python3 examples/demo/fleet.py servers": "",
    "cd ..": "",
    "cp ": "",
    "mkdir -p ": "",
    "install -m ": "",
    "umount ": "",
    "ntfs-3g ": "",
    "ansible-vault encrypt_string ": "",
    "ansible-doc ": "ansible_smb_netbios_name",
    "ansible-inventory -i hosts.yml --graph": "@emsmta_proxies",
    "ansible-inventory -i hosts.yml -i examples/drives.yml ": "@on_drives",
    "ansible-inventory -i servers/inventory.json ": "ex12-client-1-0",
    "ansible -i hosts.yml ex01 ": '"status": "exposed"',
    "ansible-playbook -i servers/inventory.json ": "ex05-on-purpose",
    "ansible-playbook -i examples/drives.yml ": "Exposed: ex03, ex04",
    "ansible-playbook --ask-vault-pass audit.yml": "Exposed: ex01, ex02, ex07",
    AUDIT: "2 servers: 2 ",
    CHECK: "+Disable=1",
    FIX: "2 servers: 2 protected",
    BACK: "changed=1",
    f"{PLAY} --forks 20 ": "Exposed: ex01, ex02",
    f"{PLAY} --limit ex02 ": "1 exposed",
    f"{PLAY} -e emsmta_audit_fail_on=exposed,": ("Exposed: ex01, ex02", 2),
    f"{PLAY} -e emsmta_audit_events=true ": "fits what remote MTAs refused: ex01",
    "ansible -i hosts.yml ex02 -k -m legacy_exchange.winsock_proxy.mta_event_info ": '"ipv4": "192.0.2.9"',
    "cd my-project && molecule test": "ex05-on-purpose",
    "editor runner/env/passwords": "",
    "ansible-runner run ": "Exposed: ex03, ex04",
    "ansible-runner run runner --playbook audit.yml --ident network ": "Exposed: ex01, ex02",
    "ansible-builder create ": "context",
    "ansible-galaxy collection install ": "was installed successfully",
    "ansible-galaxy collection list ": f"legacy_exchange.winsock_proxy {CURRENT}",
}
NOT_RUN = {
    "python3 -m venv ": "its packages come from the network",
    "pip install ": "its packages come from the network",
    "ansible-galaxy collection build": "the step artifact builds the archive, and installs it",
    "/opt/emsmta/venv/bin/ansible-galaxy ": "the step artifact builds the archive, and installs it",
    "mount -t cifs ": "needs a kernel that speaks SMB1",
    "useradd ": "would make a user of this machine",
    "install -d -o emsmta ": "needs that user; test_scheduled.py makes the folders",
    "cp -r examples/project/* /etc/emsmta": "test_scheduled.py has other servers",
    "systemctl ": "would start it on this machine; test_scheduled.py looks at the units",
    "podman ": "needs an image of the network",
}
# What lies in Mspclnt.ini and in the master copy behind these.
LEAVES = {AUDIT: None, CHECK: OLD, FIX: NEW, BACK: OLD}
# It shows commands that the README runs in the same order.
AGAIN = "fix.md"
# They need file systems in user space, which not every machine has.
MOUNTS = ("ntfs-3g ", "umount ")


def of(table: Mapping[str, object], command: str) -> str | None:
    """Give the longest key of a table with which a command begins."""
    return max((begin for begin in table if command.startswith(begin)), key=len, default=None)


@cache
def mounts_ntfs() -> bool:
    with TemporaryDirectory() as folder, image(Path(folder), "ntfs") as point:
        return point is not None


def contents(lab: Lab) -> set[bytes]:
    """Give what Mspclnt.ini of ex01 and ex02 and the master copy of px01 hold."""
    ex01, ex02, _ex07, px01 = (lab.drive(address, "C") for address in lab.addresses)
    paths = (ex01 / "mspclnt/Mspclnt.ini", ex02 / "mspclnt/Mspclnt.ini", px01 / "Msp/Clients/Mspclnt.ini")
    return {path.read_bytes() for path in paths}


def give_drives(place: Place) -> None:
    """Give the disk image of ex03 and the backup of ex04."""
    place.typed("python3 examples/demo/fleet.py servers")
    source = place.folder / "servers" / "ex01-exposed" / "C"
    with tarfile.open(place.folder / "ex04-c.tar", "w") as tar:
        tar.add(source, ".")
    place.typed("mkdir -p /mnt && cp -r servers/ex07-no-mta/D /mnt/ex03-d")
    with image(place.folder, "ntfs") as point:
        place.typed(f"mkdir -p /mnt/ex03-c && cp -r {source}/. {point or '/mnt/ex03-c'}")
    if mounts_ntfs():
        place.typed("rm -r /mnt/ex03-c && mv ntfs.img ex03-c.img")


def give_folders(place: Place) -> None:
    place.typed("mkdir -p /opt/emsmta /etc/cron.d /etc/systemd/system")


def give_folders_as_drives(place: Place) -> None:
    place.typed("python3 examples/demo/fleet.py servers")
    for source, target in (("ex01-exposed/C", "ex03-c"), ("ex07-no-mta/D", "ex03-d"), ("ex01-exposed/C", "ex04-c")):
        place.typed(f"mkdir -p /mnt && cp -r servers/{source} /mnt/{target}")
    place.typed("touch examples/legacy_exchange-winsock_proxy.tar.gz")


# What a stranger has, who begins with one of these: nothing.
FROM_GALAXY = ("README.md", "docs/releases.md")
# What the README does not show already, and what changes seldom.
LONG = ("docs/releases.md", "docs/guide/test-your-playbooks.md")
INSTALL = "ansible-galaxy collection install legacy_exchange.winsock_proxy"


def install_an_older_one(place: Place) -> None:
    """Install a version before the newest, which an install without --upgrade leaves alone."""
    assert place.typed(f"{INSTALL}:{BEFORE}").returncode == 0
    assert "Nothing to do" in place.typed(INSTALL).stdout


# What another page, or what is not run here, leaves there.
GIVEN: dict[str, list[str | Callable[[Place], None]]] = {
    "docs/guide/audit.md": [HOSTS],
    "docs/guide/evidence.md": [HOSTS],
    "docs/guide/awx.md": [HOSTS, give_folders_as_drives],
    "docs/guide/many-servers.md": [HOSTS, give_folders],
    "docs/guide/reach-a-server.md": [give_drives],
    "docs/releases.md": [install_an_older_one],
}


@pytest.fixture
def prepared(request: pytest.FixtureRequest, place: Place) -> Iterator[Place]:
    if name_of(request.param) in FROM_GALAXY:
        place.begin_empty(request.getfixturevalue("galaxy").url)
    for given in GIVEN.get(name_of(request.param), []):
        if isinstance(given, str):
            assert place.typed(given).returncode == 0
        else:
            given(place)
    yield place
    if (place.folder / "mnt" / "ex03-c").is_mount():
        subprocess.run(["umount", place.folder / "mnt" / "ex03-c"], check=True)


def with_commands() -> list[Path]:
    """Give the pages with commands of their own."""
    return [page for page in PAGES if any(each.kind == "shell" for each in shown(page)) and page.name != AGAIN]


def left_out(command: str) -> bool:
    """Tell whether a command is not run here: at all, or on this machine."""
    return of(NOT_RUN, command) is not None or (command.startswith(MOUNTS) and not mounts_ntfs())


def run(place: Place, lab: Lab, command: str) -> str:
    """Run a command, hold it against the tables, and give what it printed."""
    key = of(SHOWS, command)
    assert key is not None, f"no test knows {command!r}: give it a row in SHOWS or NOT_RUN"
    expected = SHOWS[key]
    text, code = expected if isinstance(expected, tuple) else (expected, 0)
    done = place.typed(command)
    assert done.returncode == code, f"{command}\n{done.stdout}"
    assert text in done.stdout, f"{command}\n{done.stdout}"
    if LEAVES.get(command):
        assert contents(lab) == {LEAVES[command]}, command
    return done.stdout


def missing(lines: list[str], output: str) -> list[str]:
    """Give the lines that a page shows and that did not come, in this order; `...` stands for others."""
    rest = iter(output.splitlines())
    return [line for line in lines if line != "..." and line not in rest]


@pytest.mark.parametrize(
    "prepared",
    [
        pytest.param(page, id=name_of(page), marks=[pytest.mark.long] if name_of(page) in LONG else [])
        for page in with_commands()
    ],
    indirect=True,
)
def test_a_page_runs_as_it_stands(request: pytest.FixtureRequest, prepared: Place, lab: Lab) -> None:
    page: Path = request.node.callspec.params["prepared"]
    output = ""
    for kind, text in shown(page):
        if kind == "text":
            assert missing(text.splitlines(), output) == [], output
            output = ""
        elif kind == "shell":
            output += "" if left_out(text) else run(prepared, lab, text)


def test_a_page_that_is_not_run_shows_what_the_readme_runs() -> None:
    again, readme = (
        {each.text for each in shown(page) if each.kind == "shell"} for page in (GUIDE / AGAIN, ROOT / "README.md")
    )
    assert again <= readme


def test_every_row_is_of_use() -> None:
    commands = [each.text for page in PAGES for each in shown(page) if each.kind == "shell"]
    used = {of(table, command) for command in commands for table in (SHOWS, NOT_RUN)}
    assert {*SHOWS, *NOT_RUN} - used == set()


@pytest.mark.parametrize(
    ("page", "block"),
    [pytest.param(page, each, id=name_of(page)) for page in PAGES for each in shown(page) if each.kind == "yaml"],
)
def test_yaml_of_a_page_stands_in_an_example(page: Path, block: Shown) -> None:
    assert any(block.text in file.read_text(encoding="utf-8") for file in EXAMPLES.rglob("*.yml")), block.text


def test_the_kinds_of_blocks_are_all_looked_at() -> None:
    assert {each.kind for page in PAGES for each in shown(page)} - NOT_OURS == {"shell", "text", "yaml"}


def test_a_line_that_did_not_come_is_missed() -> None:
    assert missing(["a", "...", "c", "b"], "a\nb\nc\n") == ["b"]
