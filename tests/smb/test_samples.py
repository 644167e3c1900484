# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real files as they were printed, each in the place of Mspclnt.ini and of a Wspcfg.ini, in both worlds.

They are kept with LF, as git likes it, and read with the CR LF that their hashes are of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cases.samples import SAMPLES, sample
from tests.lab.lab import Lab
from tests.lab.servers import Sample, samples
from tests.lab.winreg import WinReg
from tests.smb.callers import Caller
from tests.smb.worlds import on_drives, over_smb, texts, told

ROOT = Path(__file__).resolve().parents[2]
COPIES = ROOT / "examples" / "demo" / "samples"
ORDINARY = next(each for each in samples() if each.name == "ex01-exposed")
PLACES = {"Mspclnt.ini": ("C", "mspclnt/MSPCLNT.INI"), "Wspcfg.ini": ("D", "exchsrvr/BIN/WSPCFG.INI")}
# What the bytes demand. No section EMSMTA: exposed, and one that is not in a Wspcfg.ini may hide Mspclnt.ini.
EXPOSED, HIDING = ("exposed", "documented"), ("exposed", "inferred")
PROTECTED, CLIENT_1_0 = ("protected", "documented"), ("unknown", "documented")
# That a Wspcfg.ini comes first is not printed for client 2.0.
FIRST = ("protected", "inferred")


class File(NamedTuple):
    """A file: the first digits of its SHA-256, the client that writes it, and the verdict in either place."""

    name: str
    digest: str
    generation: str
    as_mspclnt: tuple[str, str]
    as_wspcfg: tuple[str, str]


FILES = (
    File("EXT-Catapult08.wspclient.ini", "eb6b1732343a", "1.0", CLIENT_1_0, HIDING),
    File("EXT-Q174922.msexcimc.wspcfg.ini", "847111bd8986", "unknown", EXPOSED, HIDING),
    File("EXT-Q174922.store.wspcfg.ini", "920a9ee74eb9", "unknown", EXPOSED, HIDING),
    File("EXT-Q177153.gwia.wspcfg.ini", "8d90de9ca744", "unknown", EXPOSED, HIDING),
    File("EXT-Q177153.nisesctl.wspcfg.ini", "88cb83571a46", "unknown", EXPOSED, HIDING),
    File("EXT-Q177153.noseshlr.wspcfg.ini", "ff7ed90544a0", "unknown", EXPOSED, HIDING),
    File("EXT-Q177153.nreplica.wspcfg.ini", "02c3febce60b", "unknown", EXPOSED, HIDING),
    File("EXT-Q177153.pop3d.wspcfg.ini", "998a98478837", "unknown", EXPOSED, HIDING),
    File("EXT-Q177153.sqlservr.wspcfg.ini", "a04262338253", "unknown", EXPOSED, HIDING),
    File("EXT-Q177153.winsmtp.wspcfg.ini", "50b947140e86", "unknown", EXPOSED, HIDING),
    File("EXT-forum.sshd.wspcfg.ini", "ef5e29222c75", "unknown", EXPOSED, HIDING),
    File("Q170316.mspclnt.ini", "cf76bb87cf95", "unknown", EXPOSED, HIDING),
    File("Q178532.dsamain.wspcfg.ini", "81726bed0aff", "unknown", EXPOSED, HIDING),
    File("Q178532.store.wspcfg.ini", "d27ce9043c4d", "unknown", EXPOSED, HIDING),
    File("Q181420.msexcimc.wspcfg.ini", "847111bd8986", "unknown", EXPOSED, HIDING),
    File("Q181420.store-ssl.wspcfg.ini", "e1c0a2f3d37d", "unknown", EXPOSED, HIDING),
    File("Q181420.store.wspcfg.ini", "920a9ee74eb9", "unknown", EXPOSED, HIDING),
    File("Q181847.msexcimc.wspcfg.ini", "488dba1553c5", "unknown", EXPOSED, HIDING),
    File("Q181847.store.wspcfg.ini", "673bebe65fb6", "unknown", EXPOSED, HIDING),
    File("Q193928.mspclnt.ini", "104d79375430", "unknown", EXPOSED, HIDING),
    File("Q231878.mspclnt.ini", "c88727807a72", "2.0", EXPOSED, HIDING),
    File("Q231878.system.ini", "c7e23b316d56", "unknown", EXPOSED, HIDING),
    File("Q254367.awhost32-acl.wspcfg.ini", "a131199b83af", "unknown", EXPOSED, HIDING),
    File("Q254367.awhost32.wspcfg.ini", "af0727675155", "unknown", EXPOSED, HIDING),
    File("Q254909.mspclnt.ini", "35b5eebaf680", "unknown", PROTECTED, FIRST),
)
OTHERS = {"EXT-Catapult08.locallat.txt": "2f76759cef58"}
DIGESTS = {file.name: file.digest for file in FILES} | OTHERS


def server_with(file: File, place: str) -> Sample:
    """Give the ordinary server with this file in this place."""
    letter, path = PLACES[place]
    drives = {**ORDINARY.drives, letter: {**ORDINARY.drives[letter], path: sample(file.name)}}
    return ORDINARY._replace(name=f"{file.name} as {place}", drives=drives)


SERVERS = {(file.name, place): server_with(file, place) for file in FILES for place in PLACES}


@pytest.fixture(scope="module")
def behind_smb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Caller]]:
    """A server of the lab for each file in each place."""
    base = tmp_path_factory.mktemp("samples")
    with Lab(base, len(SERVERS)) as lab:
        hosts = dict(zip(lab.addresses, SERVERS.values(), strict=True))
        for address, server in hosts.items():
            server.furnish(base / "hosts" / address)
        with WinReg(base, {address: server.registry or {} for address, server in hosts.items()}):
            yield {server.name: Caller(address, lab.port) for address, server in hosts.items()}


def generation(result: dict[str, Any]) -> str:
    return str(result["evidence"]["client"]["facts"]["generation"]["value"])


def test_the_files_are_those_that_were_printed() -> None:
    found = {path.name: hashlib.sha256(sample(path.name)).hexdigest()[:12] for path in SAMPLES.iterdir()}
    assert found == DIGESTS


def test_the_copies_of_the_demo_are_the_same() -> None:
    copies = {path.name: path.read_bytes() for path in COPIES.iterdir()}
    assert copies == {name: (SAMPLES / name).read_bytes() for name in copies}
    assert copies


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("file", [pytest.param(file, id=file.name) for file in FILES])
def test_a_file_as_it_was_printed(file: File, place: str, behind_smb: dict[str, Caller], tmp_path: Path) -> None:
    server = SERVERS[file.name, place]
    drives, smb = on_drives(server, tmp_path), over_smb(server, behind_smb[server.name])
    wanted, client = (file.as_mspclnt, file.generation) if place == "Mspclnt.ini" else (file.as_wspcfg, "2.0")
    assert (drives["status"], drives["certainty"]) == wanted
    assert generation(drives) == client
    assert (told(drives), texts(drives)) == (told(smb), texts(smb))
