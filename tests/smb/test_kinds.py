# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of servers: NT 4.0 with small buffers, signed messages, port 139, and `make lab`, which starts them all."""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import wire
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.editor import SmbEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import Share, list_shares
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import StatusError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Refused

from tests.faults.children import as_nobody
from tests.lab.lab import PASSWORD, PORTS_OF_NT, SIGNING, SMALL_BUFFERS, USER, Lab, free_addresses
from tests.lab.proxy import NEGOTIATE, FaultProxy
from tests.smb.callers import Caller, offers_extended_security
from tests.smb.edits import NEW, OLD, request
from tests.smb.plays import ansible
from tests.smb.spies import FIRST, Spy, ports_of_nt

KB10 = bytes(number * 7 % 251 for number in range(10 * 1024))
SIGNED, SIGNATURE = 0x0004, slice(4 + 14, 4 + 22)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server with the buffers of NT 4.0."""
    with Lab(tmp_path_factory.mktemp("small"), 1, SMALL_BUFFERS) as lab:
        yield lab


@pytest.fixture
def file(small: Lab) -> Path:
    """Mspclnt.ini on that server; not there yet."""
    folder = small.drive(small.addresses[0], "C") / "mspclnt"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    return folder / "Mspclnt.ini"


@contextmanager
def spied(lab: Lab, nt4: bool = True, **options: Any) -> Iterator[tuple[Spy, Caller]]:
    """Give a caller of the lab's first server, and what it sends."""
    spy = Spy(nt4)
    with FaultProxy((lab.addresses[0], lab.port), spy) as proxy:
        yield spy, Caller("127.0.0.1", proxy.port, **options)


@pytest.mark.parametrize("auth", ["ntlmv2", "ntlmv1"])
def test_nt4_is_read_and_edited(auth: str, small: Lab, file: Path) -> None:
    file.write_bytes(OLD)
    with spied(small, auth=auth) as (spy, caller):
        server = caller.server()
        assert server.read(server.place("C:\\mspclnt\\Mspclnt.ini"))[0] == OLD
        apply(SmbEditor(server), request(backup=True), check=False, diff=False)
    assert file.read_bytes() == NEW
    assert sorted(path.read_bytes() for path in file.parent.iterdir()) == sorted((OLD, NEW))
    assert max(len(message) for message in spy.seen) <= 4 + 4356


@pytest.mark.parametrize("nt4", [True, False], ids=["nt4", "windows-2000"])
def test_a_server_that_takes_ntlmv2_only(nt4: bool, tmp_path: Path) -> None:
    with Lab(tmp_path, 1, f"{SMALL_BUFFERS}\n ntlm auth = ntlmv2-only") as lab:
        says = pytest.raises(StatusError, match=r"does not take this kind of logon.*ansible_smb_auth")
        with spied(lab, nt4, auth="ntlmv1") as (_spy, caller), says:
            caller.connect()
        with spied(lab, nt4) as (_spy, caller):
            assert "C$" in list_shares(caller.connect())


def test_a_read_of_10_kb_takes_three_requests(small: Lab, file: Path) -> None:
    file.write_bytes(KB10)
    with spied(small) as (spy, caller):
        server = caller.server()
        assert not offers_extended_security(server.session)
        assert server.session.chunk == 4096
        assert server.read(server.place("C:\\mspclnt\\Mspclnt.ini"))[0] == KB10
    assert spy.counts(smb_request.READ) == [4096] * 3


def test_a_write_of_10_kb_takes_three_requests(small: Lab, file: Path) -> None:
    with spied(small) as (spy, caller):
        session = caller.connect()
        opened = Share(session, "C$").open(
            "\\mspclnt\\Mspclnt.ini",
            smb_request.READ_DATA | smb_request.WRITE_DATA,
            smb_request.SHARE_NONE,
            smb_request.CREATE_NEW,
        )
        opened.write(0, KB10)
        assert opened.read(len(KB10)) == KB10
        session.close()
    assert file.read_bytes() == KB10
    assert spy.counts(smb_request.WRITE) == [4096, 4096, 2048]


