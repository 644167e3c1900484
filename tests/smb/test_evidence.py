# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet that hurts, by the logs of its servers: audit, remedy, restart by hand, refresh."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.event_pipe import EventPipe
from tests.lab.lab import Lab
from tests.lab.mta_events import refused, started
from tests.smb.fleets import Fleet, server_of
from tests.smb.stories import BEHIND_PROXIES, CALLED, ONE, OTHER, PROXY_ADDRESS, TWO, Story

Report = dict[str, Any]


@pytest.fixture
def story(servers: Lab, fleet: Fleet, tmp_path: Path) -> Iterator[Story]:
    """The servers and their logs."""
    with EventPipe(servers.base, {address: [] for address in servers.addresses}) as pipe:
        yield Story(servers, fleet, pipe)


def sure(report: Report) -> dict[str, str]:
    """Tell how sure the evidence is for each server."""
    return {each["name"]: each["sure"] for each in report["evidence"]["servers"]}


def of(report: Report, name: str) -> dict[str, Any]:
    """Give what speaks for a server."""
    (found,) = [each for each in report["evidence"]["servers"] if each["name"] == name]
    return dict(found)


def in_force(report: Report) -> dict[str, str]:
    return {name: server_of(report, name)["in_force"] for name in BEHIND_PROXIES}


def to_restart(report: Report) -> dict[str, str]:
    return {entry["name"]: entry["why"] for entry in report["restart"]}


def restart_risks(report: Report) -> set[bool]:
    """Give whether the risk that the MTA was not restarted is mitigated, of all servers that were exposed."""
    risks = [risk for name in BEHIND_PROXIES for risk in server_of(report, name)["risks"]]
    return {risk["mitigated"] for risk in risks if risk["code"] == "mta_not_restarted"}


def test_who_was_refused_who_has_to_be_restarted_and_whether_it_came_again(story: Story) -> None:
    told, report = story.run("audit")
    assert story.fleet.statuses() == {CALLED: "not_applicable", ONE: "exposed", TWO: "exposed", OTHER: "exposed"}
    assert sure(report) == {ONE: "refused_and_seen", TWO: "refused", OTHER: "none"}
    assert [(row["remote"], row["id"], row["count"]) for row in of(report, TWO)["refused"]] == [(CALLED, 9301, 2)]
    assert (of(report, ONE)["others"], of(report, TWO)["others"]) == ([TWO], [ONE])
    assert "Evidence, no proof: fits what remote MTAs refused, and logged failed calls near them: one;" in told
    assert "[WARNING]" not in told

    _told, report = story.run("remediate")
    assert in_force(report) == dict.fromkeys(BEHIND_PROXIES, "no")
    assert to_restart(report) == dict.fromkeys(BEHIND_PROXIES, "changed")
    assert restart_risks(report) == {False}

    told, report = story.run("audit")
    assert in_force(report) == dict.fromkeys(BEHIND_PROXIES, "no")
    assert set(to_restart(report)) == set(BEHIND_PROXIES)
    assert "taken not to have read it (inferred)" in told

    story.restart()
    story.log(CALLED).write(started(story.now + 60))
    told, report = story.run("audit")
    assert in_force(report) == dict.fromkeys(BEHIND_PROXIES, "yes")
    assert to_restart(report) == {}
    assert restart_risks(report) == {True}
    assert "restart the MTA" not in told
    since = of(report, TWO)["since_fix"]
    assert (since["refused"], since["as_of"][0]["name"], since["as_of"][0]["record"]) == (0, CALLED, 6)

    story.refresh()
    _told, report = story.run("audit")
    assert in_force(report) == dict.fromkeys(BEHIND_PROXIES, "unknown")
    assert to_restart(report) == {}
    assert restart_risks(report) == {True}

    story.log(CALLED).write(*refused(story.now, PROXY_ADDRESS))
    _told, report = story.run("audit")
    assert of(report, TWO)["since_fix"]["refused"] == 1
    assert to_restart(report) == {}
