# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: an audit of the sample fleet, the fix, the same again, and a table.

Ends with exit code 0 only when every server ended as it must.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / ".build"
FOLDER = BUILD / "demo"
sys.path.insert(0, str(HERE))

from fleet import SERVERS, Server, build  # noqa: E402

RUNS = (
    ("audit", "An audit: what would be done, and nothing is", ("--check", "--diff")),
    ("fix", "For real", ()),
    ("again", "The same again: nothing is left to do", ()),
)
Result = dict[str, Any]


def environment() -> dict[str, str]:
    """Give Ansible's settings for the demo: this collection, few words, no colour in a file."""
    tree = BUILD / "collections"
    link = tree / "ansible_collections" / "legacy_exchange" / "winsock_proxy"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)
    own = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    return own | {
        "ANSIBLE_COLLECTIONS_PATH": str(tree),
        "ANSIBLE_HOME": str(BUILD / "ansible"),
        "ANSIBLE_REMOTE_TMP": str(BUILD / "ansible" / "tmp"),
        "ANSIBLE_DISPLAY_OK_HOSTS": "0",
        "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "0",
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_FORKS": "6",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
    }


def play(name: str, title: str, options: tuple[str, ...]) -> dict[str, Result]:
    """Run the play once; give the role's result for each server."""
    table = FOLDER / f"{name}.json"
    inventory = str(FOLDER / "fleet" / "inventory.json")
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "--inventory", inventory]
    command += ["--extra-vars", json.dumps({"table": str(table)}), *options, str(HERE / "site.yml")]
    print(f"\n##### {title}: ansible-playbook {' '.join([*options, 'examples/demo/site.yml'])}\n", flush=True)
    subprocess.run(command, env=environment(), cwd=ROOT, check=False)
    found = json.loads(table.read_text()) if table.exists() else {}
    return {
        host: values.get("emsmta_bypass_result", {}) | {"refusal": values.get("refusal")}
        for host, values in found.items()
    }


def contents() -> dict[str, bytes]:
    """Give the bytes of all files of the fleet."""
    fleet = FOLDER / "fleet"
    return {str(path.relative_to(fleet)): path.read_bytes() for path in fleet.rglob("*") if path.is_file()}


def faults(server: Server, results: dict[str, dict[str, Result]]) -> list[str]:
    """Say in what a server did not end as it must."""
    audit, fix, again = (results[name].get(server.name, {}) for name in ("audit", "fix", "again"))
    after = server.after
    wanted = [
        ("status before", fix.get("status_before"), server.before),
        ("status after", fix.get("status_after"), after),
        ("changed", fix.get("changed"), server.changed),
        ("refused", bool(fix.get("refusal")), server.refused),
        ("predicted change", audit.get("changed"), server.changed),
        ("predicted status", audit.get("status_after"), after),
        ("status at the end", again.get("status_before"), after),
        ("changed again", again.get("changed"), False),
    ]
    return [f"{what} is {found}, not {right}" for what, found, right in wanted if found != right]


def show(results: dict[str, dict[str, Result]]) -> None:
    """Print the table."""
    print("\n##### What became of each server\n")
    print(f"{'server':18} {'before':15} {'changed':8} {'after':15} reason")
    for server in SERVERS:
        result = results["fix"].get(server.name, {})
        reason = result.get("refusal") or (result.get("reasons") or [{}])[0].get("message", "no result")
        changed = "refused" if result.get("refusal") else "yes" if result.get("changed") else "no"
        before, after = result.get("status_before", "-"), result.get("status_after", "-")
        print(f"{server.name:18} {before:15} {changed:8} {after:15} {shortened(reason)}")


def shortened(reason: str) -> str:
    """Give the first words of a reason."""
    return reason if len(reason) <= 100 else reason[:97] + "..."


def main() -> int:
    """Run the demo."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    build(FOLDER / "fleet")
    old = contents()
    results = {"audit": play(*RUNS[0])}
    untouched = contents() == old
    results |= {run[0]: play(*run) for run in RUNS[1:]}
    show(results)
    wrong = [f"{server.name}: {fault}" for server in SERVERS for fault in faults(server, results)]
    wrong += [] if untouched else ["the audit changed a file"]
    print(
        "\n" + ("\n".join(wrong) or f"All {len(SERVERS)} servers ended as they must. Their drives: {FOLDER / 'fleet'}")
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
