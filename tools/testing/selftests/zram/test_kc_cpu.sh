#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# kcompressd on CPUs that come and go, on one CPU, and on one that it never gets.

. ./lib.sh

cpu=/sys/devices/system/cpu/cpu1/online
# shellcheck disable=SC2317,SC2086 # called by the clean-up
online() {
	echo 1 > $cpu
}

[ -w $cpu ] || skip_all "no CPU to take offline"
ZT_AT_EXIT=online
kc_start 2
zram_new 32M
put "$ZSYS/kcompressd" all
zhammer -p 20 -t 4000 "w:$cpu=0,1" > /tmp/hot.$$ &
ZT_FILES=/tmp/hot.$$
check "CPUs come and go" zrace -n 512 -b 8 -j 4 -t 3500 "$ZDEV"
wait
sed 's/^/# /' /tmp/hot.$$
between "the CPU went and came" "$(done_by "w:$cpu" /tmp/hot.$$)" 2 100000
is "each time" "$(grep -c ' E[A-Z]*=' /tmp/hot.$$)" 0
put $cpu 1
kc_idle "all is compressed"
put $cpu 0
kc_read
before=$KC_queued inline=$KC_inline_cpu
check "one CPU" zpat fill -k mixed -n 1024 "$ZDEV"
check "one CPU: read back" zpat verify -k mixed -n 1024 "$ZDEV"
kc_read
is "one CPU: nothing is queued" $((KC_queued - before)) 0
between "one CPU: as there is one" $(((KC_inline_cpu - inline) * PER_PAGE)) \
	512 1024
put $cpu 1

# Its threads are on CPU 1, where a task of the highest priority spins.
need_program chrt taskset
for pid in $(kc_threads); do
	must taskset -p 2 "$pid" > /dev/null
done
sysctl_set kernel/sched_rt_runtime_us -1
# For a minute at most, whatever becomes of the test
# The watch has to run beside it.
bg timeout -s KILL 60 taskset 2 chrt -f 90 sh -c 'while :; do :; done'
sleep 2
kc_read
before=$KC_completed full=$KC_inline_full
check "starved: writes go on" taskset 1 zpat fill -k cycle -g 5 "$ZDEV"
check "starved: reads too" taskset 1 zpat verify -k cycle -g 5 "$ZDEV"
kc_read
echo "# $((KC_completed - before)) by kcompressd"
# The scheduler leaves them a few percent of the time, in which they do more the
# slower the writer is.
between "starved: the writer does much of it" $((KC_inline_full - full)) \
	$((1000 / PER_PAGE)) 100000
kill -9 "$BGPID"
for pid in $(kc_threads); do taskset -p 3 "$pid" > /dev/null; done
kc_idle "fed again: all is compressed"
check "fed again: every byte" zpat verify -k cycle -g 5 "$ZDEV"
zram_reset
empty "the pool is empty after reset"
finish
