# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact: built, with what a consumer needs and nothing else, accepted by Galaxy, of use when installed alone."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from posixpath import dirname, normpath

from tests.ci.artifact_use import use
from tests.ci.home import environment
from tests.ci.venvs import BUILD, copy_collection, venv

FOLDER = BUILD / "artifact"
# What a consumer needs, by names in which a star stands for any characters, slashes too.
NEEDED = (
    # What Ansible runs.
    *("meta/*.yml", "playbooks/*.yml", "plugins/*.py", "plugins/plugin_utils/_report/page.*", "roles/*.yml"),
    # What has to be installed for it.
    "requirements.txt",
    # What is read, and what the pages for the web are made of.
    *("README.md", "SECURITY.md", "docs/*.md", "docs/*.png", "docs/*.json", "docs/docsite/*", "roles/*/README.md"),
    *("CHANGELOG.rst", "changelogs/changelog.yaml", "changelogs/config.yaml"),
    # What is copied, and the maker of sample servers.
    "examples/*",
    *("LICENSE", "LICENSES/*.txt", "REUSE.toml"),
)
# These need a clone of the project.
CLONE = ("docs/architecture.md", "examples/demo/run.py")
# ansible-galaxy adds them.
MADE = {"FILES.json", "MANIFEST.json"}
LINK = re.compile(r"\]\(([^)\s#]+)")


def build(env: dict[str, str], folder: Path = FOLDER) -> Path:
    """Build the artifact in an empty folder from what git knows; give its path."""
    source = copy_collection(folder / "source")
    command = ["ansible-galaxy", "collection", "build", "--force", "--output-path", str(folder)]
    subprocess.run(command, cwd=source, env=env, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tar.gz"))


def needed(name: str) -> bool:
    """Tell whether a consumer needs a file of the project."""
    return name not in CLONE and any(fnmatchcase(name, pattern) for pattern in NEEDED)


def misfits(names: Collection[str], project: Collection[str]) -> Iterator[str]:
    """Say what an artifact with these names has too many, and what it lacks of the project's."""
    wanted = {name for name in project if needed(name)}
    yield from (f"{name} is for no consumer" for name in sorted({*names} - wanted - MADE))
    yield from (f"{name} is missing" for name in sorted(wanted - {*names}))


def dead_ends(pages: Mapping[str, str], names: Collection[str]) -> Iterator[str]:
    """Say which links of pages lead to what is not in the artifact."""
    folders = {name[: end.start()] for name in names for end in re.finditer("/", name)}
    for page, text in pages.items():
        for link in (link for link in LINK.findall(text) if "://" not in link):
            if normpath(f"{dirname(page)}/{link}").lstrip("/") not in {*names, *folders}:
                yield f"{page} has a link to {link}, which is missing"


def check_contents(artifact: Path) -> None:
    """Look at the names in the artifact, and at the links of its pages."""
    source = next(artifact.parent.glob("source/ansible_collections/*/*"))
    project = [path.relative_to(source).as_posix() for path in source.rglob("*") if not path.is_dir()]
    with tarfile.open(artifact) as archive:
        names = [member.name for member in archive if not member.isdir()]
        files = {name: archive.extractfile(name) for name in names if name.endswith(".md")}
        pages = {name: file.read().decode() for name, file in files.items() if file}
    wrong = [*misfits(names, project), *dead_ends(pages, names)]
    if wrong:
        sys.exit("\n".join(["The artifact:", *wrong]))
    print(f"artifact: {len(names)} files, each needed, none missing; {len(pages)} pages without a dead end")


def check_importer(artifact: Path) -> None:
    """Run Galaxy's importer; fail on any error or warning of its own."""
    folder = venv("importer")
    config = artifact.parent / "galaxy-importer.cfg"
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


def main() -> None:
    """Check the artifact with the ansible-core of a virtual environment."""
    parser = argparse.ArgumentParser(description="Builds the artifact, looks into it, and uses it as a consumer does.")
    parser.add_argument("venv", nargs="?", default="test", help="the virtual environment, by its name in .build/venv")
    name = parser.parse_args().venv
    env = environment(BUILD / "venv" / name)
    folder = FOLDER if name == "test" else BUILD / f"artifact-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    artifact = build(env, folder)
    check_contents(artifact)
    if name == "test":
        check_importer(artifact)
    use(artifact, env)


if __name__ == "__main__":
    main()
