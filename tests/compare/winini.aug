(* SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
   GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
   SPDX-License-Identifier: GPL-3.0-or-later

   A lens for private profiles, so that Augeas is not judged by a lens for other files:
   keys with blanks and parentheses, text behind a header, lines without an equals sign. *)
module WinIni =
  let eol = del /[ \t]*\r?\n/ "\r\n"
  let indent = del /[ \t]*/ ""
  let text = /[^ \t\r\n]([^\r\n]*[^ \t\r\n])?/
  let empty = [ eol ]
  let comment = [ label "#comment" . del /[ \t]*;[ \t]*/ "; " . (store text)? . eol ]
  let name = /[^];=\/ \t\r\n[]([^=\/\r\n]*[^=\/ \t\r\n])?/
  let entry = [ indent . key name . del /[ \t]*=[ \t]*/ "=" . (store text)? . eol ]
  let junk = [ label "#junk" . indent . store /[^];= \t\r\n[]([^=\r\n]*[^= \t\r\n])?/ . eol ]
  let title = indent . del /\[[ \t]*/ "[" . key /[^]\/ \t\r\n[]([^]\/\r\n]*[^]\/ \t\r\n])?/
            . del /[ \t]*\][^\r\n]*\r?\n/ "]\r\n"
  let section = [ title . (entry | comment | junk | empty)* ]
  let lns = (comment | junk | empty)* . section*
