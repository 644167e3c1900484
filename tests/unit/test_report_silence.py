# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report says of logs that do not have the proxy's address, and how far that reaches."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.page_evidence import (
    LEVELS_NOT_KNOWN,
    shown,
)

from tests.unit.report_events import at, kind, moment
from tests.unit.report_logs import OUTER, client, joined, of, remote

LEVELS = "diagnostics levels 1 X.400 Service: 0, 4 Interface: 0, 7 Configuration: 0, 9 Operating System: 0"
CUT = "3 events of too many kinds left out"


def test_the_page_says_the_same_of_many_once() -> None:
    quiet = {f"far{number}": remote(levels=None) for number in range(40)}
    blind = remote(build="2448.8", levels=None)
    told_of = shown(joined({"a": client(), **quiet, "off": blind, "known": remote(levels={})}, OUTER))
    assert told_of is not None
    assert told_of.quiet_logs == 42
    assert [(len(names), silence) for names, silence in told_of.quiet] == [
        (41, LEVELS_NOT_KNOWN),
        (1, ""),
        (1, "build 2448.8 may log no 9301"),
    ]


def test_a_log_without_the_proxys_address_is_quiet_whatever_else_it_refused() -> None:
    """A build that may log no 9301 logs a 9202 alone."""
    hosts = {
        "a": client(),
        "blind": remote(kind(9202, at(8)), build="2448.8"),
        "far": remote(kind(9301, at(8), address=OUTER)),
        "cut": remote(kinds_left_out=3, whole=False, read_to=moment(at(2), 17), log={"lost": 9}),
    }
    told_of = shown(joined(hosts, OUTER))
    assert told_of is not None
    assert {name: silence for names, silence in told_of.quiet for name in names} == {
        "blind": f"build 2448.8 may log no 9301; {LEVELS}",
        "cut": f"{LEVELS}; not read to its oldest record; records are lost, or may be; {CUT}",
    }
    assert told_of.reach == [("blind", moment(at(0, day=1), 1)), ("cut", moment(at(2), 17))]


@pytest.mark.parametrize(
    ("of_others", "told"),
    [
        (
            [remote()],
            f"No log of 1 other server has the proxy's address; each was read back to {at(0, day=1)} at least.",
        ),
        (
            [remote(read_to=moment(at(2), 17), clock=3600), remote(build=None)],
            f"No log of 2 other servers (1 of unknown build) has the proxy's address; each was read back to {at(1)} at",
        ),
        # Of any that was read.
        ([remote(build="2448.8", read_to=moment(at(3), 9)), remote()], f"each was read back to {at(3)} at least."),
        (
            [remote(), remote(build="2448.8"), remote(build="")],
            "No log of 3 other servers (1 of builds that may log no 9301, 1 of unknown build) has",
        ),
        (
            [remote(kinds_left_out=1)],
            "In 1 of the logs of others, records are missing or may be, or events of too many kinds were left out.",
        ),
        ([remote(log={"lost": 9})], "In 1 of the logs of others, records are missing"),
        ([remote(log={"clean": False}), remote()], "In 1 of the logs of others, records are missing"),
        ([remote(newest=None, read_to=None)], "No log of 1 other server has the proxy's address."),
    ],
)
def test_silence_says_how_far_it_reaches(of_others: list[dict[str, Any]], told: str) -> None:
    hosts = {f"far{number}": found for number, found in enumerate(of_others)}
    assert told in of(joined({"a": client(), **hosts}, OUTER), "a")["message"]
