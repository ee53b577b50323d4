#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# The I/O of the backing device is charged to the cgroup of the task that reads or starts
# a run. Each request drops its reference, so the kernel can free the cgroup.

. ./lib.sh

cgroup_on io || skip_all "no cgroups for I/O"
group=$ZT_CG/$ZT_GROUP
put "$group/cgroup.subtree_control" +io

# in_group COMMAND...: run COMMAND in the group
# shellcheck disable=SC2317 # called by gives
in_group() {
	sh -c 'echo $$ > "$0/task/cgroup.procs" && exec "$@"' "$group" "$@"
}

# charged KEY: print the bytes on the backing device that are charged to the group
charged() {
	read -r dev < "$BDSYS/dev"
	awk -v dev="$dev" -v key="$1" '$1 == dev {
		for (i = 2; i <= NF; i++)
			if (split($i, pair, "=") == 2 && pair[1] == key)
				bytes = pair[2]
	} END { print bytes + 0 }' "$group/task/io.stat"
}

# shellcheck disable=SC2317 # called through wait_for
all_freed() {
	grep -qx "nr_dying_descendants 0" "$group/cgroup.stat"
}

bd_use null 64 || skip_all "no null_blk"
for PACKED in 0 1; do
	case $PACKED in 0) name=whole ;; 1) name=packed ;; esac
	must mkdir "$group/task"
	zram_new 8M '' "$BD"
	must zpat fill -k text "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	gives "$name: a run of the group" 0 in_group ztry "$ZSYS/writeback" idle
	bd_read
	between "$name: it is charged" "$(charged wbytes)" $((BD_WRITES * 4096)) 100000000
	check "$name: each page is right" in_group zpat verify -k text "$ZDEV"
	between "$name: reads are charged" "$(charged rbytes)" $((1 << 20)) 1000000000
	must rmdir "$group/task"
	check "$name: the kernel frees the group" wait_for 30 all_freed
	must zram_remove
done
finish
