# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""report.json by its schema, report.csv by a reader of tables, report.xml by a reader of JUnit."""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.files import as_csv, as_junit
from jsonschema import Draft202012Validator, ValidationError
from junitparser import Error, Failure, JUnitXml, Skipped, TestSuite

from tests.report.fleets import Report, fixed, looks, many, plain, refused, report
from tests.report.schema import SCHEMA, not_described, required

VALIDATOR = Draft202012Validator(SCHEMA)
COLUMNS = [
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
]


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True))


def names_of(fleet: Report) -> list[str]:
    return [server["name"] for server in fleet["servers"]]


def kinds(data: bytes) -> dict[str, list[type]]:
    """Give how each test of a JUnit file ended."""
    (suite,) = JUnitXml.fromstring(data)
    assert isinstance(suite, TestSuite)
    return {str(case.name): [type(each) for each in case.result] for case in suite}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_reports_are_as_the_schema_says(fleet: Report, tmp_path: Path) -> None:
    before = looks(tmp_path)
    first = report(before)
    check = report({"a": fixed(before["ex01-exposed"], before["ex02-protected"], check=True)}, check=True)
    for made in (fleet, first, check, report({}), many(tmp_path, 30)):
        VALIDATOR.validate(plain(made))


def test_the_schema_names_each_key(fleet: Report) -> None:
    assert sorted(set(not_described(plain(fleet)))) == []


@pytest.mark.parametrize("path", [pytest.param(path, id=".".join(path)) for path in sorted(set(required()))])
def test_the_schema_misses_each_key_and_each_type(path: tuple[str, ...], fleet: Report) -> None:
    whole = plain(fleet)
    assert list(_holders(whole, path)), "the report has none of these"
    without, other = copy.deepcopy(whole), copy.deepcopy(whole)
    for holder in _holders(without, path):
        del holder[path[-1]]
    for holder in _holders(other, path):
        holder[path[-1]] = 0.5
    for spoiled in (without, other):
        with pytest.raises(ValidationError):
            VALIDATOR.validate(spoiled)


def _holders(value: Any, path: tuple[str, ...]) -> list[dict[str, Any]]:
    """Give the mappings that hold the last key of a path."""
    if path[0] == "0":
        return [holder for each in value for holder in _holders(each, path[1:])]
    if len(path) == 1:
        return [value] if path[0] in value else []
    return _holders(value[path[0]], path[1:]) if value.get(path[0]) is not None else []


def test_the_table_has_one_row_for_each_host_of_the_play(fleet: Report) -> None:
    rows = rows_of(as_csv(fleet, names_of(fleet)[2:]))
    assert [row["name"] for row in rows] == names_of(fleet)[2:]
    assert list(rows[0]) == COLUMNS


def test_the_table_begins_with_a_mark_and_ends_its_lines_as_spreadsheets_want_it(fleet: Report) -> None:
    data = as_csv(fleet, names_of(fleet))
    assert data.startswith(b"\xef\xbb\xbfname,status,")
    assert data.count(b"\r\n") == data.count(b"\n") == len(fleet["servers"]) + 1


def test_a_row_has_texts_and_lists_by_their_messages(fleet: Report) -> None:
    rows = {row["name"]: row for row in rows_of(as_csv(fleet, names_of(fleet)))}
    edited = rows["ex01-exposed"]
    assert (edited["status"], edited["status_before"], edited["outcome"]) == ("protected", "exposed", "ok")
    assert edited["changes"] == "C:\\mspclnt\\MSPCLNT.INI"
    assert edited["changed_at"] == fleet["generated"]
    servers = {server["name"]: server for server in fleet["servers"]}
    for name, row in rows.items():
        assert row["reasons"] == " | ".join(reason["message"] for reason in servers[name]["reasons"])
        gaps = [f"{gap['what']}: {gap['reason']}" for gap in servers[name]["not_read"]]
        assert row["not_read"] == " | ".join(gaps)


