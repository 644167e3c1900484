# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logons and sessions: right and wrong passwords, NT 4.0's way, guests, and servers that lie."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ConnectionLost
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.request import SESSION_SETUP
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import list_shares
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import (
    MORE_PROCESSING_REQUIRED,
    StatusError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Refused
from impacket import ntlm

from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.programs import program
from tests.lab.proxy import NEGOTIATE, FaultProxy, Hook, as_nt4
from tests.lab.servers import FILES_ONLY
from tests.smb.callers import Caller
from tests.smb.furnish import POINTER

# Behind four bytes with the length of the message.
STATUS, WORDS = 4 + 5, 4 + 33
CHALLENGE, ANSWER = b"NTLMSSP\0\2\0\0\0", b"NTLMSSP\0\3\0\0\0"


def test_a_wrong_password_is_one_bad_logon(lab: Lab) -> None:
    before = lab.bad_logons()
    with pytest.raises(StatusError, match="password"):
        Caller(lab.addresses[0], lab.port, password="wrong").connect()
    assert lab.bad_logons() == before + 1


@pytest.mark.parametrize("auth", ["ntlmv2", "ntlmv1"])
def test_nt4_has_no_extended_security(auth: str, lab: Lab) -> None:
    with FaultProxy((lab.addresses[0], lab.port), as_nt4) as proxy:
        assert "C$" in list_shares(Caller("127.0.0.1", proxy.port, auth=auth).connect())
        before = lab.bad_logons()
        with pytest.raises(StatusError, match="password"):
            Caller("127.0.0.1", proxy.port, auth=auth, password="wrong").connect()
        assert lab.bad_logons() == before + 1


@pytest.mark.parametrize("hook", [None, as_nt4], ids=["extended", "NT 4.0"])
@pytest.mark.parametrize("auth", ["ntlmv2", "ntlmv1"])
def test_a_user_whose_upper_case_windows_sees_otherwise(auth: str, hook: Hook | None, tmp_path: Path) -> None:
    user = "stra\u00dfe \u0131"
    with Lab(tmp_path / "lab", 1, drives="C") as lab:
        users = lab.base / "usermap"
        users.write_text(f'{users.read_text().rstrip()} "{user}"\n')
        with FaultProxy((lab.addresses[0], lab.port), hook) as proxy:
            assert "C$" in list_shares(Caller("127.0.0.1", proxy.port, auth=auth, user=user).connect())
        assert lab.bad_logons() == 0
        assert f"[{user}]" in (lab.base / "log" / "smbd.log").read_text()


@pytest.mark.parametrize("hook", [None, as_nt4], ids=["extended", "NT 4.0"])
def test_one_more_step_is_no_logon(hook: Hook | None, lab: Lab) -> None:
    def one_more(message: bytes, answer: bytes) -> Iterable[bytes]:
        done = message[8] == SESSION_SETUP and answer[STATUS : STATUS + 4] == b"\0\0\0\0"
        more = MORE_PROCESSING_REQUIRED.to_bytes(4, "little")
        return (answer[:STATUS] + more + answer[STATUS + 4 :] if done else answer,)

    spoiled = FaultProxy((lab.addresses[0], lab.port), hook, answer=one_more)
    with spoiled as proxy, pytest.raises(StatusError, match="asks for one more step of the logon"):
        Caller("127.0.0.1", proxy.port).connect()


@pytest.mark.parametrize("length", [0, 4, 16])
def test_a_challenge_of_another_length_is_refused(length: int, lab: Lab) -> None:
    seen: list[int] = []

    def other_length(message: bytes, answer: bytes) -> Iterable[bytes]:
        seen.append(message[8])
        if message[8] != NEGOTIATE:
            return (answer,)
        # ChallengeLength is the last word but the data (MS-CIFS section 2.2.4.52.2).
        return (answer[: WORDS + 33] + bytes((length,)) + answer[WORDS + 34 :],)

    spoiled = FaultProxy((lab.addresses[0], lab.port), as_nt4, answer=other_length)
    with spoiled as proxy, pytest.raises(Refused, match=f"its challenge has {length} bytes in place of 8"):
        Caller("127.0.0.1", proxy.port).connect()
    assert SESSION_SETUP not in seen


def one_word(answer: bytes) -> bytes:
    """Take no dialect, as MS-CIFS section 2.2.4.52.2 has it."""
    body = answer[4 : WORDS - 1] + b"\x01\xff\xff" + b"\0\0"
    return struct.pack(">I", len(body)) + body


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (one_word, "it offers no SMB1 dialect that is known here"),
        (
            lambda answer: answer[:WORDS] + b"\x01\0" + answer[WORDS + 2 :],
            "it offers no SMB1 dialect that is known here",
        ),
        (
            lambda answer: answer[: WORDS - 1] + b"\x10" + answer[WORDS:],
            "its answer to SMB1 cannot be understood: the server's answer is shorter than it must be",
        ),
        (
            lambda answer: answer[:STATUS] + b"\x22\0\0\xc0" + answer[STATUS + 4 :],
            "it refuses to speak SMB1: .*STATUS_ACCESS_DENIED",
        ),
    ],
    ids=["no dialect", "another dialect", "too few words", "an error"],
)
def test_a_dialect_that_is_not_agreed_on(change: Callable[[bytes], bytes], says: str, lab: Lab) -> None:
    seen: list[int] = []

    def spoil(message: bytes, answer: bytes) -> Iterable[bytes]:
        seen.append(message[8])
        return (change(answer),)

    with FaultProxy((lab.addresses[0], lab.port), answer=spoil) as proxy, pytest.raises(Refused, match=says):
        Caller("127.0.0.1", proxy.port).connect()
    assert seen == [NEGOTIATE]


