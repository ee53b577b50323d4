# SPDX-License-Identifier: GPL-2.0
# A C program of "count" functions, each of which may be inlined into the next.
BEGIN {
	for (i = 0; i < count; i++) {
		size = i % 31 + 1
		printf "struct s%d { int a[%d]; struct s%d *next; long n; };\n", i, size, i
		printf "static int f%d(struct s%d *s, int x)\n{\n\tint i, sum = x;\n\n", i, i
		printf "\tfor (; s; s = s->next)\n\t\tfor (i = 0; i < %d; i++)\n", size
		printf "\t\t\tsum += s->a[i] * (x ^ %d) + (s->n >> %d)", i, i % 13
		if (i)
			printf " - (sum %% %d ? 0 : f%d(0, sum & %d))", i % 97 + 3, i - 1, i
		print ";\n\treturn sum;\n}"
	}
	printf "int last(void *p, int x) { return f%d(p, x); }\n", count - 1
}
