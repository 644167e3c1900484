# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A play that goes on after a look that failed: the role says so in its own words, and nothing relies on that look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.lab import Lab
from tests.lab.proxy import Cut, FaultProxy
from tests.smb.edits import NEW, OLD
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import ROLE, play, through

NEGOTIATE = 0x72
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
SHOW = {
    "ansible.builtin.debug": {
        "msg": "told {{ emsmta_bypass_result.outcome }}, {{ emsmta_bypass_result.changes | length }} changes, "
        "{{ emsmta_bypass_result.to_edit | length }} left: {{ emsmta_bypass_result.message }}"
    }
}
GOES_ON = {**ROLE, "ignore_unreachable": True, "ignore_errors": True, "post_tasks": [SHOW]}


@pytest.fixture
def exposed(tmp_path: Path) -> Iterator[Lab]:
    """An exposed server."""
    with Lab(tmp_path / "lab", 1, drives="C") as lab:
        furnish_exposed(lab)
        yield lab


def told(lab: Lab, folder: Path, what: dict[str, Any], **variables: Any) -> tuple[int, str, str]:
    """Run a play; give its code, what it showed of the result, and all its output."""
    done = play(lab, folder, what, **variables)
    output = " ".join((done.stdout + done.stderr).split())
    return done.returncode, output.partition('"msg": "told ')[2].partition('" }')[0], output


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"ansible_port": 1}, "Not looked at: {}: port 1: connection refused"),
        ({**LOCAL, "emsmta_bypass_drives": {"C": "/nowhere"}}, "Not looked at: emsmta_bypass_drives: the folder of"),
        ({**LOCAL, "emsmta_bypass_exchange_bin": "/mnt/x"}, "Not looked at: emsmta_bypass_drives: it is empty"),
        ({"emsmta_bypass_exchange_bin": "/mnt/x"}, "Not looked at: emsmta_bypass_exchange_bin: /mnt/x is a path of"),
        ({"emsmta_bypass_state": "there"}, "Not looked at: value of state must be one of"),
    ],
    ids=["unreachable", "no drive", "no drives", "no folder", "no state"],
)
def test_a_server_that_was_not_looked_at(variables: dict[str, Any], says: str, exposed: Lab, tmp_path: Path) -> None:
    code, result, output = told(exposed, tmp_path, GOES_ON, **variables)
    assert code == 0, output
    assert result.startswith("not_looked_at, 0 changes, 0 left: " + says.format(exposed.addresses[0])), output
    assert "has no attribute" not in output
    assert "failed=0" in output


def test_without_leave_to_go_on_it_ends_there(exposed: Lab, tmp_path: Path) -> None:
    code, result, output = told(exposed, tmp_path, {**ROLE, "post_tasks": [SHOW]}, ansible_port=1)
    assert (code, result) == (4, "")
    assert "Not looked at" not in output


@pytest.mark.parametrize("what", [GOES_ON, {**ROLE, "post_tasks": [SHOW]}], ids=["goes on", "ends"])
def test_a_server_that_is_lost_after_its_edit(what: dict[str, Any], exposed: Lab, tmp_path: Path) -> None:
    """The first connection looks, the second edits, the third would verify."""
    begun: list[int] = []

    def cut(number: int, message: bytes) -> bytes:
        if message[8] == NEGOTIATE:
            begun.append(number)
            if len(begun) > 2:
                raise Cut(b"")
        return message

    with FaultProxy((exposed.addresses[0], exposed.port), cut) as proxy:
        code, result, output = told(exposed, tmp_path, what, **through(proxy))
    assert (exposed.drive(exposed.addresses[0], "C") / "mspclnt/Mspclnt.ini").read_bytes() == NEW
    lost = "Not verified, since the server could not be looked at again: "
    if what is GOES_ON:
        assert (code, result.startswith("not_verified, 1 changes, 0 left: ")) == (0, True), output
    else:
        assert (code, "unreachable=0 failed=1" in output) == (2, True), output
    assert "changed mspclnt.ini (old bytes kept); before, Windows read nothing" in output
    assert lost in output
    assert "has no attribute" not in output


def test_an_edit_of_a_server_that_is_gone(exposed: Lab, tmp_path: Path) -> None:
    begun: list[int] = []

    def cut(number: int, message: bytes) -> bytes:
        if message[8] == NEGOTIATE:
            begun.append(number)
            if len(begun) > 1:
                raise Cut(b"")
        return message

    with FaultProxy((exposed.addresses[0], exposed.port), cut) as proxy:
        code, result, output = told(exposed, tmp_path, GOES_ON, **through(proxy))
    assert code == 0, output
    assert result.startswith("failed, 0 changes, 0 left: "), output
    assert "Nothing was changed." in result
    assert (exposed.drive(exposed.addresses[0], "C") / "mspclnt/Mspclnt.ini").read_bytes() == OLD


def test_a_misspelt_variable_is_told(exposed: Lab, tmp_path: Path) -> None:
    _code, _result, output = told(exposed, tmp_path, ROLE, emsmta_bypass_overide_proxied=True)
    assert "emsmta_bypass_overide_proxied is no variable of the role emsmta_bypass" in output
    assert "(perhaps emsmta_bypass_override_proxied is meant)" in output


def test_an_option_that_does_not_exist_names_the_module(exposed: Lab, tmp_path: Path) -> None:
    module = "legacy_exchange.winsock_proxy.mspclnt_ini"
    what = {"hosts": "all", "gather_facts": False, "tasks": [{module: {"path": "C:\\x", "nonsense": 1}}]}
    _code, _result, output = told(exposed, tmp_path, what)
    assert f"Unsupported parameters for ({module}) module: nonsense" in output
    assert "ansible_collections.legacy" not in output
