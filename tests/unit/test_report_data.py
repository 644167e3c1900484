# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as data: totals, order, which MTAs to restart, the way back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.servers import STATUSES, fails_on

from tests.unit.report_runs import MONDAY, TUESDAY, WEDNESDAY, Fleet, reported, run_of, server_in, told

CHANGE = {"path": "C:\\a.ini", "local": "/c/a.ini", "before": {"Disable": None}, "after": {"Disable": "1"}}
COPY = {"backup_file": "C:\\a.ini.00000001.bak", "backup_local": "/c/a.ini.00000001.bak"}


def role(before: str, after: str, outcome: str = "ok", changed: bool = True, **more: Any) -> dict[str, Any]:
    """Give the role's result; in_force as the role tells it."""
    changes = [{**CHANGE, **COPY}] if changed else []
    found = told(after, status_before=before, status_after=after, outcome=outcome, changes=changes)
    return {**found, "in_force": "unknown", **more}


def restart_of(report: Mapping[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {entry["name"]: (entry["why"], entry["changed_at"]) for entry in report["restart"]}


def test_keys_of_the_report() -> None:
    report = reported(run_of({"a": told("exposed")}))
    assert (report["schema"], report["generated"], report["check_mode"], report["complete"]) == (1, MONDAY, False, True)
    keys = "name status status_before outcome certainty message reasons risks advice plan changes in_force not_read"
    assert set(report["servers"][0]) == {
        *keys.split(),
        *("stanzas", "master_copy", "proxy_servers", "last_status", "last_seen", "changed_at", "left_out"),
        *("started", "exposed_at", "exposed_start", "protected_before", "read_fix", "read_other", "doubtful"),
    }


def test_the_worst_comes_first() -> None:
    found: dict[str, object] = {
        "z": told("exposed"),
        "b": told("not_applicable"),
        "c": told("protected"),
        "d": None,
        "e": told("failed"),
        "f": told("unreachable"),
        "g": told("unknown"),
        "a": told("exposed"),
        "y": role("protected", "protected", "failed"),
        "x": role("exposed", "exposed", "refused"),
    }
    report = reported(run_of(found))
    assert [server["name"] for server in report["servers"]] == list("axzgfedycb")
    assert report["totals"] == dict.fromkeys(STATUSES, 1) | {"exposed": 3, "protected": 2}
    assert list(report["totals"]) == list(STATUSES)


@pytest.mark.parametrize(
    ("found", "complete"),
    [
        ({"a": told("unreachable"), "b": told("failed")}, True),
        ({"a": told("protected"), "b": None}, False),
        ({"a": None}, False),
        ({}, True),
    ],
)
def test_complete_is_whether_each_host_of_the_play_was_tried(found: dict[str, object], complete: bool) -> None:
    before = reported(run_of({"other": told("exposed")}))
    assert reported(run_of(found, TUESDAY, inventory=["a", "b", "other"]), before)["complete"] is complete


@pytest.mark.parametrize(
    ("status", "outcome", "words", "fails"),
    [
        ("exposed", None, ("exposed",), True),
        ("exposed", "refused", ("refused",), True),
        ("protected", "failed", ("failed",), True),
        ("exposed", "not_verified", ("unreachable", "failed"), False),
        ("protected", "ok", ("exposed", "refused", "not_verified", "unreachable", "failed"), False),
    ],
)
def test_what_a_play_may_fail_on(status: str, outcome: str | None, words: tuple[str, ...], fails: bool) -> None:
    assert fails_on(reported(run_of({"a": told(status, outcome=outcome)}))["servers"][0], words) is fails


@pytest.mark.parametrize(
    ("found", "check", "why"),
    [
        (told("protected", in_force="unknown"), False, "not_known"),
        (told("protected", in_force="unknown"), True, "not_known"),
        (told("protected", in_force="no"), False, "read_other"),
        (told("protected", in_force="yes"), False, None),
        (told("exposed", in_force="unknown"), False, None),
        (told("unknown"), False, None),
        (told("not_applicable"), False, None),
        (told("unreachable"), False, None),
        (None, False, None),
        (role("exposed", "protected"), False, "changed"),
        (role("exposed", "protected", in_force="yes"), False, None),
        # A prediction changes nothing that an MTA could read.
        (role("exposed", "protected"), True, None),
        # A Wspcfg.ini was added to.
        (role("protected", "protected"), False, "changed"),
        (role("protected", "protected"), True, "not_known"),
        (role("protected", "protected", changed=False), False, "not_known"),
        # With state absent.
        (role("protected", "exposed"), False, "changed"),
        (role("not_applicable", "not_applicable"), False, None),
        (role("exposed", "exposed", "refused", changed=False), False, None),
        # What was not verified may have been written; what failed is not done.
        (role("exposed", "exposed", "not_verified"), False, "changed"),
        (role("exposed", "unknown", "not_verified"), False, "changed"),
        (role("exposed", "exposed", "failed"), False, None),
        (role("protected", "protected", "failed"), False, "changed"),
    ],
)
def test_which_mta_has_to_be_restarted(found: object, check: bool, why: str | None) -> None:
    report = reported(run_of({"a": found}, check=check))
    assert restart_of(report) == ({"a": (why, MONDAY if why == "changed" else None)} if why else {})


@pytest.mark.parametrize(
    ("later", "entry"),
    [
        ([told("protected")], ("changed", MONDAY)),
        ([told("protected"), told("protected")], ("changed", MONDAY)),
        ([told("unreachable")], ("changed", MONDAY)),
        ([told("unknown")], ("changed", MONDAY)),
        ([None, told("failed")], ("changed", MONDAY)),
        ([None, told("failed"), told("protected")], ("changed", MONDAY)),
        ([told("protected", in_force="yes")], None),
        ([told("protected", in_force="yes"), None], None),
        ([told("exposed")], None),
        ([told("exposed"), None], None),
        # The client has undone the remedy: whoever protected the server then was another.
        ([told("exposed"), told("protected")], ("not_known", None)),
        ([role("exposed", "protected")], ("changed", TUESDAY)),
        ([role("exposed", "exposed", "refused", changed=False), None], None),
        ([told("not_applicable")], None),
    ],
)
def test_an_mta_stays_to_be_restarted_as_long_as_that_may_be(
    later: list[object], entry: tuple[str, str | None] | None
) -> None:
    report = reported(run_of({"a": role("exposed", "protected"), "b": None}))
    for found, when in zip(later, (TUESDAY, WEDNESDAY, "2026-11-26T06:00:00Z"), strict=False):
        hosts = {"b": None} if found is None else {"a": found}
        report = reported(run_of(hosts, when, inventory=["a", "b"]), report)
    assert restart_of(report) == ({"a": entry} if entry else {})


def copies(report: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    return [
        tuple(entry[key] for key in ("name", "path", "backup_file", "changed_at")) for entry in report["going_back"]
    ]


def changed_by(path: str, backup: str | None) -> dict[str, Any]:
    change = {**CHANGE, "path": path, "backup_file": backup, "backup_local": None}
    return {**role("exposed", "protected"), "changes": [change]}


def test_the_way_back_is_kept_with_the_newest_copy_of_each_file() -> None:
    first = reported(run_of({"a": changed_by("C:\\1", "x"), "b": changed_by("C:\\1", "x")}))
    second = reported(run_of({"a": changed_by("C:\\2", "y")}, TUESDAY, inventory=["a", "b"]), first)
    third = reported(run_of({"a": changed_by("C:\\1", "z"), "c": changed_by("C:\\1", None)}, WEDNESDAY), second)
    assert copies(third) == [
        ("a", "C:\\1", "z", WEDNESDAY),
        ("b", "C:\\1", "x", MONDAY),
        ("a", "C:\\2", "y", TUESDAY),
    ]
    later = reported(run_of({"a": told("protected")}, "2026-11-26T06:00:00Z"), third)
    assert later["going_back"] == third["going_back"]


def test_a_prediction_leaves_the_way_back_as_it_was() -> None:
    first = reported(run_of({"a": changed_by("C:\\1", "x")}))
    second = reported(
        run_of({"a": changed_by("C:\\1", "y"), "b": changed_by("C:\\1", "y")}, TUESDAY, check=True), first
    )
    assert second["going_back"] == first["going_back"]
    assert server_in(second, "a")["changed_at"] is None
    assert server_in(second, "b")["changed_at"] is None


def test_the_way_back_of_a_real_remedy_and_its_undoing(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    ini = tmp_path / "ex01-exposed" / "C" / "mspclnt" / "MSPCLNT.INI"
    result = fleet.remedy("ex01-exposed")
    report = reported(run_of({"ex01-exposed": result}))
    (entry,) = report["going_back"]
    assert (entry["name"], entry["path"], entry["changed_at"]) == ("ex01-exposed", "C:\\mspclnt\\MSPCLNT.INI", MONDAY)
    assert Path(entry["local"]) == ini
    copy = Path(entry["backup_local"]).read_bytes()
    assert copy != ini.read_bytes()
    fleet.undo("ex01-exposed")
    assert copy == ini.read_bytes()
    lost = reported(run_of(fleet.looks("ex01-exposed"), TUESDAY), report)
    assert lost["since"]["no_longer_protected"] == ["ex01-exposed"]
    assert (lost["restart"], lost["going_back"]) == ([], report["going_back"])
    again = reported(run_of({"ex01-exposed": fleet.remedy("ex01-exposed")}, WEDNESDAY), lost)
    assert again["since"]["newly_protected"] == ["ex01-exposed"]
    assert [entry["changed_at"] for entry in again["going_back"]] == [WEDNESDAY]


def test_check_mode_predicts_what_a_real_remedy_does(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    names = ("ex01-exposed", "ex02-protected", "ex05-on-purpose", "ex12-wspcfg-of-store")
    predicted = reported(run_of({name: fleet.remedy(name, check=True) for name in names}, check=True))
    done = reported(run_of({name: fleet.remedy(name) for name in names}))
    assert predicted["totals"] == done["totals"]
    assert (predicted["going_back"], [entry["name"] for entry in predicted["restart"]]) == ([], ["ex02-protected"])
    assert restart_of(done)["ex12-wspcfg-of-store"] == ("changed", MONDAY)


def test_taking_the_stanza_away_has_to_be_read_too(tmp_path: Path) -> None:
    report = reported(run_of({"ex02-protected": Fleet(tmp_path).remedy("ex02-protected", present=False)}))
    assert (server_in(report, "ex02-protected")["status"], restart_of(report)) == (
        "exposed",
        {"ex02-protected": ("changed", MONDAY)},
    )
    assert "remediate" not in {advice["code"] for advice in report["advice"]}
