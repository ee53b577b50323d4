# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the checks share. They run at the top of the repository.

# files PATTERN...: the repository's files, also those not committed yet, whose
# path matches
files() {
	git ls-files -co --exclude-standard -- "$@" | sort | while read -r file; do
		[ -f "$file" ] && echo "$file"
	done
}

# scripts REGEX: files whose first line is a #! that matches
scripts() {
	files . | while read -r file; do
		head -n 1 "$file" | tr -d '\0' | grep -qE "^#!.*($1)" && echo "$file"
	done
}

# result BAD TEXT: print the last line, end with the status
result() {
	echo "$2"
	[ "$1" = 0 ]
	exit
}
