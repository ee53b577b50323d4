#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compiles the programs of the guest, static: the selftests' helpers into
# build/selftests, the harness's own (init, runtest) into build/selftests/qemu.

. "$(dirname "$0")/common.sh"

make -s -C "$SELFTESTS" KSFT_STANDALONE=1 OUTPUT="$BUILD/selftests" helpers

mkdir -p "$BUILD/selftests/qemu"
for source in "$QEMU_DIR"/guest/*.c; do
	program=$BUILD/selftests/qemu/$(basename "$source" .c)
	[ "$program" -nt "$source" ] && continue
	"${CC:-gcc}" -static -O2 -Wall -Wextra -o "$program.$$" "$source"
	mv "$program.$$" "$program"
done
