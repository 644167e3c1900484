/* SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * WritePrivateProfileString, one call a line: path, section, key and value, parted by tabs, each "="
 * and its bytes in hex; without a value the key goes. The answer is 0, or the number of the error.
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>

static char line[65536];

static char *decode(char *text) {
    char *to = text, *from = text + 1;
    unsigned int byte;
    for (; sscanf(from, "%2x", &byte) == 1; from += 2) *to++ = (char)byte;
    *to = 0;
    return text;
}

int main(void) {
    while (fgets(line, sizeof line, stdin)) {
        char *field[4] = {0};
        int count = 0;
        line[strcspn(line, "\r\n")] = 0;
        for (char *part = strtok(line, "\t"); part && count < 4; part = strtok(NULL, "\t")) field[count++] = part;
        for (int i = 0; i < count; i++) decode(field[i]);
        WritePrivateProfileStringA(NULL, NULL, NULL, field[0]); /* Wine forgets what it kept of this name */
        BOOL done = WritePrivateProfileStringA(field[1], field[2], field[3], field[0]);
        printf("%lu\n", done ? 0 : GetLastError());
        WritePrivateProfileStringA(NULL, NULL, NULL, field[0]);
        fflush(stdout);
    }
    return 0;
}
