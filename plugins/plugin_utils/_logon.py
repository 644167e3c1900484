# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logons that cannot lock an account: one try per host, one proof per domain account.

PRIVATE to the collection: no part of this file is a public interface.

The workers of one run share small files in Ansible's own temporary folder of that run,
which Ansible removes at its end. They hold the name of an account and a sentence, never a
password or anything made of one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._netbios import Refused

PROVED = "proved"


class LogonRefused(Refused):
    """The server refused the logon, or refused this account before in this run."""


def log_on_once(folder: str, host: str, user: str, domain: str, log_on: Callable[[], None]) -> None:
    """Log on, unless this run has learnt that the account is refused.

    A domain account is proved by the first logon, while the others wait; a local account
    is one of each host.

    Args:
        folder: the run's own temporary folder.
        log_on: makes the logon; raises LogonRefused when the account was refused.

    Raises:
        LogonRefused: the logon was refused, now or before.
    """
    local = domain in ("", ".") or domain.upper() == host.upper()
    account = f"{domain}\\{user}" if not local else f"{host}\\{user}"
    with _record(folder, account) as record:
        known = record.read()
        if known and known != PROVED:
            raise LogonRefused(f"{known} (not tried again in this run, so that the account is not locked)")
        if known != PROVED or local:
            _prove(record, log_on)
            return
    log_on()


def _prove(record: IO[str], log_on: Callable[[], None]) -> None:
    try:
        log_on()
    except LogonRefused as error:
        _write(record, str(error))
        raise
    _write(record, PROVED)


def _write(record: IO[str], text: str) -> None:
    record.seek(0)
    record.truncate()
    record.write(text)
    record.flush()


@contextmanager
def _record(folder: str, account: str) -> Iterator[IO[str]]:
    name = hashlib.sha256(account.upper().encode()).hexdigest()[:32]
    path = os.path.join(folder, f"winsock_proxy-{name}")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as record:
        fcntl.flock(record, fcntl.LOCK_EX)
        yield record


__all__ = ("LogonRefused", "log_on_once")
