#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Loads zram.ko, whose KUnit suites run at load and report to the kernel log,
# and turns that report into test cases.

FILTER=/sys/module/kunit/parameters/filter_glob

if [ "$ZT_KUNIT" != 1 ]; then
	echo "1..0 # SKIP this zram.ko is built without KUnit tests"
	exit 4
fi

# Those of a driver that is part of the kernel have run when it started.
if [ -z "$ZRAM_KO" ]; then
	dmesg | awk -v started=1 -f /guest/kunit.awk
	exit
fi

modprobe -q zsmalloc
modprobe -q kunit
grep -q '^zram ' /proc/modules && rmmod zram
echo "zram-selftest: kunit start" > /dev/kmsg
printf '*' > $FILTER
insmod "$ZRAM_KO" || exit 1
rmmod zram
printf none > $FILTER
dmesg | awk -f /guest/kunit.awk
