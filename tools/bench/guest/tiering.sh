# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the workloads of tiering share: each side sets up swap and the way its pages
# leave memory. Sides: ours with tier/enable; peer and off, the reference driver and
# ours without a backing device; timer, the reference driver with a loop that writes
# what is older than T_AGE seconds, every T_AGE seconds; zswap with its shrinker.

DISK=${T_DISK:-vda}
ZSWAP=/sys/module/zswap/parameters

tiering_zram()
{
	echo "$T_ALGORITHM" >"$ZRAM/comp_algorithm"
	case $SIDE in
	ours | timer)
		echo "/dev/$DISK" >"$ZRAM/backing_dev" ;;
	esac
	echo "${T_MIB}M" >"$ZRAM/disksize"
	mkswap /dev/zram0 >/dev/null
	swapon /dev/zram0
}

tiering_zswap()
{
	for setting in "compressor $T_ALGORITHM" "max_pool_percent 20" \
		"shrinker_enabled Y" "enabled Y"; do
		echo "${setting#* }" >"$ZSWAP/${setting% *}"
	done
	mkswap "/dev/$DISK" >/dev/null
	swapon "/dev/$DISK"
}

tiering_timer()
{
	while sleep "$T_AGE"; do
		echo "$T_AGE" >"$ZRAM/idle"
		echo idle >"$ZRAM/writeback"
	done
}

tiering_up()
{
	# Linux 7.2 and later take memory for the swap map from what is left
	echo 16384 >/proc/sys/vm/min_free_kbytes
	trap tiering_down EXIT
	timer=
	if [ "$SIDE" = zswap ]; then
		tiering_zswap
		return
	fi
	tiering_zram
	case $SIDE in
	ours) echo 1 >"$ZRAM/tier/enable" ;;
	timer)
		tiering_timer &
		timer=$! ;;
	esac
}

tiering_down()
{
	if [ "$SIDE" = zswap ]; then
		swapoff "/dev/$DISK"
		echo N >$ZSWAP/enabled
		return
	fi
	if [ -n "$timer" ]; then
		kill "$timer"
		wait "$timer" || :
	fi
	[ "$SIDE" != ours ] || sed "s/^/# tier /" "$ZRAM/tier/stat"
	swapoff /dev/zram0
	zram_reset
}

# How often the kernel has killed a task for its memory
tiering_kills()
{
	awk '$1 == "oom_kill" { print $2 }' /proc/vmstat
}

# tier_stat NAME: a value of our device
tier_stat()
{
	sed -n "s/^$1 //p" "$ZRAM/tier/stat"
}

# tiering_fill DEVICE_MIB DATA_MIB: a device with mixed data, and the disk behind it
tiering_fill()
{
	echo "$T_ALGORITHM" >"$ZRAM/comp_algorithm"
	zram_setup "$1" "/dev/$DISK"
	measure '' content fill mixed "$SEED" "$2" /dev/zram0
}

# tiering_program COMMAND...: a program that swaps. If the kernel kills it, or if it is not
# done after T_LIMIT seconds, the side has no other figures than that.
tiering_program()
{
	status=0
	kills=$(tiering_kills)
	timeout -s KILL "$T_LIMIT" "$@" >/tmp/figures || status=$?
	figure oom_kills $(($(tiering_kills) - kills))
	case $status in
	0) figure unfinished 0 ;;
	137)
		figure unfinished 1
		return ;;
	*) figure failed "$status" ;;
	esac
	sed "s/^/bench $WORKLOAD $PAIR $SIDE /" /tmp/figures
	return "$status"
}

# tiering_run MIB WINDOW_MIB LEAVE_MIB MOVE_SECONDS return|stay
tiering_run()
{
	tiering_up
	tiering_program workset mixed "$SEED" "$1" "$2" "$3" "$T_SECONDS" "$4" "$5" "$DISK"
}
