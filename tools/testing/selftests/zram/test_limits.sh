#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# The smallest and the largest of everything.

. ./lib.sh

# took WHAT: how long since START
took() {
	clock
	echo "# $1: $((NOW - START)) ms"
}

# One page, one block
zram_add
if bd_null 4 && sectors=$((PAGE / 512)) &&
   bd_dm zt_one linear "0 $sectors linear $BD 2048"; then
	put "$ZSYS/backing_dev" "$BD"
else
	BD=
	skip "a backing device of one block" "no null_blk, or no device-mapper"
fi
put "$ZSYS/disksize" 1
read -r size < "$ZSYS/disksize"
is "disksize 1 is a page" "$size" "$PAGE"
gen=0
for packed in 0 1; do
	[ -n "$BD" ] || break
	zram_reset
	put "$ZSYS/compressed_writeback" $packed
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" "$PAGE"
	for kind in random text same; do
		gen=$((gen + 1))
		must zpat fill -k $kind -g $gen "$ZDEV" > /dev/null
		put "$ZSYS/idle" all
		store 0 writeback idle
		bd_read
		case $kind in
		same) is "$packed $kind: nothing to write" "$BD_COUNT" 0 ;;
		*) between "$packed $kind: it is on the device" "$BD_COUNT" 1 \
			"$PER_PAGE" ;;
		esac
		check "$packed $kind: and comes back" \
			zpat verify -k $kind -g $gen "$ZDEV"
	done
done
must zpat discard "$ZDEV" > /dev/null
empty "and can be discarded"
must zram_remove

# Batches
if bd_use null 64; then
	zram_add
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 16M
	for batch in 1 2 4294967295; do
		put "$ZSYS/writeback_batch_size" $batch
		must zpat fill -k random -g 7 "$ZDEV" > /dev/null
		clock
		START=$NOW
		store 0 writeback huge
		took "batches of $batch"
		bd_read
		is "batches of $batch: all of it is written" "$BD_COUNT" 4096
		check "batches of $batch: every byte" \
			zpat verify -k random -g 7 "$ZDEV"
	done
	must zram_remove
else
	skip "batches" "no null_blk"
fi

# Tables that nobody has the memory for, or almost
killed() {
	awk '/^oom_kill / { print $2 }' /proc/vmstat
}
zram_add
mib=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
before=$(killed)
# An unsigned long of 32 bits does not count these pages
if is_32bit; then error=EINVAL; else error=ENOMEM; fi
store $error disksize 4P
store $error disksize 15E
# 16 bytes for each page: more than all of the memory
store ENOMEM disksize "$((mib * 256 * PER_PAGE * 105 / 100))M"
is "nobody was killed for it" $(($(killed) - before)) 0
read -r size < "$ZSYS/disksize"
is "the device is as it was" "$size" 0
gib=64
# vmalloc() of a kernel of 32 bits has 128 MiB
{ [ -z "${ZT_DEBUG-}" ] && ! is_32bit; } || gib=8
last=$((gib * 256 * 1024 - 64))
clock
START=$NOW
put "$ZSYS/disksize" ${gib}G
took "disksize ${gib}G"
must zpat fill -k mixed -o $last -n 64 "$ZDEV" > /dev/null
check "its last pages" zpat verify -k mixed -o $last -n 64 "$ZDEV"
clock
START=$NOW
zram_reset
took "reset"
empty "and nothing is left"
must zram_remove

# Devices
ids=
for i in $(seq 64); do
	zram_new 1M
	must zpat fill -k cycle -g "$i" "$ZDEV" > /dev/null
	ids="$ids $ZID:$i"
done
bad=0
for id in $ids; do
	zpat verify -k cycle -g "${id#*:}" "/dev/zram${id%:*}" > /dev/null ||
		bad=$((bad + 1))
done
is "64 devices, each with its data" $bad 0
for id in $ids; do must zram_remove "${id%:*}"; done
pass "all of them go"
finish
