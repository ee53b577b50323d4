#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Sends /results to the host, as a compressed tar through the third port. The
# checksum inside gzip tells the host whether it arrived whole.
[ -n "$(ls -A /results 2>/dev/null)" ] || exit 0
stty -F /dev/ttyS2 raw -echo
tar -C /results -cz . > /dev/ttyS2
