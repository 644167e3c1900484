# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Under which addresses remote MTAs may know the proxy, given or guessed from files; and who is behind it."""

from __future__ import annotations

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.proxies import is_address, key_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.told import told as lines_of

from tests.unit.report_events import at, events, kind, moment
from tests.unit.report_logs import INNER, OUTER, client, joined, of, remote, rows


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
    # Beside one that was given it stays a guess.
    given = joined(hosts, OUTER)
    assert [proxy["from"] for proxy in given["evidence"]["proxies"]] == ["given", source]
    assert (of(given, "ex01")["sure"], of(given, "ex01")["guess"]) == ("refused", True)
    assert rows(given, "far")[0]["proxy"] == INNER


def test_a_name_of_files_is_that_of_a_proxy_though_an_address_was_given() -> None:
    far = remote(kind(9301, at(8), address=OUTER), kind(9301, at(9), name="PROXY-1"))
    hosts = {"ex01": client(proxies=("PROXY-1",)), "ex02": client(proxies=("PROXY-2",)), "far": far}
    report = joined(hosts, OUTER)
    told = [(row["proxy"], row["guess"], row["fits"], row["other_causes"]) for row in rows(report, "far")]
    assert told == [("PROXY-1", True, ["ex01"], ["firewall"]), (OUTER, False, ["ex01", "ex02"], ["firewall"])]
    assert (of(report, "ex01")["others"], of(report, "ex02")["others"]) == (["ex02"], ["ex01"])
    # What was given is surer, though older.
    found = of(report, "ex01")
    assert ([row["proxy"] for row in found["refused"]], found["guess"]) == ([OUTER, "PROXY-1"], False)
    assert found["message"].startswith(
        f"far refused callers with the proxy's address ({OUTER}): event 9301, last {at(8)}"
    )


def test_what_was_refused_since_the_fix_is_counted_of_what_was_given() -> None:
    far = remote(kind(9301, at(8), address=OUTER), kind(9301, at(12), name="PROXY-1"))
    fixed = client("protected", events(started=moment(at(9), 9)), ("PROXY-1",), in_force="yes")
    assert of(joined({"a": fixed, "far": far}, OUTER), "a")["since_fix"]["refused"] == 0
    assert of(joined({"a": fixed, "far": far}), "a")["since_fix"]["refused"] == 1
    (line,) = [line for line in lines_of(joined({"a": fixed, "far": far}, OUTER), "/r") if line.startswith("Refused")]
    assert line == f"Refused: by far, 2 events, callers with {OUTER}, PROXY-1 (some a guess); last {at(12)}"


def test_others_are_those_behind_the_proxy_that_was_refused() -> None:
    hosts = {"a": client(proxies=("PROXY-1", "ALL")), "b": client(proxies=("ALL",)), "c": client(proxies=("PROXY-1",))}
    report = joined({**hosts, "far": remote(kind(9301, at(8), name="PROXY-1"))}, "PROXY-1")
    assert of(report, "a")["others"] == ["c"]


def test_servers_that_saw_a_guess_alone_are_not_named_for_what_was_given() -> None:
    off = remote(kind(9301, at(9), name="PROXY-1"))
    hosts = {"ex01": client(proxies=("PROXY-1",)), "far": remote(kind(9301, at(8), address=OUTER)), "off": off}
    assert of(joined(hosts, OUTER), "ex01")["message"].startswith("far refused callers")


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


def test_proxies_of_several_sites_with_one_first_label() -> None:
    hosts = {
        "a": client(proxies=("proxy.a.example",)),
        "b": client(proxies=("PROXY.b.example",)),
        "c": client(proxies=("proxy",)),
    }
    report = joined({**hosts, "far": remote(kind(9301, at(8), name="proxy.b.example"))})
    assert [of(report, name)["sure"] for name in "abc"] == ["none", "refused", "refused"]
    assert of(report, "b")["others"] == ["c"]
    assert "(PROXY.b.example, a guess from files)" in of(report, "b")["message"]
    bare = joined({**hosts, "far": remote(kind(9301, at(8), name="PROXY"))})
    assert [of(bare, name)["sure"] for name in "abc"] == ["refused"] * 3
    assert "(proxy, a guess from files)" in of(bare, "a")["message"]
    elsewhere = joined({**hosts, "far": remote(kind(9301, at(8), name="proxy.z.example"))})
    assert [of(elsewhere, name)["sure"] for name in "abc"] == ["none", "none", "refused"]


