# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logons that cannot lock an account: one bad one per host, and for a domain account no more than hosts have taken it.

PRIVATE to the collection: no part of this file is a public interface.

What a host says of a domain account proves little: a workgroup server takes a wrong password
if it has an account of its own with it, and a liar takes all. So each logon may be a bad one
until its answer is there, and no more of them are under way at once than hosts have accepted
the account so far. The number of hosts that work at once doubles with each round.

The workers of one run share small files in Ansible's own temporary folder of that run, which
Ansible removes at its end. They hold a sentence for the user, and counts. Their names tell
accounts and passwords apart, by a digest with a random key of the run; of the password's
digest 16 bits are kept, too few to find it by, and enough to see that it is another one.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TypeVar

from ...module_utils._server.errors import ConnectionLost, ServerError
from ...module_utils._server.upcase import upper
from .ntlm import Account
from .status import StatusError
from .wire import Refused

PROVED = "proved"
NO_ANSWER = "the server did not answer the logon ({})"
# What a refusal is about: this host alone, a password that may be wrong, the state of the account.
HOST, PASSWORD, ACCOUNT = "host", "password", "account"
# How often those who wait look whether it is their turn: far less than a logon takes.
PAUSE_SECONDS = 0.02
LONGEST_NETBIOS_NAME = 15
KEY_SIZE = 32

T = TypeVar("T")


class LogonRefused(Refused):
    """The server refused the logon, or refused this account before in this run; about: HOST, PASSWORD or ACCOUNT."""

    def __init__(self, text: str, about: str = PASSWORD) -> None:
        super().__init__(text)
        self.about = about


@dataclass
class State:
    """What a run knows of a domain account with one password."""

    #: How many hosts have accepted it.
    accepted: int = 0
    #: The processes whose logon is under way.
    under_way: list[int] = field(default_factory=list)
    #: How many logons had no answer, and what was seen at the first.
    unanswered: int = 0
    silence: str = ""
    #: Why it is not tried again anywhere.
    ended: str = ""

    def has_room(self) -> bool:
        """Tell whether one more logon may begin; raise LogonRefused where none ever may."""
        alive = [process for process in self.under_way if _is_alive(process)]
        # Whoever died in a logon has taken its answer along.
        open_logons = self.unanswered + len(self.under_way)
        most = max(1, self.accepted)
        if self.ended:
            raise _not_again(self.ended)
        if open_logons >= most and not alive:
            silence = self.silence or "a logon was interrupted"
            raise _not_again(
                f"{silence}, so that it may have been a bad one, and no more hosts than that have accepted the account "
                f"({self.accepted}): mend or leave out what does not answer, and run again"
            )
        return open_logons < most


