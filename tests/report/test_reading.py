# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody can read the page: in light and dark, on a narrow screen, on paper, without scripts, by ear."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.report.browser import Browser
from tests.report.fleets import Report, report, write

NARROW = 360
HEAD = "ServerStatusBeforeWhatwasfound"
AXE = """
const done = arguments[arguments.length - 1];
axe.run(document).then(found => done(found.violations.map(
  each => `${each.id}: ${each.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(" | ")}`)));
"""
# Sides of the page's text that is wider than the screen.
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(browser: Browser, axe: str) -> list[str]:
    browser.run(axe)
    return list(browser.driver.execute_async_script(AXE))


def letters(text: str) -> str:
    """Give a text without blanks, since lines are broken anywhere, and without ligatures."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def printed(browser: Browser) -> str:
    """Give the text on paper; the head of the table, which would cut sentences in two, stands there once."""
    text = letters("".join(page.extract_text() for page in PdfReader(io.BytesIO(browser.pdf())).pages))
    assert text.count(HEAD) == 1
    return text


def told(fleet: Report) -> list[str]:
    """Give all that the page must say of its servers."""
    texts: list[str] = []
    for server in fleet["servers"]:
        lists = [*server["reasons"], *server["risks"], *server["advice"]]
        lines = [line for step in server["plan"] for line in step["edit"]]
        # Nobody is sent to restart an MTA, or to look into a log, where that is not needed.
        advised = [each["message"] for each in lists if each["code"] not in ("restart_mta", "remote_events")]
        texts += [server["name"], *advised]
        texts += [line[side] for line in lines for side in ("before", "after") if line[side]]
        texts += [stanza["path"] for stanza in server["stanzas"]]
        texts += [f"{gap['what']}: {gap['reason']}" for gap in server["not_read"]]
    for remote in fleet["evidence"]["remotes"]:
        texts += [remote["name"], *(row["ipv4"] or row["name"] or str(row["id"]) for row in remote["refused"])]
    return texts


def missing(fleet: Report, text: str) -> list[str]:
    return [each for each in told(fleet) if letters(each) not in text]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("opened", [False, True], ids=["closed", "open"])
def test_axe_finds_no_violation(browser: Browser, axe: str, page: Path, dark: bool, opened: bool) -> None:
    browser.open(page, dark=dark)
    if opened:
        browser.find("#fold").click()
        browser.find(".tiles button").click()
    assert violations(browser, axe) == []


def test_axe_finds_no_violation_on_a_narrow_screen(browser: Browser, axe: str, page: Path) -> None:
    browser.open(page, width=NARROW)
    browser.find("#fold").click()
    assert violations(browser, axe) == []


def test_axe_would_find_one(browser: Browser, axe: str, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('h1').style.color = '#ddd'; document.documentElement.lang = ''")
    found = [each.partition(":")[0] for each in violations(browser, axe)]
    assert found == ["color-contrast", "html-has-lang"]


def test_light_and_dark_differ(browser: Browser, page: Path) -> None:
    colours = []
    for dark in (False, True):
        browser.open(page, dark=dark)
        colours.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
    assert len(set(colours)) == 2


@pytest.mark.parametrize("which", ["page", "tricked", "large"])
@pytest.mark.parametrize("width", [NARROW, 1280])
def test_nothing_is_wider_than_the_screen(
    browser: Browser, which: str, width: int, request: pytest.FixtureRequest
) -> None:
    file: Path = request.getfixturevalue(which)
    browser.open(file, width=width)
    browser.find("#fold").click()
    assert browser.run(OVERFLOW) <= 0


def test_paper_has_all_details(browser: Browser, page: Path, fleet: Report) -> None:
    browser.open(page)
    assert missing(fleet, printed(browser)) == []
    assert not any(each.get_property("open") for each in browser.all("details"))


def test_paper_has_them_without_scripts_too(browser: Browser, page: Path, fleet: Report) -> None:
    browser.open(page, script=False)
    assert missing(fleet, printed(browser)) == []


def test_paper_shows_what_a_filter_leaves(browser: Browser, page: Path, fleet: Report) -> None:
    browser.open(page)
    browser.search("ex05-on-purpose")
    text = printed(browser)
    assert letters(f"1 of {len(fleet['servers'])} servers shown") in text
    assert letters("set emsmta_bypass_override_proxied to true") in text
    assert letters("Windows reads '0' as Disable") not in text


def test_all_can_be_read_without_scripts(browser: Browser, page: Path, fleet: Report) -> None:
    browser.open(page, script=False)
    assert not browser.find(".tools").is_displayed()
    assert not browser.all(".tiles button")
    for summary in browser.all("summary"):
        summary.click()
    assert missing(fleet, letters(browser.find("body").text)) == []
    browser.find(".tiles a.unknown").click()
    first = next(server["name"] for server in fleet["servers"] if server["status"] == "unknown")
    assert browser.find("#servers tbody:target th").text == first


def test_a_page_without_servers_can_be_read(browser: Browser, axe: str, tmp_path: Path) -> None:
    browser.open(write(tmp_path, report({})))
    assert browser.find("h1").text == "No server is exposed."
    assert violations(browser, axe) == []
    assert browser.faults() == []


LOOKED: dict[str, Any] = {"status": "protected", "msg": "protected (inferred): Windows reads 1"}


@pytest.mark.parametrize(
    ("found", "headline"),
    [
        ({"a": LOOKED}, "No server is exposed."),
        ({"a": LOOKED, "b": {"unreachable": True}}, "No server is known to be exposed, 1 of 2 was not judged."),
        ({"a": LOOKED, "b": {**LOOKED, "status": "exposed"}}, "1 of 2 servers is exposed."),
        (
            {"a": {**LOOKED, "status": "exposed"}, "b": {**LOOKED, "status": "exposed"}, "c": {}},
            "2 of 3 servers are exposed, 1 was not judged.",
        ),
    ],
)
def test_the_headline_says_how_the_fleet_is(
    browser: Browser, tmp_path: Path, found: dict[str, dict[str, Any]], headline: str
) -> None:
    browser.open(write(tmp_path, report(found)))
    assert browser.find("h1").text == headline


def test_a_prediction_says_so(browser: Browser, tmp_path: Path) -> None:
    browser.open(write(tmp_path, report({"a": LOOKED, "b": {}}, check=True)))
    assert "A prediction." in browser.texts("header .note")[0]
    assert "Not complete." in browser.texts("header .note")[1]
