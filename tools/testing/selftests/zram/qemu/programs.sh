#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compiles the programs of the guest, static, with the compiler CROSS: the
# selftests' helpers into GUEST_BIN, the harness's own (init, runtest) into
# GUEST_BIN/qemu.

. "$(dirname "$0")/common.sh"

cc=${CROSS}gcc
[ -n "$CROSS" ] || cc=${CC:-gcc}
make -s -C "$SELFTESTS" KSFT_STANDALONE=1 OUTPUT="$GUEST_BIN" CC="$cc" helpers

mkdir -p "$GUEST_BIN/qemu"
for source in "$QEMU_DIR"/guest/*.c; do
	program=$GUEST_BIN/qemu/$(basename "$source" .c)
	[ "$program" -nt "$source" ] && continue
	"$cc" -static -O2 -Wall -Wextra -o "$program.$$" "$source"
	mv "$program.$$" "$program"
done