class Logons:
    """The logons of one run with one account on one host.

    Args:
        folder: the run's own temporary folder.
        host: its name or address.
        account: its domain is empty, a dot or the host's name for an account of the host's own, unless the user is
            named ``user@domain``.
        patience: the seconds for which a logon waits for those to other hosts.
    """

    def __init__(self, folder: str, host: str, account: Account, patience: float) -> None:
        self._host = host
        self._patience = patience
        user, domain = _principal(account, host)
        key = _key(os.path.join(folder, "winsock_proxy-key"))
        self._own = _path(folder, key, (host, domain, user), account.password)
        self._shared = _path(folder, key, (domain, user), account.password) if domain else ""

    def check(self) -> None:
        """Raise LogonRefused where this run has learnt that the account is refused; waits for no other logon."""
        if os.path.exists(self._own):
            with open(self._own, "rb") as record:
                _check(_load(record.fileno(), ""))
        if self._shared:
            with self._state() as state:
                state.has_room()

    def log_on_once(self, log_on: Callable[[float], None]) -> None:
        """Log on, unless this run has learnt that the account is refused.

        A logon that the server did not answer may have been a bad one: it is not made again on that host, unless the
        host accepted this password before; and for a domain account it counts as one that is under way.

        Args:
            log_on: makes the logon; gets the seconds for which others were waited for. It raises LogonRefused for a
                refusal, another Refused, ServerError or StatusError where no password was looked at, and
                ConnectionLost where there was no answer that is one.

        Raises:
            LogonRefused: the logon was refused, now or before.
            Refused: others took too long.
            ConnectionLost: the server did not answer.
        """
        begin = time.monotonic()
        with self._alone(begin) as own:
            proved = _check(_load(own, "")) == PROVED
            if self._shared:
                self._until(begin, self._begin)
            self._make(lambda: log_on(time.monotonic() - begin), own, proved)

    def _make(self, log_on: Callable[[], None], own: int, proved: bool) -> None:
        """Make the logon, and keep what came of it; proved: this host accepted this password before."""
        try:
            log_on()
        except LogonRefused as error:
            _store(own, str(error))
            self._end(ended="" if error.about == HOST else f"{self._host} said: {error}")
            raise
        except (Refused, ServerError, StatusError):
            self._end()
            raise
        except BaseException as error:
            # A task's own time limit is among these, and ctrl-C.
            silence = NO_ANSWER.format(error if isinstance(error, ConnectionLost) else "interrupted")
            if not proved:
                _store(own, silence)
            self._end(silence=f"{self._host}: {silence}")
            raise
        _store(own, PROVED)
        self._end(accepted=not proved)

    def _begin(self) -> bool:
        with self._state() as state:
            room = state.has_room()
            if room:
                state.under_way.append(os.getpid())
        return room

    def _end(self, accepted: bool = False, silence: str = "", ended: str = "") -> None:
        if not self._shared:
            return
        with self._state() as state:
            state.under_way.remove(os.getpid())
            state.accepted += accepted
            state.unanswered += bool(silence)
            state.silence = state.silence or silence
            others = f"; {state.accepted} host(s) accepted it, which may have an account of this name of their own"
            state.ended = state.ended or (ended + others if ended and state.accepted else ended)

    @contextmanager
    def _state(self) -> Iterator[State]:
        """Give what all know, for a moment and to nobody else; changes are kept."""
        with _opened(self._shared) as record:
            fcntl.flock(record, fcntl.LOCK_EX)
            state = State(**_load(record, {}))
            before = asdict(state)
            yield state
            if asdict(state) != before:
                _store(record, asdict(state))

    @contextmanager
    def _alone(self, begin: float) -> Iterator[int]:
        """Give the record of this host, while nobody else logs on to it."""
        with _opened(self._own) as record:
            self._until(begin, lambda: _locked(record))
            yield record

    def _until(self, begin: float, done: Callable[[], bool]) -> None:
        while not done():
            if time.monotonic() - begin > self._patience:
                raise Refused(
                    f"no logon was tried: it waited {self._patience:g} seconds (ansible_smb_deadline) for others with "
                    "this account, of which no more are made at once than hosts have accepted it"
                )
            time.sleep(PAUSE_SECONDS)


def _principal(account: Account, host: str) -> tuple[str, str]:
    r"""Give user and domain in one spelling; no domain for an account of the host's own.

    Of ``u@dom.example`` and ``DOM\u`` it is not known whether they are one account: they are taken for one, which can
    only save logons. Windows makes the second name of a domain from the first label of the first, as a rule.
    """
    user, domain = upper(account.user), upper(account.domain)
    if domain in ("", ".", upper(host)) and "@" not in user:
        return user, ""
    name, _at, suffix = user.rpartition("@")
    label = (domain.strip(".") or suffix).partition(".")[0]
    return name or user, label[:LONGEST_NETBIOS_NAME]


def _not_again(known: str) -> LogonRefused:
    return LogonRefused(f"not tried again in this run, so that the account is not locked: {known}")


def _check(known: str) -> str:
    if known not in ("", PROVED):
        raise _not_again(known)
    return known


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        # There is none, or it is another user's, which has its number now.
        return False
    return True


def _key(path: str) -> bytes:
    """Give the random key of the run, made by whoever needs it first."""
    with _opened(path) as record:
        fcntl.flock(record, fcntl.LOCK_EX)
        key = os.pread(record, KEY_SIZE, 0)
        if len(key) < KEY_SIZE:
            key = os.urandom(KEY_SIZE)
            os.pwrite(record, key, 0)
    return key


def _path(folder: str, key: bytes, account: tuple[str, ...], password: str) -> str:
    name = _digest(key, account)[:28] + _digest(key, (*account, password))[:4]
    return os.path.join(folder, f"winsock_proxy-{name}")


def _digest(key: bytes, parts: tuple[str, ...]) -> str:
    return hmac.new(key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def _load(record: int, empty: T) -> T:
    raw = os.pread(record, 0x10000, 0).decode()
    value: T = json.JSONDecoder().raw_decode(raw)[0] if raw else empty
    return value


def _store(record: int, value: object) -> None:
    """Put a value in the place of another, so that whoever is killed here leaves the one or the other."""
    raw = json.dumps(value).encode()
    os.pwrite(record, raw, 0)
    os.ftruncate(record, len(raw))


def _locked(record: int) -> bool:
    try:
        fcntl.flock(record, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _opened(path: str) -> Iterator[int]:
    record = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        yield record
    finally:
        os.close(record)


__all__ = ("ACCOUNT", "HOST", "PASSWORD", "LogonRefused", "Logons")
