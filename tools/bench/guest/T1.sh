#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T1: a cold tail: a large memory is written once, then a part of it is worked on; T2: the rest is read again.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

tiering_run "$T1_MIB" "$T1_WINDOW_MIB" "$T_LEAVE_MIB" 0 "${T1_THEN:-return}"
