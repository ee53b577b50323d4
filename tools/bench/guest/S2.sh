#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# S2: swap on the device with more data than free memory, every page verified.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

# The kernel's own reserve grows with the guest's memory; a fixed one leaves
# the load the same room everywhere. As for K1, it has to do for the swap map.
echo 16384 >/proc/sys/vm/min_free_kbytes
PARAM=/sys/module/zram/parameters/nr_kcompressd
zram_setup "$((S2_MIB * 2))"
mkswap /dev/zram0 >/dev/null
swapon /dev/zram0
status=0
measure '' swapload mixed "$SEED" "$S2_MIB" "$S2_LEAVE_MIB" || status=$?
# The same with kcompressd, which readers are not to notice
if [ "${S2_KCOMPRESSD:-1}" = 1 ] && [ -w $PARAM ]; then
	echo 1 >$PARAM
	measure kc_ swapload mixed "$SEED" "$S2_MIB" "$S2_LEAVE_MIB" || status=$?
	echo 0 >$PARAM
fi
swapoff /dev/zram0
exit $status
