#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# torture: threads that write, read and discard the same pages of a device whose
# backing device fails now and then, while everything else is done to it. Each
# round is a new device.

# shellcheck source=lib.sh
. torture/lib.sh

# Disks that fail: a null_blk by way of dm-flakey, or one that the kernel makes fail
disk_new() {
	FAILS='' BDSYS=''
	if [ "$1" -eq 1 ] && bd_use null 48; then
		sectors_of "$BD"
		disk=$BD
		if bd_dm "zt_$ACTOR" flakey "0 $DEV_SECTORS linear $disk 0"; then
			FAILS=flakey
		fi
	else
		bd_use virtio || BD=
		[ ! -e "${BDSYS:-/none}/make-it-fail" ] || FAILS=request
	fi
}

disk_fails() {
	case $FAILS in
	flakey)
		case $1 in
		0) dm_table "zt_$ACTOR" "0 $DEV_SECTORS linear $disk 0" ;;
		*) dm_table "zt_$ACTOR" "0 $DEV_SECTORS flakey $disk 0 1 1" ;;
		esac || bail "dm-flakey"
		;;
	request)
		put "$BDSYS/make-it-fail" "$1"
		;;
	esac
}

# disk_failed: write pages; have three requests failed since the beginning?
# shellcheck disable=SC2317 # called by wait_for
disk_failed() {
	# The machine's part sets that, too.
	put /sys/kernel/debug/fail_make_request/probability 100
	put "$ZSYS/idle" all
	# Writes that fail are what this is for.
	echo idle 2> /dev/null > "$ZSYS/writeback"
	fault_count fail_make_request
	[ "$INJECTED" -ge 3 ]
}

# A slow machine may not write to the disk while it fails, so the first round does not end before
# requests have failed. Nothing else is done to the device.
fail_alone() {
	[ "$ROUND" -eq 1 ] && [ "$FAILS" = request ] || return 0
	put "$ZSYS/mem_limit" 0
	put "$ZSYS/writeback_limit_enable" 0
	zpat fill -k mixed -n 256 "$ZDEV" > /dev/null ||
		fail "round $ROUND: pages for requests that fail" "$(cat "$ZSYS"/*_stat)"
	disk_fails 1
	wait_for 10 disk_failed || fail "round $ROUND: requests fail"
	disk_fails 0
}

# ends_alone: the thread of tiering is to move pages at the end of this round: of the first one,
# however few there are, and in long runs of a third of the others
ends_alone() {
	[ -d "$ZSYS/tier" ] && [ "$attached" -ne 0 ] && [ -n "$BD" ] || return 1
	[ "$ROUND" -gt 1 ] || return 0
	[ "$TORTURE_MINUTES" -ge 10 ] || return 1
	rnd 3
	[ "$R" -eq 0 ]
}

# Nothing else is done to the device, and its disk works. The pages of the round may all have
# left by then.
tier_alone() {
	put "$ZSYS/mem_limit" 0
	zpat fill -k mixed -n 128 "$ZDEV" > /dev/null ||
		fail "round $ROUND: pages to be moved" "$(cat "$ZSYS"/*_stat)"
	tier_pressing
	put "$ZSYS/tier/latency_target_us" 0
	put "$ZSYS/writeback_limit_enable" 0
	# A new thread does not wait because the disk failed
	put "$ZSYS/tier/enable" 0
	put "$ZSYS/tier/enable" 1
	tier_read
	wait_for 60 tier_moved $((TIER_pages + 64)) ||
		fail "round $ROUND: pages are moved" "$(cat "$ZSYS/tier/stat")"
}

actor raw "$1"
disk_new "$1"
sizes="4 16 64"
[ -z "${ZT_DEBUG-}" ] || sizes="4 8"
algorithms="lzo-rle lz4 zstd lzo lzo-rle lz4 842 deflate lzpage"
while more; do
	zram_add
	# shellcheck disable=SC2086 # a list
	setup $algorithms
	rnd 4
	attached=$R
	# The first round has a backing device that fails, however few rounds there are.
	[ "$ROUND" -gt 1 ] || attached=1
	[ "$attached" -eq 0 ] || [ -z "$BD" ] || put "$ZSYS/backing_dev" "$BD"
	# shellcheck disable=SC2086 # numbers
	pick $sizes
	mib=$P
	put "$ZSYS/disksize" "${mib}M"
	# In use: neither reset nor hot_remove
	exec 5< "$ZDEV"
	rnd 2
	[ "$ROUND" -gt 1 ] || R=1
	decide "$ZDEV: $mib MiB, backing device $attached, faults $R $FAILS"
	[ "$R" -eq 0 ] || disk_fails 1
	fails=
	[ ! -e /sys/kernel/debug/failslab ] || fails=-F
	pick 2000 5000 10000
	ms=$P
	pick 5 50 300
	bother "$ms" "$P" $fails "w:$ZSYS/mem_limit=0,0,0,3M"
	pick 32 256 1024
	pages=$P
	pick 1 8 32
	rnd 200
	bg zrace -e $fails -w "$OUT.hold" -s "$R" -n "$pages" -b "$P" -j 4 \
		-t "$ms" -m 4,4,1,1 "$ZDEV" > "$OUT.race" 2>&1
	race=$BGPID
	until [ -e "$OUT.hold" ] || gone "$race"; do sleep 0.1; done
	bothered
	# Once nothing fails every page is there.
	disk_fails 0
	rm -f "$OUT.hold"
	wait "$race"
	status=$?
	tally_of "$OUT.race"
	tally "verified_$ACTOR" "$(sed -n 's/.*verified=\([0-9]*\).*/\1/p' "$OUT.race")"
	[ "$status" -eq 0 ] ||
		fail "round $ROUND: zrace: $status" "$(cat "$OUT.race")"
	if dd if="$ZDEV" of=/dev/null bs=1M iflag=direct 2> /dev/null; then
		tally pages_read_back $((mib * 256))
	else
		fail "round $ROUND: every page can be read once nothing fails" \
			"$(cat "$ZSYS"/*_stat)"
	fi
	fail_alone
	! ends_alone || tier_alone
	tiered
	exec 5<&-
	# The end comes at any time.
	disturb 400
	pause 100
	pick reset remove
	if [ "$P" = reset ]; then
		zram_reset
		decide "reset"
		bothered
		zram_reset
		pool_is_empty || wait_for 3 pool_is_empty ||
			fail "round $ROUND: nothing is left after reset" \
				"$(cat "$ZSYS/mm_stat")"
		tally resets 1
	fi
	zram_remove || fail "round $ROUND: hot_remove"
	[ "$P" = reset ] || bothered
	tally removals 1
done
disk_fails 0
pass "$ACTOR: $ROUND rounds"
finish
