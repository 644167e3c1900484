# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the connection, as a play sets them: who logs on and how, names, limits, and a vault."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import wire
from impacket import ntlm

from tests.lab.lab import PASSWORD, Lab, free_addresses
from tests.lab.proxy import FaultProxy
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import EDIT, LOOK, ROLE, on_one, play, through
from tests.smb.spies import FIRST, Spy, ports_of_nt

FIVE = 5


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Five exposed servers."""
    with Lab(tmp_path_factory.mktemp("servers"), FIVE, drives="C") as lab:
        furnish_exposed(lab)
        yield lab


def logons(lab: Lab) -> list[tuple[str, str]]:
    """Give who logged on, and how, in the words of the server."""
    log = (lab.base / "log" / "smbd.log").read_text()
    return re.findall(r"Auth: \[SMB,.*?\] user (\S+) at .*? with (\S+) status \[NT_STATUS_OK\]", log)


@pytest.mark.parametrize("transport", ["winrm", "psrp"])
@pytest.mark.parametrize("task", [EDIT, LOOK], ids=["mspclnt_ini", "emsmta_info"])
def test_windows_remoting_is_told_what_to_use(
    transport: str, task: dict[str, Any], servers: Lab, tmp_path: Path
) -> None:
    # Nothing listens there: who connected before would say so.
    code, told = on_one(servers, tmp_path, task, ansible_connection=transport, ansible_port=9)
    assert code == 2
    assert f"{next(iter(task))} does not run over {transport}: reach a Windows NT 4.0" in told
    assert "'ansible_connection: legacy_exchange.winsock_proxy.smb', or mount its drives" in told
    assert "unreachable=0 failed=1" in told


@pytest.mark.parametrize(
    ("variables", "user"),
    [
        ({"ansible_user": "LAB\\administrator"}, "[LAB]\\[administrator]"),
        ({"ansible_user": "NTLAB\\administrator"}, "[NTLAB]\\[administrator]"),
        ({"ansible_smb_domain": "LAB"}, "[LAB]\\[administrator]"),
        ({"ansible_smb_domain": "OTHER", "ansible_user": "LAB\\administrator"}, "[LAB]\\[administrator]"),
        ({}, "[]\\[administrator]"),
    ],
    ids=["of the workgroup", "of the server", "by its variable", "by both", "none"],
)
def test_the_domain_of_the_user(variables: dict[str, Any], user: str, servers: Lab, tmp_path: Path) -> None:
    code, told = on_one(servers, tmp_path, LOOK, **variables)
    assert code == 0, told
    assert logons(servers)[-1] == (user, "[NTLMv2]")


def test_ntlmv1_works_when_asked_for_and_is_warned_of(servers: Lab, tmp_path: Path) -> None:
    code, told = on_one(servers, tmp_path, LOOK, ansible_smb_auth="ntlmv1")
    assert code == 0, told
    assert logons(servers)[-1] == ("[]\\[administrator]", "[NTLMv1]")
    assert (
        f"[WARNING]: {servers.addresses[0]}: logging on by NTLMv1, as asked for; anyone who records it can find" in told
    )
    assert "NTLMv1" not in on_one(servers, tmp_path, LOOK)[1]


@pytest.mark.parametrize("value", ["kerberos", ""])
def test_another_kind_of_logon_is_refused(value: str, servers: Lab, tmp_path: Path) -> None:
    before = logons(servers)
    code, told = on_one(servers, tmp_path, LOOK, ansible_smb_auth=value)
    assert code == 2
    assert re.search(rf"Invalid value ['\"]{value}['\"] for config.*\bauth\b.* ntlmv2, ntlmv1", told)
    assert "Traceback" not in told
    assert logons(servers) == before


def test_a_wrong_password_ends_a_serial_play_after_its_first_host(servers: Lab, tmp_path: Path) -> None:
    before = servers.bad_logons()
    done = play(servers, tmp_path, {**ROLE, "serial": [1, 4]}, ansible_password="wrong")
    assert done.returncode != 0
    assert done.stdout.count("UNREACHABLE!") == 1
    assert servers.bad_logons() == before + 1


def test_a_password_from_a_vault_works_and_is_not_shown(servers: Lab, tmp_path: Path) -> None:
    vault, key = tmp_path / "vault.yml", tmp_path / "key"
    vault.write_text(json.dumps({"ansible_password": PASSWORD}))
    key.write_text("opens the vault\n")
    program = str(Path(sys.executable).parent / "ansible-vault")
    subprocess.run([program, "encrypt", "--vault-password-file", str(key), str(vault)], check=True, capture_output=True)
    assert PASSWORD not in vault.read_text()
    options = ("--vault-password-file", str(key), "-vvvvv", "--diff", "--check")
    done = play(servers, tmp_path, {**ROLE, "vars_files": [str(vault)]}, *options, ansible_password="wrong")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("changed=1 ") == FIVE
    for text in (PASSWORD, "opens the vault", ntlm.compute_nthash(PASSWORD).hex()):
        assert text not in done.stdout + done.stderr


def test_the_deadline_of_a_whole_task(servers: Lab, tmp_path: Path) -> None:
    with FaultProxy((servers.addresses[0], servers.port), delay=0.3) as proxy:
        _code, told = on_one(servers, tmp_path, LOOK, **through(proxy), ansible_smb_deadline=1)
    assert "UNREACHABLE!" in told
    assert "the deadline of 1 seconds for the whole task has passed (ansible_smb_deadline)" in told


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(0.2, "ok=1"), (1.5, "no answer within 1 seconds (ansible_timeout)")],
    ids=["all answers in time", "one late answer"],
)
def test_the_timeout_is_that_of_each_request(seconds: float, says: str, servers: Lab, tmp_path: Path) -> None:
    def slow(_number: int, message: bytes) -> bytes:
        time.sleep(seconds if message[8] == smb_request.READ else 0.2)
        return message

    with FaultProxy((servers.addresses[0], servers.port), slow) as proxy:
        _code, told = on_one(servers, tmp_path, {**EDIT, "check_mode": True}, **through(proxy), ansible_timeout=1)
    assert says in told


def test_the_netbios_name_is_one_of_the_server(servers: Lab, tmp_path: Path) -> None:
    audit = {next(iter(EDIT)): {"path": "\\\\ntlab\\C$\\mspclnt\\Mspclnt.ini"}, "check_mode": True}
    code, told = on_one(servers, tmp_path, audit, ansible_smb_netbios_name="NTLAB")
    assert (code, "changed=1 " in told) == (0, True), told
    code, told = on_one(servers, tmp_path, audit)
    assert code == 2
    assert "it lies on another server, ntlab" in told


@ports_of_nt
@pytest.mark.parametrize("name", ["NTLAB", None], ids=["given", "none given"])
def test_the_netbios_name_is_what_port_139_is_asked_for(name: str | None, servers: Lab, tmp_path: Path) -> None:
    spy = Spy(nt4=True)
    given = {"ansible_smb_netbios_name": name} if name else {}
    listen = (free_addresses(1, FIRST)[0], 139)
    with FaultProxy((servers.addresses[0], servers.port), spy, listen=listen) as proxy:
        code, told = on_one(servers, tmp_path, LOOK, **through(proxy), **given)
    assert code == 0, told
    assert spy.seen[0][0] == wire.SESSION_REQUEST
    assert spy.seen[0][4:38] == wire._encoded_name(name or "*SMBSERVER", 0x20)
