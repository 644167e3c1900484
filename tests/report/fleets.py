# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of fleets: real looks at sample servers, what the role makes of them, and what hostile servers would say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_from,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._bypass import (
    LOOP_VARIABLE,
    conclude,
    decide,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.files import (
    as_csv,
    as_json,
    as_junit,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.history import history_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.page import as_html
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Run, report_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.servers import server_of
from fleet import FIX, MSPCLNT, SERVERS, build

from tests.lab.servers import OPTIONS
from tests.unit.report_events import at, events, kind, moment

Found = dict[str, Any]
Report = dict[str, Any]
NO_MASTERS: Mapping[str, Found] = MappingProxyType({})
LAST_WEEK, NOW = "2026-11-19T06:00:00Z", "2026-11-26T06:00:00Z"
INI = "C/mspclnt/MSPCLNT.INI"
# Of each kind as large as a sample: names as long as those of a real domain.
DOMAIN = "emea.corp.example"
FAULT = "Error while reading the event log Application of ex05: access denied"
# What a file, a registry or an error may hold, once for each trick against one of the four files.
HOSTILE = {
    "script": "<script>window.owned = 1</script>",
    "end of script": "</script></style></title><script>window.owned = 1</script>",
    "handler": "\"><img src=x onerror='window.owned = 1'>",
    "attribute": "' autofocus onfocus='window.owned = 1' x='\" onmouseover=\"window.owned = 1",
    "link": "javascript:window.owned = 1//Q254909",
    "remote": "<link rel=stylesheet href=http://127.0.0.1:9/x><svg><image href=http://127.0.0.1:9/x></svg>",
    "template": "{{ 7 * 7 }}{% for x in range(9) %}x{% endfor %}{{ cycler.__init__.__globals__ }}",
    "comment": "<!-- ]]> --> &amp; &#60; &bogus; </testcase></failure>",
    "formula": '=HYPERLINK("http://127.0.0.1:9/"&A1,"x")',
    "command": "+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "wide": "\uff1d1+1",
    "quoted": '";=1+1;"=1+1\n=1+1',
    "semicolon": 'a;=1+1;"=1+1"; =1+1',
    "comma": 'a,=1+1,"=1+1"',
    "tab": "\t=1+1\t=1+1",
    "lines": "\r\n=1+1\r=1+1\n\n=1+1",
    "controls": "\x00\x01\x08\x1b[2J\x7f\x85\u2028\u2029\ufffe\uffff",
    "halves": "\ud800 \udfff",
    "turned": "\u202egnp.exe \u2066\u200f\u061c",
    "hebrew": "\u05e9\u05e8\u05ea 12 (\u05e9)",
    "long": "x" * 10_000,
    "long and wide": "\U0001f600" * 10_000,
}


def looks(folder: Path) -> dict[str, Found]:
    """Look at the servers of the demo, on drives below a folder."""
    build(folder)
    return {server.name: look(folder / server.name, server.complete) for server in SERVERS}


def look(folder: Path, complete: bool = False) -> Found:
    """Look at one server; all of its drives are folders in this one."""
    drives = {each.name: str(each) for each in sorted(folder.iterdir())}
    request = look_request_from({**OPTIONS, "drives": drives, "drives_complete": complete})
    files = DriveFiles(request.drives)
    return inform(files, request, False, lambda root: DriveRegistry(files, root))


def fixed(before: Found, after: Found, check: bool = False) -> Found:
    """Give what the role makes of a server that it changed, from the look before and the one after."""
    file = {key: before["plan"][0][key] for key in ("path", "local")}
    copy = f"{file['path']}.bak"
    values: Found = {"before": {"Disable": None}, "after": {"Disable": "1"}, "backup_file": copy}
    edit = {"changed": True, **values, LOOP_VARIABLE: file}
    return conclude(decide(before, True, False), True, check, [edit], None if check else after)


def refused(before: Found) -> Found:
    """Give what the role makes of a server that it leaves alone."""
    return conclude(decide(before, True, False), True, False, [], None)


def report(
    found: Mapping[str, Found],
    last: Report | None = None,
    others: Iterable[str] = (),
    check: bool = False,
    masters: Mapping[str, Found] = NO_MASTERS,
    addresses: Sequence[str] = (),
) -> Report:
    """Report a run.

    Args:
        found: what a look or the role left for each host of the play.
        last: the report that lies in the folder.
        others: hosts of the inventory that are not in the play.
        check: whether it runs in check mode.
        masters: what the role left for each proxy server.
        addresses: under which remote MTAs know the proxy.
    """
    generated = NOW if last else LAST_WEEK
    inventory = [*found, *others]
    proxies = [server_of(name, told) for name, told in masters.items()]
    run = Run(generated, generated, check, list(found), inventory, found.get, {}, proxies, addresses)
    return report_of(run, history_of(as_json(last) if last else None, run.name))


def two_weeks(folder: Path) -> Report:
    """Report the fleet of the demo a week after an audit: fixed, refused, lost again, new, gone and silent servers."""
    before = looks(folder)
    silent = {"unreachable": True, "msg": "Could not connect to 192.0.2.14: no route to host"}
    # Of ex04, what decides is changed without a trace: the start that was the newest comes to look later.
    exposed = {**before["ex04-disable-0"], "events": logs()["ex04-disable-0"]}
    others = {"ex13-later": {}, "ex14-silent": before["ex02-protected"], "ex15-gone": before["ex01-exposed"]}
    last = report({**before, **others, "ex04-disable-0": exposed})
    (folder / "ex02-protected" / INI).write_bytes(MSPCLNT)
    for name in ("ex01-exposed", "ex04-disable-0"):
        (folder / name / INI).write_bytes(MSPCLNT + FIX)
    found = {
        **before,
        "ex01-exposed": fixed(before["ex01-exposed"], look(folder / "ex01-exposed")),
        "ex02-protected": look(folder / "ex02-protected"),
        "ex04-disable-0": look(folder / "ex04-disable-0"),
        "ex05-on-purpose": refused(before["ex05-on-purpose"]),
        "ex14-silent": silent,
        "ex16-broken": {"failed": True, "msg": "Error while reading C:\\WINNT\\System.ini: input/output error"},
        "ex17-new": before["ex03-odd-spelling"],
    }
    del found["ex06-no-client"]
    for name, logged in logs().items():
        found[name] = {**found[name], "events": logged}
    for name in ("ex03-odd-spelling", "ex04-disable-0"):
        found[name]["in_force"] = "yes"
    proxy = {"proxy-01": found["ex01-exposed"]}
    return report(found, last, ["ex06-no-client", "ex13-later"], masters=proxy, addresses=["192.0.2.9", "gate.example"])


def logs() -> dict[str, Found]:
    """Give the events of some servers: one refused callers behind the proxy, of whom one logged it too."""
    stack = "/o=CORP/ou=SITE/cn=Configuration/cn=Servers/cn=EX17/cn=TCP (EX17)"
    refused = [
        kind(9301, at(8, 20), at(8, 10), at(8), address="192.0.2.9", about=stack, count=144, first=at(7, day=18)),
        kind(9301, at(8, 20), at(8, 10), name="GATE"),
        kind(9202, at(8, 20), at(8, 10)),
        kind(9301, at(3), address="198.51.100.7"),
    ]
    seen = [kind(289, at(8, 21), at(8, 11), about="/o=CORP/ou=SITE/cn=Configuration/cn=Connections/cn=X400 (EX17)")]
    levels = {"1 X.400 Service": 0, "7 Configuration": 0}
    return {
        "ex17-new": events(refused=refused, started=moment(at(6, day=2), 40), clock=60),
        "ex02-protected": events(seen=seen, started=moment(at(6, day=2), 12), clock=0),
        "ex04-disable-0": events(build="2448.8", started=moment(at(23, day=19), 90), clock=-30, levels=levels),
        "ex03-odd-spelling": events(started=moment(at(5), 300), clock=5),
        "ex05-on-purpose": events(started=moment(at(6, day=1), 3), fault=FAULT, whole=False, read_to=moment(at(6), 5)),
    }


def many(folder: Path, number: int = 400) -> Report:
    """Report so many servers, of all kinds of the demo by turns."""
    before = list(looks(folder).values())
    return report({f"mail-{at:03}.{DOMAIN}": before[at % len(before)] for at in range(number)})


def hostile(folder: Path) -> Report:
    """Report servers that put a trick into each text that they can, and hosts that are called so."""
    build(folder)
    of_caller = kind(9301, at(8), name="GATE", about="/o=CORP")
    logged = events(refused=[of_caller], seen=[kind(289, at(8), about="/o=CORP")], fault=FAULT, started=moment(at(7)))
    real = {**look(folder / "ex05-on-purpose"), "events": logged}
    edited = fixed(look(folder / "ex01-exposed"), real)
    found: dict[str, Found] = {}
    for name, text in HOSTILE.items():
        found[f"{text}look"] = _poisoned(real, text)
        found[f"role {name}"] = _poisoned(edited, text)
        found[f"failed {name}"] = {"failed": True, "msg": text}
        found[f"silent {name}"] = {"unreachable": True, "msg": text}
    last = report(found)
    masters = {text: _poisoned(edited, text) for text in HOSTILE.values()}
    return report(dict(list(found.items())[4:]), last, masters=masters)


def _poisoned(value: Any, text: str, key: str = "") -> Any:
    """Give a result whose texts are all this one, but for the words that the collection itself puts in."""
    if isinstance(value, dict):
        return {name: _poisoned(each, text, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_poisoned(each, text, key) for each in value]
    own = ("status", "status_before", "status_after", "outcome", "certainty", "in_force", "code")
    of_log = ("time", "first", "last", "times", "oldest_time", "build")
    return value if key in (*own, *of_log) or not isinstance(value, str) else text


def write(folder: Path, made: Report) -> Path:
    """Write the four files of a report; give the page."""
    hosts = [server["name"] for server in made["servers"]]
    for ending, data in (
        ("html", as_html(made)),
        ("csv", as_csv(made, hosts)),
        ("xml", as_junit(made)),
        ("json", as_json(made)),
    ):
        (folder / f"report.{ending}").write_bytes(data)
    return folder / "report.html"


def plain(made: Report) -> Any:
    """Give a report as a reader of report.json has it."""
    return json.loads(as_json(made))