def test_an_edit_that_moves_10_kb_takes_small_writes(small: Lab, file: Path) -> None:
    behind = b"".join(b"[Program%04d]\r\nDisable=0\r\n" % number for number in range(400))
    file.write_bytes(b"[EMSMTA]\r\nA=1\r\n" + behind)
    with spied(small) as (spy, caller):
        apply(SmbEditor(caller.server()), request(), check=False, diff=False)
    assert file.read_bytes() == b"[EMSMTA]\r\nA=1\r\nDisable=1\r\n" + behind
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    for command in (smb_request.READ, smb_request.WRITE):
        assert max(spy.counts(command)) == 4096
        assert len(spy.counts(command)) >= 3


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server that wants its messages signed."""
    with Lab(tmp_path_factory.mktemp("signing"), 1, SIGNING) as lab:
        yield lab


def test_messages_are_signed_where_the_server_wants_it(signing: Lab) -> None:
    ini = signing.drive(signing.addresses[0], "C") / "Mspclnt.ini"
    ini.write_bytes(OLD)
    with spied(signing, nt4=False) as (spy, caller):
        apply(SmbEditor(caller.server()), request(path="C:\\Mspclnt.ini"), check=False, diff=False)
    assert ini.read_bytes() == NEW
    signed = [message for message in spy.seen if message[8] not in (NEGOTIATE, smb_request.SESSION_SETUP)]
    assert len(signed) > 5
    for message in signed:
        assert struct.unpack_from("<H", message, 4 + 10)[0] & SIGNED
        assert any(message[SIGNATURE])
    assert len({message[SIGNATURE] for message in signed}) == len(signed)


def test_signing_without_extended_security_is_refused_in_words(signing: Lab) -> None:
    before = signing.bad_logons()
    says = pytest.raises(Refused, match=r"requires signed messages.*RequireSecuritySignature")
    with spied(signing) as (spy, caller), says:
        caller.connect()
    assert [message[8] for message in spy.seen] == [NEGOTIATE]
    assert signing.bad_logons() == before


@ports_of_nt
def test_port_139_has_the_session_service(tmp_path: Path) -> None:
    with Lab(tmp_path, 1, SMALL_BUFFERS, ports=(139,), first=FIRST) as lab:
        address = lab.addresses[0]
        extended = Caller(address, 139).connect()
        assert "C$" in list_shares(extended)
        spy = Spy(nt4=True)
        with FaultProxy((address, 139), spy, listen=(free_addresses(1, FIRST + 1)[0], 139)) as proxy:
            plain = Caller(proxy.host, 139).connect()
            assert "C$" in list_shares(plain)
        # Samba does without a session request, NT 4.0 does not.
        assert [message[0] for message in spy.seen[:2]] == [wire.SESSION_REQUEST, wire.SESSION_MESSAGE]
        assert (offers_extended_security(extended), offers_extended_security(plain)) == (True, False)


@ports_of_nt
@pytest.mark.parametrize(("ports", "taken"), [((139,), 139), (PORTS_OF_NT, 445)], ids=["139 only", "both"])
def test_which_port_is_taken_when_none_is_given(ports: tuple[int, ...], taken: int, tmp_path: Path) -> None:
    with Lab(tmp_path / "lab", 1, ports=ports, first=FIRST + 2) as lab:
        hosts = {"all": {"hosts": {lab.addresses[0]: {}}, "vars": VARIABLES}}
        (tmp_path / "hosts.json").write_text(json.dumps(hosts))
        done = ansible(tmp_path / "hosts.json")
        assert done.returncode == 0, done.stdout + done.stderr
        log = (lab.base / "log" / "smbd.log").read_text()
    assert set(re.findall(rf"local host \[ipv4:{re.escape(lab.addresses[0])}:(\d+)\]", log)) == {str(taken)}


@pytest.mark.skipif(os.geteuid() != 0, reason="another user already runs these tests")
def test_any_user_has_servers_on_a_high_port() -> None:
    def look() -> list[str]:
        with tempfile.TemporaryDirectory() as folder, Lab(Path(folder), 1) as lab:
            (lab.drive(lab.addresses[0], "C") / "Mspclnt.ini").write_bytes(OLD)
            assert lab.port > 1023
            server = Caller(lab.addresses[0], lab.port).server()
            apply(SmbEditor(server), request(path="C:\\Mspclnt.ini"), check=False, diff=False)
            return sorted(list_shares(server.session))

    # First as root, which loads all that it takes: another user may not be allowed to read root's Python.
    assert look() == ["ADMIN$", "C$", "D$", "IPC$"]
    outcome = as_nobody(look)
    assert outcome.result == ["ADMIN$", "C$", "D$", "IPC$"], outcome.text


def test_no_port_listens(tmp_path: Path) -> None:
    hosts = {"all": {"hosts": {"127.255.255.253": {}}, "vars": VARIABLES}}
    (tmp_path / "hosts.json").write_text(json.dumps(hosts))
    done = ansible(tmp_path / "hosts.json")
    assert "UNREACHABLE" in done.stdout
    assert re.search("port 445: connection refused.*; port 139: connection refused", done.stdout)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"\x83\0\0\1\x80", r"has the name \*SMBSERVER, but no file service listens.*0x80.*ansible_smb_netbios_name"),
        (b"\x83\0\0\1\x81", r"takes no session from a caller of our name, ANSIBLE \(error 0x81\)"),
        (b"\x83\0\0\1\x82", r"no server called \*SMBSERVER \(error 0x82\).*ansible_smb_netbios_name"),
        (b"\x83\0\0\1\x83", r"has no room for one more session \(error 0x83\): try again later"),
        (b"\x83\0\0\1\x8f", r"does not say why \(error 0x8f\)"),
        (b"\x83\0\0\1\x42", r"for a reason that is not known here \(error 0x42\)"),
        (b"\x83\0\0\0", r"does not say why"),
        (b"\x84\0\0\6\x0a\x01\x02\x03\x00\x8b", r"to 10\.1\.2\.3, port 139; no server gets a logon because another"),
        (b"\x84\0\0\1\x0a", r"no NetBIOS session service: its answer has the type 0x84"),
        (b"\x48\0\0\0", r"no NetBIOS session service: its answer has the type 0x48"),
    ],
    ids=["0x80", "0x81", "0x82", "0x83", "0x8f", "another", "none", "retarget", "short retarget", "another type"],
)
def test_each_answer_of_port_139_has_its_words(answer: bytes, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers of RFC 1002 sections 4.3.4 and 4.3.5."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    monkeypatch.setattr(wire, "SESSION_PORT", port)
    asked: list[bytes] = []

    def refuse() -> None:
        client, _address = listener.accept()
        with client:
            asked.append(client.recv(1000))
            client.sendall(answer)

    thread = threading.Thread(target=refuse, daemon=True)
    thread.start()
    with listener, pytest.raises(Refused, match=says):
        Caller("127.0.0.1", port).connect()
    thread.join(5)
    # "*SMBSERVER", padded with blanks, in half bytes from A on (RFC 1001 section 14.1).
    assert asked[0][:4] == b"\x81\x00\x00\x44"
    assert asked[0][4:39] == b"\x20CKFDENECFDEFFCFGEFFCCACACACACACA\x00" + b"\x20"


VARIABLES = {
    "ansible_connection": "legacy_exchange.winsock_proxy.smb",
    "ansible_user": USER,
    "ansible_password": PASSWORD,
}
