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
from itertools import islice
from typing import Any

from .masters import master_of
from .servers import Server

GIVEN, BY_MSPCLNT, BY_MASTER_COPY = "given", "mspclnt", "master_copy"
# An address as a number, or the first label of a name.
Key = int | str
Proxy = dict[str, Any]
MOST_PROXIES = 100
# That share their first label, of which a name without a domain may mean any.
MOST_DOMAINS = 20
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
        texts = [(text, GIVEN) for text in given] + [each for proxies in named.values() for each in proxies]
        #: Of each first label, the domains with which it was named; an empty one where without.
        self._domains: dict[Key, dict[str, None]] = {}
        for text, _source in texts:
            if label := key_of(text):
                self._domains.setdefault(label, {})[_domain_of(text, label)] = None
        self._by_key: dict[Key, Proxy] = {}
        for text, source in texts:
            if label := key_of(text):
                proxy = {"address": text, "from": source, "guess": source != GIVEN}
                self._by_key.setdefault(self._key(text, label), proxy)
        self._keys_of = {server: self._keys([text for text, _source in proxies]) for server, proxies in named.items()}
        by_files = {key for keys in self._keys_of.values() for key in keys}
        # An address that no file names may be the outer one of any of them.
        self._of_all = [key for key in self._by_key if not by_files & {key, str(key).removesuffix(".")}]

    def _key(self, text: str, label: Key) -> Key:
        """Give the key of a proxy: its label, but where proxies of several domains have that, its whole name.

        There, the label alone stands for any of them, and with a point behind it for one that has no domain.
        """
        return f"{label}.{_domain_of(text, label)}" if self._is_shared(label) else label

    def _is_shared(self, label: Key) -> bool:
        domains = self._domains.get(label, {})
        return len(domains) - ("" in domains) > 1

    def _keys(self, texts: Sequence[str]) -> dict[Key, None]:
        """Give the keys of the proxies that these names may mean: a label without a domain may mean each that has it.

        What is logged by such a label may mean each of them too.
        """
        found: dict[Key, None] = {}
        for text in texts:
            label = key_of(text)
            found |= dict.fromkeys((self._key(text, label), label))
            if self._is_shared(label) and not _domain_of(text, label):
                domains = islice(self._domains[label], MOST_DOMAINS)
                found |= dict.fromkeys(f"{label}.{domain}" for domain in domains)
        return found

    def all(self) -> list[Proxy]:
        """Give what is known of each, as many as are told."""
        return list(self._by_key.values())[:MOST_PROXIES]

    def left_out(self) -> int:
        """Give of how many nothing is told."""
        return max(0, len(self._by_key) - MOST_PROXIES)

    def of(self, server: str) -> list[Key]:
        """Give the proxies behind which a server may be, by their keys."""
        return [*self._keys_of.get(server, ()), *self._of_all]

    def known(self, keys: Sequence[Key]) -> int:
        """Give how many proxies these are."""
        return sum(key in self._by_key for key in keys)

    def of_any(self) -> int:
        """Give the number of addresses that were given and that no file names: which server is behind which?"""
        return len(self._of_all)

    def called(self, ipv4: str | None, name: str | None) -> Key | None:
        """Give the proxy that an event means, whichever way its address is read; None where it means none."""
        return next((key for text in (ipv4, name) if text and (key := self._called(text)) is not None), None)

    def _called(self, text: str) -> Key | None:
        """Give the proxy of this name; where both names have a domain, by the same one."""
        label = key_of(text)
        domain, domains = _domain_of(text, label), self._domains.get(label, {})
        if not domains or (domain and domain not in domains and "" not in domains):
            return None
        if not domain or not self._is_shared(label):
            return label
        return f"{label}.{domain if domain in domains else ''}"

    def get(self, key: Key) -> Proxy:
        """Give what is known of one."""
        # A label that several share, where it was logged without a domain.
        alone = {"address": str(key), "from": BY_MSPCLNT, "guess": True}
        return self._by_key.get(key) or self._by_key.get(f"{key}.") or alone


def _named(server: Server) -> Iterator[tuple[str, str]]:
    yield from ((text, BY_MSPCLNT) for text in server["proxy_servers"] if key_of(text))
    if master := master_of(server):
        yield master, BY_MASTER_COPY
