# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logons as the servers see them: how many bad ones a fleet costs, who holds up whom, and what is sent."""

from __future__ import annotations

import contextlib
import os
import pwd
import socket
import struct
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ConnectionLost
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.header import FLAGS2_UNICODE
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.share import list_shares
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import (
    MORE_PROCESSING_REQUIRED,
    StatusError,
)
from impacket import ntlm

from tests.lab.lab import PASSWORD, Lab, found
from tests.lab.proxy import NEGOTIATE, AnswerHook, FaultProxy, as_nt4
from tests.smb.callers import Caller
from tests.smb.plays import LOOK, play

HOSTS, LIARS = 8, 3
TWICE = {"hosts": "all", "gather_facts": False, "ignore_unreachable": True, "tasks": [LOOK, LOOK]}
ONCE = {"hosts": "all", "gather_facts": False, "tasks": [LOOK]}
WRONG: dict[str, Any] = {"ansible_password": "wrong"}
forks = pytest.mark.parametrize("forks", [1, 20])
EXTENDED_SESSION_SECURITY, LM_KEY = 0x80000, 0x80
NTLM_CHALLENGE, NTLM_ANSWER = b"NTLMSSP\0\2\0\0\0", b"NTLMSSP\0\3\0\0\0"


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Eight servers."""
    with Lab(tmp_path_factory.mktemp("eight"), HOSTS, drives="C") as lab:
        yield lab


def test_a_principal_is_one_account_everywhere(eight: Lab, tmp_path: Path) -> None:
    before = eight.bad_logons()
    done = play(eight, tmp_path, TWICE, **WRONG, ansible_user="svc@office.example")
    assert eight.bad_logons() - before == 1
    assert "not tried again in this run" in done.stdout


def test_a_guest_session_counts_as_a_bad_logon(tmp_path: Path) -> None:
    extra = "map to guest = Bad Password\n guest account = nobody"
    with Lab(tmp_path / "lab", HOSTS, extra, drives="C") as lab:
        done = play(lab, tmp_path, TWICE, **WRONG, ansible_smb_domain="OFFICE")
        logons = (lab.base / "log" / "smbd.log").read_text(errors="replace").count("Auth: [SMB")
    assert "as a guest only" in done.stdout
    assert logons == 1


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Servers whose account has the password that is wrong on the eight."""
    with Lab(tmp_path_factory.mktemp("others"), LIARS, drives="C", first=HOSTS) as lab:
        account = pwd.getpwuid(os.geteuid()).pw_name
        command = [found("smbpasswd"), "-c", str(lab.base / "smb.conf"), "-s", account]
        subprocess.run(command, input="wrong\nwrong\n", text=True, check=True, capture_output=True)
        yield lab


def through_liars(eight: Lab, others: Lab, stack: ExitStack, answer: AnswerHook) -> dict[str, dict[str, Any]]:
    """Put proxies in the place of the first servers, in front of others."""
    own = {}
    for address, other in zip(eight.addresses, others.addresses, strict=False):
        proxy = stack.enter_context(FaultProxy((other, others.port), answer=answer, listen=(other, 0)))
        own[address] = {"ansible_host": other, "ansible_port": proxy.port}
    return own


@forks
def test_a_host_that_takes_a_wrong_password_costs_no_more(forks: int, eight: Lab, others: Lab, tmp_path: Path) -> None:
    """As a workgroup server does that has an account of the same name."""
    before = eight.bad_logons()
    own = {eight.addresses[0]: {"ansible_host": others.addresses[0], "ansible_port": others.port}}
    first = TWICE | {"serial": [1, "100%"]}
    done = play(eight, tmp_path, first, "-f", str(forks), own=own, **WRONG, ansible_smb_domain="OFFICE")
    assert eight.bad_logons() - before == 1
    assert f"ok: [{eight.addresses[0]}]" in done.stdout
    assert "1 host(s) accepted it, which may have an account of this name of their own" in done.stdout


@forks
def test_liars_that_take_everything_cost_no_more_than_they_are(
    forks: int, eight: Lab, others: Lab, tmp_path: Path
) -> None:
    def take(message: bytes, answer: bytes) -> Iterable[bytes]:
        if NTLM_ANSWER not in message:
            return (answer,)
        # No error, and the words of a success (MS-SMB section 2.2.4.6.2).
        head = answer[4:9] + bytes(4) + answer[13:36]
        taken = head + b"\x04\xff\0\0\0" + bytes(4) + b"\0\0"
        return (struct.pack(">I", len(taken)) + taken,)

    before = eight.bad_logons()
    with ExitStack() as stack:
        own = through_liars(eight, others, stack, take)
        everything = {"ansible_password": "wrong everywhere", "ansible_smb_domain": "OFFICE"}
        first = TWICE | {"serial": [LIARS, "100%"]}
        done = play(eight, tmp_path, first, "-f", str(forks), own=own, **everything)
    assert 1 <= eight.bad_logons() - before <= (1 if forks == 1 else LIARS)
    assert "host(s) accepted it, which may have an account of this name of their own" in done.stdout


@forks
def test_liars_that_ask_for_one_more_step_prove_nothing(forks: int, eight: Lab, others: Lab, tmp_path: Path) -> None:
    seen: list[bytes] = []

    def one_more(message: bytes, answer: bytes) -> Iterable[bytes]:
        if NTLM_ANSWER not in message:
            return (answer,)
        seen.append(message)
        return (answer[:9] + MORE_PROCESSING_REQUIRED.to_bytes(4, "little") + answer[13:],)

    with ExitStack() as stack:
        own = through_liars(eight, others, stack, one_more)
        only = ",".join(eight.addresses[:LIARS])
        done = play(eight, tmp_path, TWICE, "-f", str(forks), "-l", only, own=own, ansible_smb_domain="OFFICE")
    assert len(seen) == 1
    assert "neither taken nor refused" in done.stdout
    assert "the server asks for one more step of the logon" in done.stdout


