# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact: built, free of litter, accepted by Galaxy's importer, and of use when installed alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.ci.home import environment
from tests.ci.venvs import BUILD, ROOT, copy_collection, venv

FOLDERS = {"LICENSES", "changelogs", "docs", "examples", "meta", "playbooks", "plugins", "roles"}
FILES = {
    "CHANGELOG.rst",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "requirements-smb.txt",
    "requirements.txt",
}
PLUGINS = {
    "module": ("emsmta_info", "emsmta_report", "mspclnt_ini"),
    "role": ("emsmta_bypass",),
    "connection": ("smb",),
}
PLAYBOOK = ROOT / "tests" / "ci" / "artifact.yml"


def build(env: dict[str, str], folder: Path = BUILD / "artifact") -> Path:
    """Build the artifact in an empty folder from what git knows; give its path."""
    source = copy_collection(folder / "source")
    command = ["ansible-galaxy", "collection", "build", "--force", "--output-path", str(folder)]
    subprocess.run(command, cwd=source, env=env, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tar.gz"))


def litter(artifact: Path) -> list[str]:
    """Give the names in the artifact that are no part of the collection."""
    with tarfile.open(artifact) as archive:
        names = [member.name for member in archive if member.isfile()]
    return [name for name in names if name.split("/")[0] not in FOLDERS and name not in FILES]


def check_importer(artifact: Path) -> None:
    """Run Galaxy's importer; fail on any error or warning of its own."""
    folder = venv("importer")
    config = BUILD / "artifact" / "galaxy-importer.cfg"
    config.write_text(
        "[galaxy-importer]\nCHECK_REQUIRED_TAGS = False\nRUN_ANSIBLE_DOC = True\nRUN_ANSIBLE_LINT = False\n"
        "RUN_ANSIBLE_TEST = False\nRUN_FLAKE8 = True\n"
    )
    env = environment(folder) | {"GALAXY_IMPORTER_CONFIG": str(config)}
    command = [str(folder / "bin" / "python"), "-m", "galaxy_importer.main", str(artifact)]
    done = subprocess.run(command, cwd=artifact.parent, env=env, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    # E203 is against what the formatter writes.
    bad = [line for line in lines if line.startswith(("ERROR", "WARNING")) and " E203 " not in line]
    if done.returncode or bad:
        sys.exit("\n".join(["galaxy-importer:", *(bad or lines)]))
    print("galaxy-importer: no error, no warning")


def check_installed(artifact: Path, env: dict[str, str]) -> None:
    """Install into an empty path; show the documentation of all, and run role and modules from there."""
    target = BUILD / "artifact" / "installed"
    shutil.rmtree(target, ignore_errors=True)
    command = ["ansible-galaxy", "collection", "install", "--offline", str(artifact), "-p", str(target)]
    own = env | {"ANSIBLE_COLLECTIONS_PATH": str(target)}
    subprocess.run(command, env=own, check=True, stdout=subprocess.DEVNULL)
    for kind, names in PLUGINS.items():
        for name in names:
            doc = ["ansible-doc", "--json", "--type", kind, f"legacy_exchange.winsock_proxy.{name}"]
            shown = subprocess.run(doc, env=own, check=True, capture_output=True, text=True).stdout
            if name not in shown:
                sys.exit(f"ansible-doc shows no {kind} {name}")
    play = ["ansible-playbook", "--inventory", "localhost,", str(PLAYBOOK), "--extra-vars"]
    subprocess.run([*play, f"scratch={BUILD / 'artifact' / 'scratch'}"], env=own, check=True)


def main() -> None:
    """Check the artifact."""
    shutil.rmtree(BUILD / "artifact", ignore_errors=True)
    env = environment(venv("test"))
    (BUILD / "artifact").mkdir(parents=True)
    artifact = build(env)
    found = litter(artifact)
    if found:
        sys.exit(f"The artifact holds what is no part of the collection: {' '.join(found)}")
    check_importer(artifact)
    check_installed(artifact, env)


if __name__ == "__main__":
    main()
