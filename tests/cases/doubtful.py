# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that Windows and Wine read in different ways, or not as a profile: edited with care, or refused."""

from __future__ import annotations

from tests.cases.case import DIFFER, FIX, Case, Refused, fine

# Rule 6: a fresh plain section goes before a doubtful one that holds only the wanted keys.
READERS_DIFFER = (
    Case(
        "no closing bracket",
        b"[EMSMTA\r\nDisable=0\r\n",
        FIX + b"[EMSMTA\r\nDisable=0\r\n",
        notes=("fresh_section",),
    ),
    Case(
        "no closing bracket, empty, other sections round it",
        b"[A]\nB=1\n[EMSMTA\n\n[C]\n",
        b"[A]\nB=1\n[EMSMTA]\nDisable=1\n[EMSMTA\n\n[C]\n",
        notes=("fresh_section",),
    ),
    Case(
        "second closing bracket",
        b"[A]\r\n[EMSMTA]x]\r\nDisable=0\r\n",
        b"[A]\r\n" + FIX + b"[EMSMTA]x]\r\nDisable=0\r\n",
        notes=("fresh_section",),
    ),
    Case(
        "UTF-8 mark before the header, value right for Wine only",
        b"\xef\xbb\xbf" + FIX,
        b"\xef\xbb\xbf" + FIX + FIX,
        notes=("utf8_mark",),
    ),
    Case(
        "UTF-8 mark before the header, value wrong",
        b"\xef\xbb\xbf[EMSMTA]\r\nDisable=0\r\n",
        b"\xef\xbb\xbf\r\n" + FIX + b"[EMSMTA]\r\nDisable=0\r\n",
        notes=("fresh_section", "utf8_mark"),
    ),
    Case(
        "UTF-8 mark before another section",
        b"\xef\xbb\xbf[A]\r\nB=1\r\n",
        b"\xef\xbb\xbf[A]\r\nB=1\r\n" + FIX,
        notes=("utf8_mark",),
    ),
    Case(
        "a value above 65,535 characters, right for Windows only in its remainder",
        b"[EMSMTA]\r\nDisable=" + b"1" * 65538 + b"\r\n",
        FIX,
    ),
    Case(
        "the first of two sections has no closing bracket",
        b"[EMSMTA\r\nDisable=0\r\n[EMSMTA]\r\nDisable=0\r\n",
        FIX + b"[EMSMTA\r\nDisable=0\r\n[EMSMTA]\r\nDisable=0\r\n",
        notes=("fresh_section",),
    ),
    Case(
        "a no-break space before the next header: behind the last key that is surely the section's",
        b"[EMSMTA]\r\nA=1\r\n\xa0[X]\r\nB=1\r\n",
        b"[EMSMTA]\r\nA=1\r\nDisable=1\r\n\xa0[X]\r\nB=1\r\n",
    ),
    Case(
        "a no-break space before the key",
        b"[EMSMTA]\r\n\xa0Disable=0\r\n",
        FIX + b"[EMSMTA]\r\n\xa0Disable=0\r\n",
        notes=("fresh_section",),
    ),
    Case(
        "absent, where Wine would come to a second section",
        b"[EMSMTA]x]\r\n; c\r\nDisable=1\r\n[EMSMTA]\r\nDisable=0\r\n",
        b"[EMSMTA]x]\r\n; c\r\n",
        state="absent",
    ),
    Case(
        "absent, where Wine takes a section without closing bracket as a part of ours: its key stays",
        b"[EMSMTA]\r\n; c\r\nDisable=1\r\n[X\r\nDisable=0\r\n",
        b"[EMSMTA]\r\n; c\r\n[X\r\nDisable=0\r\n",
        state="absent",
        notes=DIFFER,
    ),
    Case("Ctrl-Z within the value's line", b"[EMSMTA]\r\nDisable=0\x1a\r\nA=1\r\n", FIX + b"A=1\r\n"),
    Case("Ctrl-Z right behind the value", b"[EMSMTA]\r\nDisable=0\x1a", b"[EMSMTA]\r\nDisable=1\r\n\x1a"),
    fine(
        "absent, where only Wine reads the key",
        b"\xef\xbb\xbf" + FIX,
        state="absent",
        notes=("readers_differ", "utf8_mark"),
    ),
)

# Rule 8: no private profiles; refused, never guessed.
NO_PROFILE = (
    Refused("UTF-16 with mark", FIX.decode().encode("utf-16"), "Unicode (UTF-16, with a byte order mark)"),
    Refused(
        "UTF-16 in the other byte order, with mark", b"\xfe\xff" + FIX.decode().encode("utf-16-be"), "Unicode (UTF-16"
    ),
    Refused("UTF-16 without mark", FIX.decode().encode("utf-16-le"), "without a byte order mark"),
    Refused(
        "UTF-16 in the other byte order, without mark", FIX.decode().encode("utf-16-be"), "without a byte order mark"
    ),
    Refused("a mark and nothing else", b"\xff\xfe", "Unicode (UTF-16"),
    Refused("a NUL byte in another section", b"[A]\r\nB=\0\r\n" + FIX, "NUL byte at offset 7"),
    Refused("NUL bytes to remove from", FIX + b"\0\0\0\0", "NUL byte at offset 21", state="absent"),
)

# Rule 6: no edit of these would be read alike by Windows and by Wine.
DOUBTFUL = (
    Refused(
        "no closing bracket, another key",
        b"[X]\r\n[EMSMTA\r\nA=1\r\nDisable=0\r\n",
        "line 2, '[EMSMTA', can be read in more",
    ),
    Refused("no closing bracket, only another key", b"[EMSMTA\r\nPersistent=1\r\n", "also holds Persistent"),
    Refused("second closing bracket, another key", b"[EMSMTA]]\r\nA=1\r\n", "line 1, '[EMSMTA]]', can be read in more"),
    Refused("UTF-8 mark, another key", b"\xef\xbb\xbf[EMSMTA]\r\nDisable=0\r\nA=1\r\n", "also holds A"),
)

REFUSED = NO_PROFILE + DOUBTFUL
