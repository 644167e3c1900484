# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for programs: report.json, for a spreadsheet: report.csv, and for CI: report.xml. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from ...module_utils._server.text import cut, plain
from .report import Report
from .servers import EXPOSED, FAILED, NOT_APPLICABLE, NOT_LOOKED_AT, ROLE_FAILED, UNKNOWN, UNREACHABLE, Server

BOM = "\ufeff"
# Where a spreadsheet would begin a formula (CWE-1236): signs in full width are taken too in East Asia, and where the
# language of the user has semicolons between cells, a text may hold a whole cell.
FORMULA = re.compile('(?:^|(?<=;))(?=["\\s]*[=+\\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])')
# Of a cell in Excel there are 32,767 characters.
LONGEST_CELL = 32_000
# What a test is called that a status fails, in JUnit's words.
VERDICT = {
    EXPOSED: "failure",
    UNKNOWN: "error",
    UNREACHABLE: "error",
    FAILED: "error",
    NOT_APPLICABLE: "skipped",
    NOT_LOOKED_AT: "skipped",
}
COLUMNS = (
    "name",
    "status",
    "status_before",
    "outcome",
    "certainty",
    "message",
    "reasons",
    "risks",
    "advice",
    "changes",
    "in_force",
    "started",
    "evidence",
    "not_read",
    "last_status",
    "last_seen",
    "changed_at",
)
# XML 1.0 has no place for these, not even escaped.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(report: Report) -> bytes:
    """Give report.json: a line for each key, and for each item of a list, as for each server.

    With an indent, Python writes it in Python, which takes longer than all else of a large report.
    """
    return ("{\n" + ",\n".join(f'"{key}": {_lines(value)}' for key, value in report.items()) + "\n}\n").encode("utf-8")


def as_csv(report: Report, hosts: Sequence[str]) -> bytes:
    """Give report.csv: one row for each host of the play, no other lines but the header."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    named = set(map(plain, hosts))
    evidence = _evidence(report)
    for server in report["servers"]:
        if server["name"] in named:
            started = server["started"] and server["started"]["time"]
            row = {**server, "started": started, "evidence": evidence.get(server["name"])}
            rows.writerow([_cell(row[column]) for column in COLUMNS])
    return (BOM + text.getvalue()).encode("utf-8")


def as_junit(report: Report) -> bytes:
    """Give report.xml: each server a test."""
    results = [_verdict(server) for server in report["servers"]]
    counts = {
        "tests": str(len(results)),
        "failures": str(results.count("failure")),
        "errors": str(results.count("error")),
        "skipped": str(results.count("skipped")),
    }
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "emsmta", "timestamp": report["generated"], **counts})
    evidence = _evidence(report)
    for server, result in zip(report["servers"], results, strict=True):
        case = ET.SubElement(suite, "testcase", classname="emsmta", name=_xml(server["name"]), time="0")
        if result:
            told = ET.SubElement(case, result, message=_xml(server["message"]), type=_kind(server))
            # Some readers show the one, some the other.
            told.text = _xml("\n".join([server["message"], *map(_item, server["reasons"])]))
        if server["name"] in evidence:
            # Beside each test, also one that passed.
            ET.SubElement(case, "system-out").text = _xml(f"Evidence, no proof: {evidence[server['name']]}")
    ET.indent(suites, " ")
    return ET.tostring(suites, encoding="utf-8", xml_declaration=True) + b"\n"


def _evidence(report: Report) -> dict[str, str]:
    """Give what speaks for each server, in words."""
    found = report["evidence"]
    return {each["name"]: each["message"] for each in found["servers"]} if found else {}


def _lines(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_compact, value)) + "\n]"
    return _compact(value)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _verdict(server: Server) -> str | None:
    """Give what the test of a server is in JUnit; None where it passes."""
    left = "error" if server["outcome"] == ROLE_FAILED else "failure"
    return VERDICT.get(server["status"]) or (left if server["outcome"] not in (None, "ok") else None)


def _kind(server: Server) -> str:
    return str(server["status"] if server["status"] in VERDICT else server["outcome"])


def _cell(value: object) -> str:
    """Give a cell; lists as their messages."""
    text = " | ".join(map(_item, value)) if isinstance(value, list) else "" if value is None else str(value)
    return FORMULA.sub("'", cut(text, LONGEST_CELL))


def _item(item: Mapping[str, Any]) -> str:
    """Give the text of a reason, a risk or advice, of what could not be read, or of a change."""
    if "what" in item:
        return f"{item['what']}: {item['reason']}"
    return str(item["message"] if "message" in item else item["path"])


def _xml(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)
