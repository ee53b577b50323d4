#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Statistics can be read at any time, also while a run is under way.

. ./lib.sh

bd_use virtio || bd_use null 64 || skip_all "no backing device"
bd_slow 0 2000 || skip_all "no dm-delay"
zram_new 32M '' "$BD"
must zpat fill -k random -j 2 -b 64 "$ZDEV" > /dev/null
bg ztry "$ZSYS/writeback" huge > /dev/null
writer=$BGPID
wait_for 20 bd_writing zt_slow || bail "a run is under way"
# Read in another process: a peer that blocks must not take the test with it.
bg cat "$ZSYS/bd_stat" > /dev/null
reader=$BGPID
if ended "$reader" 4; then
	pass "bd_stat can be read at all"
else
	dm_fast
	bail "bd_stat can be read at all"
fi
# A write takes two seconds: a reader that waits for it reads twice at most.
files="mm_stat bd_stat io_stat debug_stat initstate disksize backing_dev
writeback_stat writeback_limit writeback_batch_size"
set --
for file in $files; do set -- "$@" "r:$ZSYS/$file"; done
zhammer -t 2000 -p 5 "$@" > /tmp/lat.$$
ZT_FILES=/tmp/lat.$$
while read -r name rounds ms errors; do
	between "${name##*/}: reads in two seconds (longest ${ms#max_ms=} ms)" \
		"${rounds#n=}" 4 1000
	is "${name##*/}: none fails" "$errors" ""
done < /tmp/lat.$$
# shellcheck disable=SC2317 # called by wait_for
progress() {
	wb_read
	[ "${WB_progress%% *}" -gt 0 ]
}
check "writeback_stat tells of the first pages" wait_for 20 progress
bd_read
between "the run was still under way" "$BD_WRITES" 0 8191
wb_read
is "writeback_stat knows of it" "$WB_runs $WB_running" "1 1"
# shellcheck disable=SC2086 # three numbers
set -- $WB_progress
between "and how far it has come" "$1" 1 "$2"
is "out of all pages" "$2" $((8192 / PER_PAGE))
check "data can be read meanwhile" zpat verify -k random -n 2048 "$ZDEV"
check "and written" zpat fill -k random -g 2 -n 256 "$ZDEV"
dm_fast
check "the run ends" ended "$writer" 20
check "what was written meanwhile" zpat verify -k random -g 2 -n 256 "$ZDEV"
check "all the rest" zpat verify -k random -o 256 "$ZDEV"
wb_read
is "writeback_stat afterwards" "$WB_running ${WB_progress% *}" \
	"0 $((8192 / PER_PAGE)) $((8192 / PER_PAGE))"
is "pages written, or changed meanwhile" $((WB_pages + WB_stale)) 8192
between "I/Os of 64 blocks and more" "$WB_ios" $((128 / PER_PAGE)) 128
finish
