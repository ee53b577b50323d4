#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# The machine goes to sleep, hibernates, or does not get that far, while pages leave: from
# when drivers have heard of it until all tasks go on nothing is written, nor spilled. The
# thread goes on afterwards. (Old pages that leave before a hibernation are for swap_hiber.)

. ./lib.sh

TRACING=/sys/kernel/tracing
DELAY=/sys/module/suspend/parameters/pm_test_delay
INJECT=/sys/kernel/debug/notifier-error-inject/pm/actions
# shellcheck disable=SC2317 # called by the clean-up
restore() {
	[ ! -w /sys/power/pm_test ] || echo none > /sys/power/pm_test
	[ -z "${mode-}" ] || echo "$mode" > /sys/power/disk
	[ -z "${delay-}" ] || echo "$delay" > "$DELAY"
	[ ! -d "$TRACING/events" ] || echo 0 > "$TRACING/events/enable"
	[ ! -d "$TRACING/events/zt" ] || echo > "$TRACING/kprobe_events"
	rmmod pm-notifier-error-inject 2> /dev/null
}

# parts: requests before the announcement, from its end to the thaw, after it; how often
# the machine went to sleep
parts() {
	awk '
		$0 ~ begin { part = 1; n++ }
		/suspend_resume: thaw_processes.* end/ { part = 2 }
		/zram_wb_submit:/ { count[part + 0]++ }
		END { print count[0] + 0, count[1] + 0, count[2] + 0, n + 0 }
	' begin="$begin" $TRACING/trace
}

# leaving NAME: pages leave, more of them than so far
leaving() {
	tier_read
	check "$1" wait_for 20 tier_moved $((TIER_pages + 100))
}

# asleep NAME TEST FILE WORD: the machine goes to sleep until TEST is reached
asleep() {
	put /sys/power/pm_test "$2"
	echo > $TRACING/trace
	leaving "$1: pages leave"
	echo "zram-selftest: $1" > /dev/kmsg
	if zt_out=$(store_quietly "$3" "$4" 2>&1); then pass "$1"; else
		fail "$1" "$(echo "$zt_out"; dmesg | sed -n "/zram-selftest: $1\$/,\$p" |
			cut -c1-100 | tail -n 30)"
	fi
	leaving "$1: pages leave again"
	# shellcheck disable=SC2046 # numbers
	set -- "$1" $(parts)
	between "$1: requests before" "$2" 1 100000
	is "$1: requests from the announcement to the thaw" "$3" 0
	between "$1: requests after the thaw" "$4" 1 100000
	is "$1: it was announced" "$5" 1
}

# storable LEAST MOST: so much can be stored
# shellcheck disable=SC2317 # called by wait_for
storable() {
	read -r STORABLE _ < "$ZSYS/tier/capacity"
	[ "$STORABLE" -ge "$1" ] && [ "$STORABLE" -le "$2" ]
}

# While the thread may not move pages there is less space, but no program is told
quiet() {
	bd_use null 32 || skip_all "no null_blk"
	zram_new 32M '' "$BD"
	put "$ZSYS/mem_limit" 4M
	tier_pressing
	put "$ZSYS/tier/enable" 1
	put "$ZSYS/tier/spill" 0
	must zpat fill -k random -n 256 "$ZDEV" > /dev/null
	check "capacity: with the backing device" wait_for 20 storable 25000000 40000000
	put "$ZSYS/tier/capacity_low" 20000000
	told=/tmp/told.$$
	ZT_FILES=$told
	bg ztry -w "$ZSYS/tier/capacity" 12000 /dev/null > "$told"
	listener=$BGPID
	opened -h /dev/snapshot
	check "capacity: hibernation is announced" wait_for 10 storable 0 20000000
	sleep 2
	closed
	wait "$listener"
	is "capacity: no program is told, then and afterwards" "$(cat "$told")" "TIMEOUT "
	check "capacity: as before" wait_for 20 storable 25000000 40000000
	must zram_remove
}

