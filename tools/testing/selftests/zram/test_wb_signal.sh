#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Signals, stops and the freezer during a run: it goes on where nobody asked for its
# end, and what it counts is right across the restart.

. ./lib.sh

# shellcheck disable=SC2317 # called through wait_for
written() {
	wb_read
	[ "$WB_pages" -gt "$1" ]
}

# caught PID: until it has its handlers of SIGUSR1 and SIGUSR2. Before that it may still
# be a shell, which a signal kills
caught() {
	wait_for 10 grep -q '^SigCgt:.*0a00$' "/proc/$1/status"
}

# run FILE VALUE: in the background
run() {
	bg ztry -s "$ZSYS/$1" "$2" > /tmp/run.$$
	writer=$BGPID
	caught "$writer"
}

# signals NAME SIGNAL...: to the run, and wait for its end
signals() {
	zt_what=$1
	shift
	for zt_sig; do
		sleep 0.3
		kill "-$zt_sig" "$writer"
	done
	ended "$writer" 60 || bail "$zt_what: the run ends"
	wait "$writer"
	read -r got < /tmp/run.$$
}

# What a device has: pages of the kernel, which leave in 16 batches
nr=4096
[ -z "${ZT_DEBUG-}" ] || nr=1024

# pages KIND: all of them, all idle
pages() {
	must zpat fill -u -k "$1" -j 2 -n $nr "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
}

all_written() {
	wb_read
	is "$1: every page is written, in one run" "$got $WB_pages $WB_runs" \
		"0 $((nr * PER_PAGE)) 1"
	check "$1: every byte" zpat verify -u -k random -j 2 -n $nr "$ZDEV"
}

# writes_take MS: the device takes so long for a write, however large
writes_take() {
	must dm_table zt_slow "0 $DEV_SECTORS delay $SLOW 0 0 $SLOW 0 $1"
}

# fresh: the device takes 0.2 s for a write
fresh() {
	[ -z "${ZID-}" ] || must zram_remove
	zram_add
	[ ! -e "$ZSYS/recompress" ] ||
		put "$ZSYS/recomp_algorithm" "algo=zstd level=9 priority=1"
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/writeback_batch_size" $((nr / 16))
	put "$ZSYS/disksize" $((nr * PAGE))
	pages random
}

bd_use virtio || bd_use null $((17 * PER_PAGE)) || skip_all "no backing device"
bd_slow 0 200 || skip_all "no dm-delay"
ZT_FILES="/tmp/run.$$ /tmp/second.$$"

fresh
run writeback idle
wait_for 10 written 0
signals "SIGSTOP, SIGCONT" STOP CONT STOP CONT
all_written "SIGSTOP, SIGCONT"

fresh
run writeback idle
wait_for 10 written 0
signals "handlers that restart" USR1 USR1 USR1
all_written "handlers that restart"

fresh
run writeback idle
wait_for 10 written 0
clock
start=$NOW
signals "a handler that does not" USR2
is "a handler that does not: the write fails" "$got" EINTR
clock
between "a handler that does not: soon" $((NOW - start)) 0 20000
wb_read
between "a handler that does not: part of the pages is written" "$WB_pages" 1 \
	$(((nr - 1) * PER_PAGE))
check "a handler that does not: every byte" \
	zpat verify -u -k random -j 2 -n $nr "$ZDEV"

# The second writer waits for the first.
fresh
run writeback idle
first=$writer
wait_for 10 written 0
bg ztry -s "$ZSYS/writeback" huge > /tmp/second.$$
second=$BGPID
caught "$second"
sleep 0.3
# The first run goes on for longer than a slow host takes to look at the second
writes_take 5000
kill -USR2 "$second"
check "a writer that waits is interrupted" ended "$second" 3
is "and says so" "$(cat /tmp/second.$$)" EINTR
check "the run it waited for goes on" kill -0 "$first"
writes_take 200
writer=$first
signals "two writers" USR1
all_written "two writers"

