#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# All tasks are frozen, as for suspend, while pages are on their way through
# kcompressd.

. ./lib.sh

# shellcheck disable=SC2317 # called by the clean-up
restore() {
	echo none > /sys/power/pm_test
	[ -z "${delay-}" ] || echo "$delay" > "$DELAY"
}

# freeze NAME: all tasks, for a moment. When the kernel gives up it says in its log
# who did not stop; that others did not is for others to test.
freeze() {
	echo "zram-selftest: freeze $1" > /dev/kmsg
	if zt_out=$(store_quietly /sys/power/state freeze 2>&1); then
		pass "$1"
		return
	fi
	zt_out="$zt_out$NL$(dmesg |
		sed -n "/zram-selftest: freeze $1\$/,\$p" | cut -c1-100)"
	case $zt_out in
	*zram_*|*\[zram\]*|*kcompressd/*|*zrace*|*zpat*|*zhammer*) ;;
	*"resource busy"*)
		printf '%s\n' "$zt_out" | head -n 60 | sed 's/^/# /'
		refused=y
		skip "$1" "refused for a reason outside of zram"
		return
		;;
	esac
	fail "$1" "$(printf '%s\n' "$zt_out" | head -n 60)"
}

kc_start 2
# PF_NOFREEZE: they are not to stop while there are pages in the queue.
good=0
for pid in $(kc_threads); do
	flags=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f7)
	[ $((flags & 0x8000)) -eq 0 ] || good=$((good + 1))
done
is "threads that cannot be frozen" $good 2
if [ ! -w /sys/power/pm_test ]; then
	skip "freeze and thaw" "kernel without CONFIG_PM_DEBUG"
	finish
fi
ZT_AT_EXIT=restore
bd_use null 48 || BD=
zram_add
[ -z "$BD" ] || put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/kcompressd" all
put "$ZSYS/disksize" 32M
put /sys/power/pm_test freezer
DELAY=/sys/module/suspend/parameters/pm_test_delay
[ ! -w $DELAY ] || { read -r delay < $DELAY; put $DELAY 1; }
bg zrace -n 1024 -b 8 -j 4 -t 15000 "$ZDEV" > /tmp/race.$$
race=$BGPID
ZT_FILES="/tmp/race.$$ /tmp/hammer.$$"
bg zhammer -t 14000 -p 50 "w:$ZSYS/writeback=huge" "w:$ZSYS/idle=all" \
	"w:$KC_PARAMS/nr_kcompressd=1,2" > /tmp/hammer.$$
hammer=$BGPID
staged=0 refused=''
for round in 1 2 3; do
	sleep 0.5
	for _ in $(seq 50); do
		kc_read
		[ "$KC_staged" -eq 0 ] || break
	done
	staged=$((staged + KC_staged))
	freeze "freeze and thaw, $round"
done
if [ -n "$refused" ] && [ "$staged" -eq 0 ]; then
	skip "pages were on their way" "the load was over before"
else
	between "pages were on their way" $staged 1 1000000
fi
wait $race
is "no page is lost" "$? $(sed -n 's/.*\(bad=.*\)/\1/p' /tmp/race.$$)" \
	"0 bad=0 err=0"
wait "$hammer"
sed 's/^/# /' /tmp/hammer.$$
kc_idle "all is compressed"

# Frozen with much in the queue, and nobody to write
put "$KC_PARAMS/queue_size_per_kcompressd" 8192
for _ in $(seq 20); do
	must zpat fill -k random -b 64 -j 2 "$ZDEV" > /dev/null
	kc_read
	[ "$KC_staged" -eq 0 ] || break
done
between "pages in the queue" "$KC_staged" 1 8192
freeze "freeze with a full queue"
kc_idle "what was queued is compressed"
check "every byte" zpat verify -k random "$ZDEV"
finish
