#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# O1: how long a page fault takes that reads a page in memory from swap, one page
# or a folio of 64 KiB.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

swap_setup "$O1_64K_MIB"
measure '' swapin "$O_DATA" "$SEED" 4 "$O1_MIB" "$O1_FAULTS"
if folios_64k; then
	measure 64k_ swapin "$O_DATA" "$SEED" 64 "$O1_64K_MIB" "$O1_FAULTS"
fi
