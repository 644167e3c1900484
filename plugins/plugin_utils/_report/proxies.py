# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Under which addresses remote MTAs may know the proxy, and which servers are behind it. Pure.

PRIVATE to the collection: no part of this file is a public interface.

The address that counts is the one on the side of the remote MTAs, and only people know it for sure. What the files of
the clients name is mostly the address on the inner side, so it is called a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import AddressValueError, IPv4Address
from typing import Any

from .masters import master_of
from .servers import Server

GIVEN, BY_MSPCLNT, BY_MASTER_COPY = "given", "mspclnt", "master_copy"
# An address as a number, or the first label of a name.
Key = int | str
Proxy = dict[str, Any]
MOST_PROXIES = 100
HOST = re.compile(r"(?=.{1,255}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?")
# What looks like an address must be one.
NUMBERS = re.compile(r"[0-9.]+")


def is_address(text: str) -> bool:
    """Tell whether a text is an IPv4 address or the name of a host."""
    return isinstance(key_of(text), int) or bool(HOST.fullmatch(text) and not NUMBERS.fullmatch(text))


def key_of(text: str) -> Key:
    """Give that by which an address or a name is compared; nothing where it names nothing."""
    name = _bare(text)
    try:
        return int(IPv4Address(name))
    except AddressValueError:
        label = name.partition(".")[0]
        # What looks like an address and is none shares no label with others.
        return (name if label.isdigit() else label).casefold()


def _bare(text: str) -> str:
    return text.strip().strip("\\").strip().rstrip(".")


def _domain_of(text: str, key: Key) -> str:
    """Give what stands behind the first label of a name; nothing where it has no domain, or is an address."""
    return "" if isinstance(key, int) else _bare(text).partition(".")[2].casefold()


class Proxies:
    """The proxies that are known of, by what they are called."""

    def __init__(self, given: Sequence[str], servers: Sequence[Server]) -> None:
        """Take what was given, and what files of these servers name, as guesses beside it."""
        named = {server["name"]: list(_named(server)) for server in servers}
        #: Which servers' files name a proxy, by its key.
        self._named_by: dict[Key, list[str]] = {}
        self._keys_of: dict[str, list[Key]] = {}
        for server, proxies in named.items():
            keys = list(dict.fromkeys(key_of(text) for text, _source in proxies))
            self._keys_of[server] = keys
            for key in keys:
                self._named_by.setdefault(key, []).append(server)
        self._by_key: dict[Key, Proxy] = {}
        #: Of each, the domains with which it was named; an empty one where without.
        self._domains: dict[Key, set[str]] = {}
        for text in given:
            self._add(text, GIVEN)
        for text, source in (each for proxies in named.values() for each in proxies):
            self._add(text, source)
        # An address that no file names may be the outer one of any of them.
        self._of_all = [key for key in self._by_key if key not in self._named_by]

    def _add(self, text: str, source: str) -> None:
        if key := key_of(text):
            self._by_key.setdefault(key, {"address": text, "from": source, "guess": source != GIVEN})
            self._domains.setdefault(key, set()).add(_domain_of(text, key))

    def all(self) -> list[Proxy]:
        """Give what is known of each, as many as are told."""
        return list(self._by_key.values())[:MOST_PROXIES]

    def left_out(self) -> int:
        """Give of how many nothing is told."""
        return max(0, len(self._by_key) - MOST_PROXIES)

    def of(self, server: str) -> list[Key]:
        """Give the proxies behind which a server may be, by their keys."""
        return [*(key for key in self._keys_of.get(server, ()) if key in self._by_key), *self._of_all]

    def called(self, ipv4: str | None, name: str | None) -> Key | None:
        """Give the proxy that an event means, whichever way its address is read; None where it means none."""
        keys = ((key_of(text), text) for text in (ipv4, name) if text)
        return next((key for key, text in keys if self._is_of_domain(key, _domain_of(text, key))), None)

    def _is_of_domain(self, key: Key, domain: str) -> bool:
        """Tell whether a proxy is known by this key; where both names have a domain, by the same one."""
        domains = self._domains.get(key)
        return domains is not None and (not domain or bool(domains & {"", domain}))

    def get(self, key: Key) -> Proxy:
        """Give what is known of one."""
        return self._by_key[key]


def _named(server: Server) -> Iterator[tuple[str, str]]:
    yield from ((text, BY_MSPCLNT) for text in server["proxy_servers"] if key_of(text))
    if master := master_of(server):
        yield master, BY_MASTER_COPY
