# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do with the page: filter, search, sort, open, by mouse and by keyboard; with 400 servers too."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.report.browser import Browser
from tests.report.fleets import Report

LARGEST = 1_200_000
# A busy machine takes some ten milliseconds; one that cannot do it at once takes far more.
MILLISECONDS_OF_A_FILTER, MILLISECONDS_TO_OPEN = 500, 5000
TOP = "section[aria-labelledby=since] .note, section[aria-labelledby=restart] .note"
FILTER = """
const field = document.getElementById("search"), begin = performance.now();
field.value = arguments[0];
field.dispatchEvent(new Event("input"));
document.body.getBoundingClientRect();
return performance.now() - begin;
"""


@pytest.fixture(autouse=True)
def nothing_wrong(browser: Browser, page: Path) -> None:
    """Begin each test with the page as it is opened."""
    browser.open(page)


def names_of(fleet: Report, *statuses: str) -> list[str]:
    return [server["name"] for server in fleet["servers"] if server["status"] in statuses]


def tile(browser: Browser, status: str) -> str:
    """Click the tile of a status; give what tells whether it is pressed."""
    button = browser.find(f".tiles .{status}")
    button.click()
    return str(button.get_attribute("aria-pressed"))


def test_the_page_loads_itself_alone_and_complains_of_nothing(browser: Browser, page: Path, fleet: Report) -> None:
    browser.find("#fold").click()
    tile(browser, "exposed")
    browser.search("proxy")
    assert browser.requests() == [page.as_uri()]
    assert browser.faults() == []


def test_all_servers_are_there_worst_first(browser: Browser, fleet: Report) -> None:
    assert browser.names() == [server["name"] for server in fleet["servers"]]
    assert browser.texts("#shown") == [f"{len(fleet['servers'])} of {len(fleet['servers'])} servers shown"]


def test_tiles_say_how_many_and_filter_one_by_one(browser: Browser, fleet: Report) -> None:
    counts = [text.split(None, 1) for text in browser.texts(".tiles li")]
    assert {words.replace(" ", "_"): int(count) for count, words in counts} == {
        status: count for status, count in fleet["totals"].items() if count
    }
    assert tile(browser, "exposed") == "true"
    assert browser.names() == names_of(fleet, "exposed")
    assert tile(browser, "unknown") == "true"
    assert browser.names() == names_of(fleet, "exposed", "unknown")
    assert tile(browser, "exposed") == "false"
    assert browser.names() == names_of(fleet, "unknown")
    assert tile(browser, "unknown") == "false"
    assert len(browser.names()) == len(fleet["servers"])


def test_the_search_finds_each_word_in_details_that_are_closed_too(browser: Browser, fleet: Report) -> None:
    browser.search("serverbindtcpports  EX05")
    assert browser.names() == ["ex05-on-purpose"]
    assert browser.texts("#shown") == [f"1 of {len(fleet['servers'])} servers shown"]
    browser.search("no such word")
    assert browser.names() == []
    browser.find("#reset").click()
    assert len(browser.names()) == len(fleet["servers"])
    assert not browser.find("#reset").is_displayed()


def test_search_and_tiles_go_together(browser: Browser, fleet: Report) -> None:
    tile(browser, "exposed")
    browser.search("ex0")
    assert browser.names() == [name for name in names_of(fleet, "exposed") if "ex0" in name]
    browser.search("")
    assert browser.names() == names_of(fleet, "exposed")


def test_a_click_on_a_column_sorts_and_another_turns_the_order(browser: Browser, fleet: Report) -> None:
    names = [server["name"] for server in fleet["servers"]]
    header = browser.find("#servers thead th:first-child")
    header.find_element("tag name", "button").click()
    assert browser.names() == sorted(names)
    assert browser.all("#servers thead [aria-sort]") == [header]
    assert header.get_attribute("aria-sort") == "ascending"
    header.find_element("tag name", "button").click()
    assert browser.names() == sorted(names, reverse=True)
    assert header.get_attribute("aria-sort") == "descending"


def test_the_status_sorts_by_how_bad_it_is(browser: Browser, fleet: Report) -> None:
    worst_first = [server["status"] for server in fleet["servers"]]
    status = browser.find("#servers thead th:nth-child(2)")
    assert status.get_attribute("aria-sort") == "ascending"
    status.find_element("tag name", "button").click()
    assert browser.texts("#servers tbody .status") == [each.replace("_", " ") for each in reversed(worst_first)]


def test_numbers_in_names_sort_as_numbers(browser: Browser, large: Path) -> None:
    browser.open(large)
    browser.find("#servers thead button").click()
    assert browser.names() == [f"mail-{at:03}.emea.corp.example" for at in range(400)]


