# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile texts in every field of a server, in both worlds: on a terminal, in the log, in results, never a template."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.winreg import WinReg
from tests.smb.hostile import PRODUCT, SERVERS, TEMPLATE, furnish, on_a_terminal
from tests.smb.plays import ROOT

# The matrix runs it too, on each core; the gate itself has tests of its own.
pytestmark = pytest.mark.long

# Behind SMB, on drives in process, and on drives by the module, as on another machine.
WORLDS = ("smb", "here", "module")
LOCAL = {"ansible_connection": "local", "ansible_pipelining": True}
OWN = LOCAL | {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
OTHER = LOCAL | {"ansible_python_interpreter": os.path.realpath(sys.executable)}
# A module runs the same code as the action does: a few of them show its edge.
BY_THE_MODULE = ("keys", "doubtful", "many", "link")
HOSTS = [(world, name) for world in WORLDS for name in SERVERS if world != "module" or name in BY_THE_MODULE]
LONGEST_RESULT = 100_000
DRIVES = "{{ its_drives | default(omit) }}"
ROLE = {"name": "legacy_exchange.winsock_proxy.emsmta_bypass"}
PLAY = {
    "hosts": "all",
    "gather_facts": False,
    "tasks": [
        {"legacy_exchange.winsock_proxy.emsmta_info": {"drives": DRIVES}, "register": "found"},
        {
            "block": [{"ansible.builtin.include_role": ROLE}],
            "rescue": [{"ansible.builtin.debug": {"msg": "{{ ansible_failed_result }}"}}],
        },
        {"ansible.builtin.debug": {"var": "found.evidence"}},
        {"ansible.builtin.set_fact": {"copied": "{{ found }}", "line": "{{ found.msg }} {{ found.evidence }}"}},
        {"ansible.builtin.debug": {"msg": "{{ line }} {{ copied.reasons }}"}},
        {
            "ansible.builtin.debug": {"msg": "{{ item.message }}"},
            "loop": "{{ found.reasons + found.risks + found.advice }}",
            "loop_control": {"label": "{{ item.message }}"},
        },
        {
            "legacy_exchange.winsock_proxy.mspclnt_ini": {"path": "{{ found.paths.mspclnt.local }}", "backup": True},
            "when": "found.paths.mspclnt != none",
            "register": "edited",
            "ignore_errors": True,
        },
        {
            "ansible.builtin.fail": {"msg": "{{ copied.reasons | map(attribute='message') | join(' ') }}"},
            "ignore_errors": True,
        },
        {
            "ansible.builtin.copy": {
                "dest": "{{ playbook_dir }}/{{ inventory_hostname }}.json",
                "content": "{{ {'found': copied, 'edited': edited, 'role': emsmta_bypass_result} | to_json }}",
            },
            "delegate_to": "localhost",
            "vars": OWN,
            "diff": False,
        },
    ],
}


class Told(NamedTuple):
    """What a run told: on the terminal, in the log, and in the results of each server."""

    terminal: str
    log: str
    results: dict[str, Any]


def inventory(lab: Lab, folder: Path) -> dict[str, Any]:
    """Furnish all servers in all worlds, and name them after both."""
    hosts: dict[str, dict[str, Any]] = {}
    smb = {"ansible_connection": "legacy_exchange.winsock_proxy.smb", "ansible_port": lab.port}
    smb |= {"ansible_user": USER, "ansible_password": PASSWORD}
    for address, (name, what) in zip(lab.addresses, SERVERS.items(), strict=True):
        furnish(lab.drive(address, "C"), what, hives=False)
        hosts[f"smb-{name}"] = smb | {"ansible_host": address}
        for world, variables in (("here", OWN), ("module", OTHER)):
            if (world, name) not in HOSTS:
                continue
            drive = folder / world / name
            furnish(drive, what, hives=True)
            drives = {"C": str(drive)}
            hosts[f"{world}-{name}"] = variables | {"its_drives": drives, "emsmta_bypass_drives": drives}
    hosts["lost"] = smb | {"ansible_host": "no\x1b[31m\u202esuch\nok: [forged]"}
    return {"all": {"hosts": hosts}}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One play over all servers in all worlds, with -v and --diff, on a terminal."""
    folder = tmp_path_factory.mktemp("hostile")
    with Lab(folder / "lab", len(SERVERS), drives="C") as lab:
        registries = dict(zip(lab.addresses, (each.registry for each in SERVERS.values()), strict=True))
        with WinReg(folder / "lab", registries):
            (folder / "hosts.json").write_text(json.dumps(inventory(lab, folder)))
            (folder / "play.json").write_text(json.dumps([PLAY]))
            program = str(Path(sys.executable).parent / "ansible-playbook")
            env = os.environ | {
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
                "ANSIBLE_NOCOLOR": "1",
                "ANSIBLE_LOG_PATH": str(folder / "log"),
            }
            command = [program, "-i", str(folder / "hosts.json"), "-v", "--diff", "-f", "8", str(folder / "play.json")]
            terminal = on_a_terminal(command, env)
    files = {file.stem: json.loads(file.read_text()) for file in folder.glob("*-*.json")}
    return Told(terminal, (folder / "log").read_text(encoding="utf-8"), files)


def hidden(text: str) -> set[str]:
    """Give the characters of a text that a terminal does not print, but for line ends."""
    return {letter for letter in text if not letter.isprintable() and letter != "\n"}


def test_a_terminal_and_the_log_get_nothing_but_print_and_line_ends(told: Told) -> None:
    assert (hidden(told.terminal), hidden(told.log)) == (set(), set())
    # A name that a server gives makes no line of its own.
    for text in (told.terminal, told.log):
        assert not any(line.startswith("ok: [forged]") for line in text.splitlines())
        assert "\\x1b" in text
        assert "\\u202e" in text
    assert "UNREACHABLE" in told.terminal


def test_nothing_of_a_server_is_a_template(told: Told) -> None:
    for text in (told.terminal, told.log, json.dumps(told.results)):
        assert PRODUCT not in text
        assert TEMPLATE in text


@pytest.mark.parametrize(("world", "name"), HOSTS)
def test_results_are_printable_bounded_and_escaped_once(world: str, name: str, told: Told) -> None:
    results = told.results[f"{world}-{name}"]
    for key, result in results.items():
        assert len(json.dumps(result)) < LONGEST_RESULT, key
        for text in texts({**result, "diff": []}):
            assert not hidden(text), (key, text)
            assert "\n" not in text, (key, text)
            assert "\\\\x1b" not in text, text
    messages = [item["message"] for part in ("reasons", "risks", "advice") for item in results["found"][part]]
    assert max(len(text) for text in messages) < 2500
    # Samba follows a link, so that no name of it is told.
    wanted = "exposed" if (name, world) == ("link", "smb") else STATUS[name]
    assert results["found"]["status"] == wanted


STATUS = {
    **dict.fromkeys(("keys", "value", "doubtful", "many", "folder"), "exposed"),
    "protected": "protected",
    **dict.fromkeys(("pointer", "share", "image", "wspcfg", "link"), "unknown"),
}


@pytest.mark.parametrize("world", WORLDS)
def test_sixty_thousand_keys_make_a_short_message(world: str, told: Told) -> None:
    results = told.results[f"{world}-many"]
    (stanza,) = results["found"]["evidence"]["stanzas"]
    assert len(stanza["entries"]) == 50
    assert stanza["left_out"] == 59_950
    refusal = results["role"]["message"]
    assert "and 59990 more" in refusal
    assert len(refusal) < 1000
    assert results["edited"]["changed"]


def texts(value: Any) -> list[str]:
    """Give all texts of a result, its keys too."""
    if isinstance(value, dict):
        return [text for item in (*value, *value.values()) for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []
