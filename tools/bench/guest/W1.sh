#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# W1: write back a device full of incompressible data, to virtio-blk.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

disk_up $((W1_MIB * 2)) "${W1_DISK:-/dev/vda}"
# A sparse disk image is slower the first time.
[ "$PAIR" -ne 0 ] || floor "$W1_MIB" "$disk" >/dev/null
measure '' floor "$W1_MIB" "$disk"
zram_setup "$W1_MIB" "$disk"
measure '' content fill incompressible "$SEED" "$W1_MIB" /dev/zram0
write_back "${disk#/dev/}"
measure readback_ content verify incompressible "$SEED" "$W1_MIB" /dev/zram0
