#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# A sleep of the machine makes no page older for tiering. It does for marks by age, as on
# Linux 7.3. The machine really stops its clock, and wakes by itself after twenty seconds.

. ./lib.sh

DELAY=/sys/module/suspend/parameters/pm_test_delay
slept=20
# shellcheck disable=SC2317 # called by the clean-up
restore() {
	echo none > /sys/power/pm_test
	echo "$delay" > "$DELAY"
}

# ages_older SECONDS: sets OLDER, the pages in memory that tiering takes for at least as old
ages_older() {
	OLDER=$(awk -v age="$1" '$1 >= age { sum += $2 } END { print sum + 0 }' "$ZSYS/tier/ages")
	OLDER=$((OLDER * PER_PAGE))
}

if [ ! -w $DELAY ] || ! grep -qw core /sys/power/pm_test; then
	skip_all "kernel without CONFIG_PM_DEBUG"
fi
grep -qw mem /sys/power/state || skip_all "no suspend to RAM"
[ -r /proc/timer_list ] || skip_all "kernel without /proc/timer_list"
read -r delay < $DELAY
bd_use null 8 || skip_all "no null_blk"
zram_new 8M '' "$BD"
must zpat fill -k random -n 512 "$ZDEV" > /dev/null
marked=$ZSYS
bd_use null 16 || skip_all "no null_blk"
zram_new 16M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
# By age alone, and not before the test is over
put "$ZSYS/tier/idle_age" 1000
put "$ZSYS/tier/enable" 1
pages=2048
must zpat fill -k random -n $pages "$ZDEV" > /dev/null
ZT_AT_EXIT=restore
put $DELAY $slept
put /sys/power/pm_test core
clock
monotonic
up=$NOW awake=$MONOTONIC
check "the machine sleeps, and wakes up" store_quietly /sys/power/state mem
clock
monotonic
up=$(((NOW - up) / 1000)) awake=$((MONOTONIC - awake))
echo "# $up s, awake for $awake s"
between "seconds of sleep" $((up - awake)) $((slept - 2)) 10000

# A class begins at a power of two. No page is older than the time that was awake.
class=2
while [ $class -le $((awake + 2)) ]; do
	class=$((class * 2))
done
[ $class -lt $slept ] || skip_all "the host is too slow"
ages_older $class
is "pages of at least $class seconds" "$OLDER" 0
tier_read
is "none has left" "$TIER_pages" 0
put "$marked/idle" $((slept - 2))
put "$marked/writeback" idle
read -r count _ < "$marked/bd_stat"
is "marks by age count the sleep" "$count" 512

# Pages leave at their age in awake time.
put "$ZSYS/tier/idle_age" $((class * 2))
check "they leave when they were awake for $((class * 2)) seconds" wait_for $((class * 2 + 10)) \
	tier_moved $pages
woke=$MONOTONIC
monotonic
between "seconds awake until then" $((awake + MONOTONIC - woke)) $((class * 2 - 2)) 10000
put "$ZSYS/tier/enable" 0
check "every byte" zpat verify -k random -n $pages "$ZDEV"
finish
