# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Examples that no page runs: inventories, the credential type of AWX, execution environments."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import ValidationError, validate

from tests.guide.pages import EXAMPLES, PAGES, ROOT
from tests.guide.place import Place
from tests.lab.lab import PASSWORD, USER, Lab
from tests.smb.plays import LOOK, ansible

CONNECTION = "plugins/connection/smb.py"
NAME = "^[a-zA-Z_]+[a-zA-Z0-9_]*$"
# What AWX allows in a credential type (awx/main/fields.py, CredentialTypeInputField and CredentialTypeInjectorField).
FIELD = {
    "type": "object",
    "properties": {
        "type": {"enum": ["string", "boolean"]},
        "format": {"enum": ["ssh_private_key", "url"]},
        "choices": {"type": "array", "minItems": 1, "items": {"type": "string"}, "uniqueItems": True},
        "id": {"type": "string", "pattern": NAME},
        "label": {"type": "string"},
        "help_text": {"type": "string"},
        "multiline": {"type": "boolean"},
        "secret": {"type": "boolean"},
        "ask_at_runtime": {"type": "boolean"},
        "default": {},
    },
    "additionalProperties": False,
    "required": ["id", "label"],
}
INPUTS = {
    "type": "object",
    "properties": {
        "required": {"type": "array", "items": {"type": "string"}},
        "fields": {"type": "array", "items": FIELD},
    },
    "additionalProperties": False,
}
INJECTORS = {
    "type": "object",
    "properties": {
        "extra_vars": {
            "type": "object",
            "patternProperties": {NAME: {"type": "string"}},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


def credential_type() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((EXAMPLES / "awx-credential-type.yml").read_text())
    return loaded


def test_awx_takes_the_credential_type() -> None:
    found = credential_type()
    assert set(found) == {"name", "kind", "inputs", "injectors"}
    # Custom types are of one of these two kinds.
    assert found["kind"] in ("cloud", "net")
    validate(found["inputs"], INPUTS)
    validate(found["injectors"], INJECTORS)
    assert {field["id"] for field in found["inputs"]["fields"]} == set(found["inputs"]["required"])
    with pytest.raises(ValidationError):
        validate({"fields": [{"id": "user name", "label": "x"}]}, INPUTS)


def test_what_awx_injects_logs_on(lab: Lab, tmp_path: Path) -> None:
    given = {"username": USER, "password": PASSWORD}
    injected = {
        name: ImmutableSandboxedEnvironment().from_string(text).render(given)
        for name, text in credential_type()["injectors"]["extra_vars"].items()
    }
    hosts = {"ex01": {"ansible_host": lab.addresses[0], "ansible_port": lab.port}}
    connection = {"ansible_connection": "legacy_exchange.winsock_proxy.smb", "ansible_user": "nobody"}
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": connection}}))
    (tmp_path / "injected.json").write_text(json.dumps(injected))
    looked = ansible(tmp_path / "hosts.json", "all", "-e", f"@{tmp_path / 'injected.json'}")
    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert '"status": ' in looked.stdout
    assert PASSWORD not in looked.stdout + looked.stderr
    assert ansible(tmp_path / "hosts.json").returncode != 0


def test_both_inventories_may_be_given_at_once(tmp_path: Path) -> None:
    both = Place(tmp_path).typed("ansible-inventory -i examples/network.yml -i examples/drives.yml --list")
    found = json.loads(both.stdout)["_meta"]["hostvars"]
    on_network, on_drives = found["ex01"], found["ex03"]
    assert on_network["ansible_connection"] == "legacy_exchange.winsock_proxy.smb"
    assert on_drives["ansible_connection"] == "local"
    assert on_drives["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    assert "ansible_python_interpreter" not in on_network
    assert found["px01"]["ansible_user"] == on_network["ansible_user"]


def test_the_project_fixes_no_server_that_sends_through_the_proxy(tmp_path: Path) -> None:
    shown = Place(tmp_path).typed("cd examples/project && ansible-playbook --list-hosts remediate.yml").stdout
    of_masters, of_servers = (set(re.findall(r"^ {6}(\w+)$", play, re.MULTILINE)) for play in shown.split("play #")[1:])
    assert (of_masters, of_servers) == ({"px01"}, {"ex01", "ex02"}), shown


def test_facts_may_be_left_on_with_the_inventory_of_the_network(place: Place, lab: Lab) -> None:
    place.typed("cp examples/network.yml hosts.yml && editor hosts.yml")
    (place.folder / "facts.json").write_text(json.dumps([{"hosts": "exchange", "tasks": [LOOK]}]))
    done = place.typed("ansible-playbook -i hosts.yml -k facts.json")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("TASK [Gathering Facts]") == 1
    assert done.stdout.count("unreachable=0 ") == 2


def test_no_password_stands_in_the_examples() -> None:
    texts = {path: path.read_text() for path in EXAMPLES.rglob("*.yml")}
    given = [line for text in texts.values() for line in text.splitlines() if "password:" in line]
    assert given
    stands_for_one = ("{{ ", "- id", "THE-PASSWORD")
    assert all(any(each in line for each in stands_for_one) for line in given)


def introspected(tree: Path) -> list[str]:
    """Give the Python packages that an execution environment gets for the collections of a tree."""
    program = str(Path(sys.executable).parent / "ansible-builder")
    done = subprocess.run([program, "introspect", str(tree)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.partition("#")[0].strip() for line in yaml.safe_load(done.stdout)["python"]]


def packages_of(requirements: Path) -> list[str]:
    return [line for line in requirements.read_text().splitlines() if not line.startswith("#")]


def test_an_execution_environment_gets_impacket_and_no_ansible(tmp_path: Path) -> None:
    assert introspected(ROOT / ".build" / "collections") == packages_of(ROOT / "requirements.txt")
    # A builder that does not look at meta reads this file.
    bare = tmp_path / "ansible_collections" / "legacy_exchange" / "winsock_proxy"
    bare.mkdir(parents=True)
    for name in ("galaxy.yml", "requirements.txt"):
        shutil.copy(ROOT / name, bare)
    (package,) = introspected(tmp_path)
    assert package.startswith("impacket>=")
    # The documentation of the connection says the same.
    assert f"  - {package.replace('>=', ' >= ')} on the controller\n" in (ROOT / CONNECTION).read_text()


def test_a_builder_makes_the_context_of_an_image(place: Place) -> None:
    archive = place.folder / "examples" / "legacy_exchange-winsock_proxy.tar.gz"
    archive.write_bytes(b"as it was built")
    command = "ansible-builder create --file examples/execution-environment.yml --context context"
    assert place.typed(command).returncode == 0
    context = place.folder / "context"
    assert (context / "_build" / "configs" / archive.name).read_bytes() == b"as it was built"
    galaxy = yaml.safe_load((context / "_build" / "requirements.yml").read_text())
    assert galaxy == {"collections": [{"name": f"configs/{archive.name}", "type": "file"}]}
    # Its name is Containerfile or Dockerfile, by the program for images that is there.
    (recipe,) = context.glob("*file")
    assert "ansible-core>=2.17" in recipe.read_text()


def test_the_files_of_packages_that_the_pages_name_are_there() -> None:
    named = {name for page in PAGES for name in re.findall(r"pip install .*-r (\S+)", page.read_text())}
    assert named == {"requirements.txt"}
    assert all((ROOT / name).exists() for name in named)
