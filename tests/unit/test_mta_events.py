# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the events of the MTA mean, by id and insertion strings."""

from __future__ import annotations

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.mta import (
    IDS,
    REFUSED,
    SEEN,
    Address,
    about,
    address_of,
    build_of,
    decoded,
    may_be_blind,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import Record, records_in

from tests.lab.event_logs import Event, record

STACK = "/o=EXORG/ou=EXSITE/cn=Configuration/cn=Servers/cn=EX01/cn=TCP (EX01)"
CONNECTOR = "/O=orgname/OU=site/CN=Configuration/CN=Connections/CN=X400"
BIND = "ncacn_ip_tcp:192.0.2.7[1034]"


def event(code: int, *strings: str) -> Record:
    """Give an event as it is read, with the bits that stand above its id."""
    (found,) = records_in(record(1, Event(0x80000000 | code, 0, strings)))
    return found


@pytest.mark.parametrize(
    ("logged", "ipv4", "name"),
    [
        # As KB Q193380 and Q169113 print them.
        ("91F5C11B", "145.245.193.27", None),
        ("91f5c11b", "145.245.193.27", None),
        ("52656d6f74654d5441", None, "RemoteMTA"),
        ("4E434F5354455354", None, "NCOSTEST"),
        # A name of four letters is an address too.
        ("4D41494C", "77.65.73.76", "MAIL"),
        # A name with its end, and one of another alphabet.
        ("4D41494C323400", None, "MAIL24"),
        ("C4D0D220C5", None, None),
        ("00000000", "0.0.0.0", None),
        ("FF" * 64, None, None),
        ("41" * 64, None, "A" * 64),
    ],
)
def test_both_readings_of_an_address(logged: str, ipv4: str | None, name: str | None) -> None:
    assert decoded(logged) == Address(logged, ipv4, name)
    assert address_of(event(9301, STACK, f" {logged} ", "BASE IL", "TCP/IP DRVR", "8", "218")) == Address(
        logged, ipv4, name
    )


@pytest.mark.parametrize(
    "logged", ["", "0A", "0A00000", "0A000005 ", "0A0000G5", "10.0.0.5", "41" * 256, "\u0661" * 8, "0x0A000005"]
)
def test_what_is_no_address(logged: str) -> None:
    assert decoded(logged) is None


@pytest.mark.parametrize("strings", [(), (STACK,), (STACK, ""), (STACK, "BASE IL", "0A000005"), ("0A000005", STACK)])
def test_an_event_9301_without_an_address(strings: tuple[str, ...]) -> None:
    assert address_of(event(9301, *strings)) is None


@pytest.mark.parametrize("code", [9202, 289, 1293, 9298, 9318])
def test_another_event_has_no_address(code: int) -> None:
    assert address_of(event(code, STACK, "0A000005", BIND)) is None


@pytest.mark.parametrize(
    ("string", "ipv4", "name"),
    [
        (BIND, "192.0.2.7", None),
        ("bound with ncacn_ip_tcp:192.0.2.7[1034], object 1", "192.0.2.7", None),
        ("ncacn_ip_tcp:PROXY-1.example.com[135]", None, "PROXY-1.example.com"),
    ],
)
def test_the_address_of_a_caller_by_rpc(string: str, ipv4: str | None, name: str | None) -> None:
    logged = ipv4 or name
    assert address_of(event(9322, "76", "5", string, "ncacn_ip_tcp:10.0.0.1[1]")) == Address(str(logged), ipv4, name)


@pytest.mark.parametrize(
    "string", ["", "ncacn_np:PROXY[135]", "ncacn_ip_tcp:[135]", "ncacn_ip_tcp:192.0.2.7", "192.0.2.7"]
)
def test_an_event_9322_without_an_address(string: str) -> None:
    assert address_of(event(9322, "76", string)) is None


def test_what_an_event_is_about() -> None:
    assert about(event(289, CONNECTOR, "MTA XFER-IN", "17", "26")) == CONNECTOR
    assert about(event(1293, "0", CONNECTOR, STACK)) == CONNECTOR
    assert about(event(9202, "0", "1", "BASE IL")) is None


@pytest.mark.parametrize(
    ("strings", "build"),
    [
        # As KB Q174695 and Q146397 have them in their texts, whole or in parts.
        (("5.0 (build 1457.8)", "BASE IL", "MAIN BASE", "31", "490"), "1457.8"),
        (("4 (build\n995.54)",), "995.54"),
        (("5.5", "2653.23", "BASE IL"), "2653.23"),
        (("5.5 (build 2650.24)", "2653.23"), "2650.24"),
        (("5.5",), None),
        (("5.5.2653.23",), "2653.23"),
        (("192.0.2.7", "10.0.0.5", "123456.7"), None),
        ((), None),
    ],
)
def test_the_build_that_a_start_names(strings: tuple[str, ...], build: str | None) -> None:
    assert build_of(strings) == build


@pytest.mark.parametrize(
    ("build", "blind"),
    [("2232.9", False), ("2353.9", False), ("2354.0", True), ("2448.8", True), ("2620.9", True), ("2621.0", False)],
)
def test_builds_that_may_not_log_9301(build: str, blind: bool) -> None:
    assert may_be_blind(build) is blind


def test_each_id_stands_once() -> None:
    assert sorted(set(IDS)) == list(IDS)
    assert {9298, 9299, *REFUSED, *SEEN} <= set(IDS)
    assert not set(REFUSED) & set(SEEN)
