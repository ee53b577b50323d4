#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# Swap with all of it at once: tiering, kcompressd, recompression, swap without bios, CPUs
# that come and go, user space that writes back beside it, failing allocations of the
# thread, a backing device that fails each other second. Each process gets its pages back.

. ./lib.sh

cpu=/sys/devices/system/cpu/cpu1/online
# shellcheck disable=SC2317,SC2086 # called by the clean-up
online() {
	[ ! -w $cpu ] || echo 1 > $cpu
}

# shellcheck disable=SC2317 # called by wait_for
tier_failed() {
	tier_read
	[ "$TIER_last_error" -eq -5 ]
}

hold=/tmp/hold.$$ hold2=/tmp/hold2.$$
ZT_FILES="$hold $hold2 /tmp/out.$$ /tmp/out2.$$ /tmp/hammer.$$"
ZT_AT_EXIT=online
bd_use nvme || bd_use virtio || bd_use null 128 || skip_all "no backing device"
disk=$BD
sectors_of "$disk"
bd_dm zt_flaky flakey "0 $DEV_SECTORS linear $disk 0" || skip_all "no dm-flakey"
cgroup_limit 20 || echo "# no memory cgroup: paged out by request only"
zram_add
[ -d "$ZSYS/tier" ] || absent tiering
[ ! -e "$KC_PARAMS/nr_kcompressd" ] || kc_start 1
put "$ZSYS/backing_dev" "$BD"
if [ -e "$ZSYS/recomp_algorithm" ] && grep -q zstd "$ZSYS/comp_algorithm"; then
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
	put "$ZSYS/tier/recompress_age" 3
fi
put "$ZSYS/tier/daily_budget" max
put "$ZSYS/tier/regret_target" 4294967295
put "$ZSYS/tier/enable" 1
put "$ZSYS/disksize" 96M
[ ! -e "$ZSYS/kcompressd" ] || put "$ZSYS/kcompressd" all
swap_on

# An idle process leaves for the disk, with no word from user space but the age
bg_squeeze zswap -m 40 -P -r 2 -F -w $hold > /tmp/out.$$
swapper=$BGPID
filled $hold
put "$ZSYS/tier/idle_age" 4
check "an idle process: its pages leave" wait_for 60 tier_moved 6000
tier_read
if [ -e "$ZSYS/tier/recompress_age" ] && [ "$(cat "$ZSYS/tier/recompress_age")" = 3 ]; then
	between "pages recompressed before" "$TIER_recompressed" 1 100000000
fi
thread=$(tier_threads "$ZID")
if fault_on failslab 20 && [ -w "/proc/$thread/make-it-fail" ]; then
	put "/proc/$thread/make-it-fail" 1
else
	[ -z "${ZT_DEBUG-}" ] || bail "a debug kernel has failslab"
	skip "failing allocations of the thread" "kernel without it"
fi
put "$ZSYS/tier/idle_age" 1
# Writes fail, reads do not: what has left can be read.
must dm_table zt_flaky "0 $DEV_SECTORS flakey $disk 0 1 1 1 error_writes"
bg_squeeze zswap -m 16 -P -r 1 -s 3 -w $hold2 > /tmp/out2.$$
sleeper=$BGPID
cpus=
[ ! -w $cpu ] || cpus="w:$cpu=0,1"
# shellcheck disable=SC2086 # none or one
zhammer -t 8000 -p 50 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=page_indexes=0-63" \
	"r:$ZSYS/tier/stat" "r:$ZSYS/tier/ages" $cpus > /tmp/hammer.$$ &
hammer=$!
rm -f $hold
wait "$swapper"
is "every page came back" "$? $(tail -n 1 /tmp/out.$$)" "0 pages=10240 bad=0"
check "another process, with huge pages" squeeze zswap -m 32 -H -P -r 1 -s 2
wait $hammer
filled $hold2
check "the device fails under the thread" wait_for 20 tier_failed
fault_off
must dm_table zt_flaky "0 $DEV_SECTORS linear $disk 0"
rm -f $hold2
wait "$sleeper"
is "every page of an idle process came back" "$? $(tail -n 1 /tmp/out2.$$)" \
	"0 pages=4096 bad=0"
sed 's/^/# /' /tmp/hammer.$$
online
is "a run of a task never fails with EBUSY" "$(grep -c EBUSY /tmp/hammer.$$)" 0
tier_read
between "pages were read back" "$TIER_read_back" 1000 100000000
swap_empty "all is freed when the processes exit"
swap_off "tiering"
is "no write failed" "$IO_FAILED_WRITES" 0
must zram_remove
finish
