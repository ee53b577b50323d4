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

readers_start 64 16 squeeze
sleep 10
tier_read
echo "# disk_us $TIER_disk_us"
between "a cgroup that is held back: the device is fast" "$TIER_disk_us" 1 20000
put "$group/io.max" "$dev riops=max"
readers_end "a cgroup that is held back"

# Each read takes 100 ms
must dm_table zt_slow "0 $DEV_SECTORS delay $SLOW 0 100 $SLOW 0 0"
readers_start 64 16
check "a slow device: it is slow" wait_for 20 disk_us_above 50000
readers_end "a slow device"
must zram_remove
finish