def test_a_host_whose_name_is_escaped_is_in_the_table() -> None:
    made = report({"odd\x01name": {"unreachable": True, "msg": "no route"}})
    assert [row["name"] for row in rows_of(as_csv(made, ["odd\x01name"]))] == ["odd\\x01name"]


def test_a_cell_is_no_longer_than_a_spreadsheet_takes() -> None:
    reasons = [{"message": "x" * 4000, "code": "stanza", "source": "", "certainty": "inferred"}] * 20
    made = report({"a": {"status": "exposed", "msg": "exposed", "reasons": reasons}})
    (row,) = rows_of(as_csv(made, ["a"]))
    assert row["reasons"].endswith("... (80057 characters)")
    assert len(row["reasons"]) < 32_767


def test_junit_has_each_server_with_its_status_and_right_counts(fleet: Report) -> None:
    data = as_junit(fleet)
    ended = kinds(data)
    assert list(ended) == names_of(fleet)
    totals: Mapping[str, int] = fleet["totals"]
    counts = JUnitXml.fromstring(data)
    assert counts.tests == len(fleet["servers"])
    assert counts.failures == totals["exposed"] == list(ended.values()).count([Failure])
    assert counts.errors == sum(totals[each] for each in ("unknown", "unreachable", "failed"))
    assert counts.errors == list(ended.values()).count([Error])
    assert counts.skipped == totals["not_applicable"] + totals["not_looked_at"] == list(ended.values()).count([Skipped])
    written = counts.tests, counts.failures, counts.errors, counts.skipped
    counts.update_statistics()
    assert (counts.tests, counts.failures, counts.errors, counts.skipped) == written


def test_junit_tells_why_in_the_attribute_and_in_the_text(fleet: Report) -> None:
    (suite,) = JUnitXml.fromstring(as_junit(fleet))
    (result,) = next(case.result for case in suite if case.name == "ex05-on-purpose")
    server = next(server for server in fleet["servers"] if server["name"] == "ex05-on-purpose")
    assert (result.message, result.type) == (server["message"], "exposed")
    assert result.text.split("\n") == [server["message"], *(reason["message"] for reason in server["reasons"])]


def test_junit_lets_nothing_pass_that_the_role_did_not_do(tmp_path: Path) -> None:
    looked = {name: result for name, result in looks(tmp_path).items() if result["status"] == "protected"}
    good = looked["ex02-protected"]
    outcomes = {"failed": [Error], "not_verified": [Failure], "refused": [Failure], "ok": []}
    found = {each: {**good, "outcome": each, "status_after": "protected"} for each in outcomes}
    assert kinds(as_junit(report(found))) == outcomes


def test_a_server_that_is_refused_keeps_its_status(tmp_path: Path) -> None:
    made = report({"a": refused(looks(tmp_path)["ex05-on-purpose"])})
    assert kinds(as_junit(made)) == {"a": [Failure]}


def test_the_evidence_stands_in_the_table_and_beside_the_tests(fleet: Report) -> None:
    told = {each["name"]: each["message"] for each in fleet["evidence"]["servers"]}
    started = {server["name"]: server["started"] for server in fleet["servers"]}
    for row in rows_of(as_csv(fleet, names_of(fleet))):
        assert row["evidence"] == told.get(row["name"], "")
        assert row["started"] == (started[row["name"]] or {"time": ""})["time"]
    (suite,) = JUnitXml.fromstring(as_junit(fleet))
    beside = {case.name: case.system_out for case in suite if case.system_out}
    assert beside == {name: f"Evidence, no proof: {message}" for name, message in told.items()}
    assert {server["status"] for server in fleet["servers"] if server["name"] in beside} == {"protected", "exposed"}


def test_without_events_the_files_say_nothing_of_evidence(tmp_path: Path) -> None:
    made = report(looks(tmp_path))
    assert made["evidence"] is None
    assert {row["evidence"] for row in rows_of(as_csv(made, names_of(made)))} == {""}
    assert b"system-out" not in as_junit(made)
