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
read -r up _ < /proc/uptime
export TORTURE_SEED TORTURE_END=$((${up%.*} + TORTURE_MINUTES * 60))
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
	END { for (key in sum) print "# " key, sum[key] }' /tmp/torture/*.log | sort
verified=$(awk '$2 == "verified" { n += $3 } END { print n + 0 }' /tmp/torture/*.log)
between "pages verified" "$verified" 1000 100000000000
zram_remove_all
if [ "$(ls -d /sys/block/zram* 2> /dev/null)" = "" ]; then
	pass "no device is left"
else
	fail "no device is left"
fi
finish
