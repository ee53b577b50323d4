#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# slow: 30
# CPUs go and come while data is written and verified, with every compressor.

. ./lib.sh

cpu=/sys/devices/system/cpu/cpu1/online
# shellcheck disable=SC2317,SC2086 # called by the clean-up
online() {
	echo 1 > $cpu
}

[ -w $cpu ] || skip_all "no CPU to take offline"
ZT_AT_EXIT=online
zram_add
algorithms
must zram_remove
for alg in $ALGORITHMS; do
	zram_new 16M "$alg"
	zhammer -p 20 -t 3000 "w:$cpu=0,1" > /tmp/hot.$$ &
	ZT_FILES=/tmp/hot.$$
	check "$alg: racing I/O" zrace -n 512 -j 4 -t 2500 "$ZDEV"
	wait
	read -r _ rounds rest < /tmp/hot.$$
	echo "# $rounds $rest"
	between "$alg: the CPU came and went" "${rounds#n=}" 2 100000
	is "$alg: each time" "$(grep -c ' E[A-Z]*=' /tmp/hot.$$)" 0
	put $cpu 1
	put $cpu 0
	check "$alg: one CPU" zpat fill -k cycle -j 2 -n 1024 "$ZDEV"
	put $cpu 1
	check "$alg: a new CPU" zpat verify -k cycle -j 4 -n 1024 "$ZDEV"
	put $cpu 0
	zram_reset
	put "$ZSYS/comp_algorithm" "$alg"
	put "$ZSYS/disksize" 16M
	put $cpu 1
	check "$alg: a CPU younger than the device" \
		zrace -n 64 -j 4 -t 300 "$ZDEV"
	must zram_remove
done

# A CPU that cannot come for want of memory takes nothing from the others.
case $ALGORITHMS in *zstd*) alg=zstd ;; *) alg=${ALGORITHMS%% *} ;; esac
if fault_or_skip failslab 20 "a CPU without memory"; then
	fault_off
	head -c 8192 "$0" > /tmp/dict.$$
	zram_add
	put "$ZSYS/comp_algorithm" "$alg"
	echo "dict=/tmp/dict.$$" 2> /dev/null > "$ZSYS/algorithm_params"
	if ! echo 16M 2> /dev/null > "$ZSYS/disksize"; then
		# Not with a dictionary, on this kernel
		put "$ZSYS/comp_algorithm" "$alg"
		put "$ZSYS/disksize" 16M
	fi
	fault_on failslab 20
	zhammer -F -p 20 -t 3000 "w:$cpu=0,1" > /tmp/hot.$$ &
	check "a CPU without memory: I/O" zrace -n 256 -j 4 -t 2500 "$ZDEV"
	wait
	fault_off
	sed 's/^/# /' /tmp/hot.$$
	between "a CPU without memory: it did not come" \
		"$(grep -c ' ENOMEM=' /tmp/hot.$$)" 1 1
	put $cpu 1
	check "a CPU without memory: when there is" \
		zrace -n 256 -j 4 -t 500 "$ZDEV"
	must zram_remove
	rm -f /tmp/dict.$$
fi
finish
