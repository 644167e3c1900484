# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody does who has only the artifact: installs it into an empty home, reads, audits, fixes, goes back."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.ci.venvs import NAME, NAMESPACE

COLLECTION = f"{NAMESPACE}.{NAME}"
# Kinds of plugins that have documentation, and the folders of those that are called otherwise.
KINDS = ("become", "cache", "callback", "connection", "filter", "inventory", "lookup", "module", "test", "vars")
FOLDERS = {"module": "modules"}
# What a remedy ends with where servers are left alone.
LEFT_ALONE = 2


class Consumer(NamedTuple):
    """Somebody with an empty home: where he works, and the environment of his programs."""

    place: Path
    env: Mapping[str, str]

    @property
    def installed(self) -> Path:
        """Give the folder where the collection is once it is installed."""
        return self.place / "home" / ".ansible" / "collections" / "ansible_collections" / NAMESPACE / NAME

    def run(self, *command: object, code: int = 0) -> str:
        """Run a command; give what it printed. Ends with its output when it ends with another exit code."""
        words = [str(word) for word in command]
        done = subprocess.run(words, cwd=self.place, env=self.env, capture_output=True, text=True, check=False)
        if done.returncode != code:
            sys.exit(f"{' '.join(words)} ended with {done.returncode}, not {code}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def play(self, playbook: object, code: int = 0) -> dict[str, Any]:
        """Run a playbook over the sample servers; give the report."""
        self.run("ansible-playbook", "-i", "servers/inventory.json", playbook, code=code)
        report: dict[str, Any] = json.loads((self.place / "emsmta-audit" / "report.json").read_text(encoding="utf-8"))
        return report

    def drives(self) -> dict[str, bytes]:
        """Give the bytes of all files of the sample servers, by server, drive and path."""
        servers = self.place / "servers"
        files = (path for path in servers.glob("*/*/**/*") if path.is_file())
        return {path.relative_to(servers).as_posix(): path.read_bytes() for path in files}


def use(artifact: Path, env: Mapping[str, str]) -> None:
    """Install an artifact into an empty home beside it, and use all of it from there."""
    place = artifact.parent / "consumer"
    shutil.rmtree(place, ignore_errors=True)
    (place / "home").mkdir(parents=True)
    own = {name: value for name, value in env.items() if name != "ANSIBLE_COLLECTIONS_PATH"}
    home = {"HOME": str(place / "home"), "ANSIBLE_HOME": str(place / "home" / ".ansible")}
    consumer = Consumer(place, own | home)
    consumer.run("ansible-galaxy", "collection", "install", "--offline", artifact)
    print(f"ansible-doc shows {read(consumer)}")
    servers = runpy.run_path(str(consumer.installed / "examples" / "demo" / "fleet.py"))["SERVERS"]
    print(f"{len(servers)} servers audited, fixed and restored: {work(consumer, servers)} files")


def read(consumer: Consumer) -> str:
    """Show the documentation of all that has some; give the names."""
    found = {"role": sorted(path.name for path in (consumer.installed / "roles").iterdir())}
    for kind in KINDS:
        folder = consumer.installed / "plugins" / FOLDERS.get(kind, kind)
        found[kind] = sorted(path.stem for path in folder.glob("[!_]*.py"))
    for kind, names in found.items():
        if names:
            full = {f"{COLLECTION}.{name}" for name in names}
            shown = json.loads(consumer.run("ansible-doc", "--json", "--type", kind, *sorted(full)))
            if set(shown) != full or not all(each.get("doc") or each.get("entry_points") for each in shown.values()):
                sys.exit(f"ansible-doc does not show {kind} {' '.join(names)}: {json.dumps(shown)[:2000]}")
    return ", ".join(f"{kind} {name}" for kind, names in found.items() for name in names)


def work(consumer: Consumer, servers: Any) -> int:
    """Audit and fix the sample servers and go back; give how many files that changed, and changed back."""
    consumer.run(sys.executable, consumer.installed / "examples" / "demo" / "fleet.py", "servers")
    old = consumer.drives()
    report = consumer.play(f"{COLLECTION}.audit")
    expect("the audit finds", statuses(report), {each.name: each.before for each in servers})
    expect("the audit changes", altered(old, consumer.drives()), [])
    page = (consumer.place / "emsmta-audit" / "report.html").read_text(encoding="utf-8")
    expect("the page holds its style and script", all(part in page for part in ("<style>:root", '"use strict"')), True)
    report = consumer.play(f"{COLLECTION}.remediate", code=LEFT_ALONE)
    expect("the remedy leads to", statuses(report), {each.name: each.after for each in servers})
    changed = altered(old, consumer.drives())
    names = {path.partition("/")[0] for path in changed}
    expect("the remedy changes", names, {each.name for each in servers if each.changed})
    consumer.play(consumer.installed / "examples" / "go-back.yml")
    expect("going back leaves changed", altered(old, consumer.drives()), [])
    return len(changed)


def altered(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[str]:
    """Give the files whose bytes are other ones now, or gone."""
    return [path for path, data in old.items() if new.get(path) != data]


def statuses(report: Mapping[str, Any]) -> dict[str, str]:
    """Give the status of each server of a report."""
    return {server["name"]: server["status"] for server in report["servers"]}


def expect(what: str, found: object, wanted: object) -> None:
    """End with both where something is not as it must be."""
    if found != wanted:
        sys.exit(f"With the installed collection {what} {found}, not {wanted}")
