# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets whose event logs were read, and what their reports say of that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Report

from tests.unit.report_events import Events, Kind, at, events, moment
from tests.unit.report_runs import reported, run_of, told

OUTER, INNER, PARTNER = "192.0.2.9", "10.0.0.9", "198.51.100.7"
Found = dict[str, Any]


def client(status: str = "exposed", logged: Events | None = None, proxies: tuple[str, ...] = (), **more: Any) -> Found:
    """Give a look at a server whose client names these proxies, as the playbooks register it."""
    found = told(status, in_force="unknown", proxy_servers=list(proxies), master_copy=None, events=logged)
    return {**found, **more}


def remote(*kinds: Kind, **more: Any) -> Found:
    """Give a look at a server without a client that refused callers."""
    return told("not_applicable", events=events(refused=list(kinds), **more))


def joined(hosts: Mapping[str, Found], *addresses: str, last: Report | None = None, day: int = 23) -> Report:
    run = run_of(dict(hosts), at(6, day=day))._replace(proxy_addresses=addresses)
    return reported(run, last)


def of(report: Report, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in report["evidence"]["servers"] if each["name"] == name)
    return found


def rows(report: Report, name: str) -> list[dict[str, Any]]:
    found = next(each for each in report["evidence"]["remotes"] if each["name"] == name)
    return list(found["refused"])


def protected(start: str, **more: Any) -> Found:
    return client("protected", events(started=moment(start, 9), **more), in_force="yes")
