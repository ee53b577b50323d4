#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The session of a test guest: brings the disks up, runs the items of
# ZT_ITEMS one after another through runtest, then looks at the kernel's log.
# Exits 0 only if nothing failed. /guest/env is written by the host.

set -a
# shellcheck source=/dev/null
. /guest/env
set +a

export DM_DISABLE_UDEV=1
# shellcheck disable=SC2154 # of the kernel's command line
PORT=$zt_verdict
number=$ZT_DONE
failed=0

# Tests may run the guest out of memory; the session has to survive that.
echo -1000 > /proc/self/oom_score_adj

say() {
	echo "$*" > "$PORT"
	echo "$*"
}

# Disk names in the order of the command line: NVMe controllers are probed in
# parallel, so their serial number tells which is which.
nvme_disks() {
	for i in $(seq 1 "$ZT_NR_NVME"); do
		for serial in /sys/block/nvme*/device/serial; do
			[ "$(tr -d ' ' < "$serial")" = "zt$i" ] || continue
			disk=${serial#/sys/block/}
			echo "/dev/${disk%%/*}"
		done
	done
}

wait_for_disks() {
	for _ in $(seq 50); do
		ZT_VIRTIO=$(find /dev -name 'vd[a-z]' -o -name 'ubd[a-z]' | sort | xargs)
		ZT_NVME=$(nvme_disks | tr '\n' ' ')
		ZT_NVME=${ZT_NVME% }
		[ "$(echo "$ZT_VIRTIO" | wc -w)" -eq "$ZT_NR_VIRTIO" ] &&
			[ "$(echo "$ZT_NVME" | wc -w)" -eq "$ZT_NR_NVME" ] &&
			return 0
		sleep 0.1
	done
	say "not ok - disks: found $ZT_VIRTIO $ZT_NVME, asked for" \
		"$ZT_NR_VIRTIO virtio and $ZT_NR_NVME NVMe"
	return 1
}

bring_up_disks() {
	if [ "$ZT_NR_VIRTIO" -gt 0 ]; then
		modprobe -q virtio_pci
		modprobe -q virtio_blk
	fi
	[ "$ZT_NR_NVME" -eq 0 ] || modprobe -q nvme
	wait_for_disks
}

# The time-out a test states for itself: "# timeout: SECONDS".
time_limit() {
	limit=$(sed -n 's/^# timeout: *\([0-9][0-9]*\).*/\1/p;20q' "$1")
	echo $((${limit:-$ZT_TEST_TIMEOUT} * ZT_PATIENCE))
}

# run NAME SECONDS COMMAND...
run() {
	number=$((number + 1))
	echo "zram-selftest: begin $1" > /dev/kmsg
	name=$1
	limit=$2
	shift 2
	/guest/runtest "$number" "$name" "$limit" "$@" ||
		failed=$((failed + 1))
}

run_item() {
	case $1 in
	torture)
		run torture $((TORTURE_MINUTES * 60 + 900)) ./torture/run.sh
		return
		;;
	kunit|mainline_selftests|thirdparty)
		script=/guest/$1.sh
		;;
	*)
		script=./$1
		;;
	esac
	run "$1" "$(time_limit "$script")" "$script"
}

# Every load of zram.ko would run its KUnit suites; they have an item of their
# own.
no_kunit() {
	filter=/sys/module/kunit/parameters/filter_glob
	modprobe -q kunit
	[ ! -w $filter ] || printf none > $filter
}

[ "$ZT_KUNIT" != 1 ] || no_kunit
bring_up_disks || exit 1
export ZT_VIRTIO ZT_NVME
mkdir -p /selftests/zram /results
cd /selftests/zram || exit 1

if [ "$ZT_MODE" = shell ]; then
	echo "zram guest, lane $ZT_LANE: tests in $PWD, module $ZRAM_KO;" \
		"'exit' ends the guest"
	setsid -c sh -i < /dev/console > /dev/console 2>&1
	exit 0
fi

kmemleak=/sys/kernel/debug/kmemleak
if [ -w $kmemleak ]; then
	# It is asked at the end; its own scans would only slow the tests.
	echo scan=off > $kmemleak
	# Leaks of the boot are not ours.
	echo clear > $kmemleak
fi
echo "zram-selftest: session start" > /dev/kmsg
say "KTAP version 1"
if [ "$ZT_MODE" = exec ]; then
	cd / || exit 1
	run exec 0 sh -c "$ZT_EXEC"
else
	for item in $ZT_ITEMS; do
		run_item "$item"
	done
	run memory_leaks 600 /guest/leaks.sh
fi
run kernel_log 60 /guest/kernel_log.sh
# What a kernel that counts has counted
gcov=/sys/kernel/debug/gcov
if [ -d $gcov ]; then
	(cd $gcov && find . -name '*.gcda') | while read -r file; do
		mkdir -p "/results/gcov/${file%/*}"
		cat "$gcov/$file" > "/results/gcov/$file"
	done
fi
say "1..$number"
[ "$failed" -eq 0 ]
