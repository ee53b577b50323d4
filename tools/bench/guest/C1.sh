#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# C1: compression ratio and sequential throughput with mixed data, verified.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

zram_setup "$C1_MIB"
measure '' content fill mixed "$SEED" "$C1_MIB" /dev/zram0
measure '' content verify mixed "$SEED" "$C1_MIB" /dev/zram0
