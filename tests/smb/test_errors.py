# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user is told through a play: unreachable hosts, refused logons, and failures that can be retried."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.playbook.play_context import PlayContext
from ansible_collections.legacy_exchange.winsock_proxy.plugins.connection.smb import Connection
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ConnectionLost
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import list_shares

from tests.lab.lab import Lab
from tests.smb.callers import Caller
from tests.smb.plays import LOOK, play, playing


def on_account(lab: Lab, *arguments: str) -> None:
    """Change the lab's account by Samba's own programs."""
    user = pwd.getpwuid(os.geteuid()).pw_name
    command = [argument.format(conf=lab.base / "smb.conf", user=user) for argument in arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server with a drive C and no file of the client."""
    with Lab(tmp_path_factory.mktemp("one"), 1, drives="C") as lab:
        yield lab


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"ansible_port": 9}, "connection refused: no file service listens there"),
        ({"ansible_host": "no-such-host.invalid"}, "not known"),
        ({"ansible_user": "nobody-here"}, "logon of nobody-here refused"),
        ({"ansible_password": "wrong"}, "logon of administrator refused"),
        ({"ansible_user": ""}, "no user is given"),
    ],
    ids=["refused", "unresolvable", "unknown user", "wrong password", "no user"],
)
def test_a_host_that_cannot_be_had_is_unreachable(own: dict[str, Any], says: str, one: Lab, tmp_path: Path) -> None:
    done = play(one, tmp_path, playing(LOOK), own={one.addresses[0]: own})
    assert "UNREACHABLE!" in done.stdout, done.stdout
    assert says in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pdbedit", "-s", "{conf}", "-r", "-u", "{user}", "-c", "[D]"), "the account is disabled"),
        (("net", "-s", "{conf}", "sam", "set", "pwdmustchangenow", "{user}", "yes"), "the password must be changed"),
        (("pdbedit", "-s", "{conf}", "-r", "-u", "{user}", "-c", "[L]"), "the account is locked: unlock it"),
        (("pdbedit", "-s", "{conf}", "-r", "-u", "{user}", "-K", "86400"), "the account has expired"),
    ],
    ids=["disabled", "password to be changed", "locked", "expired"],
)
def test_an_account_that_may_not_log_on(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    with Lab(tmp_path / "lab", 1, drives="C") as lab:
        on_account(lab, *arguments)
        done = play(lab, tmp_path, playing(LOOK))
    assert "UNREACHABLE!" in done.stdout, done.stdout
    assert says in done.stdout


def test_a_password_that_has_expired(tmp_path: Path) -> None:
    with Lab(tmp_path / "lab", 1, drives="C") as lab:
        on_account(lab, "pdbedit", "-s", "{conf}", "-P", "maximum password age", "-C", "1")
        time.sleep(2)
        done = play(lab, tmp_path, playing(LOOK))
    assert "UNREACHABLE!" in done.stdout, done.stdout
    assert "the password has expired: change it on the server" in done.stdout


def test_an_account_that_may_not_use_the_admin_shares(tmp_path: Path) -> None:
    edit = {"legacy_exchange.winsock_proxy.mspclnt_ini": {"path": "C:\\mspclnt\\Mspclnt.ini"}}
    look = {**LOOK, "register": "found"}
    told = {"ansible.builtin.debug": {"msg": "status={{ found.status }} {{ found.not_read }}"}}
    with Lab(tmp_path / "lab", 1, drives="C", extra="valid users = nobody-here") as lab:
        done = play(lab, tmp_path, playing({**edit, "ignore_errors": True}, look, told))
    assert "share C$: access is denied: this needs an administrator of the server" in done.stdout
    assert "status=unknown" in done.stdout
    assert "UNREACHABLE!" not in done.stdout


def test_a_server_that_does_not_answer(one: Lab, tmp_path: Path) -> None:
    with socket.create_server((one.addresses[0], 0)) as silent:
        own = {one.addresses[0]: {"ansible_port": silent.getsockname()[1], "ansible_timeout": 1}}
        done = play(one, tmp_path, playing(LOOK), own=own)
    assert "UNREACHABLE!" in done.stdout, done.stdout
    assert "no answer within 1 s" in done.stdout


def test_a_server_that_offers_no_smb1(tmp_path: Path) -> None:
    extra = "server max protocol = SMB3\n server min protocol = SMB2"
    with Lab(tmp_path / "lab", 1, drives="C", extra=extra) as lab:
        done = play(lab, tmp_path, playing(LOOK))
    assert "UNREACHABLE!" in done.stdout, done.stdout
    assert "it offers no SMB1 dialect" in done.stdout


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("E:\\mspclnt\\Mspclnt.ini", "the server shares no E$, or the administrative shares are switched off"),
        ("C:\\mspclnt\\Mspclnt.ini", "there is no such folder"),
        ("\\\\OTHER\\C$\\Mspclnt.ini", "it lies on another server, OTHER, which is not logged on to"),
        ("C:\\WINNT", "it is a folder"),
        ("relative.ini", "this is not an absolute Windows path"),
    ],
    ids=["no share", "no file", "another server", "a directory", "relative"],
)
def test_what_may_be_retried_is_a_failure_that_rescue_and_until_see(
    path: str, says: str, one: Lab, tmp_path: Path
) -> None:
    module = {"legacy_exchange.winsock_proxy.mspclnt_ini": {"path": path}}
    tried = {**module, "register": "tried", "until": "tried is success", "retries": 1, "delay": 0}
    rescue = [{"ansible.builtin.debug": {"msg": "rescued {{ ansible_failed_result.msg }}"}}]
    done = play(one, tmp_path, playing({"block": [tried], "rescue": rescue}, {**module, "failed_when": False}))
    assert done.returncode == 0, done.stdout
    assert "FAILED - RETRYING" in done.stdout + done.stderr
    assert says in done.stdout.partition("rescued ")[2]


def test_drives_are_refused(one: Lab, tmp_path: Path) -> None:
    options = {"path": "C:\\mspclnt\\Mspclnt.ini", "drives": {"C": "/"}}
    done = play(one, tmp_path, playing({"legacy_exchange.winsock_proxy.mspclnt_ini": options}))
    assert "over SMB the path is one on the server's own drives; leave 'drives' out" in done.stdout


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("__init__.py", "raise ImportError('No module named impacket')\n", "(No module named impacket)"),
        # A version that no longer has what a logon needs.
        (
            "ntlm.py",
            "compute_nthash = computeResponseNTLMv1 = None\n",
            "(cannot import name 'KXKEY' from 'impacket.ntlm'",
        ),
        # What impacket is without its crypto library, which it tells of in its own log alone.
        (
            "ntlm.py",
            "def compute_nthash(_password):\n    return MD4\n"
            "KXKEY = computeResponseNTLMv1 = generateEncryptedSessionKey = get_ntlmv1_response = None\n",
            "(pycryptodomex, which it needs, is missing: name 'MD4' is not defined)",
        ),
    ],
    ids=["no library", "another version", "no crypto library"],
)
def test_the_library_is_missed_per_host(
    file: str, text: str, says: str, one: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "fake" / "impacket"
    fake.mkdir(parents=True)
    (fake / "__init__.py").touch()
    (fake / file).write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(fake.parent))
    done = play(one, tmp_path, playing({"ansible.builtin.debug": {"msg": "others run"}}, LOOK))
    assert "others run" in done.stdout
    assert "needs the Python library impacket on the controller" in done.stdout + done.stderr
    assert f"pip install --upgrade impacket {says}" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "task",
    [
        {"ansible.builtin.setup": {}},
        {"ansible.builtin.copy": {"content": "x", "dest": "C:\\x"}},
        {"ansible.builtin.fetch": {"src": "C:\\x", "dest": "/tmp/x"}},
        {"ansible.builtin.script": "/bin/true"},
    ],
    ids=["setup", "copy", "fetch", "script"],
)
def test_what_needs_a_command_there_says_what_to_use(task: dict[str, Any], one: Lab, tmp_path: Path) -> None:
    done = play(one, tmp_path, playing(task))
    assert done.returncode != 0
    assert "use this collection's mspclnt_ini" in " ".join((done.stdout + done.stderr).split())


def test_async_says_what_to_leave_out(one: Lab, tmp_path: Path) -> None:
    done = play(one, tmp_path, playing({**LOOK, "async": 10, "poll": 0}))
    assert done.returncode != 0
    assert "leave async out" in done.stdout + done.stderr


def test_become_names_its_cure(one: Lab, tmp_path: Path) -> None:
    done = play(one, tmp_path, playing(LOOK), "--become")
    assert done.returncode != 0
    assert "become does nothing over SMB" in done.stdout
    assert "set 'ansible_become: false' for this host" in " ".join(done.stdout.split())
    cured = play(one, tmp_path, playing(LOOK), "--become", ansible_become=False)
    assert cured.returncode == 0, cured.stdout


def test_a_reset_of_the_connection_works(one: Lab, tmp_path: Path) -> None:
    done = play(one, tmp_path, playing(LOOK, {"ansible.builtin.meta": "reset_connection"}, LOOK))
    assert done.returncode == 0, done.stdout
    assert "WARNING" not in done.stdout + done.stderr


def test_a_reset_closes_the_session(one: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection(PlayContext(), os.devnull)
    caller = Caller(one.addresses[0], one.port)
    server = caller.server()
    monkeypatch.setattr(connection, "_server", server)
    session = server.session
    connection.reset()
    with pytest.raises(ConnectionLost):
        list_shares(session)
    assert connection._server is None


def test_a_task_of_the_controller_may_be_in_the_play(one: Lab, tmp_path: Path) -> None:
    here = {
        "ansible.builtin.command": "true",
        "delegate_to": "localhost",
        "vars": {"ansible_connection": "local", "ansible_host": "localhost"},
    }
    done = play(one, tmp_path, playing(here))
    assert done.returncode == 0, done.stdout
