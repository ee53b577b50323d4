// SPDX-License-Identifier: GPL-2.0
/*
 * zfmt: is the text of a statistics file exactly what its format prints?
 *
 *   zfmt mm_stat|io_stat|bd_stat|debug_stat FILE
 *
 * The numbers are read, printed again with the documented widths and
 * compared byte for byte. Exit status 0 equal, 1 not (both are shown).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int scan(const char *text, unsigned long long *v, int max)
{
	const char *p = text;
	int n = 0;

	while (n < max) {
		char *end;

		v[n] = strtoull(p, &end, 10);
		if (end == p)
			break;
		p = end;
		n++;
	}
	return n;
}

static int format(const char *kind, const char *text, char *out, size_t len)
{
	unsigned long long v[10] = { 0 };
	static const char version[] = "version: 1\n";

	if (!strcmp(kind, "debug_stat")) {
		if (strncmp(text, version, strlen(version)))
			return -1;
		scan(text + strlen(version), v, 2);
		snprintf(out, len, "%s0 %8llu\n", version, v[1]);
		return 0;
	}
	scan(text, v, 10);
	if (!strcmp(kind, "mm_stat"))
		snprintf(out, len,
			 "%8llu %8llu %8llu %8llu %8lld %8llu %8llu %8llu %8llu\n",
			 v[0], v[1], v[2], v[3], (long long)v[4], v[5], v[6],
			 v[7], v[8]);
	else if (!strcmp(kind, "io_stat"))
		snprintf(out, len, "%8llu %8llu 0 %8llu\n", v[0], v[1], v[3]);
	else if (!strcmp(kind, "bd_stat"))
		snprintf(out, len, "%8llu %8llu %8llu\n", v[0], v[1], v[2]);
	else
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	char text[4096] = "", want[4096] = "";
	FILE *f;

	if (argc != 3)
		return 3;
	f = fopen(argv[2], "r");
	if (!f) {
		perror(argv[2]);
		return 1;
	}
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	if (format(argv[1], text, want, sizeof(want))) {
		printf("%s: not recognised: %s\n", argv[2], text);
		return 1;
	}
	if (!strcmp(text, want))
		return 0;
	printf("%s: found [%s] wanted [%s]\n", argv[2], text, want);
	return 1;
}
