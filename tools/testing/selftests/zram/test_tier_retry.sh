#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# slow: 160
# How often the thread tries a backing device that fails: less and less often, also if few
# pages are to leave, or if the device says that it has no space. Retired blocks are tested
# while no other block is free.

. ./lib.sh

# begin NAME PAGES "TARGETS" "TABLE": a device that is to move pages to a backing device, NAME
begin() {
	bd_dm "zt_$1" "$3" "$4" || return 1
	zram_new 32M '' "$BD"
	[ -d "$ZSYS/tier" ] || absent tiering
	tier_pressing
	must zpat fill -k random -n "$2" "$ZDEV" > /dev/null
	sleep 4
}

end() {
	check "$1: every byte" zpat verify -k random -n "$2" "$ZDEV"
	must zram_remove
}

# shellcheck disable=SC2317 # called by wait_for
is_good() {
	wb_read
	[ "$WB_bad_blocks" -eq 0 ]
}

# shellcheck disable=SC2317 # called by wait_for
used() {
	bd_read
	[ "$BD_COUNT" -eq "$1" ]
}

bd_use null 128 || skip_all "no null_blk"
disk=$BD
quiet_console

# 1, 2, 4 and more seconds lie between two tries, so a minute has six of them
begin dead 32 "linear error" "0 65536 error" || skip_all "no device-mapper"
put "$ZSYS/tier/enable" 1
tier_pauses errors device
wb_read
before=$WB_ios
sleep 60
wb_read
between "errors: tries in a minute" $((WB_ios - before)) 2 6
tier_read
is "errors: it still pauses" "$TIER_state" paused_device
must dm_table zt_dead "0 65536 linear $disk 0"
check "errors: when it works, pages leave" wait_for 90 tier_moved 32
end "errors" 32

# No other block is free, and the bad one becomes good
bad() {
	begin bad 512 "linear error" "0 2048 linear $disk 65536\\n2048 8 error
2056 6136 linear $disk 67592" || skip_all "no device-mapper"
	put "$ZSYS/tier/enable" 1
	check "a bad block: pages leave" wait_for 30 tier_moved 512
	wb_read
	is "a bad block is retired" "$WB_bad_blocks" 1
	must zpat fill -k random "$ZDEV" -n 4096 > /dev/null
	check "a bad block: the others are used" wait_for 30 used 1023
	must dm_table zt_bad "0 8192 linear $disk 65536"
	# The first test comes at once, others after ten minutes
	put "$ZSYS/tier/enable" 0
	put "$ZSYS/tier/enable" 1
	check "a bad block: it is found to be good" wait_for 20 is_good
	# So few blocks are used a minute after the device was full
	check "a bad block: it is used" wait_for 40 used 1024
	end "a bad block" 4096
}

# A page that takes several blocks together cannot use the last ones
if [ "$PER_PAGE" -eq 1 ]; then bad; else
	skip "a bad block" "a page takes several blocks"
fi

# A thin volume whose pool is full says that there is no space; few pages are to leave then
bd_dm zt_meta linear "0 8192 linear $disk 131072" || bail "dm-linear"
bd_dm zt_data linear "0 16384 linear $disk 139264" || bail "dm-linear"
if bd_dm zt_pool thin-pool "0 16384 thin-pool /dev/mapper/zt_meta /dev/mapper/zt_data 128 0 1 \
error_if_no_space" && dmsetup message zt_pool 0 "create_thin 0" &&
	begin thin 4096 thin "0 65536 thin /dev/mapper/zt_pool 0"; then
	mm_read
	put "$ZSYS/tier/pool_target" $((MM_USED - 8 * 1048576 - 131072))
	put "$ZSYS/tier/enable" 1
	check "no space: pages leave while there is some" wait_for 30 tier_moved 2048
	sleep 10
	tier_pauses "no space" full
	wb_read
	between "no space: requests for 2048 pages, and tries" "$WB_ios" 32 150
	end "no space" 4096
else
	skip "no space" "no dm-thin"
fi
finish
