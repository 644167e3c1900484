# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`mta_event_info` tells the same of a log over SMB and of its file on a drive; in a play, and in few requests."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._errors import UserError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._event_info import (
    WHOLE,
    event_info,
    log_on_drives,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mta_event_info import (
    event_request_from,
    event_request_over_smb,
    mta_event_info_spec,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import gated
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.event_log import SmbEventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.registry import SmbRegistry

from tests.lab.event_logs import Event, Log
from tests.lab.event_pipe import EventPipe, HeldLog
from tests.lab.hives import hive
from tests.lab.lab import Lab
from tests.lab.proxy import Cut, FaultProxy
from tests.lab.trees import Tree
from tests.lab.winreg import WinReg
from tests.smb.callers import Caller
from tests.smb.plays import on_one, play, playing, through
from tests.unit.drive_trees import build
from tests.unit.logged_events import EIGHT, EVENTS, KEYS, check_shape, log_of, refused

MODULE = "legacy_exchange.winsock_proxy.mta_event_info"
DEFAULTS: dict[str, Any] = {name: option.get("default") for name, option in mta_event_info_spec().items()}
SERVICES: Tree = {"MSExchangeMTA": {"Diagnostics": {"=1 X.400 Service": 0, "=7 Configuration": 3}}}
LOCAL = {"ansible_connection": "local", "ansible_pipelining": True}
# In process, and as a module: not the controller's own Python by its path.
HERE = LOCAL | {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
ON_THE_TARGET = LOCAL | {"ansible_python_interpreter": os.path.realpath(sys.executable)}


class Served(NamedTuple):
    """Servers that hold logs."""

    lab: Lab
    pipe: EventPipe

    def hold(self, events: Sequence[Event]) -> Caller:
        """Have the first server hold a log of these events; give who calls it."""
        address = self.lab.addresses[0]
        self.pipe.logs[address] = HeldLog(events)
        return Caller(address, self.lab.port)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    base = tmp_path_factory.mktemp("events")
    with Lab(base, 3, drives="C") as lab:
        address = lab.addresses[0]
        registry: Tree = {"SYSTEM": {"CurrentControlSet": {"Services": SERVICES}}}
        with WinReg(base, {address: registry}), EventPipe(base, {address: HeldLog(())}) as pipe:
            yield Served(lab, pipe)


def over_smb(caller: Caller, **options: Any) -> dict[str, Any]:
    request = event_request_over_smb({**DEFAULTS, **options})
    server = caller.server()
    try:
        result = gated(event_info(SmbEventLog(server, request.log), request, SmbRegistry(server)), WHOLE)
    finally:
        server.disconnect()
    check_shape(result)
    return result


def drives_of(folder: Path, log: Log) -> dict[str, str]:
    system = hive({"Select": {"=Current": 1}, "ControlSet001": {"Services": SERVICES}})
    files = {"System.ini": b"", "system32/config/AppEvent.Evt": log.data(), "system32/config/system": system}
    return build(folder, {f"C/WINNT/{name}": data for name, data in files.items()})


def on_drives(folder: Path, log: Log, **options: Any) -> dict[str, Any]:
    request = event_request_from({**DEFAULTS, "drives": drives_of(folder, log), **options})
    source, registry = log_on_drives(request)
    return gated(event_info(source, request, registry), WHOLE)


def same(result: dict[str, Any]) -> dict[str, Any]:
    """Give what must be the same in both worlds.

    A server does not tell whether a file was closed, nor of an empty log whether it was cleared. Where a log is not
    read to its end, over SMB no request is made for the time of its oldest record.
    """
    oldest = result["log"]["oldest"]
    log = {**result["log"], "clean": None, "oldest": oldest and oldest["record"]}
    log["wrapped"] = log["wrapped"] or False
    return {name: log if name == "log" else each for name, each in result.items()}


@pytest.mark.parametrize("count", [0, 1, 3, len(EVENTS)])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"since": "3 hours"},
        {"since": "2003-03-01T08:01:00Z", "ids": [9301, 9202]},
        {"limit": 1},
        {"source": "eventlog", "ids": [4711]},
        {"since": "1 minute"},
    ],
    ids=str,
)
def test_the_same_events_in_both_worlds(count: int, options: dict[str, Any], served: Served, tmp_path: Path) -> None:
    caller = served.hold(EVENTS[:count])
    assert same(over_smb(caller, **options)) == same(on_drives(tmp_path, log_of(EVENTS[:count]), **options))


