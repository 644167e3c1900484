# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report has of one server, whatever is registered for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.files import (
    as_csv,
    as_json,
    as_junit,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.page import as_html
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.servers import (
    LISTS,
    STATUSES,
    TEXTS,
    server_of,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.told import told as told_of

from tests.unit.report_runs import SAMPLES, Fleet, reported, run_of, server_in, told

WHY = "Cannot connect to 192.0.2.1: refused"
UNREACHABLE = {"unreachable": True, "msg": WHY}
FAILED = {"failed": True, "msg": "Error while opening\n C:\\x.ini:   denied"}
KEYS = {"name", "status", "message", "events", *TEXTS, *LISTS}


def looped(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Give what is registered of a loop of one item."""
    return {"results": [{"item": "look", **result}], "msg": "All items completed", **more}


@pytest.mark.parametrize(
    ("registered", "status", "message"),
    [
        (None, "not_looked_at", "no result in this run"),
        ({}, "not_looked_at", "no result in this run"),
        ({"skipped": True, "msg": "x"}, "not_looked_at", "no result in this run"),
        ({"results": [], "skipped": True}, "not_looked_at", "no result in this run"),
        ({"stat": {"exists": True}}, "not_looked_at", "what is registered is no result of emsmta_info or of the role"),
        ("text", "not_looked_at", "no result in this run"),
        (["a"], "not_looked_at", "no result in this run"),
        (UNREACHABLE, "unreachable", WHY),
        (looped(UNREACHABLE), "unreachable", WHY),
        (looped(UNREACHABLE, unreachable=True), "unreachable", WHY),
        (FAILED, "failed", "Error while opening C:\\x.ini: denied"),
        (looped(FAILED, failed=True), "failed", "Error while opening C:\\x.ini: denied"),
        ({"no_look": "unreachable", "msg": WHY}, "unreachable", WHY),
        ({"no_look": "failed", "msg": WHY}, "failed", WHY),
        ({"outcome": "not_looked_at", "message": WHY, "status_after": "unknown"}, "failed", WHY),
        ({"outcome": "not_looked_at", "message": WHY, "unreachable": True}, "unreachable", WHY),
        ({"failed": True}, "failed", "no reason was told"),
        ({"failed": True, "msg": {"a": 1}}, "failed", "no reason was told"),
        (told("exposed"), "exposed", "exposed (documented): why"),
        (looped(told("protected")), "protected", "protected (documented): why"),
        (told("exposed", status_after="protected", message="done"), "protected", "done"),
        (told("better"), "not_looked_at", "what is registered is no result of emsmta_info or of the role"),
        (told("exposed", status_after=["protected"]), "not_looked_at", None),
    ],
)
def test_the_status_of_what_is_registered(registered: object, status: str, message: str | None) -> None:
    server = server_of("ex01", registered)
    assert server["status"] == status
    assert message is None or server["message"] == message
    assert set(server) == KEYS


@pytest.mark.parametrize(
    "name", ["ex01-exposed", "ex02-protected", "ex05-on-purpose", "ex16-lost-pointer", "ex21-isa-2000"]
)
def test_a_look_is_told_as_it_is(name: str, tmp_path: Path) -> None:
    look = Fleet(tmp_path).look(name)
    server = server_of(name, looped(look))
    assert {key: server[key] for key in LISTS if key in look} == {key: look[key] for key in LISTS if key in look}
    assert server["stanzas"] == [{"left_out": None, **each} for each in look["evidence"]["stanzas"]]
    assert (server["status"], server["certainty"], server["message"]) == (
        look["status"],
        look["certainty"],
        look["msg"],
    )
    assert (server["outcome"], server["status_before"], server["changes"]) == (None, None, [])


def test_the_master_copy_of_a_client_is_told(tmp_path: Path) -> None:
    look = Fleet(tmp_path).look("ex01-exposed")
    assert server_of("a", look)["master_copy"] == "\\\\PROXY-09\\mspclnt\\"


def test_a_remedy_is_told_as_it_is(tmp_path: Path) -> None:
    result = Fleet(tmp_path).remedy("ex01-exposed")
    server = server_of("ex01-exposed", result)
    assert (server["status_before"], server["status"], server["outcome"]) == ("exposed", "protected", "ok")
    assert server["changes"] == result["changes"] != []
    assert server["in_force"] == "no"


def test_the_samples_have_each_status(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    found = {server_of(name, fleet.look(name))["status"] for name in SAMPLES if name < "ex20"}
    assert found == {"exposed", "protected", "unknown", "not_applicable"}


DEEP: Any = []
for _level in range(100_000):
    DEEP = [DEEP]
HOSTILE = "<b>\x1b[31m\u202e\ud800=cmd()\r\n"
VALUES = [None, True, 7, 1e300, HOSTILE, "x" * 10_000, [], [[]], {}, {"a": {}}, ["a", 1], DEEP, {"code": DEEP}, [DEEP]]


def spoiled(value: Any, by: Any, depth: int = 4) -> list[Any]:
    """Give a value many times over, each time with another value in one place."""
    found = [by]
    if depth and isinstance(value, dict):
        found += [{**value, key: each} for key in value for each in spoiled(value[key], by, depth - 1)]
    if depth and isinstance(value, list) and value:
        found += [[each, *value[1:]] for each in spoiled(value[0], by, depth - 1)]
    return found


@pytest.mark.parametrize("value", [pytest.param(value, id=str(number)) for number, value in enumerate(VALUES)])
def test_a_result_that_lies_spoils_no_report(value: Any, tmp_path: Path) -> None:
    result = {**Fleet(tmp_path).remedy("ex01-exposed"), "evidence": Fleet(tmp_path).look("ex01-exposed")["evidence"]}
    found = {str(number): each for number, each in enumerate(spoiled(result, value))}
    assert len(found) > 80
    report = reported(run_of(found))
    assert sum(report["totals"].values()) == len(found)
    assert {server["status"] for server in report["servers"]} <= set(STATUSES)
    for data in (as_html(report), as_csv(report, list(found)), as_junit(report), as_json(report)):
        data.decode()
    told_of(report, "/tmp/x")
    # The next one goes on from it.
    assert reported(run_of(found, "2026-11-24T06:00:00Z"), report)["since"]["compared_with"]


def texts_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in texts_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_in(each)]
    return [value] if isinstance(value, str) else []


def test_each_text_passes_the_gate_and_has_an_end() -> None:
    fact = {"code": HOSTILE, "message": HOSTILE * 300, "source": HOSTILE, "certainty": HOSTILE}
    entries = [{"key": f"Key{number}", "value": HOSTILE, "line": number} for number in range(60_000)]
    stanza = {"path": HOSTILE, "local": HOSTILE, "section_found": True, "disable": HOSTILE, "entries": entries}
    change = {**stanza, "before": {f"{HOSTILE}{number}": HOSTILE for number in range(60_000)}, "after": {}}
    found = told("exposed", reasons=[fact] * 60_000, stanzas=[stanza], changes=[change], msg="x" * 10_000)
    report = reported(run_of({HOSTILE: {**found, "in_force": HOSTILE, "certainty": HOSTILE}}))
    server = report["servers"][0]
    texts = texts_in(report)
    assert all(text.isprintable() for text in texts)
    assert max(map(len, texts)) <= 5000
    assert (len(server["message"]), len(server["changes"][0]["before"])) == (2022, 100)
    assert len(server["stanzas"][0]["entries"]) == 100
    assert server["left_out"] == ["reasons: 59900 more"]
    assert server_in(report, server["name"])["name"] == "<b>\\x1b[31m\\u202e\\ud800=cmd()\\x0d\\x0a"
    assert len(as_json(report)) < 1_200_000


def test_what_ansible_says_in_many_lines_stands_in_one() -> None:
    assert server_of("a", {"failed": True, "msg": "Task failed.\n  <<< caused by >>>\n\nNo."})["message"] == (
        "Task failed. <<< caused by >>> No."
    )
