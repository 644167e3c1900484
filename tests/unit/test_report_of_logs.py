# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of real looks at servers with event logs: an audit, a remedy, and an audit before the restart."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.told import told as lines_of

from tests.unit.report_logs import of, rows
from tests.unit.report_runs import MONDAY, TUESDAY, WEDNESDAY, Fleet, reported, run_of, server_in

CALLER, EXPOSED, REMOTE, BLIND = (
    "ex113-caller-that-was-refused",
    "ex01-exposed",
    "ex111-remote-that-refused",
    "ex112-remote-that-may-be-blind",
)
OUTER = "192.0.2.25"


def test_an_audit_says_who_fits_and_how_sure(tmp_path: Path) -> None:
    found = Fleet(tmp_path).looks(CALLER, EXPOSED, REMOTE, BLIND)
    report = reported(run_of(found)._replace(proxy_addresses=[OUTER]))
    assert [(each["name"], each["sure"], each["guess"]) for each in report["evidence"]["servers"]] == [
        (CALLER, "refused_and_seen", False),
        (EXPOSED, "refused", False),
    ]
    # A drive tells no clock.
    assert of(report, CALLER)["clocks_known"] is False
    assert [row["proxy"] for row in rows(report, REMOTE)].count(OUTER) == 1
    assert [(each["name"], each["blind"]) for each in report["evidence"]["remotes"]] == [
        (CALLER, False),
        (REMOTE, False),
        (BLIND, True),
    ]
    (line,) = [line for line in lines_of(report, "/r") if line.startswith("Evidence")]
    assert line.startswith(
        "Evidence, no proof: fits what remote MTAs refused, and logged failed calls near them: ex113"
    )


def test_what_files_name_fits_by_name_and_is_a_guess(tmp_path: Path) -> None:
    report = reported(run_of(Fleet(tmp_path).looks(CALLER, EXPOSED, REMOTE)))
    assert (of(report, EXPOSED)["sure"], of(report, EXPOSED)["guess"]) == ("refused", True)
    assert {proxy["address"] for proxy in report["evidence"]["proxies"]} >= {"PROXY-09"}


def test_a_remedy_without_a_restart_is_not_read(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    audit = reported(run_of(fleet.looks(CALLER, REMOTE), MONDAY))
    remedy = reported(run_of({CALLER: fleet.remedy(CALLER), REMOTE: fleet.look(REMOTE)}, TUESDAY), audit)
    later = reported(run_of(fleet.looks(CALLER, REMOTE), WEDNESDAY), remedy)
    assert server_in(audit, CALLER)["read_other"] == server_in(later, CALLER)["started"]
    assert [entry["why"] for entry in remedy["restart"]] == ["changed"]
    assert [entry["why"] for entry in later["restart"]] == ["read_other"]
    assert server_in(later, CALLER)["in_force"] == "no"
    codes = [reason["code"] for reason in server_in(later, CALLER)["reasons"]]
    assert "mta_not_restarted_since" in codes
    assert "in_force_unknown" not in codes