# Spill writes nothing either: the writes fail that memory has no space for
if [ -c /dev/snapshot ] && [ "$(ztry -r /dev/snapshot)" != EPERM ]; then
	bd_use null 32 || skip_all "no null_blk"
	quiet_console
	spill_new 32M 1M
	must zpat fill -k random -n 1024 "$ZDEV" > /dev/null
	bd_read
	written=$BD_WRITES
	between "spill: pages were spilled" "$written" 512 1024
	opened -h /dev/snapshot
	fill_fails "spill: hibernation is announced" -b 1 -k random -o 1024 -n 1024
	bd_read
	is "spill: blocks written while it is announced" "$BD_WRITES" "$written"
	tier_read
	between "spill: it is counted" "$TIER_spill_failed" 900 1024
	is "spill: the device does not fail" "$TIER_spill $TIER_spill_error" "ready 0"
	closed
	check "spill: after it no write fails" zpat fill -b 1 -k random -o 1024 -n 1024 "$ZDEV"
	check "spill: every byte" zpat verify -k random -n 2048 "$ZDEV"
	must zram_remove
	quiet
else
	skip "spill while hibernation is announced" "kernel without /dev/snapshot"
fi

# So slow that there are pages left at the end; hibernation needs half of the memory
bd_use null 144 || skip_all "no null_blk"
bd_slow 0 400 || skip_all "no dm-delay"
ZT_AT_EXIT=restore
zram_new 128M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
must zpat fill -k random -j 2 "$ZDEV" > /dev/null
sleep 5
tier_pressing
put "$ZSYS/tier/enable" 1

[ ! -w $DELAY ] || { read -r delay < $DELAY; put $DELAY 1; }

# While /dev/snapshot is open the kernel has announced hibernation, and no task is frozen.
# snapshot NAME OPTION: ztry opens it
snapshot() {
	leaving "$1: pages leave"
	opened "$2" /dev/snapshot
	bd_read
	written=$BD_WRITES
	sleep 2
	bd_read
	is "$1: blocks written while it is announced" $((BD_WRITES - written)) 0
	check "$1: the state" wait_for 10 tier_is paused_sleep
	if [ -w /sys/power/pm_test ]; then
		put /sys/power/pm_test freezer
		check "$1: a suspend meanwhile" store_quietly /sys/power/state freeze
		sleep 1
		bd_read
		is "$1: blocks written after it" $((BD_WRITES - written)) 0
	fi
	closed
	leaving "$1: pages leave again"
}

if [ -c /dev/snapshot ] && [ "$(ztry -r /dev/snapshot)" != EPERM ]; then
	snapshot hibernation -h
else
	skip "hibernation is announced" "kernel without /dev/snapshot"
fi

if [ ! -w /sys/power/pm_test ]; then
	skip "sleep" "kernel without CONFIG_PM_DEBUG"
	finish
fi
[ -d $TRACING/events ] || mount -t tracefs none $TRACING 2> /dev/null
if [ ! -d $TRACING/events/power/suspend_resume ]; then
	skip "sleep" "kernel without tracepoints"
	finish
fi
put $TRACING/events/power/suspend_resume/enable 1
put $TRACING/events/zram/zram_wb_submit/enable 1
# Where the drivers have heard of it; without kprobes from the freeze of tasks on
begin='suspend_resume: freeze_processes.* begin'
if echo 'r:zt/announced pm_notifier_call_chain_robust' \
	2> /dev/null > $TRACING/kprobe_events; then
	put $TRACING/events/zt/announced/enable 1
	begin=' announced: '
fi
asleep "suspend" freezer /sys/power/state freeze
if grep -qw disk /sys/power/state && [ "$begin" = ' announced: ' ]; then
	mode=$(sed 's/.*\[\(.*\)\].*/\1/' /sys/power/disk)
	put /sys/power/disk shutdown
	asleep "hibernation" devices /sys/power/state disk
else
	skip "hibernation" "kernel without it, or without kprobes"
fi

# A driver that is asked after this one says no
modprobe pm-notifier-error-inject priority=-1 2> /dev/null
mount -t debugfs none /sys/kernel/debug 2> /dev/null
if [ -d $INJECT ]; then
	put $INJECT/PM_SUSPEND_PREPARE/error -16
	leaving "a driver says no: pages leave"
	gives "a driver says no" EBUSY ztry /sys/power/state freeze
	leaving "a driver says no: pages leave again"
	put $INJECT/PM_SUSPEND_PREPARE/error 0
else
	unusable "pm-notifier-error-inject" pm-notifier-error-inject ||
		skip "a driver says no" "kernel without pm-notifier-error-inject"
fi
put "$ZSYS/tier/enable" 0
check "every byte" zpat verify -k random -j 2 "$ZDEV"
must zram_remove
finish
