#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T8: random reads of the disk by a program, alone and while pages leave for the disk. With this
# driver it runs once more, with latency_target_us 1.5 times the median time of a read alone.
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
# tier PREFIX: pages leave by themselves while the program reads
tier()
{
	echo 1 >"$ZRAM/tier/idle_age"
	before=$(tier_stat pages)
	echo 1 >"$ZRAM/tier/enable"
	measure "$1_" fio_figures $jobs
	figure "$1_moved" $(($(tier_stat pages) - before))
	echo 0 >"$ZRAM/tier/enable"
	measure "$1_" content verify mixed "$SEED" "$T8_MIB" /dev/zram0
}

tiering_fill "$T8_MIB" "$T8_MIB"
measure alone_ fio_figures $jobs
if [ "$SIDE" = ours ]; then
	median=$(awk '$1 == "read_p50_us" { print $2 }' /tmp/figures)
	tier busy
	zram_reset
	tiering_fill "$T8_MIB" "$T8_MIB"
	echo $((${median%.*} * 3 / 2)) >"$ZRAM/tier/latency_target_us"
	tier held
else
	echo all >"$ZRAM/idle"
	echo idle >"$ZRAM/writeback" &
	measure busy_ fio_figures $jobs
	wait $!
	figure busy_moved "$(awk '{ print $3 }' "$ZRAM/bd_stat")"
	measure busy_ content verify mixed "$SEED" "$T8_MIB" /dev/zram0
fi
zram_reset
