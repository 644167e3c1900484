# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Joining the logs of a fleet costs in proportion to it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tests.unit.report_events import at, events, kind, moment
from tests.unit.report_logs import OUTER, Found, client
from tests.unit.report_runs import reported, run_of

# Where a loop over all servers for each server would be.
JOINING = ("/evidence.py", "/refusals.py", "/reach.py", "/proxies.py", "/causes.py", "/sentences.py")


def fleet(number: int) -> dict[str, Found]:
    """Give a fleet in which all call and all refuse, behind one proxy and behind many.

    Some logs end before the starts that have read the fix, and some were read back to a part of the time since.
    """
    found: dict[str, Found] = {}
    for each in range(number):
        times = [at(hour, each % 60) for hour in (12, 8)]
        refused = [kind(9301, *times, address=OUTER), kind(1293, *times), kind(9301, *times, name=f"P{each}")]
        ends = {"newest": moment(at(8, 30), 800), "read_to": moment(at(0), 1)} if each % 5 == 0 else {}
        reach = ends or {"newest": moment(at(23), 800), "read_to": moment(at(each % 20), 1)}
        seen = [kind(289, *times), kind(1290, *times)]
        logged = events(refused=refused, seen=seen, started=moment(at(9), 9), **reach)
        proxies = ("PROXY", f"p{each}")
        if each % 2:
            found[f"ex{each}"] = client("protected", logged, proxies, in_force="yes")
        elif each % 4:
            found[f"ex{each}"] = client("protected", logged, proxies)
        else:
            found[f"ex{each}"] = client("exposed", logged, proxies)
    return found


def sites(number: int) -> dict[str, Found]:
    """Give a fleet of which each site has a proxy of the same first label, which some files name alone."""
    found: dict[str, Found] = {}
    for each in range(number):
        name = f"proxy.site{each}.example"
        logged = events(refused=[kind(9301, at(8), name=name), kind(9301, at(9), name="PROXY")])
        found[f"ex{each}"] = client("exposed", logged, (name if each % 2 else "proxy",))
    return found


def busy(number: int) -> dict[str, Found]:
    """Give a few servers that each log so many kinds within minutes, while the others are quiet."""
    found: dict[str, Found] = {}
    for each in range(3):
        times = [at(8 + each, 1), at(8 + each)]
        kinds = [f"/o=EX/cn={one}" for one in range(number)]
        refused = [kind(9301, *times, address=OUTER, about=about) for about in kinds]
        found[f"ex{each}"] = client(
            "exposed", events(refused=refused, seen=[kind(289, *times, about=about) for about in kinds]), (OUTER,)
        )
    return found


def operations(found: dict[str, Found], *addresses: str) -> int:
    """Count the instructions of Python that joining the logs takes."""
    run = run_of(dict(found), at(6, day=23))._replace(proxy_addresses=addresses)
    count = 0

    def counted(frame: FrameType, event: str, _argument: object) -> Callable[..., Any] | None:
        nonlocal count
        if not frame.f_code.co_filename.endswith(JOINING):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        reported(run)
    finally:
        sys.settrace(before)
    return count


@pytest.fixture(autouse=True)
def _counting() -> None:
    # Python 3.12 and newer count no instructions before they were asked for once.
    operations(fleet(1))


@pytest.mark.parametrize("addresses", [(OUTER,), ()])
def test_twice_as_many_servers_take_about_twice_as_much(addresses: tuple[str, ...]) -> None:
    small, large = operations(fleet(50), *addresses), operations(fleet(100), *addresses)
    assert small < large < 2.05 * small


def test_twice_as_many_sites_take_about_twice_as_much() -> None:
    small, large = operations(sites(50)), operations(sites(100))
    assert small < large < 2.05 * small


def test_twice_as_many_events_at_once_take_about_twice_as_much() -> None:
    small, large = operations(busy(40), OUTER), operations(busy(80), OUTER)
    assert small < large < 2.2 * small
