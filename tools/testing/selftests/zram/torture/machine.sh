#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# torture: what happens to the whole machine: CPUs go and come, threads of
# kcompressd too, devices appear and disappear, allocations and requests fail.

# shellcheck source=lib.sh
. torture/lib.sh

cpu=/sys/devices/system/cpu/cpu1/online
INJECT="failslab fail_page_alloc fail_make_request"

faults_setup() {
	for fault in $INJECT; do
		fault_on "$fault" 0 || continue
		# Requests fail by their disk, whoever has made them.
		[ "$fault" != fail_make_request ] || put "$FAULT/task-filter" N
	done
}

faults_set() {
	for fault in $INJECT; do
		[ -d "/sys/kernel/debug/$fault" ] || continue
		# A request is many pages, an allocation is one of many.
		case $fault in
		# Each disk fails in part of the rounds only.
		fail_make_request) pick 30 60 90 ;;
		*) pick 0 0 2 10 ;;
		esac
		# The first round injects each, however few rounds there are.
		[ "$ROUND" -gt 1 ] || P=10
		[ "${1-}" != off ] || P=0
		put "/sys/kernel/debug/$fault/probability" "$P"
		decide "$fault $P"
	done
	# Threads of the driver want to be asked.
	# shellcheck disable=SC2119 # of all devices
	for pid in $(kc_threads) $(tier_threads); do
		echo 1 2> /dev/null > "/proc/$pid/make-it-fail"
	done
}

# shellcheck disable=SC2317 # called by the clean-up
machine_restore() {
	[ ! -w "$cpu" ] || echo 1 > "$cpu"
	for fault in $INJECT; do
		[ ! -d "/sys/kernel/debug/$fault" ] ||
			echo 0 > "/sys/kernel/debug/$fault/probability"
	done
}

actor machine "$1"
ZT_AT_EXIT=machine_restore
faults_setup
while more; do
	faults_set
	rnd 6
	case $R in
	0|1)
		[ ! -w "$cpu" ] || {
			put "$cpu" 0
			pause 1500
			put "$cpu" 1
			decide "CPU"
			tally cpu_offline 1
		}
		;;
	2|3)
		[ ! -w "$KC_PARAMS/nr_kcompressd" ] || {
			pick 0 1 2 5
			echo "$P" 2> /dev/null > "$KC_PARAMS/nr_kcompressd"
			pick 1 16 256 1024
			echo "$P" 2> /dev/null > "$KC_PARAMS/queue_size_per_kcompressd"
			decide "kcompressd: $P"
			tally kcompressd_changes 1
		}
		;;
	4)
		decide "devices come and go"
		if zcycle -n 12 -j 2 -l 1 -s 2M > "$OUT.cycle"; then
			tally_of "$OUT.cycle"
		else
			fail "round $ROUND: zcycle" "$(cat "$OUT.cycle")"
		fi
		;;
	esac
	pause 2000
done
faults_set off
[ ! -w "$KC_PARAMS/nr_kcompressd" ] || echo 0 > "$KC_PARAMS/nr_kcompressd"
pass "$ACTOR: $ROUND rounds"
finish