def test_of_two_given_addresses_nobody_knows_whose_is_which() -> None:
    hosts = {"a": client(proxies=("GATE-A",)), "b": client(proxies=("GATE-B",))}
    far = remote(kind(9301, at(8), address=OUTER))
    doubt = "Several addresses were given: whether this one is that of its own proxy is not known."
    for name in hosts:
        assert doubt in of(joined({**hosts, "far": far}, OUTER, "192.0.2.10"), name)["message"]
        assert "Several addresses" not in of(joined({**hosts, "far": far}, OUTER), name)["message"]
        # A guess is called one, and no more.
        guess = joined({**hosts, "far": remote(kind(9301, at(8), name=f"GATE-{name}"))}, OUTER, "192.0.2.10")
        assert of(guess, name)["guess"]
        assert "Several addresses" not in of(guess, name)["message"]


def test_a_label_that_several_share_is_no_proxy_of_its_own() -> None:
    hosts = {"a": client(proxies=("proxy.a.example",)), "b": client(proxies=("proxy.b.example",))}
    far = remote(kind(9301, at(8), name="PROXY"))
    report = joined({**hosts, "far": far}, "proxy.a.example", "proxy.b.example")
    assert [proxy["address"] for proxy in report["evidence"]["proxies"]] == ["proxy.a.example", "proxy.b.example"]
    found = of(report, "a")
    assert (found["proxies"], found["proxies_of_any"], found["guess"]) == (1, 0, True)
    assert [row["proxy"] for row in found["refused"]] == ["proxy"]
    given = of(joined({**hosts, "far": far}, "PROXY"), "a")
    assert (given["proxies_of_any"], given["guess"], given["refused"][0]["proxy"]) == (0, False, "PROXY")


def test_those_that_may_have_called_are_all_behind_one_proxy() -> None:
    behind = {name: client(proxies=("PROXY-1",)) for name in "bc"}
    unsure = {name: client("protected", proxies=("PROXY-2",)) for name in "de"}
    hosts = {"a": client(proxies=("PROXY-1", "PROXY-2")), **behind, **unsure}
    far = remote(kind(9301, at(8), name="PROXY-1"), kind(9301, at(8), name="PROXY-2"))
    found = of(joined({**hosts, "far": far}), "a")
    assert (found["others"], found["others_unsure"]) == (["b", "c"], 0)


def test_what_only_looks_like_an_address_is_its_own() -> None:
    assert key_of("192.0.2.1.") == key_of("192.0.2.1")
    assert len({key_of(text) for text in ("192.0.2.256", "192.0.2.257", "192.0.2.1:80", "192.0.2.2:80", "192")}) == 5


def test_an_address_that_no_file_names_may_be_that_of_any_proxy() -> None:
    hosts = {"ex01": client(proxies=("PROXY-1",)), "ex02": client(proxies=("PROXY-2",))}
    report = joined({**hosts, "far": remote(kind(9301, at(8), address=OUTER))}, OUTER)
    assert [of(report, name)["sure"] for name in hosts] == ["refused", "refused"]


def test_a_protected_server_fits_where_its_mta_has_not_read_the_fix() -> None:
    far = remote(kind(9301, at(8), name="PROXY-1"))
    for in_force, fits in (("no", ["ex01", "ex02"]), ("unknown", ["ex01"]), ("yes", ["ex01"])):
        other = client("protected", events(), ("PROXY-1",), in_force=in_force)
        report = joined({"ex01": client(proxies=("PROXY-1",)), "ex02": other, "far": far}, "PROXY-1")
        assert rows(report, "far")[0]["fits"] == fits
        assert of(report, "ex01")["others_unsure"] == (in_force == "unknown")
        # Itself is not another.
        assert of(report, "ex02")["others_unsure"] == 0


def test_a_client_of_which_nobody_knows_what_it_does_fits_too() -> None:
    """One of version 1.0 knows no sections for single programs (CAT8)."""
    hosts = {"old": client("unknown", proxies=("PROXY-1",)), "far": remote(kind(9301, at(8), name="PROXY-1"))}
    report = joined(hosts, "PROXY-1")
    assert (of(report, "old")["sure"], rows(report, "far")[0]["fits"]) == ("refused", ["old"])
    unread = client("unknown")
    assert [each["name"] for each in joined({**hosts, "b": unread}, "PROXY-1")["evidence"]["servers"]] == ["old"]
