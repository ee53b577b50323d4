#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# The machine goes to sleep while pages leave: from the freeze of tasks to their thaw
# nothing is written, and the thread goes on afterwards.

. ./lib.sh

TRACING=/sys/kernel/tracing
# shellcheck disable=SC2317 # called by the clean-up
restore() {
	echo none > /sys/power/pm_test
	[ -z "${delay-}" ] || echo "$delay" > "$DELAY"
	echo 0 > "$TRACING/events/enable"
}

# What the trace says: requests before the freeze, from there to the thaw, and after it
requests() {
	awk '
		/suspend_resume: freeze_processes.* begin/ { part = 1 }
		/suspend_resume: thaw_processes.* end/ { part = 2 }
		/zram_wb_submit:/ { n[part + 0]++ }
		END { print n[0] + 0, n[1] + 0, n[2] + 0 }
	' $TRACING/trace
}

[ -w /sys/power/pm_test ] || skip_all "kernel without CONFIG_PM_DEBUG"
[ -d $TRACING/events ] || mount -t tracefs none $TRACING 2> /dev/null
[ -d $TRACING/events/power/suspend_resume ] || skip_all "kernel without tracepoints"
bd_use null 160 || skip_all "no null_blk"
bd_slow 0 20 || skip_all "no dm-delay"
ZT_AT_EXIT=restore
zram_new 128M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
must zpat fill -k random "$ZDEV" > /dev/null
sleep 5
put "$ZSYS/tier/daily_budget" max
put "$ZSYS/tier/enable" 1
put $TRACING/events/power/suspend_resume/enable 1
put $TRACING/events/zram/zram_wb_submit/enable 1
put /sys/power/pm_test freezer
DELAY=/sys/module/suspend/parameters/pm_test_delay
[ ! -w $DELAY ] || { read -r delay < $DELAY; put $DELAY 3; }
put "$ZSYS/tier/pool_target" 1
check "pages leave" wait_for 20 tier_moved 200
check "all tasks are frozen and thawed" store_quietly /sys/power/state freeze
tier_read
check "pages leave again" wait_for 20 tier_moved $((TIER_pages + 200))
put "$ZSYS/tier/enable" 0
# shellcheck disable=SC2046 # three numbers
set -- $(requests)
between "requests before the freeze" "$1" 1 100000
is "requests while tasks were frozen" "$2" 0
between "requests after the thaw" "$3" 1 100000
check "every byte" zpat verify -k random "$ZDEV"
must zram_remove
finish
