# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules and of the role's page run as they stand, on a drive and over SMB."""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import Any

import pytest
import yaml

from tests.cases.samples import sample
from tests.ci.ansible_lint import playbook_of
from tests.guide.pages import ROOT, name_of
from tests.guide.place import Place
from tests.guide.plays import MODULES, PAGES, blocks, examples_of
from tests.lab.event_pipe import EventPipe, HeldLog
from tests.lab.lab import PASSWORD, USER, Lab
from tests.smb.edits import NEW, OLD
from tests.unit.logged_events import EVENTS, log_of

# Where the examples have a server with drives, one behind SMB, and a proxy server.
DRIVES, SMB, PROXY = "ex01", "ex02", "px01"
# Each example of a module: where it runs, and what Ansible says of it. They run in the order in which they stand.
RUNS = {
    "Which files would the role edit?": (SMB, "ok"),
    "Show them": (SMB, "ok"),
    "Look at a server whose drives are mounted": (DRIVES, "ok"),
    "Look at a server over SMB, whose inventory says ansible_connection=legacy_exchange.winsock_proxy.smb": (SMB, "ok"),
    "Say what was found": (DRIVES, "ok"),
    "Read the event log of a server over SMB, too": (SMB, "ok"),
    "Say whether the MTA has read the fix, and when it was started": (SMB, "ok"),
    "Let the MTA of a mounted server drive bypass the WinSock Proxy Client": (DRIVES, "changed"),
    "The same on a server behind the connection legacy_exchange.winsock_proxy.smb": (SMB, "changed"),
    # It is fixed by now.
    "See what would change": (DRIVES, "ok"),
    "Ensure keys for another program": (DRIVES, "changed"),
    "Fix a drive that somebody else can write to": (DRIVES, "ok"),
    "Take the stanza out again": (DRIVES, "changed"),
    # That left the file as it was.
    "Put the file back as it was before an edit": (DRIVES, "ok"),
    "Look at all servers, and go on where one cannot be had": (SMB, "ok"),
    "Report": (SMB, "ok"),
    "Read the events of the MTA on a server whose drives are mounted": (DRIVES, "ok"),
    "Say when the MTA was started, and whom it has refused": (DRIVES, "ok"),
    "Who was refused in the last hour, on a server over SMB?": (SMB, "ok"),
}
# It fails where a server is exposed, and so runs after the others.
LAST = "plugins/modules/emsmta_report.py"
ROLE = ROOT / "roles" / "emsmta_bypass"
# The report prints its own lines before the state.
STATE = re.compile(r"^TASK \[(.+?)\] \*+\n(?:(?!TASK ).*\n)*?(\w+): \[", re.MULTILINE)


