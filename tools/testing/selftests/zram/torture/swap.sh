#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# torture: swap on a device under pressure of a memory cgroup, written back and
# recompressed meanwhile; processes that are killed, and swapoff in their middle.

# shellcheck source=lib.sh
. torture/lib.sh

actor swap "$1"
bd_use nvme || BD=
memory=12 sizes="16 24 32"
[ -z "${ZT_DEBUG-}" ] || memory=4 sizes="6 8 12"
cgroup_limit $memory 64 || bail "no memory cgroup"

# The next swapon reads whether to do without bios.
swap_by() {
	[ -w /sys/module/zram/parameters/swap_ops ] || return 0
	pick Y Y N
	put /sys/module/zram/parameters/swap_ops "$P"
	decide "$ZDEV: swap_ops $P"
}

while more; do
	zram_add
	setup lzo-rle lz4 zstd
	[ -z "$BD" ] || put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 128M
	pick 0 y
	lru_set "$P"
	swap_by
	swap_on
	decide "$ZDEV: LRU $P"
	# In use also while it is no swap: what bothers it must not reset it.
	exec 5< "$ZDEV"
	bother 60000 200
	rnd 4
	for _ in $(seq $((R + 1))); do
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
		# shellcheck disable=SC2086 # numbers
		pick $sizes
		mib=$P
		pick 1 1 2
		rounds=$P
		rnd 4
		decide "zswap -m $mib -r $rounds -k $kind $options, fate $R"
		# shellcheck disable=SC2086 # words
		bg_squeeze zswap -m "$mib" -r "$rounds" -k "$kind" -s "$seed" \
			$options > "$OUT.swap"
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
			# Without swap a group over its limit is made to wait.
			put "$ZT_CG/$ZT_GROUP/memory.high" max
			if swapoff "$ZDEV"; then
				tally swapoffs 1
				swap_by
				swapon "$ZDEV" || fail "round $ROUND: swapon again"
			fi
			put "$ZT_CG/$ZT_GROUP/memory.high" "${memory}M"
			;;
		esac
		wait "$process"
		status=$?
		tally_of "$OUT.swap"
		tally "verified_$ACTOR" "$(sed -n 's/^verified=//p' "$OUT.swap")"
		# The shell forgets (127) what became of one that ended before it waited;
		# zswap says it as well.
		[ "$status" -ne 127 ] || ! grep -q '^pages=.* bad=0$' "$OUT.swap" ||
			status=0
		[ "$status" -eq 0 ] || fail "round $ROUND: zswap: $status" \
			"$(cat "$OUT.swap")"
	done
	kill -TERM "$BOTHER" 2> /dev/null
	bothered
	tiered
	if swapoff "$ZDEV"; then
		tally swapoffs 1
	else
		fail "round $ROUND: swapoff"
	fi
	io_read
	[ "$IO_FAILED_READS" -eq 0 ] ||
		fail "round $ROUND: $IO_FAILED_READS reads failed"
	exec 5<&-
	zram_reset
	tally resets 1
	zram_remove || fail "round $ROUND: hot_remove"
	tally removals 1
done
pass "$ACTOR: $ROUND rounds"
finish
