#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T8: random reads of the disk by a program, alone and while pages leave for it.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

jobs=/tmp/T8.fio

case $SIDE in
ours | timer) ;;
*) exit 0 ;;
esac
cat >$jobs <<-END
	[read]
	filename=/dev/$DISK
	size=1G
	direct=1
	ioengine=psync
	rw=randread
	bs=4k
	norandommap
	randseed=$SEED
	time_based
	runtime=$T8_SECONDS
END
tiering_fill "$T8_MIB" "$T8_MIB"
measure alone_ fio_figures $jobs
if [ "$SIDE" = ours ]; then
	echo 1 >"$ZRAM/tier/idle_age"
	echo 1 >"$ZRAM/tier/enable"
	measure busy_ fio_figures $jobs
	figure moved "$(tier_stat pages)"
	echo 0 >"$ZRAM/tier/enable"
else
	echo all >"$ZRAM/idle"
	echo idle >"$ZRAM/writeback" &
	measure busy_ fio_figures $jobs
	wait $!
	figure moved "$(awk '{ print $3 }' "$ZRAM/bd_stat")"
fi
measure '' content verify mixed "$SEED" "$T8_MIB" /dev/zram0
zram_reset
