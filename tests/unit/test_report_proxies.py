# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Under which addresses remote MTAs may know the proxy: given, or guessed from files."""

from __future__ import annotations

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.proxies import is_address, key_of

from tests.unit.report_events import at, kind
from tests.unit.report_logs import INNER, OUTER, client, joined, of, remote


@pytest.mark.parametrize(
    ("proxies", "master", "source"),
    [(("10.0.0.9",), None, "mspclnt"), ((), "\\\\10.0.0.9\\mspclnt\\", "master_copy")],
)
def test_what_files_name_is_a_guess(proxies: tuple[str, ...], master: str | None, source: str) -> None:
    hosts = {
        "ex01": client(proxies=proxies, master_copy=master),
        "far": remote(kind(9301, at(8), address=INNER)),
    }
    report = joined(hosts)
    assert report["evidence"]["proxies"] == [{"address": INNER, "from": source, "guess": True}]
    found = of(report, "ex01")
    assert (found["sure"], found["guess"]) == ("refused", True)
    assert f"({INNER}, a guess from files)" in found["message"]
    assert "proxy_addresses" in {advice["code"] for advice in report["advice"]}
    # What was given takes the place of guesses.
    given = joined(hosts, OUTER)
    assert [proxy["from"] for proxy in given["evidence"]["proxies"]] == ["given"]
    assert of(given, "ex01")["sure"] == "none"


def test_digits_are_read_both_ways() -> None:
    mail = kind(9301, at(8), address="77.65.73.76", name="MAIL") | {"hex": "4D41494C"}
    for address in ("77.65.73.76", "mail.example"):
        assert of(joined({"a": client(), "far": remote(mail)}, address), "a")["sure"] == "refused"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("192.0.2.1", True),
        ("proxy", True),
        ("PROXY_1.corp.example", True),
        ("1proxy", True),
        ("192.0.2", False),
        ("192.0.2.256", False),
        ("192.0.2.1/24", False),
        ("2001:db8::1", False),
        ("a b", False),
        ("-a", False),
        ("", False),
        ("a..b", False),
        ("x" * 300, False),
        ("{{ x }}", False),
        ("a\n", False),
    ],
)
def test_what_is_an_address(text: str, right: bool) -> None:
    assert is_address(text) is right


def test_names_are_compared_by_their_first_label_and_addresses_as_numbers() -> None:
    assert key_of("Proxy.corp.example") == key_of("PROXY") == key_of(" \\\\proxy ")
    assert key_of("192.0.2.1") == 0xC0000201
    assert key_of("192.0.2.1") != key_of("192.example")


@pytest.mark.parametrize(
    ("logged", "known", "sure"),
    [
        ("proxy.one.example", "PROXY.one.example.", "refused"),
        ("proxy", "proxy.one.example", "refused"),
        ("proxy.one.example", "proxy", "refused"),
        ("proxy.two.example", "proxy.one.example", "none"),
    ],
)
def test_names_of_other_domains_are_others(logged: str, known: str, sure: str) -> None:
    hosts = {"ex01": client(proxies=(known,)), "far": remote(kind(9301, at(8), name=logged))}
    assert of(joined(hosts), "ex01")["sure"] == sure
    assert of(joined(hosts, known), "ex01")["sure"] == sure


def test_what_only_looks_like_an_address_is_its_own() -> None:
    assert key_of("192.0.2.1.") == key_of("192.0.2.1")
    assert len({key_of(text) for text in ("192.0.2.256", "192.0.2.257", "192.0.2.1:80", "192.0.2.2:80", "192")}) == 5


def test_an_address_that_no_file_names_may_be_that_of_any_proxy() -> None:
    hosts = {"ex01": client(proxies=("PROXY-1",)), "ex02": client(proxies=("PROXY-2",))}
    report = joined({**hosts, "far": remote(kind(9301, at(8), address=OUTER))}, OUTER)
    assert [of(report, name)["sure"] for name in hosts] == ["refused", "refused"]
