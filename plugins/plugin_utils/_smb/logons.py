# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logons that cannot lock an account: one bad one per host, one proof per domain account.

PRIVATE to the collection: no part of this file is a public interface.

The workers of one run share small files in Ansible's own temporary folder of that run,
which Ansible removes at its end. They hold the name of an account and a sentence, never a
password or anything made of one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from ...module_utils._server.errors import ConnectionLost
from .wire import Refused

PROVED, UNANSWERED = "proved", "unanswered"
NO_ANSWER = "the server did not answer the logon ({})"
# What a refusal is about: this host alone, a password that may be wrong, the state of the account.
HOST, PASSWORD, ACCOUNT = "host", "password", "account"


class LogonRefused(Refused):
    """The server refused the logon, or refused this account before in this run; about: HOST, PASSWORD or ACCOUNT."""

    def __init__(self, text: str, about: str = PASSWORD) -> None:
        super().__init__(text)
        self.about = about


class Logons:
    """The logons of one run with one account on one host.

    folder: the run's own temporary folder. domain: of the account; empty, a dot or the
    host's name for an account of the host's own, unless the user is named ``user@domain``.
    """

    def __init__(self, folder: str, host: str, user: str, domain: str) -> None:
        local = domain.upper() in ("", ".", host.upper()) and "@" not in user
        self._host = host
        self._own = _path(folder, f"{host}\n{domain}\\{user}")
        self._shared = "" if local else _path(folder, f"{domain}\\{user}")

    def check(self) -> None:
        """Raise LogonRefused where this run has learnt that the account is refused; waits for nobody."""
        for path in (self._own, self._shared):
            if path and os.path.exists(path):
                with open(path, encoding="utf-8") as record:
                    _check(record)

    def log_on_once(self, log_on: Callable[[float], None]) -> None:
        """Log on, unless this run has learnt that the account is refused.

        A domain account is proved by the first logon, while the others wait. Until then a
        logon that the server did not answer may have been a bad one: it is not made again on
        that host, and two of them end it for all.

        Args:
            log_on: makes the logon; gets the seconds for which others were waited for, and
                raises LogonRefused for a refusal, ConnectionLost where there was no answer.

        Raises:
            LogonRefused: the logon was refused, now or before.
            ConnectionLost: the server did not answer.
        """
        begin = time.monotonic()

        def made() -> None:
            log_on(time.monotonic() - begin)

        with _record(self._own) as own:
            proved = _check(own) == PROVED
            if self._shared and not proved:
                with _record(self._shared) as shared:
                    known = _check(shared)
                    if known != PROVED:
                        self._prove(made, own, shared, unanswered=known == UNANSWERED)
                        return
            self._use(made, own, proved or bool(self._shared))

    def _prove(self, log_on: Callable[[], None], own: IO[str], shared: IO[str], unanswered: bool) -> None:
        """Log on with a domain account for the first time; after two logons without an answer there is no third."""
        try:
            log_on()
        except LogonRefused as error:
            _write(own, str(error))
            if error.about != HOST:
                _write(shared, f"{self._host} said: {error}")
            raise
        except ConnectionLost as error:
            _write(own, NO_ANSWER.format(error))
            _write(shared, f"{self._host}, and another: {NO_ANSWER.format(error)}" if unanswered else UNANSWERED)
            raise
        _write(own, PROVED)
        _write(shared, PROVED)

    def _use(self, log_on: Callable[[], None], own: IO[str], proved: bool) -> None:
        """Log on; proved: the password is known to be right, so that no answer locks nothing."""
        try:
            log_on()
        except LogonRefused as error:
            _write(own, str(error))
            if error.about == ACCOUNT and self._shared:
                with _record(self._shared) as shared:
                    _write(shared, f"{self._host} said: {error}")
            raise
        except ConnectionLost as error:
            if not proved:
                _write(own, NO_ANSWER.format(error))
            raise
        _write(own, PROVED)


def _check(record: IO[str]) -> str:
    known = record.read()
    if known not in ("", PROVED, UNANSWERED):
        raise LogonRefused(f"not tried again in this run, so that the account is not locked: {known}")
    return known


def _write(record: IO[str], text: str) -> None:
    record.seek(0)
    record.truncate()
    record.write(text)
    record.flush()


def _path(folder: str, account: str) -> str:
    name = hashlib.sha256(account.upper().encode()).hexdigest()[:32]
    return os.path.join(folder, f"winsock_proxy-{name}")


@contextmanager
def _record(path: str) -> Iterator[IO[str]]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as record:
        fcntl.flock(record, fcntl.LOCK_EX)
        yield record


__all__ = ("ACCOUNT", "HOST", "PASSWORD", "LogonRefused", "Logons")
