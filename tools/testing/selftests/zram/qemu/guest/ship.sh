#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Sends /results to the host, as a compressed tar through the third port. The
# checksum inside gzip tells the host whether it arrived whole.
[ -n "$(ls -A /results 2>/dev/null)" ] || exit 0
# shellcheck disable=SC2154 # of the kernel's command line
stty -F "$zt_results" raw -echo
tar -C /results -cz . > "$zt_results"
