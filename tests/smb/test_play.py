# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole plays over SMB: the role, logons that lock no account, and nothing secret in any output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.samples import sample
from tests.lab.lab import PASSWORD, Lab
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import FORKS, LOOK, ROLE, play

# More than work at once.
HOSTS = FORKS + 4
FEW = 5


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """More servers than forks, exposed as Proxy 2.0 installed them."""
    with Lab(tmp_path_factory.mktemp("fleet"), HOSTS, drives="C") as lab:
        furnish_exposed(lab)
        yield lab


def test_the_role_over_more_servers_than_forks(fleet: Lab, tmp_path: Path) -> None:
    some = fleet.addresses[: FEW + 4]
    forks = ["--forks", str(FEW), "--limit", ",".join(some)]
    audit = play(fleet, tmp_path, ROLE, *forks, "--check")
    done = play(fleet, tmp_path, ROLE, *forks)
    again = play(fleet, tmp_path, ROLE, *forks)
    assert (audit.returncode, done.returncode, again.returncode) == (0, 0, 0), done.stdout + done.stderr
    assert [run.stdout.count("changed=1 ") for run in (audit, done, again)] == [len(some), len(some), 0]
    wanted = sample("Q231878.mspclnt.ini") + b"[EMSMTA]\r\nDisable=1\r\n"
    assert all((fleet.drive(each, "C") / "mspclnt/Mspclnt.ini").read_bytes() == wanted for each in some)


@pytest.mark.parametrize(("domain", "bad"), [("", HOSTS), ("OFFICE", 1)], ids=["own accounts", "domain account"])
def test_a_wrong_password_locks_no_account(domain: str, bad: int, fleet: Lab, tmp_path: Path) -> None:
    before = fleet.bad_logons()
    twice = {"hosts": "all", "gather_facts": False, "ignore_unreachable": True, "tasks": [LOOK, LOOK]}
    done = play(fleet, tmp_path, twice, ansible_password="wrong", ansible_smb_domain=domain)
    assert fleet.bad_logons() - before == bad
    assert "UNREACHABLE" in done.stdout


def test_no_output_holds_the_password(fleet: Lab, tmp_path: Path) -> None:
    done = play(fleet, tmp_path, ROLE, "-vvvvv", "--diff", "--limit", fleet.addresses[0])
    assert done.returncode == 0
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ({"ansible.builtin.ping": {}}, "runs no commands"),
        ({"ansible.builtin.raw": "ver"}, "runs no commands"),
        ({**LOOK, "become": True}, "become does nothing over SMB"),
        ({"legacy_exchange.winsock_proxy.emsmta_info": {"drives": {"C": "/mnt"}}}, "leave 'drives'"),
    ],
    ids=["ping", "raw", "become", "drives"],
)
def test_what_does_not_work_over_smb_says_so(task: dict[str, Any], says: str, fleet: Lab, tmp_path: Path) -> None:
    done = play(fleet, tmp_path, {"hosts": "all", "gather_facts": False, "tasks": [task]}, "-l", fleet.addresses[0])
    assert done.returncode != 0
    assert says in done.stdout + done.stderr


def test_facts_may_be_left_on_with_the_documented_cure(fleet: Lab, tmp_path: Path) -> None:
    done = play(fleet, tmp_path, {"hosts": "all", "tasks": [LOOK]}, "-l", fleet.addresses[0], ansible_facts_modules=[])
    assert done.returncode == 0, done.stdout