def test_what_is_filtered_stays_so_when_it_is_sorted(browser: Browser, fleet: Report) -> None:
    tile(browser, "exposed")
    browser.find("#servers thead button").click()
    assert browser.names() == sorted(names_of(fleet, "exposed"))


def test_the_keyboard_reaches_all_and_does_all(browser: Browser, fleet: Report) -> None:
    browser.find("body").click()
    while browser.focused() != f"{fleet['totals']['exposed']} exposed":
        browser.press(Keys.TAB)
    browser.press(Keys.SPACE)
    assert browser.names() == names_of(fleet, "exposed")
    browser.press(Keys.ENTER)
    # As Tab would, past all links between.
    browser.run("document.getElementById('search').focus()")
    while browser.focused() != "Server":
        browser.press(Keys.TAB)
    browser.press(Keys.ENTER)
    assert browser.names() == sorted(browser.names())
    assert browser.focused() == "Server"
    first = browser.find("#servers tbody details")
    while first.find_element("tag name", "summary") != browser.driver.switch_to.active_element:
        browser.press(Keys.TAB)
    browser.press(Keys.ENTER)
    assert first.get_property("open") is True


def test_all_details_open_and_close_at_once(browser: Browser) -> None:
    button = browser.find("#fold")
    button.click()
    assert all(each.get_property("open") for each in browser.all("#servers tbody details"))
    assert button.text == "Close all details"
    button.click()
    assert not any(each.get_property("open") for each in browser.all("#servers tbody details"))


def test_a_link_to_a_server_that_is_filtered_out_shows_it_open(browser: Browser) -> None:
    tile(browser, "unknown")
    browser.click(".note.exposed a")
    row = browser.find("#servers tbody:target")
    assert row.find_element("tag name", "th").text == "ex02-protected"
    assert row.find_element("tag name", "dl").is_displayed()


def test_details_name_what_windows_reads_the_edit_and_why(browser: Browser, fleet: Report) -> None:
    browser.find("#fold").click()
    (purpose,) = [row for row in browser.all("#servers tbody") if row.text.startswith("ex05-on-purpose")]
    for told in ("C:\\mspclnt\\MSPCLNT.INI", "60+ Disable=1", "inferred", "refused"):
        assert told in purpose.text
    article = purpose.find_element("link text", "Q254909").get_attribute("href")
    assert article == "https://github.com/jeffpar/kbarchive/blob/master/kb/254/Q254909/README.md"
    (odd,) = [row for row in browser.all("#servers tbody") if row.text.startswith("ex03-odd-spelling")]
    assert "58 disable=1" in odd.text
    (edited,) = [row for row in browser.all("#servers tbody") if row.text.startswith("ex01-exposed")]
    for told in ("Changed", "+ Disable=1", "the old bytes: C:\\mspclnt\\MSPCLNT.INI.bak", "Last changed"):
        assert told in edited.text


def test_the_top_says_what_changed_since_the_last_report_and_what_to_restart(browser: Browser) -> None:
    top = {note.split("\n")[0]: note for note in (each.text for each in browser.all(TOP))}
    heads = {
        "Protected last time, exposed now 1": ["ex02-protected"],
        "Exposed last time, protected now 2": ["ex01-exposed", "ex04-disable-0"],
        "New in this report 2": ["ex16-broken", "ex17-new"],
        "No longer in the inventory 1": ["ex15-gone"],
        "Fixed, and not known to have been started since 1": ["ex01-exposed"],
        # That one cannot be reached does not say that it was started.
        "Protected, and not known to have been started since 3": ["ex14-silent", "ex04-disable-0", "ex17-new"],
    }
    assert {head: note.split("\n")[1].split(", ") for head, note in top.items()} == heads
    (masters,) = [each.text for each in browser.all("section") if each.text.startswith("Master copies")]
    assert "proxy-01 protected" in masters


def test_each_advice_stands_once_with_its_servers(browser: Browser, fleet: Report) -> None:
    shown = [item.text for item in browser.all("section[aria-labelledby=advice] li")]
    assert len(shown) == len(fleet["advice"])
    for text, advice in zip(shown, fleet["advice"], strict=True):
        assert advice["message"] in text
        assert text.split("\n")[-1].split(", ") == advice["servers"]


def test_400_servers_are_small_and_open_and_filter_at_once(browser: Browser, large: Path) -> None:
    assert large.stat().st_size < LARGEST
    browser.open(large)
    assert len(browser.names()) == 400
    (timing,) = browser.run("return performance.getEntriesByType('navigation').map(each => each.domComplete)")
    assert timing < MILLISECONDS_TO_OPEN
    spent = [browser.run(FILTER, words) for words in ("mail-39", "proxy", "")]
    assert max(spent) < MILLISECONDS_OF_A_FILTER
