# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evidence on the page: its rows, which servers fit, and the filter; by mouse, by keyboard, without scripts."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver.common.keys import Keys

from tests.report.browser import Browser
from tests.report.fleets import Report, report, write
from tests.unit.report_events import events

SECTION = "section[aria-labelledby=evidence]"
FOUND = ("refused_and_seen", "refused", "seen")


def rows_of(browser: Browser) -> list[list[str]]:
    """Give the cells of the rows, each in one line."""
    cells = "[...row.cells].map(cell => cell.innerText.replace(/\\s+/g, ' ').trim())"
    return list(browser.run(f"return [...document.querySelectorAll('.events tbody tr')].map(row => {cells})"))


def evidenced(fleet: Report) -> list[str]:
    names = {each["name"] for each in fleet["evidence"]["servers"] if each["sure"] in FOUND}
    return [server["name"] for server in fleet["servers"] if server["name"] in names]


def test_each_refusal_has_a_row_with_who_fits(browser: Browser, page: Path) -> None:
    browser.open(page)
    fits = "ex02-protected, ex05-on-purpose, ex08-wspcfg, ex10-odd-bytes, ex11-sbs, ex01-exposed, ex04-disable-0"
    proxy, gate, without, other = rows_of(browser)
    assert proxy == [
        "ex17-new",
        "9301 144 times",
        "192.0.2.9 the proxy",
        "2026-11-20 08:20 UTC record 700",
        f"{fits} or: a firewall or translated addresses",
    ]
    same = "the same 7 servers as above or: a firewall or translated addresses"
    assert gate[2:] == ["GATE the proxy", proxy[3], same]
    assert (without[1:3], without[4]) == (["9202 2 times", "no address"], "an event without an address")
    assert other[4].startswith("not the proxy's address, as far as that is known or: no name by reverse lookup")
    link = browser.find(f"{SECTION} .events tbody td a")
    assert link.get_attribute("href").partition("#")[2] == browser.find("#servers tbody").get_attribute("id")


def test_the_servers_stand_by_how_sure_it_is(browser: Browser, page: Path, fleet: Report) -> None:
    browser.open(page)
    notes = [note.text.split("\n") for note in browser.all(f"{SECTION} .note")]
    assert notes[0][:3] == ["The proxy, as remote MTAs know it", "192.0.2.9 given", "gate.example given"]
    assert all(" a guess: " in note for note in notes[0][3:])
    assert [note[0] for note in notes[1:]] == [
        "Fits what remote MTAs refused, and logged failed calls near them 1",
        "Fits what remote MTAs refused 4",
        "Fits what remote MTAs refused, though protected now 3",
        "None in the logs of others 1",
    ]
    browser.find("#fold").click()
    (row,) = [row for row in browser.all("#servers tbody") if row.text.startswith("ex05-on-purpose")]
    told = "ex17-new refused callers with the proxy's address (192.0.2.9): event 9301, last 2026-11-20T08:20:00Z."
    assert f"{told} Behind the same proxy, 6 others fit as well." in row.text


def test_silence_and_faults_are_told(browser: Browser, page: Path) -> None:
    browser.open(page)
    for summary in browser.all(f"{SECTION} > details > summary"):
        summary.click()
    text = browser.find(SECTION).text
    assert "ex04-disable-0: build 2448.8 may log no 9301; diagnostics levels 1 X.400 Service: 0" in text
    assert "Error while reading the event log Application of ex05: access denied" in text
    assert "not read to its oldest record" in text
    assert "record 5 of 2026-11-20T06:00:00Z" in text


def test_on_a_narrow_page_each_cell_says_what_it_is(browser: Browser, page: Path) -> None:
    label = "getComputedStyle(cell, '::before').content"
    cells = f"[...document.querySelectorAll('.events tr:first-child td')].map(cell => {label})"
    browser.open(page, width=700)
    assert browser.run(f"return {cells}") == [f'"{word}: "' for word in ("event", "caller", "last", "fits")]
    browser.open(page, width=1200)
    assert set(browser.run(f"return {cells}")) == {"none"}


def test_a_box_leaves_the_servers_with_evidence(browser: Browser, page: Path, fleet: Report) -> None:
    browser.open(page)
    browser.click("#evidenced")
    assert browser.names() == evidenced(fleet)
    assert browser.texts("#shown") == [f"{len(evidenced(fleet))} of {len(fleet['servers'])} servers shown"]
    browser.click(".tiles .protected")
    status = {server["name"]: server["status"] for server in fleet["servers"]}
    assert browser.names() == [name for name in evidenced(fleet) if status[name] == "protected"]
    browser.find("#reset").click()
    assert len(browser.names()) == len(fleet["servers"])
    assert not browser.find("#evidenced").is_selected()


def test_the_box_is_for_the_keyboard_too(browser: Browser, page: Path, fleet: Report) -> None:
    browser.open(page)
    browser.run("document.getElementById('fold').focus()")
    browser.press(Keys.TAB, Keys.SPACE)
    assert browser.names() == evidenced(fleet)


def test_an_mta_that_has_not_read_the_fix_is_told_at_the_top_and_in_amber(browser: Browser, tmp_path: Path) -> None:
    found = {"status": "protected", "msg": "protected (documented): why", "in_force": "no", "events": events()}
    browser.open(write(tmp_path, report({"a": found, "b": found})))
    assert browser.texts("header .note") == [
        "2 MTAs are taken not to have read the fix (inferred). See MTAs to restart."
    ]
    (box,) = browser.all("section[aria-labelledby=restart] .note.unknown")
    assert box.text.startswith("Protected, and not started since: the running MTA is taken not to have read the fix")
    quiet = report({"a": {**found, "events": None}})
    browser.open(write(tmp_path, quiet))
    assert browser.all("header .note") == []


def test_without_scripts_the_rows_can_be_read(browser: Browser, page: Path) -> None:
    browser.open(page, script=False)
    text = browser.find(SECTION).text
    assert "192.0.2.9" in text
    assert "144 times" in text
    assert not browser.find("#evidenced").is_displayed()


def test_without_events_there_is_no_section_and_no_box(browser: Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, report({"a": {"status": "exposed", "msg": "exposed (documented): why"}})))
    assert browser.all(f"{SECTION}, #evidenced, .events") == []
    assert browser.faults() == []
