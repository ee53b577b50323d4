#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T4: a working set larger than memory.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

tiering_run "$T1_MIB" "$T1_MIB" "$T_LEAVE_MIB" 0 stay
