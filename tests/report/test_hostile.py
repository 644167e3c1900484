# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hostile servers put into names and values does no harm in any of the four files."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from junitparser import JUnitXml

from tests.report.browser import Browser
from tests.report.fleets import Report
from tests.report.schema import SCHEMA

# What a spreadsheet takes for a formula, at the start of a cell.
FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# Controls, line ends and what turns the direction: nothing of a server may bring one into a file.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
ELEMENTS = """
return [...document.querySelectorAll("*")].filter(each => each.matches("img, link, iframe, object, embed, form, base")
  || [...each.attributes].some(its => /^on|^style$/.test(its.name) || /^\\s*javascript:/i.test(its.value))
).map(each => each.outerHTML.slice(0, 200));
"""


def opened(browser: Browser, tricked: Path) -> Browser:
    browser.open(tricked)
    browser.find("#fold").click()
    browser.search("window.owned")
    browser.find("#reset").click()
    browser.find("#servers thead button").click()
    return browser


def test_no_script_runs_and_nothing_is_fetched(browser: Browser, tricked: Path) -> None:
    opened(browser, tricked)
    assert browser.run("return window.owned") is None
    assert browser.requests() == [tricked.as_uri()]
    # A script that the policy had to stop would be told here.
    assert browser.faults() == []


def test_texts_stay_texts(browser: Browser, tricked: Path, tricks: Report) -> None:
    opened(browser, tricked)
    assert browser.run(ELEMENTS) == []
    assert browser.run("return document.scripts.length") == 1
    assert sorted(browser.names()) == sorted(server["name"].strip() for server in tricks["servers"])
    assert browser.run("return document.querySelectorAll('#servers tbody').length") == len(tricks["servers"])


def test_links_lead_to_the_archive_the_facts_and_within_the_page_alone(browser: Browser, tricked: Path) -> None:
    opened(browser, tricked)
    links = set(browser.run("return [...document.links].map(each => each.getAttribute('href'))"))
    known = re.compile(
        r"#[sar]\d+|report\.(csv|json|xml)|https://github\.com/(jeffpar/kbarchive/blob/master/kb/\d{3}/Q\d{6}/README\.md"
        r"|legacy-exchange/winsock_proxy/blob/main/docs/facts\.md#sources)"
    )
    assert [link for link in links if not known.fullmatch(link)] == []


def test_the_policy_stops_what_would_get_in_all_the_same(browser: Browser, page: Path, tmp_path: Path) -> None:
    bad = b"<script>window.owned = 1</script><p style='color: red'>"
    bad += b"<img src='http://127.0.0.1:9/x' onerror='window.owned = 1'>"
    spoiled = tmp_path / "spoiled.html"
    spoiled.write_bytes(page.read_bytes().replace(b"<main>", b"<main>" + bad))
    browser.open(spoiled)
    assert browser.run("return window.owned") is None
    assert browser.requests() == [spoiled.as_uri()]
    assert sum("Content Security Policy" in fault for fault in browser.faults()) >= 3


def test_no_cell_is_a_formula_with_commas_or_semicolons_between(tricked: Path, tricks: Report) -> None:
    text = tricked.with_name("report.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert len(rows) == len(tricks["servers"]) + 1
    assert {len(row) for row in rows} == {len(rows[0])}
    for delimiter in ",;\t":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
        assert [cell for cell in cells if FORMULA.match(cell)] == []
    assert max(len(cell) for row in rows for cell in row) < 32_767


def test_xml_and_json_can_be_read(tricked: Path, tricks: Report) -> None:
    data = tricked.with_name("report.xml").read_bytes()
    cases = ET.fromstring(data).iter("testcase")
    assert [case.get("name") for case in cases] == [server["name"] for server in tricks["servers"]]
    assert sum(len(list(suite)) for suite in JUnitXml.fromstring(data)) == len(tricks["servers"])
    read = json.loads(tricked.with_name("report.json").read_bytes().decode("utf-8"))
    Draft202012Validator(SCHEMA).validate(read)
    assert read == tricks


@pytest.mark.parametrize("kind", ["html", "csv", "xml", "json"])
def test_nothing_unseen_gets_into_a_file(tricked: Path, kind: str) -> None:
    text = tricked.with_name(f"report.{kind}").read_bytes().decode("utf-8")
    assert UNSEEN.findall(text) == []
