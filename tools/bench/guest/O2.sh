#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# O2: as O1, with pages on the backing device: every second page; of folios of
# 64 KiB, every second folio, and then every second page of each.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

disk=$O2_DISK
[ "$disk" != null ] || disk=$(nullb_up O2 $((O2_64K_MIB * 2)) 1)
if [ -e "$ZRAM/compressed_writeback" ]; then
	echo 0 >"$ZRAM/compressed_writeback"
fi
swap_setup "$O2_64K_MIB" "$disk"
[ "$disk" = "$O2_DISK" ] || trap 'swap_down; nullb_down O2' EXIT
measure '' swapin "$O_DATA" "$SEED" 4 "$O2_MIB" "$O2_FAULTS" page "$ZRAM"
if folios_64k; then
	for kind in folio page; do
		measure 64k_ swapin "$O_DATA" "$SEED" 64 "$O2_64K_MIB" \
			"$O2_64K_FAULTS" $kind "$ZRAM"
	done
fi
