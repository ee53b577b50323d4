#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# All tasks are frozen, as for suspend, while pages are on their way through
# kcompressd.

. ./lib.sh

[ -w /sys/power/pm_test ] || skip_all "kernel without CONFIG_PM_DEBUG"
restore() {
	echo none > /sys/power/pm_test
}
ZT_AT_EXIT=restore
kc_start 2
bd_use null 48 || BD=
zram_add
[ -z "$BD" ] || put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/kcompressd" all
put "$ZSYS/disksize" 32M
put /sys/power/pm_test freezer
[ ! -w /sys/module/suspend/parameters/pm_test_delay ] ||
	put /sys/module/suspend/parameters/pm_test_delay 1
zrace -n 1024 -b 8 -j 4 -t 15000 "$ZDEV" > /tmp/race.$$ &
race=$!
ZT_FILES="/tmp/race.$$ /tmp/hammer.$$"
zhammer -t 14000 -p 50 "w:$ZSYS/writeback=huge" "w:$ZSYS/idle=all" \
	"w:$KC_PARAMS/nr_kcompressd=1,2" > /tmp/hammer.$$ &
for round in 1 2 3; do
	sleep 0.5
	check "freeze and thaw, $round" store_quietly /sys/power/state freeze
	kc_read
	echo "# queued $KC_queued, staged $KC_staged"
done
wait $race
is "no page is lost" "$? $(sed -n 's/.*\(bad=.*\)/\1/p' /tmp/race.$$)" \
	"0 bad=0 err=0"
wait
sed 's/^/# /' /tmp/hammer.$$
kc_idle "all is compressed"

# Frozen with the queue full, and nobody to write: kcompressd goes on.
must zpat fill -k random -b 64 "$ZDEV" > /dev/null
check "freeze with a full queue" store_quietly /sys/power/state freeze
kc_read
is "what was queued is compressed before they thaw, or soon" \
	"$(wait_for 5 kc_is_idle && echo yes)" yes
check "every byte" zpat verify -k random "$ZDEV"
finish
