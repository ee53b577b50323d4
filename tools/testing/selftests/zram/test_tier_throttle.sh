#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Reads of a cgroup that io.max holds back do not make the backing device look slow, which
# would keep the pages of all others in memory. A slow device does.

. ./lib.sh

cgroup_on io || skip_all "no cgroups for I/O"
group=$ZT_CG/$ZT_GROUP
[ -f "$group/io.max" ] || skip_all "no io.max"

# disk_us_above US
# shellcheck disable=SC2317 # called by wait_for
disk_us_above() {
	tier_read
	[ "$TIER_disk_us" -gt "$1" ]
}

bd_use null 160 || skip_all "no null_blk"
bd_slow 0 0 || skip_all "no dm-delay"
zram_new 64M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
must zpat fill -k random "$ZDEV" > /dev/null
put "$ZSYS/writeback" page_indexes=0-63
put "$ZSYS/tier/enable" 1
sleep 2
read -r dev < "$BDSYS/dev"
put "$group/io.max" "$dev riops=20"

# is_fast NAME
is_fast() {
	tier_read
	echo "# disk_us $TIER_disk_us"
	between "$1: the device is fast" "$TIER_disk_us" 1 20000
}

readers_start 64 16 sh -c "$ZT_SQUEEZE" "$group"
read -r before _ < "$BDSYS/stat"
sleep 10
read -r after _ < "$BDSYS/stat"
between "a cgroup: its reads in ten seconds" $((after - before)) 100 400
is_fast "a cgroup"
# Now the thread has work, and counts reads up to fifty times a second
tier_pressing
check "a cgroup: pages leave" wait_for 20 tier_moved 4096
sleep 5
is_fast "a cgroup, and pages leave"
put "$group/io.max" "$dev riops=max"
readers_end "a cgroup"

# Each read takes 100 ms
must dm_table zt_slow "0 $DEV_SECTORS delay $SLOW 0 100 $SLOW 0 0"
readers_start 64 16
check "a slow device: it is slow" wait_for 20 disk_us_above 50000
readers_end "a slow device"
must zram_remove
finish