def without_name(token: bytearray) -> None:
    """Leave the DNS host name out of a challenge (MS-NLMP sections 2.2.1.2 and 2.2.2.1)."""
    length, at = struct.unpack_from("<H2xI", token, 40)
    kept, end = b"", at + length
    begin = at
    while at < end:
        kind, size = struct.unpack_from("<HH", token, at)
        kept += b"" if kind == 3 else token[at : at + 4 + size]
        at += 4 + size
    token[begin : begin + len(kept)] = kept
    struct.pack_into("<HH", token, 40, len(kept), len(kept))


def without_names(token: bytearray) -> None:
    token[40:48] = bytes(8)


@pytest.mark.parametrize("change", [without_name, without_names])
def test_a_challenge_without_a_host_name_gets_a_right_answer(change: Callable[[bytearray], None], lab: Lab) -> None:
    """Samba wants all its names back, and refuses; so the answer is checked here, by the rule of MS-NLMP 3.3.2."""
    challenges: list[bytes] = []
    tokens: list[bytes] = []

    def lack(message: bytes, answer: bytes) -> Iterable[bytes]:
        if ANSWER in message:
            tokens.append(message[message.index(ANSWER) :])
        begin = answer.find(CHALLENGE)
        if begin < 0:
            return (answer,)
        token = bytearray(answer[begin:])
        change(token)
        challenges.append(bytes(token))
        assert challenges[-1] != answer[begin:]
        return (answer[:begin] + token,)

    with FaultProxy((lab.addresses[0], lab.port), answer=lack) as proxy, pytest.raises(StatusError):
        Caller("127.0.0.1", proxy.port).connect()
    (challenge,), (token,) = challenges, tokens
    length, at = struct.unpack_from("<H2xI", token, 20)
    proof, blob = token[at : at + 16], token[at + 16 : at + length]
    key = ntlm.NTOWFv2(USER, PASSWORD, "")
    assert proof == ntlm.hmac_md5(key, challenge[24:32] + blob)
    length, at = struct.unpack_from("<H2xI", challenge, 40)
    assert blob[28:] == (challenge[at : at + length] or bytes(4)) + bytes(4)


def test_a_guest_session_is_refused(tmp_path: Path) -> None:
    with Lab(tmp_path, 1, extra="map to guest = Bad Password\n guest account = nobody") as lab:
        with pytest.raises(Refused, match="guest"):
            Caller(lab.addresses[0], lab.port, password="wrong").connect()
        Caller(lab.addresses[0], lab.port).connect().close()


def test_a_server_that_demands_signed_messages(tmp_path: Path) -> None:
    with Lab(tmp_path, 1, extra="server signing = mandatory") as lab:
        assert "C$" in list_shares(Caller(lab.addresses[0], lab.port).connect())


