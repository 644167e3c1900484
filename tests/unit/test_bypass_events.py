# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role tells of events, and of what the running MTA has read, before and after an edit."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._bypass import conclude, decide

from tests.unit.role_results import FILE, INI, concluded, edited, found

READ_FIX, NOT_KNOWN = ({"code": code, "message": f"It is {code}."} for code in ("mta_read_fix", "in_force_unknown"))
UNSURE = {"code": "mta_not_restarted", "message": "Files do not tell.", "mitigated": False}
STANZA = {"code": "stanza", "message": "Windows reads nothing"}


def logged(stopped: str | None = None, lost: int | None = 0, clean: bool = True) -> dict[str, Any]:
    """Give what a log tells of an MTA that was stopped then."""
    when = {"record": 9, "time": stopped} if stopped else None
    return {"stopped": when, "log": {"lost": lost, "clean": clean}, "fault": None}


def test_the_events_of_the_first_look_stay() -> None:
    """The look after the edits does not read them again."""
    before = found("exposed", events=logged())
    assert decide(before, True, False)["events"] == logged()
    result = concluded(before, True, edited(INI), found("protected", disable="1"))
    assert (result["events"], result["in_force"], result["reasons"]) == (logged(), "no", [STANZA])


@pytest.mark.parametrize("why", [READ_FIX, NOT_KNOWN])
@pytest.mark.parametrize("lost", [False, True])
def test_after_a_change_it_is_not_known_what_a_protected_mta_has_read(why: dict[str, Any], lost: bool) -> None:
    """The stanza was added to a Wspcfg.ini that lacks it."""
    before = found("protected", events=logged(), in_force="yes", reasons=[STANZA, why], plan=[{**FILE, "edit": []}])
    after = None if lost else found("protected", disable="1")
    decided = decide(before, True, False)
    result = conclude(decided, True, False, edited(INI), after, "it is gone" if lost else "")
    assert (result["in_force"], result["reasons"]) == ("unknown", [STANZA])


def test_a_prediction_tells_what_the_running_mta_has_read() -> None:
    before = found(
        "protected", events=logged(), in_force="yes", reasons=[STANZA, READ_FIX], plan=[{**FILE, "edit": []}]
    )
    result = concluded(before, True, edited(INI), check=True)
    assert (result["in_force"], result["reasons"]) == ("yes", [STANZA, READ_FIX])


def test_where_nothing_changed_all_stays_as_it_was_found() -> None:
    before = found("protected", events=logged(), in_force="yes", reasons=[STANZA, READ_FIX])
    result = concluded(before, True, [])
    assert (result["in_force"], result["reasons"]) == ("yes", [STANZA, READ_FIX])


@pytest.mark.parametrize(
    ("events", "in_force", "codes"),
    [
        (logged("2003-03-01T08:00:00Z"), "unknown", ["stanza", "mta_stopped"]),
        (logged("2003-03-01T08:00:00Z", lost=None), "unknown", ["stanza", "mta_stopped"]),
        (logged("2003-03-01T08:00:00Z", lost=2), "no", ["stanza"]),
        # A file without a mark, which may end anywhere.
        (logged("2003-03-01T08:00:00Z", lost=None, clean=False), "no", ["stanza"]),
        (logged(), "no", ["stanza"]),
        (None, "no", ["stanza"]),
    ],
)
def test_an_mta_that_is_stopped_has_read_nothing_else(
    events: dict[str, Any] | None, in_force: str, codes: list[str]
) -> None:
    after = found("protected", disable="1", risks=[dict(UNSURE)])
    result = concluded(found("exposed", events=events), True, edited(INI), after)
    assert (result["in_force"], [reason["code"] for reason in result["reasons"]]) == (in_force, codes)
    assert result["reasons"][0] == STANZA
    assert all("at 2003-03-01T08:00:00Z and has" in reason["message"] for reason in result["reasons"][1:])
    stopped = "The MTA was stopped at 2003-03-01T08:00:00Z and has"
    (risk,) = result["risks"]
    assert risk["message"].startswith("This run wrote the fix," if in_force == "no" else stopped)
    assert risk == {**UNSURE, "message": risk["message"], "mitigated": in_force != "no"}


def test_on_a_cluster_a_stop_may_be_that_of_another_node() -> None:
    cluster = {"code": "cluster", "message": "It is a node.", "mitigated": False}
    before = found("exposed", events=logged("2003-03-01T08:00:00Z"), risks=[cluster])
    result = concluded(before, True, edited(INI), found("protected", disable="1"))
    assert (result["in_force"], result["reasons"]) == ("no", [STANZA])
