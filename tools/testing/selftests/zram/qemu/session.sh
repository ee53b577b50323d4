#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# session.sh FILE [HOSTPATH:GUESTPATH]...: makes the part of the initramfs that
# belongs to one run: PID 1, the tests with their helpers, the zram modules,
# what --add names, and /guest/env, which is read from standard input.
# Takes ZRAM_KO, PEER_KO and KSRC_TREE (host paths) from the environment.

. "$(dirname "$0")/common.sh"

copy_guest() {
	local stage=$1

	install -D -t "$stage/guest" "$QEMU_DIR"/guest/*.{sh,awk} \
		"$GUEST_BIN/qemu/runtest"
	install "$GUEST_BIN/qemu/init" "$stage/init"
	cat > "$stage/guest/env"
}

copy_modules() {
	local stage=$1

	[ ! -e "${ZRAM_KO:-}" ] ||
		install -m 644 -D "$ZRAM_KO" "$stage/modules/ours/zram.ko"
	[ ! -e "${PEER_KO:-}" ] ||
		install -m 644 -D "$PEER_KO" "$stage/modules/peer/zram.ko"
}

copy_tests() {
	local to=$1/selftests/zram file

	mkdir -p "$to"
	for file in "$SELFTESTS"/*; do
		[ ! -f "$file" ] || cp -p "$file" "$to/"
	done
	cp -rp "$SELFTESTS/torture" "$to/"
	# Whose lines a test tries
	cp -p "$TOP/Documentation/admin-guide/blockdev/zram-setup.rst" "$to/"
	for file in "$GUEST_BIN"/*; do
		[ ! -f "$file" ] || install "$file" "$to/"
	done
}

# The kernel's own tests: scripts for zram, and a program for swap
copy_mainline() {
	local tools=${KSRC_TREE:-}/tools from program=thp_swap_allocator_test

	from=$tools/testing/selftests/zram
	[ -n "${KSRC_TREE:-}" ] && [ -e "$from/zram01.sh" ] || return 0
	mkdir -p "$1/mainline"
	cp -rp "$from" "$1/mainline/zram"
	[ ! -e "$tools/mm/$program.c" ] ||
		"${CROSS:-}gcc" -static -O2 -o "$1/mainline/$program" \
			"$tools/mm/$program.c"
}

# add STAGE HOSTPATH:GUESTPATH
add() {
	local from=${2%%:*} to

	to=$1$(guest_path "${2#*:}")
	[ -e "$from" ] || die "--add: no $from"
	mkdir -p "$(dirname "$to")"
	cp -rHp "$from" "$to"
	[ -d "$from" ] || copy_libraries "$1" "$from"
}

make_session() {
	local stage=$1 extra
	shift

	copy_guest "$stage"
	copy_modules "$stage"
	copy_tests "$stage"
	copy_mainline "$stage"
	for extra; do
		add "$stage" "$extra"
	done
}

file=$1
shift
with_stage make_session "$file" "$@"