def test_what_a_server_is_told_to_be(lab: Lab) -> None:
    address = lab.addresses[1]
    c, d = lab.drive(address, "C"), lab.drive(address, "D")
    (c / "WINNT" / "SYSTEM.INI").write_bytes(POINTER)
    for folder in (c / "mspclnt", d / "exchsrvr" / "bin"):
        folder.mkdir(parents=True, exist_ok=True)
    (c / "mspclnt" / "MSPCLNT.INI").write_bytes(b"[EMSMTA]\r\nDisable=1\r\n")
    (d / "exchsrvr" / "bin" / "emsmta.exe").write_bytes(program((5, 5, 2653, 23), size=1_200_000))
    caller = Caller(address, lab.port)
    found = inform(SmbFiles(caller.server()), look_request_over_smb(FILES_ONLY), check=False)
    assert found["status"] == "protected"
    assert found["paths"]["mspclnt"]["windows"] == "C:\\Mspclnt\\mspclnt.ini"
    assert found["paths"]["system_ini"] == {"windows": None, "local": f"\\\\{address}\\ADMIN$\\System.ini"}
    assert caller.requests <= 20


def test_a_pointer_to_a_share_of_the_same_server(lab: Lab) -> None:
    address = lab.addresses[1]
    c = lab.drive(address, "C")
    pointer = f"[Microsoft Proxy Service]\r\nIni File Path=\\\\{address}\\C$\\Mspclnt\\mspclnt.ini\r\n"
    (c / "WINNT" / "SYSTEM.INI").write_bytes(pointer.encode())
    (c / "mspclnt").mkdir(exist_ok=True)
    (c / "mspclnt" / "MSPCLNT.INI").write_bytes(b"[EMSMTA]\r\nDisable=1\r\n")
    caller = Caller(address, lab.port)
    found = inform(
        SmbFiles(caller.server()),
        look_request_over_smb(FILES_ONLY | {"exchange_bin": "D:\\exchsrvr\\bin"}),
        check=False,
    )
    assert found["paths"]["mspclnt"]["local"] == f"\\\\{address}\\C$\\Mspclnt\\mspclnt.ini"
    assert found["evidence"]["stanzas"][0]["disable"] == "1"


ANSWERS = {
    "http": b"HTTP/1.0 400 Bad Request\r\n\r\n",
    "long": b"\x00\xff\xff\xff" + b"x" * 100,
    "short": b"\x00\x00\x00\x04\xffSMB",
    "zeros": b"\x00\x00\x00\x30\xffSMB\x72" + bytes(43),
    "keep-alives": b"\x85\x00\x00\x00" * 50,
    "random": os.urandom(300),
    "silence": b"",
}
LIARS = list(product(ANSWERS, [False, True]))


@pytest.fixture(scope="module")
def ends() -> dict[tuple[str, bool], tuple[BaseException | None, float]]:
    """How each connection to a server that lies ended, and behind how many seconds; they wait at once."""

    def connect(kind: str, slowly: bool) -> tuple[BaseException | None, float]:
        with Liar(ANSWERS[kind], slowly) as liar:
            begin = time.monotonic()
            try:
                Caller("127.0.0.1", liar.port, timeout=1.0, deadline=2.0).connect()
            except Exception as error:
                return error, time.monotonic() - begin
            return None, time.monotonic() - begin

    with ThreadPoolExecutor(len(LIARS)) as pool:
        return dict(zip(LIARS, pool.map(connect, *zip(*LIARS, strict=True)), strict=True))


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("slowly", [False, True])
def test_a_lying_server_ends_within_the_deadline(
    answer: str, slowly: bool, ends: dict[tuple[str, bool], tuple[BaseException | None, float]]
) -> None:
    error, seconds = ends[answer, slowly]
    assert isinstance(error, (Refused, ConnectionLost)), error
    assert seconds < 4


class Liar:
    """A server that sends the same bytes to everybody, at once or byte by byte, and then nothing."""

    def __init__(self, answer: bytes, slowly: bool) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._answer = answer
        self._slowly = slowly

    def __enter__(self) -> Liar:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        send: Callable[[socket.socket], None] = self._trickle if self._slowly else self._at_once
        try:
            client, _address = self._listener.accept()
            with client:
                send(client)
                time.sleep(3)
        except OSError:
            pass

    def _at_once(self, client: socket.socket) -> None:
        client.sendall(self._answer)

    def _trickle(self, client: socket.socket) -> None:
        for byte in self._answer:
            client.sendall(bytes((byte,)))
            time.sleep(0.1)
