#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
#
# Mainline's own zram selftests, unmodified, on the module under test. Their
# scripts print FAIL and exit 0 all the same, so each is judged by its log:
# it must say that it passed and must not say FAIL anywhere.

DIR=/mainline/zram
LOG=/tmp/mainline_selftests.log

if [ ! -d $DIR ]; then
	echo "1..0 # SKIP this lane has no mainline source tree"
	exit 4
fi

# Busybox's mount only tries file systems that are there already.
for module in zsmalloc lzo lzo-rle ext4; do
	modprobe -q $module
done
grep -q '^zram ' /proc/modules || insmod "$ZRAM_KO" || exit 1

echo "KTAP version 1"
echo "1..2"
number=0
status=0
cd $DIR || exit 1
for script in zram01 zram02; do
	number=$((number + 1))
	bash ./$script.sh 2>&1 | tee $LOG | while read -r line; do
		echo "# $line"
	done
	if ! grep -q FAIL $LOG && grep -q "^$script : \[PASS\]" $LOG; then
		echo "ok $number - mainline $script.sh"
	else
		echo "not ok $number - mainline $script.sh"
		status=1
	fi
done
rmmod zram || status=1
exit $status
