# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which logons a run makes after which: what was refused is not tried again, there or anywhere."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ConnectionLost
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.logons import (
    ACCOUNT,
    HOST,
    PASSWORD,
    LogonRefused,
    Logons,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.ntlm import Account
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.status import StatusError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Refused

OWN, DOMAIN, PRINCIPAL = ("administrator", ""), ("svc", "OFFICE"), ("svc@office.example", "")
FINE, SILENT, BUSY = "fine", "silent", "busy"
PATIENCE = 60.0
# The account; then for each step the host, what it would answer, and whether the logon is made.
Step = tuple[str, str, bool]
RUNS: dict[str, tuple[tuple[str, str], list[Step]]] = {
    "own, wrong everywhere": (OWN, [("a", PASSWORD, True), ("a", FINE, False), ("b", PASSWORD, True)]),
    "own, no answer": (OWN, [("a", SILENT, True), ("a", FINE, False), ("b", FINE, True)]),
    "own, fine": (OWN, [("a", FINE, True), ("a", FINE, True)]),
    "own, no answer after it was proved": (OWN, [("a", FINE, True), ("a", SILENT, True), ("a", FINE, True)]),
    "own, not looked at": (OWN, [("a", BUSY, True), ("a", FINE, True)]),
    "domain, wrong": (DOMAIN, [("a", PASSWORD, True), ("a", FINE, False), ("b", FINE, False)]),
    "domain, not looked at": (DOMAIN, [("a", BUSY, True), ("b", BUSY, True), ("a", FINE, True)]),
    "domain, no answer from the first": (DOMAIN, [("a", SILENT, True), ("a", FINE, False), ("b", FINE, False)]),
    "domain, as many without an answer as took it": (
        DOMAIN,
        [("a", FINE, True), ("b", SILENT, True), ("c", FINE, False), ("a", FINE, False)],
    ),
    "domain, fewer without an answer than took it": (
        DOMAIN,
        [("a", FINE, True), ("b", FINE, True), ("c", SILENT, True), ("c", FINE, False), ("d", FINE, True)],
    ),
    "domain, one host counts once": (
        DOMAIN,
        [("a", FINE, True), ("a", FINE, True), ("b", SILENT, True), ("c", FINE, False)],
    ),
    "domain, no answer from a host that took it": (
        DOMAIN,
        [("a", FINE, True), ("b", FINE, True), ("a", SILENT, True), ("a", FINE, True)],
    ),
    "domain, not on this host": (DOMAIN, [("a", HOST, True), ("a", FINE, False), ("b", FINE, True)]),
    "domain, taken by one and wrong on another": (
        DOMAIN,
        [("a", FINE, True), ("b", PASSWORD, True), ("b", FINE, False), ("c", FINE, False), ("a", FINE, False)],
    ),
    "domain, locked after it was taken": (
        DOMAIN,
        [("a", FINE, True), ("b", ACCOUNT, True), ("c", FINE, False), ("a", FINE, False)],
    ),
    "principal, wrong": (PRINCIPAL, [("a", PASSWORD, True), ("b", FINE, False)]),
}


def logons_of(
    folder: Path, host: str, account: tuple[str, str], password: str = "secret", patience: float = PATIENCE
) -> Logons:
    user, domain = account
    return Logons(str(folder), host, Account(user, password, domain, "ntlmv2"), patience)


def answering(answer: str) -> None:
    """Answer a logon."""
    if answer == SILENT:
        raise ConnectionLost("no answer")
    if answer == BUSY:
        raise StatusError(0xC000005E)
    if answer != FINE:
        raise LogonRefused("refused", answer)


@pytest.mark.parametrize("name", RUNS)
def test_a_run(name: str, tmp_path: Path) -> None:
    (user, domain), steps = RUNS[name]
    tried: list[float] = []
    for host, answer, made in steps:
        before = len(tried)

        def log_on(waited: float, answer: str = answer) -> None:
            tried.append(waited)
            answering(answer)

        with contextlib.suppress(LogonRefused, ConnectionLost, StatusError):
            logons = logons_of(tmp_path, host, (user, domain))
            logons.check()
            logons.log_on_once(log_on)
        assert (len(tried) > before) is made, (host, answer)


@pytest.mark.parametrize(
    "spelling",
    [
        ("SVC", "office"),
        ("svc@OFFICE", ""),
        ("Svc@office.example", ""),
        ("svc", "office.example"),
        ("svc@office.example", "OFFICE"),
    ],
    ids="\\".join,
)
def test_spellings_of_one_account_are_one(spelling: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(LogonRefused, match=r"^refused$"):
        logons_of(tmp_path, "a", DOMAIN).log_on_once(lambda _waited: answering(PASSWORD))
    with pytest.raises(LogonRefused, match="not tried again"):
        logons_of(tmp_path, "b", spelling).check()


def test_case_is_that_of_windows(tmp_path: Path) -> None:
    for host, user, password in (("a", "stra\u00dfe", "x"), ("b", "STRASSE", "x"), ("c", "STRA\u00dfE", "y")):
        with pytest.raises(LogonRefused, match=r"^refused$"):
            logons_of(tmp_path, host, (user, "OFFICE"), password).log_on_once(lambda _waited: answering(PASSWORD))
    with pytest.raises(LogonRefused, match="not tried again"):
        logons_of(tmp_path, "d", ("Stra\u00dfe", "OFFICE"), "x").check()


@pytest.mark.parametrize("account", [OWN, DOMAIN])
def test_another_password_is_another_account(account: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(LogonRefused):
        logons_of(tmp_path, "a", account, "wrong").log_on_once(lambda _waited: answering(PASSWORD))
    right = logons_of(tmp_path, "a", account, "right")
    right.check()
    right.log_on_once(lambda _waited: None)
    with pytest.raises(LogonRefused, match="not tried again"):
        logons_of(tmp_path, "a", account, "wrong").check()


def test_no_more_at_once_than_hosts_have_taken_it(tmp_path: Path) -> None:
    lock = threading.Lock()
    counts = {"under way": 0, "accepted": 0, "most": 0}

    def log_on(_waited: float) -> None:
        with lock:
            counts["under way"] += 1
            assert counts["under way"] <= max(1, counts["accepted"])
            counts["most"] = max(counts["most"], counts["under way"])
        time.sleep(0.03)
        with lock:
            counts["under way"] -= 1
            counts["accepted"] += 1

    with ThreadPoolExecutor(20) as pool:
        hosts = [logons_of(tmp_path, f"ex{number}", DOMAIN) for number in range(40)]
        list(pool.map(lambda host: host.log_on_once(log_on), hosts))
    assert counts["accepted"] == len(hosts)
    # It grows: else this shows nothing.
    assert counts["most"] > 3


def test_a_wait_ends(tmp_path: Path) -> None:
    begun, end = threading.Event(), threading.Event()

    def hold(_waited: float) -> None:
        begun.set()
        end.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(logons_of(tmp_path, "a", DOMAIN).log_on_once, hold)
        assert begun.wait(PATIENCE)
        with pytest.raises(Refused, match=r"no logon was tried: it waited 0.1 seconds") as caught:
            logons_of(tmp_path, "b", DOMAIN, patience=0.1).log_on_once(lambda _waited: None)
        assert not isinstance(caught.value, LogonRefused)
        end.set()
        held.result()
    logons_of(tmp_path, "b", DOMAIN).log_on_once(lambda _waited: None)


def test_a_logon_whose_process_died_may_have_been_a_bad_one(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        logons_of(tmp_path, "a", DOMAIN).log_on_once(lambda _waited: os._exit(0))
    os.waitpid(child, 0)
    with pytest.raises(LogonRefused, match="a logon was interrupted, so that it may have been a bad one"):
        logons_of(tmp_path, "b", DOMAIN).log_on_once(lambda _waited: None)


def test_a_logon_that_is_interrupted_may_have_been_a_bad_one(tmp_path: Path) -> None:
    def interrupt(_waited: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        logons_of(tmp_path, "a", DOMAIN).log_on_once(interrupt)
    for host in "ab":
        with pytest.raises(LogonRefused, match=r"did not answer the logon \(interrupted\)"):
            logons_of(tmp_path, host, DOMAIN).check()


def test_why_it_is_not_tried_again_is_said(tmp_path: Path) -> None:
    def refuse(_waited: float) -> None:
        raise LogonRefused("the password is wrong")

    logons_of(tmp_path, "liar", DOMAIN).log_on_once(lambda _waited: None)
    with pytest.raises(LogonRefused, match=r"^the password is wrong$"):
        logons_of(tmp_path, "a", DOMAIN).log_on_once(refuse)
    said = r"^not tried again in this run, .*: a said: the password is wrong; 1 host\(s\) accepted it, which may"
    with pytest.raises(LogonRefused, match=said):
        logons_of(tmp_path, "b", DOMAIN).check()


def test_the_records_hold_no_name_and_no_password(tmp_path: Path) -> None:
    logons_of(tmp_path, "ex01", DOMAIN, "secret").log_on_once(lambda _waited: None)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(files) == 3
    key = files["winsock_proxy-key"]
    told = "".join(files) + "".join(text.decode("latin-1") for text in files.values())
    assert not any(text in told.lower() for text in ("svc", "secret", "office"))
    # Whole digests of it, bare or with the key, are in no name and no file.
    for digest in (hashlib.sha256(b"secret"), hashlib.md5(b"secret"), hmac.new(key, b"secret", hashlib.sha256)):
        assert digest.hexdigest()[:8] not in told
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_another_run_has_other_names(tmp_path: Path) -> None:
    names = []
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        logons_of(tmp_path / run, "ex01", DOMAIN).log_on_once(lambda _waited: None)
        names.append({path.name for path in (tmp_path / run).iterdir()})
    assert names[0] & names[1] == {"winsock_proxy-key"}