if [ -w /sys/power/pm_test ]; then
	put /sys/power/pm_test freezer
	delay=/sys/module/suspend/parameters/pm_test_delay
	[ ! -w $delay ] || put $delay 1
	fresh
	run writeback idle
	wait_for 10 written 0
	check "freezer: all tasks are frozen" store_quietly /sys/power/state freeze
	signals freezer
	all_written freezer
	echo none > /sys/power/pm_test
else
	skip freezer "kernel without CONFIG_PM_DEBUG"
fi

# max_pages is about all of the run.
dm_fast
fresh
if [ ! -e "$ZSYS/recompress" ] || ! grep -qw zstd "$ZSYS/comp_algorithm"; then
	skip "recompress" "no recompress, or no zstd"
	finish
fi
mount -t debugfs none /sys/kernel/debug 2> /dev/null
state=/sys/kernel/debug/zram/zram$ZID/block_state
[ -e "$state" ] || { skip "recompress" "no block_state"; finish; }
recompressed() {
	awk '$3 ~ /r/ { n++ } END { print n + 0 }' "$state"
}

pages text
run recompress "priority=1 max_pages=$((nr / 2))"
zt_n=0
while kill -0 "$writer" 2> /dev/null && [ $zt_n -lt 40 ]; do
	kill -STOP "$writer"
	kill -CONT "$writer"
	kill -USR1 "$writer"
	zt_n=$((zt_n + 1))
done
signals "recompress"
is "recompress: as many pages as were asked for" "$got $(recompressed)" "0 $((nr / 2))"
check "recompress: every byte" zpat verify -u -k text -j 2 -n $nr "$ZDEV"

# again HOW OPTION: the call after one that ended early is a new run, with all of its
# max_pages. A signal before the first page, or after the last one, shows nothing: then try
# again, with a later one.
again() {
	max=$((nr * 3 / 8))
	for ms in 2 4 8 16 32 64 128 256 512 2 4 8 16 32 64 128 256 512; do
		pages text
		gives "recompress, $1, and again ($ms ms)" 0 \
			ztry "$2" "$ZSYS/recompress" "priority=1 max_pages=$max" $ms
		case $(recompressed) in "$max" | "$((2 * max))") ;; *) break ;; esac
	done
	between "$1: the next run has all of its max_pages" \
		"$(recompressed)" $((max + 1)) $((2 * max - 1))
	check "$1: every byte" zpat verify -u -k text -j 2 -n $nr "$ZDEV"
}
again interrupted -i
again "left by siglongjmp" -j

# No page gets below the threshold, so each stays a candidate.
pages text
gives "signals all the time: the run ends" 0 \
	timeout 200 ztry -p "$ZSYS/recompress" "priority=1 threshold=64"
check "signals all the time: every byte" \
	zpat verify -u -k text -j 2 -n $nr "$ZDEV"

# With max_pages above the number of candidates, the run tries each page only once, also
# pages that do not shrink.
zram_reset
put "$ZSYS/recomp_algorithm" "algo=zstd level=9 priority=1"
put "$ZSYS/recomp_algorithm" "algo=zstd level=9 priority=2"
put "$ZSYS/disksize" $((nr * PAGE))
must zpat fill -u -k random -n $((nr / 4)) "$ZDEV" > /dev/null
must zpat fill -u -k text -o $((nr * 3 / 4)) -n $((nr / 8)) "$ZDEV" > /dev/null
gives "signals every 2 ms, max_pages: the run ends" 0 \
	timeout 200 ztry -p "$ZSYS/recompress" "priority=1 max_pages=$((nr / 2))"
is "signals every 2 ms, max_pages: the last pages are tried" \
	"$(recompressed)" $((nr / 8))
check "signals every 2 ms, max_pages: every byte" \
	zpat verify -u -k text -o $((nr * 3 / 4)) -n $((nr / 8)) "$ZDEV"
finish
