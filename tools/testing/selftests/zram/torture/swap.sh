#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# torture: swap on a device under pressure of a memory cgroup, written back and
# recompressed meanwhile; processes that are killed, and swapoff in their middle.

. torture/lib.sh

actor swap "$1"
bd_use nvme || BD=
cgroup_limit 12 64 || bail "no memory cgroup"
while more; do
	zram_add
	setup lzo-rle lz4 zstd
	[ -z "$BD" ] || put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 128M
	pick 0 y
	lru_set "$P"
	swap_on
	decide "$ZDEV: LRU $P"
	bother 60000 200
	rnd 4
	for i in $(seq $((R + 1))); do
		pick -P '' ''
		options=$P
		pick -F '' ''
		options="$options $P"
		pick -H '' ''
		options="$options $P"
		pick sparse mixed cycle random
		kind=$P
		rnd 200
		seed=$R
		pick 16 24 32
		mib=$P
		pick 1 1 2
		rounds=$P
		rnd 4
		decide "zswap -m $mib -r $rounds -k $kind $options, fate $R"
		# shellcheck disable=SC2086 # words
		bg squeeze zswap -m "$mib" -r "$rounds" -k "$kind" -s "$seed" \
			$options > /tmp/torture/$ACTOR.swap
		process=$BGPID
		case $R in
		0)
			pause 4000
			pick KILL TERM
			kill -"$P" "$process" 2> /dev/null && tally signals 1
			wait "$process"
			continue
			;;
		1)
			pause 4000
			if swapoff "$ZDEV"; then
				tally swapoffs 1
				swapon "$ZDEV" || fail "round $ROUND: swapon again"
			fi
			;;
		esac
		wait "$process"
		status=$?
		tally_of /tmp/torture/$ACTOR.swap
		[ "$status" -eq 0 ] || fail "round $ROUND: zswap: $status" \
			"$(cat /tmp/torture/$ACTOR.swap)"
	done
	kill -TERM "$BOTHER" 2> /dev/null
	bothered
	put "$ZSYS/mem_limit" 0
	if swapoff "$ZDEV"; then
		tally swapoffs 1
	else
		fail "round $ROUND: swapoff"
	fi
	io_read
	[ "$IO_FAILED_READS" -eq 0 ] ||
		fail "round $ROUND: $IO_FAILED_READS reads failed"
	zram_reset
	tally resets 1
	zram_remove || fail "round $ROUND: hot_remove"
	tally removals 1
done
pass "$ACTOR: $ROUND rounds"
finish
