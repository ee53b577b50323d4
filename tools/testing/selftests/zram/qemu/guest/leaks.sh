#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Unloads zram, then asks kmemleak for objects without a pointer to them. kmemleak
# only names objects older than five seconds, and a pointer may hide in a
# register or on a stack during one scan: hence the pause, and two scans at least. Each
# of six scans reports a leaked object.

REPORT=/sys/kernel/debug/kmemleak

echo "KTAP version 1"
echo "1..2"
status=0
if [ -z "$ZRAM_KO" ]; then
	echo "ok 1 - zram can be unloaded # SKIP it is part of the kernel"
elif ! grep -q '^zram ' /proc/modules || rmmod zram; then
	echo "ok 1 - zram can be unloaded"
else
	echo "not ok 1 - zram can be unloaded"
	status=1
fi
if [ ! -w $REPORT ]; then
	echo "ok 2 - kmemleak # SKIP not in this kernel"
	exit $status
fi
for scan in 1 2 3 4 5 6; do
	sleep 6
	# It gives up for good when something goes wrong in it.
	if ! echo scan > $REPORT; then
		echo "not ok 2 - kmemleak is off"
		exit 1
	fi
	[ $scan -eq 1 ] || grep -q 'unreferenced object' $REPORT || break
done
if grep -q 'unreferenced object' $REPORT; then
	sed 's/^/#   /' $REPORT
	echo "not ok 2 - kmemleak: $(grep -c 'unreferenced object' $REPORT) objects"
	exit 1
fi
echo "ok 2 - kmemleak"
exit $status