def test_records_that_are_gone_are_told_in_both_worlds(served: Served, tmp_path: Path) -> None:
    """The header of a log in use does not tell it yet."""
    caller, log = served.hold(EVENTS), log_of(EVENTS)
    served.pipe.logs[caller.host].forget(4)
    log.forget(4)
    smb, drives = over_smb(caller), on_drives(tmp_path, log)
    assert same(smb) == same(drives)
    assert (smb["log"]["wrapped"], smb["log"]["oldest"]["record"], drives["log"]["clean"]) == (True, 5, False)


def test_the_newest_hour_costs_few_requests(served: Served) -> None:
    events = [refused(EIGHT + 60 * number, "0A000005")._replace(data=bytes(8)) for number in range(2000)]
    caller = served.hold(events)
    result = over_smb(caller, since="1 hour")
    assert len(result["events"]) == 61
    assert result["log"] == {
        "records": 2000,
        "oldest": {"record": 1, "time": None},
        "newest": {"record": 2000, "time": "2003-03-02T17:19:00Z"},
        "wrapped": False,
        "clean": None,
        "lost": 0,
    }
    assert caller.requests <= 14


def test_only_silence_costs_the_requests_for_levels(served: Served) -> None:
    told = served.hold(EVENTS)
    assert over_smb(told, since="3 hours")["levels"] is None
    levels = {"1 X.400 Service": 0, "7 Configuration": 3}
    silent = served.hold(EVENTS)
    assert over_smb(silent, since="1 minute")["levels"] == levels
    # The newest start of the MTA breaks no silence.
    started = served.hold(EVENTS[:5])
    result = over_smb(started, since="1 minute")
    assert ([event["id"] for event in result["events"]], result["levels"]) == ([9298], levels)
    assert told.requests < silent.requests == started.requests


def test_a_log_that_is_closed_to_the_account(served: Served) -> None:
    caller = served.hold(EVENTS)
    served.pipe.faults[caller.host] = "denied"
    try:
        with pytest.raises(UserError, match=r"^Error while reading event log Application: .*denied"):
            over_smb(caller)
    finally:
        served.pipe.faults.clear()


def test_a_play_tells_the_same_over_smb_here_and_by_the_module(served: Served, tmp_path: Path) -> None:
    served.hold(EVENTS)
    smb, here, module = served.lab.addresses
    drives = {"its_drives": drives_of(tmp_path, log_of(EVENTS))}
    asked = {"drives": "{{ its_drives | default(omit) }}", "since": "3 hours"}
    keep = {
        "ansible.builtin.copy": {
            "dest": "{{ playbook_dir }}/{{ inventory_hostname }}.json",
            "content": "{{ [found.results[0], refused] | to_json }}",
        },
        "delegate_to": "localhost",
        "vars": HERE,
    }
    wrong = {MODULE: {**asked, "since": "soon"}, "register": "refused", "ignore_errors": True}
    # A loop keeps what a module tells of its call.
    what = playing({MODULE: asked, "register": "found", "loop": [1]}, wrong, keep)
    own = {here: {**HERE, **drives}, module: {**ON_THE_TARGET, **drives}}
    done = play(served.lab, tmp_path, what, own=own)
    assert done.returncode == 0, done.stdout + done.stderr
    results = {host: json.loads((tmp_path / f"{host}.json").read_text()) for host in own | {smb: None}}
    assert {host: "invocation" in found for host, (found, _refused) in results.items()} == {
        smb: False,
        here: False,
        module: True,
    }
    told = [same({name: each for name, each in found.items() if name in KEYS}) for found, _refused in results.values()]
    assert told == [told[0]] * 3
    assert [event["record"] for event in told[0]["events"]] == [11, 9, 8, 7, 6, 5]
    assert {refused["msg"][:14] for _found, refused in results.values()} == {"since: 'soon' "}


def test_a_host_that_is_lost_while_its_log_is_read_is_unreachable(served: Served, tmp_path: Path) -> None:
    served.hold([refused(EIGHT + number, "0A000005") for number in range(500)])
    messages: list[int] = []

    def cut(number: int, message: bytes) -> bytes:
        messages.append(number)
        if number == 16:
            raise Cut(message)
        return message

    with FaultProxy((served.lab.addresses[0], served.lab.port), cut) as proxy:
        code, told = on_one(served.lab, tmp_path, {MODULE: {}}, **through(proxy))
    assert (code, messages[-1]) == (4, 16)
    assert "UNREACHABLE!" in told
    assert "the server closed the connection" in told
    assert "Traceback" not in told
