#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# torture: several devices at once in every kind of use, while faults are injected
# and the machine changes under them, for TORTURE_MINUTES. TORTURE_SEED repeats a
# run's decisions. One case for each actor, what went wrong in it, and a summary.

cd "$(dirname "$0")/.." || exit
. ./lib.sh

: "${TORTURE_SEED:=1}" "${TORTURE_MINUTES:=20}"
ACTORS="raw:1 raw:2 swap:3 fs:4 machine:5"

zram_load
[ ! -e "$KC_PARAMS/nr_kcompressd" ] || put "$KC_PARAMS/nr_kcompressd" 1
mount -t debugfs none /sys/kernel/debug 2> /dev/null
mkdir -p /tmp/torture
before=$(ls -d /sys/block/zram* 2> /dev/null)
read -r up _ < /proc/uptime
export TORTURE_SEED TORTURE_MINUTES TORTURE_END=$((${up%.*} + TORTURE_MINUTES * 60))
echo "# seed $TORTURE_SEED, $TORTURE_MINUTES minutes"

processes=
for actor in $ACTORS; do
	name=${actor%:*} number=${actor#*:}
	bg "torture/$name.sh" "$number" > "/tmp/torture/$name$number.log" 2>&1
	processes="$processes $name$number:$BGPID"
done
for process in $processes; do
	name=${process%:*}
	wait "${process#*:}"
	status=$?
	log=/tmp/torture/$name.log
	if [ $status -eq 0 ]; then
		pass "$(sed -n 's/^ok [0-9]* //p' "$log" | tail -n 1)"
	else
		fail "$name: exit status $status" "$(grep -v '^tally\|^ok' "$log" |
			grep -B 12 '^not ok' | tail -n 60)"
	fi
done
ZT_PIDS=''
mkdir -p /results
cp /tmp/torture/*.log /results/
awk '$1 == "tally" { sum[$2] += $3 }
	END { for (key in sum) print "# " key, sum[key] }' /tmp/torture/*.log |
	grep -v ' verified_' | sort
# A run in which nothing was tried proves nothing.
sum() {
	awk -v key="$1" '$1 == "tally" && $2 == key { n += $3 } END { print n + 0 }' \
		/tmp/torture/*.log
}
between "pages verified" "$(sum verified)" 1000 100000000000
# Few minutes are enough for some.
least=1
[ "$TORTURE_MINUTES" -lt 10 ] || least=$((TORTURE_MINUTES * 40))
for process in $processes; do
	name=${process%:*}
	case $name in machine*) continue ;; esac
	between "$name: pages verified" "$(sum "verified_$name")" \
		"$least" 100000000000
done
for fault in failslab fail_page_alloc fail_make_request; do
	[ -d "/sys/kernel/debug/$fault" ] || continue
	fault_count "$fault"
	between "$fault: faults injected" $INJECTED 3 $FAULTS
done
[ ! -e /sys/module/zram/parameters/tier ] ||
	between "pages moved by tiering" "$(sum tier_pages)" "$least" 100000000000
# Each actor has removed its own.
is "no device is left behind" "$(ls -d /sys/block/zram* 2> /dev/null)" "$before"
finish