@pytest.mark.parametrize("domain", ["", "OFFICE"], ids=["own account", "domain account"])
@forks
def test_one_server_under_two_names(forks: int, domain: str, eight: Lab, tmp_path: Path) -> None:
    before = eight.bad_logons()
    first, second, third = eight.addresses[:3]
    server = {"ansible_host": third}
    # The first and the third have the same wrong password.
    own = {first: {**server, **WRONG}, second: server, third: WRONG}
    only = f"{first},{second},{third}"
    done = play(eight, tmp_path, TWICE, "-f", str(forks), "-l", only, own=own, ansible_smb_domain=domain)
    assert eight.bad_logons() - before == 1
    assert done.stdout.count(f"ok: [{second}]") == 2
    assert "not tried again in this run" in done.stdout


@pytest.mark.parametrize(("domain", "bad"), [("", HOSTS), ("OFFICE", 1)], ids=["own accounts", "domain account"])
def test_a_logon_without_an_answer_is_not_made_again(domain: str, bad: int, eight: Lab, tmp_path: Path) -> None:
    def swallow_the_last(message: bytes, answer: bytes) -> Iterable[bytes]:
        return () if NTLM_ANSWER in message else (answer,)

    before = eight.bad_logons()
    with ExitStack() as stack:
        own = {}
        for address in eight.addresses:
            proxy = stack.enter_context(FaultProxy((address, eight.port), answer=swallow_the_last, listen=(address, 0)))
            own[address] = {"ansible_port": proxy.port}
        done = play(eight, tmp_path, TWICE, own=own, **WRONG, ansible_smb_domain=domain, ansible_timeout=1)
    assert eight.bad_logons() - before == bad
    assert "no answer within 1 seconds" in done.stdout


def test_servers_that_are_silent_hold_up_nobody(eight: Lab, tmp_path: Path) -> None:
    silent, good = eight.addresses[:-1], eight.addresses[-1]
    with ExitStack() as stack:
        listeners = {each: stack.enter_context(socket.create_server((each, 0))) for each in silent}
        own = {each: {"ansible_port": listener.getsockname()[1]} for each, listener in listeners.items()}
        limits = {"ansible_timeout": 1, "ansible_smb_deadline": 4}
        done = play(eight, tmp_path, ONCE, own=own, **limits, ansible_smb_domain="NTLAB")
    assert f"ok: [{good}]" in done.stdout, done.stdout
    assert done.stdout.count("UNREACHABLE!") == len(silent)


def test_no_password_is_no_logon(eight: Lab, tmp_path: Path) -> None:
    before = (eight.base / "log" / "smbd.log").read_text(errors="replace").count("Auth: [SMB")
    done = play(eight, tmp_path, ONCE, ansible_password=None)
    told = [line for line in done.stdout.splitlines() if "UNREACHABLE!" in line]
    assert len(told) == HOSTS
    assert all("no password is given: set ansible_password" in line for line in told)
    assert (eight.base / "log" / "smbd.log").read_text(errors="replace").count("Auth: [SMB") == before


@pytest.mark.parametrize("asked", [0, LM_KEY], ids=["plain", "LM key"])
def test_the_lm_response_is_not_sent_whatever_a_server_asks_for(asked: int, lab: Lab) -> None:
    challenges: list[bytes] = []
    responses: list[bytes] = []

    def weaken(message: bytes, answer: bytes) -> Iterable[bytes]:
        if NTLM_ANSWER in message:
            responses.append(lm_response(message[message.index(NTLM_ANSWER) :]))
        at = answer.find(NTLM_CHALLENGE)
        if at < 0:
            return (answer,)
        challenges.append(answer[at + 24 : at + 32])
        flags = struct.unpack_from("<I", answer, at + 20)[0] & ~EXTENDED_SESSION_SECURITY | asked
        return (answer[: at + 20] + struct.pack("<I", flags) + answer[at + 24 :],)

    proxied = FaultProxy((lab.addresses[0], lab.port), answer=weaken)
    with proxied as proxy, contextlib.suppress(StatusError, ConnectionLost):
        Caller("127.0.0.1", proxy.port, auth="ntlmv1").connect()
    wrong = ntlm.get_ntlmv1_response(ntlm.compute_lmhash(PASSWORD), challenges[0])
    right = ntlm.get_ntlmv1_response(ntlm.compute_nthash(PASSWORD), challenges[0])
    assert wrong != right
    assert responses == [right]


def lm_response(message: bytes) -> bytes:
    """Take the LM response out of an AUTHENTICATE_MESSAGE (MS-NLMP section 2.2.1.3)."""
    length, at = struct.unpack_from("<H2xI", message, 12)
    return message[at : at + length]


@pytest.mark.parametrize("auth", ["ntlmv2", "ntlmv1"])
def test_a_server_that_answers_in_unicode_from_the_start(auth: str, lab: Lab) -> None:
    """Which NT 4.0 may do; Samba gives the bit back as it was sent."""

    def in_unicode(message: bytes, answer: bytes) -> Iterable[bytes]:
        if message[8] != NEGOTIATE:
            return (answer,)
        flags = struct.unpack_from("<H", answer, 4 + 10)[0] | FLAGS2_UNICODE
        return (answer[: 4 + 10] + struct.pack("<H", flags) + answer[4 + 12 :],)

    with FaultProxy((lab.addresses[0], lab.port), as_nt4, answer=in_unicode) as proxy:
        assert "C$" in list_shares(Caller("127.0.0.1", proxy.port, auth=auth).connect())
