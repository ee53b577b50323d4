#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T3: a working set that moves every twenty seconds.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

tiering_run "$T1_MIB" "$T3_WINDOW_MIB" "$T_LEAVE_MIB" 20 stay
