# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of whole files, byte for byte: what a run makes of them, by the rules of the edit.

Data only. The expected bytes were written down from the rules, not taken from the code.
"""

from __future__ import annotations

from tests.cases.case import DIFFER, FIX, PROXY2, STORE, Case, fine
from tests.cases.doubtful import READERS_DIFFER
from tests.cases.samples import sample
from tests.cases.sections import SEVERAL

# Rule 1: what Windows already reads is left alone, whatever its spelling.
LEFT_ALONE = (
    fine("the stanza of the article", sample("Q254909.mspclnt.ini")),
    fine("section in lower case", b"[emsmta]\r\nDisable=1\r\n"),
    fine("key in upper case", b"[EMSMTA]\r\nDISABLE=1\r\n"),
    fine("blanks and double quotes", b'[emsmta]\r\n disable = "1"\r\n'),
    fine("single quotes", b"[EMSMTA]\r\nDisable='1'\r\n"),
    fine("blanks inside the brackets", b"[ \tEMSMTA\x0b]\r\nDisable=1\r\n"),
    fine("blanks before the header", b" \t\x0b[EMSMTA]\r\nDisable=1\r\n"),
    fine("space, tab and VT round key and value", b"[EMSMTA]\r\n \t\x0bDisable\x0b\t = \t\x0b1 \t\x0b\r\n"),
    fine("text after the bracket", b"[EMSMTA] ; KB Q254909\r\nDisable=1\r\n"),
    fine("junk right after the bracket", b"[EMSMTA]junk\r\nDisable=1\r\n"),
    fine("blank lines before the header", b"\r\n\r\n[EMSMTA]\r\nDisable=1\r\n"),
    fine("line feeds only", b"[EMSMTA]\nDisable=1\n"),
    fine("carriage returns only", b"[EMSMTA]\rDisable=1\r"),
    fine("mixed line ends", b"[A]\nB=1\r\n[EMSMTA]\r\nDisable=1\n"),
    fine("no final line end", b"[EMSMTA]\r\nDisable=1"),
    fine("first of two keys counts", b"[EMSMTA]\r\nDisable=1\r\nDisable=0\r\n"),
    fine("first of two sections counts", FIX + b"[EMSMTA]\r\nDisable=0\r\n"),
    fine("comments and lines without equals sign before the key", b"[EMSMTA]\r\n; x\r\njunk\r\n\r\nDisable=1\r\n"),
    fine("commented key before the key", b"[EMSMTA]\r\n;Disable=0\r\nDisable=1\r\n"),
    fine("code-page bytes in comments and other sections", b"; \xfcber\r\n[Stra\xdfe]\r\nA=\xe9\r\n" + FIX),
    fine("Ctrl-Z on a line of its own at the end", FIX + b"\x1a"),
    fine("Ctrl-Z lines at the end", FIX + b"\x1a\r\n\r\n\x1a\r\n"),
    fine("a 0xFF byte and a lone quote elsewhere", b'[A]\r\nB="\xff\r\n' + FIX),
    fine("junk before the first section", b"Disable=0\r\njunk\r\n" + FIX),
    fine("other keys in the section", b"[EMSMTA]\r\nRemoteBindTcpPorts=102\r\nDisable=1\r\n"),
    fine("header without closing bracket", b"[EMSMTA\r\nDisable=1\r\n", notes=DIFFER),
    fine("header without closing bracket, blanks behind", b"[EMSMTA \t\r\nDisable=1\r\n", notes=DIFFER),
    fine("second closing bracket", b"[EMSMTA]x]\r\nDisable=1\r\n", notes=DIFFER),
    fine("two closing brackets", b"[EMSMTA]]\r\nDisable=1\r\n", notes=DIFFER),
    fine("two headers on a line", b"[EMSMTA][X]\r\nDisable=1\r\n", notes=DIFFER),
    fine("UTF-8 mark on a comment", b"\xef\xbb\xbf; x\r\n" + FIX, notes=("utf8_mark",)),
    fine("Ctrl-Z before more text", FIX + b"\x1a\r\n[A]\r\nB=1\r\n", notes=("ctrl_z",)),
)

# Rule 2: the value on the line that Windows reads is replaced.
REPLACED = (
    Case("another number", b"[EMSMTA]\r\nDisable=0\r\n", FIX),
    Case("a word", b"[EMSMTA]\r\nDisable=yes\r\n", FIX),
    Case("the same number in another string", b"[EMSMTA]\r\nDisable=01\r\n", FIX),
    Case("an empty value", b"[EMSMTA]\r\nDisable=\r\n", FIX),
    Case("a trailing comment is part of the value", b"[EMSMTA]\r\nDisable=1 ;c\r\n", FIX),
    Case("a semicolon as the value's start", b"[EMSMTA]\r\nDisable=;1\r\n", FIX),
    Case("a second equals sign", b"[EMSMTA]\r\nDisable==1\r\n", FIX),
    Case("quotes that do not match", b"[EMSMTA]\r\nDisable=\"1'\r\n", FIX),
    Case("a single quote mark", b'[EMSMTA]\r\nDisable="1\r\n', FIX),
    Case("text behind quotes", b'[EMSMTA]\r\nDisable="1" x\r\n', FIX),
    Case("blanks inside quotes", b'[EMSMTA]\r\nDisable="  1  "\r\n', FIX),
    Case("quotes inside quotes", b"[EMSMTA]\r\nDisable=\"'1'\"\r\n", FIX),
    Case("a no-break space before the value", b"[EMSMTA]\r\nDisable=\xa01\r\n", FIX),
    Case("code-page bytes in the value", b"[EMSMTA]\r\nDisable=n\xe3o\r\n", FIX),
    Case("blanks round key and value stay", b"[EMSMTA]\r\n\tDisable = 0 \r\n", b"[EMSMTA]\r\n\tDisable = 1 \r\n"),
    Case("spelling of section and key stays", b"[emsmta] ; x\r\ndIsAbLe=0\r\n", b"[emsmta] ; x\r\ndIsAbLe=1\r\n"),
    Case("LF stays", b"[EMSMTA]\nDisable=0\n", b"[EMSMTA]\nDisable=1\n"),
    Case("CR stays", b"[EMSMTA]\rDisable=0\r", b"[EMSMTA]\rDisable=1\r"),
    Case("no line end stays", b"[EMSMTA]\r\nDisable=0", b"[EMSMTA]\r\nDisable=1"),
    Case(
        "only the first of two keys",
        b"[EMSMTA]\r\nDisable=0\r\nDisable=0\r\n",
        b"[EMSMTA]\r\nDisable=1\r\nDisable=0\r\n",
    ),
    Case(
        "the first key is empty, the second right",
        b"[EMSMTA]\r\nDisable=\r\nDisable=1\r\n",
        b"[EMSMTA]\r\nDisable=1\r\nDisable=1\r\n",
    ),
    Case(
        "only in the first of two sections",
        b"[EMSMTA]\r\nDisable=0\r\n[X]\r\n" + FIX,
        b"[EMSMTA]\r\nDisable=1\r\n[X]\r\n" + FIX,
    ),
    Case(
        "other keys, comments and code-page bytes stay",
        b"; \xfc\r\n[EMSMTA]\r\n ; c\r\nA=\xe9\r\n\r\nDisable=0\r\nB=2\r\n[X]\r\nDisable=0\r\n",
        b"; \xfc\r\n[EMSMTA]\r\n ; c\r\nA=\xe9\r\n\r\nDisable=1\r\nB=2\r\n[X]\r\nDisable=0\r\n",
    ),
    Case(
        "a section of the real file, with the same key in others",
        PROXY2.replace(b"[outlook]", b"[EMSMTA]"),
        PROXY2.replace(b"[outlook]\r\nDisable=0", b"[EMSMTA]\r\nDisable=1"),
    ),
)

# Rule 2: else the key goes behind the section's last key, or right behind its header.
INSERTED = (
    Case("right behind the header", b"[EMSMTA]\r\n[X]\r\nA=1\r\n", FIX + b"[X]\r\nA=1\r\n"),
    Case("header without line end", b"[EMSMTA]", FIX),
    Case(
        "behind the last key, before comments",
        b"[EMSMTA]\r\nA=1\r\n; c\r\n\r\n[X]\r\n",
        b"[EMSMTA]\r\nA=1\r\nDisable=1\r\n; c\r\n\r\n[X]\r\n",
    ),
    Case(
        "right behind the header, before comments",
        b"[EMSMTA]\r\n; c\r\n\r\n[X]\r\n",
        b"[EMSMTA]\r\nDisable=1\r\n; c\r\n\r\n[X]\r\n",
    ),
    Case("behind a key without line end", b"[EMSMTA]\r\nA=1", b"[EMSMTA]\r\nA=1\r\nDisable=1\r\n"),
    Case("LF", b"[EMSMTA]\nA=1\n[X]\n", b"[EMSMTA]\nA=1\nDisable=1\n[X]\n"),
    Case("CR", b"[EMSMTA]\rA=1\r[X]\r", b"[EMSMTA]\rA=1\rDisable=1\r[X]\r"),
    Case(
        "mixed: the line end of the line before",
        b"[EMSMTA]\nA=1\nB=2\r\n[X]\nC=3\r\n",
        b"[EMSMTA]\nA=1\nB=2\r\nDisable=1\r\n[X]\nC=3\r\n",
    ),
    Case("a commented key is no key", b"[EMSMTA]\r\n;Disable=0\r\n", b"[EMSMTA]\r\nDisable=1\r\n;Disable=0\r\n"),
    Case("a comment behind blanks", b"[EMSMTA]\r\n \t;Disable=0\r\n", b"[EMSMTA]\r\nDisable=1\r\n \t;Disable=0\r\n"),
    Case("# starts no comment", b"[EMSMTA]\r\n#Disable=0\r\n", b"[EMSMTA]\r\n#Disable=0\r\nDisable=1\r\n"),
    Case("// starts no comment", b"[EMSMTA]\r\n//Disable=1\r\n", b"[EMSMTA]\r\n//Disable=1\r\nDisable=1\r\n"),
    Case("a quoted key is another key", b'[EMSMTA]\r\n"Disable"=1\r\n', b'[EMSMTA]\r\n"Disable"=1\r\nDisable=1\r\n'),
    Case("a longer key is another key", b"[EMSMTA]\r\nDisabled=1\r\n", b"[EMSMTA]\r\nDisabled=1\r\nDisable=1\r\n"),
    Case("a line without equals sign", b"[EMSMTA]\r\nDisable\r\n", b"[EMSMTA]\r\nDisable=1\r\nDisable\r\n"),
    Case("a colon is no equals sign", b"[EMSMTA]\r\nDisable:1\r\n", b"[EMSMTA]\r\nDisable=1\r\nDisable:1\r\n"),
    Case("key on the header's line", b"[EMSMTA]Disable=1\r\n", b"[EMSMTA]Disable=1\r\nDisable=1\r\n"),
    Case("key only in the second section", b"[EMSMTA]\r\nA=1\r\n" + FIX, b"[EMSMTA]\r\nA=1\r\nDisable=1\r\n" + FIX),
    Case("a section without bracket follows", b"[EMSMTA]\r\n[X\r\nDisable=0\r\n", FIX + b"[X\r\nDisable=0\r\n"),
    Case("Ctrl-Z behind the last key", b"[EMSMTA]\r\nA=1\r\n\x1a", b"[EMSMTA]\r\nA=1\r\nDisable=1\r\n\x1a"),
)

# Rule 2: else a section goes to the end. Rule 5: which line end it takes.
APPENDED = (
    Case("the complete file of a Proxy 2.0 client", PROXY2, PROXY2 + FIX),
    Case("a fragment", sample("Q170316.mspclnt.ini"), sample("Q170316.mspclnt.ini") + FIX),
    Case("an empty file", b"", FIX),
    Case("blank lines only", b"\r\n\r\n", b"\r\n\r\n" + FIX),
    Case("a comment only", b"; x\r\n", b"; x\r\n" + FIX),
    Case("no final line end", b"[A]\r\nB=1", b"[A]\r\nB=1\r\n" + FIX),
    Case("one line without line end", b"[A]", b"[A]\r\n" + FIX),
    Case("LF", b"[A]\nB=1\n", b"[A]\nB=1\n[EMSMTA]\nDisable=1\n"),
    Case("LF, none at the end", b"[A]\nB=1", b"[A]\nB=1\n[EMSMTA]\nDisable=1\n"),
    Case("CR", b"[A]\rB=1\r", b"[A]\rB=1\r[EMSMTA]\rDisable=1\r"),
    Case("mixed, LF last", b"[A]\r\nB=1\n", b"[A]\r\nB=1\n[EMSMTA]\nDisable=1\n"),
    Case("mixed, CR LF last", b"[A]\nB=1\r\n", b"[A]\nB=1\r\n" + FIX),
    Case("CR CR LF", b"[A]\r\r\nB=1\r\r\n", b"[A]\r\r\nB=1\r\r\n" + FIX),
    Case("blank lines at the end stay", b"[A]\r\nB=1\r\n\r\n\r\n", b"[A]\r\nB=1\r\n\r\n\r\n" + FIX),
    Case("before a final Ctrl-Z", b"[A]\r\nB=1\r\n\x1a", b"[A]\r\nB=1\r\n" + FIX + b"\x1a"),
    Case("before a final Ctrl-Z with line end", b"[A]\r\nB=1\r\n\x1a\r\n", b"[A]\r\nB=1\r\n" + FIX + b"\x1a\r\n"),
    Case("before a Ctrl-Z right behind a value", b"[A]\r\nB=1\x1a", b"[A]\r\nB=1\r\n" + FIX + b"\x1a"),
    Case("keys before the first section", b"Disable=1\r\n[A]\r\n", b"Disable=1\r\n[A]\r\n" + FIX),
    Case("two opening brackets", b"[[EMSMTA]\r\nDisable=1\r\n", b"[[EMSMTA]\r\nDisable=1\r\n" + FIX),
    Case("quotes in the header", b'["EMSMTA"]\r\nDisable=1\r\n', b'["EMSMTA"]\r\nDisable=1\r\n' + FIX),
    Case("no opening bracket", b"EMSMTA]\r\nDisable=1\r\n", b"EMSMTA]\r\nDisable=1\r\n" + FIX),
    Case("a longer section name", b"[EMSMTA2]\r\nDisable=1\r\n", b"[EMSMTA2]\r\nDisable=1\r\n" + FIX),
    Case("a commented section", b"[A]\r\n;[EMSMTA]\r\n;Disable=1\r\n", b"[A]\r\n;[EMSMTA]\r\n;Disable=1\r\n" + FIX),
    Case("code-page bytes", b"[\xc4]\r\n\xe9=\xff\x80\r\n", b"[\xc4]\r\n\xe9=\xff\x80\r\n" + FIX),
    Case(
        "another section without closing bracket",
        b"[Other\r\nA=1\r\n",
        b"[Other\r\nA=1\r\n" + FIX,
    ),
)

# Rule 3: the keys that Windows reads go, and a section that is left blank with them.
ABSENT = (
    Case("the stanza alone", FIX, b"", state="absent"),
    Case("the stanza at the end of the real file", PROXY2 + FIX, PROXY2, state="absent"),
    Case("first in the file", FIX + b"[X]\r\nA=1\r\n", b"[X]\r\nA=1\r\n", state="absent"),
    Case("without line end", b"[X]\r\nA=1\r\n[EMSMTA]\r\nDisable=1", b"[X]\r\nA=1\r\n", state="absent"),
    Case("whatever the value", b'[X]\r\n[emsmta]\r\n disable = "0" ;x\r\n', b"[X]\r\n", state="absent"),
    Case(
        "blank lines go along",
        b"[X]\r\n[EMSMTA]\r\n\r\n \t\r\nDisable=1\r\n\r\n[Y]\r\n",
        b"[X]\r\n[Y]\r\n",
        state="absent",
    ),
    Case("text behind the bracket goes along", b"[EMSMTA] ; x\r\nDisable=1\r\n[X]\r\n", b"[X]\r\n", state="absent"),
    Case("a comment keeps the section", b"[EMSMTA]\r\n; x\r\nDisable=1\r\n", b"[EMSMTA]\r\n; x\r\n", state="absent"),
    Case("junk keeps the section", b"[EMSMTA]\r\nDisable=1\r\njunk\r\n", b"[EMSMTA]\r\njunk\r\n", state="absent"),
    Case("another key keeps the section", b"[EMSMTA]\r\nDisable=1\r\nA=1\r\n", b"[EMSMTA]\r\nA=1\r\n", state="absent"),
    Case("a duplicate key does not come back", b"[EMSMTA]\r\nDisable=1\r\nDisable=0\r\n", b"", state="absent"),
    Case("an empty value", b"[X]\r\n[EMSMTA]\r\nDisable=\r\n", b"[X]\r\n", state="absent"),
    Case(
        "a duplicate section does not come back",
        FIX + b"[X]\r\nA=1\r\n[EMSMTA]\r\nDisable=0\r\n",
        b"[X]\r\nA=1\r\n",
        state="absent",
    ),
    Case(
        "a duplicate section that Windows does not read",
        b"[EMSMTA]\r\nA=1\r\nDisable=1\r\n[X]\r\n" + FIX,
        b"[EMSMTA]\r\nA=1\r\n[X]\r\n" + FIX,
        state="absent",
    ),
    Case("a final Ctrl-Z stays", b"[X]\r\n" + FIX + b"\x1a", b"[X]\r\n\x1a", state="absent"),
    Case("a header without closing bracket", b"[X]\r\n[EMSMTA\r\nDisable=1\r\n", b"[X]\r\n", state="absent"),
    Case("LF", b"[X]\nA=1\n[EMSMTA]\nDisable=1\n", b"[X]\nA=1\n", state="absent"),
    Case(
        "an empty duplicate section stays, and ends it",
        FIX + b"[EMSMTA]\r\n" + FIX,
        b"[EMSMTA]\r\n" + FIX,
        state="absent",
    ),
    fine("nothing to remove: no section", PROXY2, state="absent"),
    fine("nothing to remove: empty section", b"[EMSMTA]\r\n\r\n[X]\r\n", state="absent"),
    fine("nothing to remove: commented key", b"[EMSMTA]\r\n;Disable=1\r\n", state="absent"),
    fine("nothing to remove: empty file", b"", state="absent"),
    fine("nothing to remove: not read in a second section", b"[EMSMTA]\r\nA=1\r\n" + FIX, state="absent"),
)

CREATED = (
    Case("a missing file is made", None, FIX, create=True),
    Case(
        "a missing file is made for another section",
        None,
        sample("Q181420.store.wspcfg.ini"),
        section="STORE",
        settings=STORE,
        create=True,
    ),
)

CASES = LEFT_ALONE + REPLACED + INSERTED + APPENDED + ABSENT + SEVERAL + READERS_DIFFER + CREATED
