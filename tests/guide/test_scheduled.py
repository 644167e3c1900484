# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The job for cron and systemd: it mails when something changed, and only then."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.guide.pages import GUIDE, ROOT, shown
from tests.guide.place import Place

SERVERS = ("ex01-exposed", "ex02-protected", "ex06-no-client")
SENDMAIL = """#!/bin/sh
[ ! -e {folder}/broken ] || exit 75
mkdir -p {folder}/mails
cat > {folder}/mails/$(ls {folder}/mails | wc -l)
"""
FIX = b"[EMSMTA]\r\nDisable=1\r\n"
CRON = re.compile(r"^(?:[\d*/,-]+ ){5}emsmta (.+)$", re.MULTILINE)


class Machine:
    """A machine on which the job was installed as the guide says, below a folder."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.folder = place.folder
        self.report = self.folder / "var/lib/emsmta/audit"

    def under_cron(self) -> subprocess.CompletedProcess[str]:
        """Run the job of the crontab with the environment that it has there."""
        text = (self.folder / "etc/cron.d/emsmta-audit").read_text()
        env = dict(re.findall(r"^([A-Z]+)=(.*)$", text, re.MULTILINE))
        (command,) = CRON.findall(text)
        env |= {"PATH": f"{self.place.programs}:{env['PATH']}", "HOME": str(self.folder)}
        return self._run([env["SHELL"], "-c", command], env)

    def with_command(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run another command in the place of the audit."""
        mail = [sys.executable, str(self.folder / "opt/emsmta/mail_changes.py"), "--to", "a@example.com"]
        env = {"PATH": f"{self.place.programs}:/usr/bin:/bin"}
        return self._run([*mail, "--folder", str(self.report), "--", *command], env)

    def mails(self) -> list[str]:
        """Give the mails that were sent, and forget them."""
        folder = self.folder / "mails"
        texts = [path.read_bytes() for path in sorted(folder.glob("*"))]
        shutil.rmtree(folder, ignore_errors=True)
        return [f"{message['Subject']}\n{message.get_payload()}" for message in map(message_from_bytes, texts)]

    def _run(self, command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
        # The collection is a link to this tree, which nothing is to be left in.
        own = {**env, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, env=own, cwd="/", capture_output=True, text=True, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    place = Place(tmp_path)
    place.typed("mkdir -p /opt/emsmta /etc/emsmta /etc/cron.d /etc/systemd/system /var/lib/emsmta")
    for command in (each.text for each in shown(GUIDE / "many-servers.md") if each.text.startswith("install -m ")):
        assert place.typed(command).returncode == 0
    for name in ("opt/emsmta/audit", "etc/cron.d/emsmta-audit", *map(unit, ("service", "timer"))):
        (tmp_path / name).write_text(place.here((tmp_path / name).read_text()))
    (tmp_path / "opt/emsmta/venv").symlink_to(sys.prefix)
    (tmp_path / "opt/emsmta/collections").symlink_to(ROOT / ".build" / "collections")
    place.typed("python3 examples/demo/fleet.py servers")
    inventory = json.loads((tmp_path / "servers/inventory.json").read_text())
    hosts = inventory["exchange"]["hosts"]
    inventory["exchange"]["hosts"] = {name: hosts[name] for name in SERVERS}
    (tmp_path / "etc/emsmta/hosts.yml").write_text(json.dumps(inventory))
    (tmp_path / "etc/emsmta/vault-password").write_text("not used here\n")
    (place.programs / "sendmail").write_text(SENDMAIL.format(folder=tmp_path))
    (place.programs / "sendmail").chmod(0o755)
    return Machine(place)


def unit(kind: str) -> str:
    return f"etc/systemd/system/emsmta-audit.{kind}"


def test_it_mails_when_something_changed_and_only_then(machine: Machine) -> None:
    ini = machine.folder / "servers/ex02-protected/C/mspclnt/MSPCLNT.INI"
    for expected in (
        ["ex01-exposed: exposed (before: not known)", "ex02-protected: protected (before: not known)"],
        [],
        ["ex02-protected: exposed (before: protected)"],
    ):
        if expected and ini.read_bytes().endswith(FIX) and machine.report.exists():
            ini.write_bytes(ini.read_bytes().removesuffix(FIX))
        done = machine.under_cron()
        log = (machine.report / "run.log").read_text()
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), log
        mails = machine.mails()
        assert len(mails) == bool(expected), (mails, log)
        assert all(line in mails[0].splitlines() for line in expected)
    assert (machine.report / "report.html").exists()
    no_report(machine)
    not_sent(machine)


def no_report(machine: Machine) -> None:
    """A run without a report is told once, with the end of its output, and so is that it is right again."""
    for _time in range(2):
        assert machine.with_command("sh", "-c", "echo the vault is locked; exit 4").returncode == 0
    (mail,) = machine.mails()
    assert "The run: no report was made, exit code 4" in mail
    assert "the vault is locked" in mail
    assert "before:" not in mail
    report = json.loads((machine.report / "report.json").read_text())
    write(machine, {**report, "run": "another"})
    (mail,) = machine.mails()
    assert "The run: as it must be" in mail


def not_sent(machine: Machine) -> None:
    """What could not be mailed is mailed by the next run; a server that is gone, or not looked at, is told right."""
    report = json.loads((machine.report / "report.json").read_text())
    first, second, third = report["servers"]
    servers = [{**first, "status": "not_looked_at"}, {**second, "outcome": "refused", "changed_at": "2026-11-26"}]
    assert third["name"] not in (first["name"], second["name"])
    (machine.folder / "broken").touch()
    done = write(machine, {**report, "run": "third", "servers": servers})
    assert done.returncode == 1
    assert "the next run tries again" in done.stderr
    assert machine.mails() == []
    (machine.folder / "broken").unlink()
    write(machine, {**report, "run": "fourth", "complete": False, "servers": servers})
    (mail,) = machine.mails()
    assert "The run: not all servers were looked at, exit code 0" in mail
    assert f"{third['name']}: gone (before: {third['status']})" in mail
    assert f"{second['name']}: {second['status']}, refused, files changed 2026-11-26" in mail
    assert first["name"] not in mail


def write(machine: Machine, report: dict[str, object]) -> subprocess.CompletedProcess[str]:
    """Run a command that leaves this report."""
    (machine.folder / "next.json").write_text(json.dumps(report))
    return machine.with_command("cp", str(machine.folder / "next.json"), str(machine.report / "report.json"))


def test_without_sendmail_it_says_so(machine: Machine) -> None:
    (machine.place.programs / "sendmail").unlink()
    if shutil.which("sendmail", path=f"{os.environ['PATH']}:/usr/sbin:/usr/lib"):
        pytest.skip("this machine has a sendmail, which would send")
    done = machine.with_command("false")
    assert done.returncode == 1
    assert "there is no sendmail" in done.stderr


def test_it_keeps_the_fix_but_not_where_mail_goes_through_the_proxy_on_purpose(machine: Machine) -> None:
    job, hosts = machine.folder / "opt/emsmta/audit", machine.folder / "etc/emsmta/hosts.yml"
    audit, own = "legacy_exchange.winsock_proxy.audit", "remediate.yml"
    assert f"put `{own}` in the place of\n`{audit}`" in (GUIDE / "many-servers.md").read_text()
    job.write_text(job.read_text().replace(audit, own))
    machine.place.typed("cp examples/project/remediate.yml /etc/emsmta")
    inventory = json.loads(hosts.read_text())
    hosts.write_text(json.dumps({**inventory, "through_the_proxy": {"hosts": {"ex02-protected": {}}}}))
    drives = {name: machine.folder / f"servers/{name}/C/mspclnt/MSPCLNT.INI" for name in SERVERS[:2]}
    exposed = drives["ex01-exposed"].read_bytes()
    drives["ex02-protected"].write_bytes(exposed)
    assert machine.under_cron().returncode == 0
    (mail,) = machine.mails()
    assert "ex01-exposed: protected, files changed " in mail
    assert drives["ex01-exposed"].read_bytes() == exposed + FIX
    assert drives["ex02-protected"].read_bytes() == exposed


def test_systemd_takes_the_units(machine: Machine) -> None:
    units = [str(machine.folder / unit(kind)) for kind in ("service", "timer")]
    command = ["systemd-analyze", "verify", "--man=no", *units]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # It warns of what it does not know, and ends well all the same.
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = Path(units[0]).read_text()
    (start,) = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert start == str(machine.folder / "opt/emsmta/audit")
    assert start in (machine.folder / "etc/cron.d/emsmta-audit").read_text()
    assert os.access(start, os.X_OK)
