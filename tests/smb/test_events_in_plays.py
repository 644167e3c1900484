# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks with emsmta_audit_events, and the role with events in emsmta_bypass_gather."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lab.event_pipe import EventPipe, HeldLog
from tests.lab.lab import Lab
from tests.lab.mta_events import started
from tests.smb.fleets import DRIVE_HOST, PROXY, SMB_HOSTS, Fleet, server_of
from tests.smb.plays import ROLE, play

READ_FIX = "mta_read_fix"


class Reads:
    """Counts how often the log of each server of a fleet was opened and read."""

    def __init__(self, pipe: EventPipe, names: dict[str, str]) -> None:
        self._pipe = pipe
        self._names = names
        self._counts: Counter[str] = Counter()
        for address in pipe.logs:
            pipe.at_read[address] = self._note(address)

    def _note(self, address: str) -> Callable[[int], None]:
        def note(number: int) -> None:
            self._counts[self._names.get(address, PROXY)] += number == 0

        return note

    def taken(self) -> dict[str, int]:
        """Give the counts, and begin anew."""
        counts = dict(self._counts)
        self._counts.clear()
        return counts


@pytest.fixture
def reads(servers: Lab, fleet: Fleet) -> Iterator[Reads]:
    """The logs of the fleet's servers: each MTA is started two hours from now, by a clock that is ahead."""
    names = {host["ansible_host"]: name for name, host in fleet.hosts.items() if name in SMB_HOSTS}
    log = HeldLog([started(int(time.time()) + 7200)])
    with EventPipe(servers.base, dict.fromkeys(servers.addresses, log)) as pipe:
        yield Reads(pipe, names)


def test_the_playbooks_add_events_to_what_a_server_says(fleet: Fleet, reads: Reads) -> None:
    fleet.hosts["protected"]["emsmta_bypass_gather"] = "files"
    fleet.hosts["exposed"]["emsmta_bypass_gather"] = ["files", "events"]
    for playbook, option, read in (
        ("audit", "no", {"exposed": 1}),
        ("audit", "yes", dict.fromkeys(SMB_HOSTS, 1)),
        # It looks again at what it has changed, and needs no events for that.
        ("remediate", "yes", dict.fromkeys(SMB_HOSTS, 1)),
    ):
        done = fleet.run(playbook, emsmta_audit_events=option)
        assert "[WARNING]" not in done.stdout + done.stderr
        assert reads.taken() == read, (playbook, option, done.stdout)
    report = fleet.report()
    told = {name: server_of(report, name) for name in (*SMB_HOSTS, DRIVE_HOST)}
    assert {name: server["in_force"] for name, server in told.items()} == {
        "exposed": "no",
        "protected": "yes",
        "purpose": "unknown",
        DRIVE_HOST: "no",
    }
    assert READ_FIX in [reason["code"] for reason in told["protected"]["reasons"]]
    # The look after the edits, which is the last, did not ask for it again.
    assert [gap for gap in told[DRIVE_HOST]["not_read"] if "AppEvent.Evt" in gap["reason"]] == []


SHOWN = "record {{ emsmta_bypass_result.events.started.record }}, in force: {{ emsmta_bypass_result.in_force }}"


def test_the_role_gathers_events_once(servers: Lab, fleet: Fleet, reads: Reads, tmp_path: Path) -> None:
    what = {**ROLE, "post_tasks": [{"ansible.builtin.debug": {"msg": SHOWN}}]}
    options = ("-l", fleet.hosts["exposed"]["ansible_host"])
    done = play(servers, tmp_path, what, *options, emsmta_bypass_gather=["files", "events"])
    assert "record 1, in force: no" in done.stdout, done.stdout + done.stderr
    assert reads.taken() == {"exposed": 1}