def test_each_example_of_a_module_runs_and_does_what_it_says(
    place: Place, lab: Lab, event_logs: EventPipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish_drives(place)
    examples = sorted(map(examples_of, MODULES), key=lambda each: each.where == LAST)
    tasks = [task for each in examples for task in yaml.safe_load(place.here(each.text))]
    plays = [
        {"hosts": host, "gather_facts": False, "tasks": list(some)}
        for host, some in groupby(tasks, lambda task: RUNS[task["name"]][0])
    ]
    monkeypatch.setitem(event_logs.logs, lab.addresses[1], HeldLog(EVENTS))
    output = played(place, lab, plays)
    assert "in force: unknown, started 2003-03-01T08:00:00Z" in output
    assert "started 2003-03-01T08:00:00Z, refused 10.0.0.5 77.65.73.76" in output
    assert STATE.findall(output) == [(task["name"], RUNS[task["name"]][1]) for task in tasks], output
    assert set(RUNS) == {task["name"] for task in tasks}
    assert (place.folder / "mnt/ex01-c/mspclnt/mspclnt.ini").read_bytes() == OLD
    assert b"KillOldSession=1" in (place.folder / "mnt/ex01-c/exchsrvr/bin/Wspcfg.ini").read_bytes()
    assert (lab.drive(lab.addresses[1], "C") / "mspclnt/Mspclnt.ini").read_bytes() == NEW
    assert (place.folder / "emsmta-audit/report.html").exists()


def test_the_plays_of_the_role_run_and_so_does_that_of_the_readme(place: Place, lab: Lab) -> None:
    furnish_drives(place)
    shown = [each for each in blocks() if each.where == name_of(ROLE / "README.md") and each.is_list]
    played(place, lab, [play for each in shown for play in yaml.safe_load(place.here(each.text))])
    assert (place.folder / "mnt/ex01-c/mspclnt/mspclnt.ini").read_bytes() == NEW
    assert (lab.drive(lab.addresses[3], "C") / "Msp/Clients/Mspclnt.ini").read_bytes() == NEW
    assert (lab.drive(lab.addresses[1], "C") / "mspclnt/Mspclnt.ini").read_bytes() == OLD
    done = place.typed("ansible-playbook -i hosts.json examples/play.yml examples/project/remediate.yml")
    assert done.returncode == 0, done.stdout
    assert (lab.drive(lab.addresses[1], "C") / "mspclnt/Mspclnt.ini").read_bytes() == NEW


def test_the_variables_that_the_page_of_the_role_shows_are_its_defaults() -> None:
    shown = [each.data for each in blocks() if each.where == name_of(ROLE / "README.md") and not each.is_list]
    assert shown
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {name: value for each in shown for name, value in each.items()} == defaults


def test_plays_stand_on_no_page_that_no_test_runs() -> None:
    # Of the README and the guide each stands in an example, and the write is typed by tests of SMB.
    known = {name_of(page) for page in PAGES if "guide" in page.parts}
    known |= {"README.md", name_of(ROLE / "README.md"), "docs/the-write.md", *map(name_of, MODULES)}
    assert {each.where for each in blocks()} <= known


def test_all_plays_and_tasks_that_are_shown_are_linted() -> None:
    shown = [each for each in blocks() if each.is_list]
    linted = yaml.safe_load(playbook_of(blocks()))
    of_tasks = [each.data for each in shown if not each.is_of_plays]
    assert [play["tasks"] for play in linted if play["name"] == "Show tasks"] == of_tasks
    assert len(linted) == len(of_tasks) + sum(len(each.data) for each in shown if each.is_of_plays)
    assert len(of_tasks) > len(MODULES)


def furnish_drives(place: Place) -> None:
    """Make the drives of a server that is exposed and was called, with the names of the examples."""
    for path, data in (
        ("ex01-c/WINNT/SYSTEM.INI", sample("Q231878.system.ini")),
        ("ex01-c/mspclnt/mspclnt.ini", OLD),
        ("ex01-c/exchsrvr/bin/EMSMTA.EXE", b"MZ"),
        ("ex01-c/WINNT/system32/config/AppEvent.Evt", log_of(EVENTS).data()),
        ("ex01-d/README.TXT", b""),
    ):
        target = place.folder / "mnt" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def played(place: Place, lab: Lab, plays: list[dict[str, Any]]) -> str:
    """Run plays over the servers of the examples; give what was printed."""
    (place.folder / "hosts.json").write_text(json.dumps(inventory(place, lab)))
    (place.folder / "plays.json").write_text(json.dumps(plays))
    done = place.typed("ansible-playbook -i hosts.json plays.json")
    assert done.returncode == 0, done.stdout
    return done.stdout


def inventory(place: Place, lab: Lab) -> dict[str, Any]:
    drives = {letter: str(place.folder / f"mnt/ex01-{letter.lower()}") for letter in ("C", "D")}
    local = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "emsmta_bypass_drives": drives,
    }
    over_smb = {
        "ansible_connection": "legacy_exchange.winsock_proxy.smb",
        "ansible_port": lab.port,
        "ansible_user": USER,
        "ansible_password": PASSWORD,
    }
    _first, second, _third, proxy = ({"ansible_host": address, **over_smb} for address in lab.addresses)
    return {
        "exchange": {"hosts": {DRIVES: local, SMB: second}},
        "emsmta_proxies": {"hosts": {PROXY: proxy}},
        "through_the_proxy": {},
    }
