# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
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

from .report import Report
from .servers import EXPOSED, FAILED, NOT_APPLICABLE, NOT_LOOKED_AT, UNKNOWN, UNREACHABLE

BOM = "\ufeff"
# What a spreadsheet would take for a formula (CWE-1236).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
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
    named = set(hosts)
    for server in report["servers"]:
        if server["name"] in named:
            rows.writerow([_cell(server[column]) for column in COLUMNS])
    return (BOM + text.getvalue()).encode("utf-8")


def as_junit(report: Report) -> bytes:
    """Give report.xml: each server a test."""
    results = [VERDICT.get(server["status"]) for server in report["servers"]]
    counts = {
        "tests": str(len(results)),
        "failures": str(results.count("failure")),
        "errors": str(results.count("error")),
        "skipped": str(results.count("skipped")),
    }
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "emsmta", "timestamp": report["generated"], **counts})
    for server, result in zip(report["servers"], results, strict=True):
        case = ET.SubElement(suite, "testcase", classname="emsmta", name=_xml(server["name"]), time="0")
        if result:
            ET.SubElement(case, result, message=_xml(server["message"]), type=server["status"])
    ET.indent(suites, " ")
    return ET.tostring(suites, encoding="utf-8", xml_declaration=True) + b"\n"


def _lines(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_compact, value)) + "\n]"
    return _compact(value)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(value: object) -> str:
    """Give a cell; lists as their messages."""
    text = " | ".join(map(_item, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _item(item: Mapping[str, Any]) -> str:
    return str(next(item[key] for key in ("message", "reason", "path") if key in item))


def _xml(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)
