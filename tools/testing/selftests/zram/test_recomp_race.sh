#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# slow: 30
# Recompression with overwrites, reads, discards and writeback racing it, with
# allocations that fail, and ended by signals, reset and hot_remove.

. ./lib.sh

# fresh DISKSIZE
fresh() {
	zram_add
	[ -e "$ZSYS/recompress" ] || absent recompress
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
	put "$ZSYS/recomp_algorithm" "algo=lz4 priority=2"
	[ -z "$BD" ] || put "$ZSYS/compressed_writeback" 1
	[ -z "$BD" ] || put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" "$1"
}

ms=5000 fill=32768
[ -z "${ZT_DEBUG-}" ] || ms=2500 fill=4096

# racing NAME PAGES [-F [started]]: with memory to start the algorithms, or not
racing() {
	fresh 16M
	[ -z "${4-}" ] || store 0 recompress priority=1
	[ -z "${4-}" ] || store 0 recompress priority=2
	[ -z "${3-}" ] || fault_on "${1%% *}" 10
	# shellcheck disable=SC2086 # an option, or nothing
	zhammer ${3-} -t $((ms + 500)) "w:$ZSYS/recompress=priority=1,priority=2" \
		"w:$ZSYS/idle=all" "w:$ZSYS/writeback=page_indexes=0-7" \
		"a:$ZSYS" > /tmp/hammer.$$ &
	ZT_FILES=/tmp/hammer.$$
	# shellcheck disable=SC2086 # an option, or nothing
	check "$1" zrace ${3:+-F -e} -n "$2" -b 4 -j 4 -t $ms -m 4,4,1,1 "$ZDEV"
	wait
	fault_off
	sed 's/^/# /' /tmp/hammer.$$
	is "$1: runs of recompress, and their errors" "$(
		grep -c 'recompress=.* n=[1-9]' /tmp/hammer.$$) $(
		grep recompress= /tmp/hammer.$$ | tr ' ' '\n' | grep '^E' |
			grep -v '^ENOMEM=')" "1 "
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1: no block is left" "$BD_COUNT" 0
	empty "$1: the pool is empty"
	must zram_remove
}

bd_use null 32 || BD=''
racing "a race on few pages" 16
racing "a race on many pages" 2048
for fault in failslab fail_page_alloc; do
	if fault_on $fault 0; then
		racing "$fault" 512 -F
		racing "$fault once they are started" 512 -F started
	else
		[ -z "${ZT_DEBUG-}" ] || bail "a debug kernel has $fault"
		skip "$fault" "kernel without it"
	fi
done

# ending NAME COMMAND...: it ends a run over many pages, and soon
ending() {
	name=$1
	shift
	fresh 128M
	must zpat fill -k text -j 2 -b 64 -n $fill "$ZDEV" > /dev/null
	mm_read
	before=$MM_COMPR
	bg ztry "$ZSYS/recompress" algo=zstd > /tmp/run.$$
	runner=$BGPID
	ZT_FILES=/tmp/run.$$
	wait_for 10 recompressing || bail "$name: a run is under way"
	"$@" || fail "$name: $*"
	ended "$runner" 20 || bail "$name: the run does not end"
	if [ "$(cat /tmp/run.$$)" != 0 ]; then
		pass "$name: the run was cut short ($(cat /tmp/run.$$))"
	else
		fail "$name: the run was cut short"
	fi
}

# shellcheck disable=SC2317 # called through wait_for
recompressing() {
	mm_read
	[ "$MM_COMPR" -lt "$before" ]
}

# What the run had not come to: killed, it cannot say that it was cut short.
rest() {
	mm_read
	before=$MM_COMPR
	store 0 recompress algo=zstd
	mm_read
	between "$1: pages it had not come to" $((before - MM_COMPR)) 1 1000000000
}

# shellcheck disable=SC2317 # called by ending
kill_runner() {
	kill "$1" "$runner"
}

ending SIGTERM kill_runner -TERM
rest SIGTERM
check "SIGTERM: every byte is there" zpat verify -k text -j 2 -n $fill "$ZDEV"
must zram_remove
ending SIGKILL kill_runner -KILL
rest SIGKILL
check "SIGKILL: every byte is there" zpat verify -k text -j 2 -n $fill "$ZDEV"
must zram_remove
ending reset zram_reset
empty "reset: the pool is empty"
must zram_remove
ending hot_remove zram_remove
finish
