# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which logons a run makes after which: what was refused is not tried again, there or anywhere."""

from __future__ import annotations

import contextlib
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

OWN, DOMAIN, PRINCIPAL = ("administrator", ""), ("svc", "OFFICE"), ("svc@office.example", "")
FINE, SILENT = "fine", "silent"
# The account; then for each step the host, what it would answer, and whether the logon is made.
Step = tuple[str, str, bool]
RUNS: dict[str, tuple[tuple[str, str], list[Step]]] = {
    "own, wrong everywhere": (OWN, [("a", PASSWORD, True), ("a", FINE, False), ("b", PASSWORD, True)]),
    "own, no answer": (OWN, [("a", SILENT, True), ("a", FINE, False), ("b", FINE, True)]),
    "own, fine": (OWN, [("a", FINE, True), ("a", FINE, True)]),
    "own, no answer after it was proved": (OWN, [("a", FINE, True), ("a", SILENT, True), ("a", FINE, True)]),
    "domain, wrong": (DOMAIN, [("a", PASSWORD, True), ("a", FINE, False), ("b", FINE, False)]),
    "domain, no answer once": (DOMAIN, [("a", SILENT, True), ("a", FINE, False), ("b", FINE, True), ("c", FINE, True)]),
    "domain, no answer twice": (DOMAIN, [("a", SILENT, True), ("b", SILENT, True), ("c", FINE, False)]),
    "domain, no answer, then wrong": (DOMAIN, [("a", SILENT, True), ("b", PASSWORD, True), ("c", FINE, False)]),
    "domain, not on this host": (DOMAIN, [("a", HOST, True), ("a", FINE, False), ("b", FINE, True)]),
    "domain, proved and wrong on one": (
        DOMAIN,
        [("a", FINE, True), ("b", PASSWORD, True), ("b", FINE, False), ("c", FINE, True), ("a", FINE, True)],
    ),
    "domain, locked after it was proved": (
        DOMAIN,
        [("a", FINE, True), ("b", ACCOUNT, True), ("c", FINE, False), ("a", FINE, False)],
    ),
    "domain, no answer after it was proved": (
        DOMAIN,
        [("a", FINE, True), ("b", SILENT, True), ("b", FINE, True), ("c", FINE, True)],
    ),
    "principal, wrong": (PRINCIPAL, [("a", PASSWORD, True), ("b", FINE, False)]),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_run(name: str, tmp_path: Path) -> None:
    (user, domain), steps = RUNS[name]
    tried: list[float] = []
    for host, answer, made in steps:
        before = len(tried)

        def log_on(waited: float, answer: str = answer) -> None:
            tried.append(waited)
            if answer == SILENT:
                raise ConnectionLost("no answer")
            if answer != FINE:
                raise LogonRefused("refused", answer)

        with contextlib.suppress(LogonRefused, ConnectionLost):
            logons = Logons(str(tmp_path), host, user, domain)
            logons.check()
            logons.log_on_once(log_on)
        assert (len(tried) > before) is made, (host, answer)


def test_why_it_is_not_tried_again_is_said(tmp_path: Path) -> None:
    def refuse(_waited: float) -> None:
        raise LogonRefused("the password is wrong")

    with pytest.raises(LogonRefused, match=r"^the password is wrong$"):
        Logons(str(tmp_path), "a", *DOMAIN).log_on_once(refuse)
    with pytest.raises(LogonRefused, match=r"^not tried again in this run, .*: a said: the password is wrong$"):
        Logons(str(tmp_path), "b", *DOMAIN).check()


def test_the_records_hold_no_name(tmp_path: Path) -> None:
    Logons(str(tmp_path), "ex01", *DOMAIN).log_on_once(lambda _waited: None)
    files = list(tmp_path.iterdir())
    assert files
    assert not any(DOMAIN[0] in path.name or DOMAIN[0] in path.read_text() for path in files)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
