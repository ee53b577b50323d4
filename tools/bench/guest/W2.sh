#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# W2: as W1, on NVMe.
set -eu

W1_DISK=${W2_DISK:-/dev/nvme0n1} W1_MIB=$W2_MIB exec "${0%/*}/W1.sh"
