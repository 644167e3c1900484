# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of any section and of several keys."""

from __future__ import annotations

from tests.cases.case import PROXY2, STORE, Case, fine
from tests.cases.samples import sample

# Several keys, other sections, other names.
SEVERAL = (
    Case(
        "a section for the store",
        sample("EXT-forum.sshd.wspcfg.ini"),
        sample("EXT-forum.sshd.wspcfg.ini") + sample("Q181420.store.wspcfg.ini"),
        section="STORE",
        settings=STORE,
    ),
    fine(
        "the store is set up, with blanks before its keys",
        sample("Q181847.store.wspcfg.ini"),
        section="STORE",
        settings=STORE,
    ),
    Case(
        "one value is replaced, other spelling and order stay",
        sample("Q181420.store-ssl.wspcfg.ini"),
        sample("Q181420.store-ssl.wspcfg.ini").replace(b"993,995\r\n", b"110,119,143\r\n"),
        section="STORE",
        settings=STORE,
    ),
    Case(
        "one is replaced, two are missing",
        b"[Store]\r\nPersistent=0\r\n; end\r\n[X]\r\n",
        b"[Store]\r\nPersistent=1\r\nServerBindTcpPorts=110,119,143\r\nKillOldSession=1\r\n; end\r\n[X]\r\n",
        section="STORE",
        settings=STORE,
    ),
    Case(
        "keys with blanks and parentheses",
        PROXY2,
        PROXY2.replace(b"(Hours)=6", b"(Hours)=12"),
        section="Common",
        settings={"Configuration Refresh Time (Hours)": 12},
    ),
    Case(
        "a section name with blanks, a value with backslashes",
        PROXY2,
        PROXY2.replace(b"PROXY-09\\mspclnt\\", b"PROXY-10\\clients\\"),
        section="Master Config",
        settings={"Path1": "\\\\PROXY-10\\clients\\"},
    ),
    Case(
        "an empty section of the real file",
        PROXY2,
        PROXY2.replace(b"[Servers Ipx Addresses]\r\n", b"[Servers Ipx Addresses]\r\nName=\r\n"),
        section="Servers Ipx Addresses",
        settings={"Name": ""},
    ),
    Case(
        "an equals sign and a semicolon in the value",
        b"[A]\r\nB=1\r\n",
        b"[A]\r\nB=x=1;y\r\n",
        section="a",
        settings={"b": "x=1;y"},
    ),
    Case(
        "several keys are removed, one was never there",
        sample("Q181420.store-ssl.wspcfg.ini"),
        b"[Store]\r\nProxyBindIp=993:<PROXY_SERVER_ADDRESS>,995:<PROXY_SERVER_ADDRESS>\r\n",
        state="absent",
        section="STORE",
        settings={**STORE, "NameResolution": "L"},
    ),
    Case(
        "all keys are removed", sample("Q181847.store.wspcfg.ini"), b"", state="absent", section="store", settings=STORE
    ),
    fine("an empty value is there", b"[A]\r\nB = \r\n", section="A", settings={"B": ""}),
)
