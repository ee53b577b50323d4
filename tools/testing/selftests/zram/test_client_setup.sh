#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 900
# slow: 80
# The set-ups of Documentation/admin-guide/blockdev/zram-setup.rst: this test takes their
# lines from that page, puts them where the page says, and starts them by udev and
# zram-generator. Then a program is swapped out and comes back.

. ./lib.sh

gen=/tmp/gen.$$
# Not what the shell has of that name itself
swapon=/usr/sbin/swapon
[ -x $swapon ] || swapon=/sbin/swapon

# page_lines MACHINE LABEL: the lines that follow the line which ends with "LABEL::", in
# the section MACHINE
page_lines() {
	awk -v section="$1" -v label="$2::" '
		/^==+$/ { here = last == section }
		{ last = $0 }
		/^[^ ]/ { block = 0 }
		block && NF { print substr($0, 3) }
		here && substr($0, length($0) - length(label) + 1) == label { block = 1 }
		' "$page"
}

# page_files MACHINE: the files that the section shows
page_files() {
	awk -v section="$1" '
		/^==+$/ { here = last == section }
		{ last = $0 }
		here && /^``\/.*``::$/ { print substr($0, 3, length($0) - 6) }' "$page"
}

# page_run MACHINE LABEL: runs the lines
page_run() {
	lines=$(page_lines "$1" "$2")
	[ -n "$lines" ] || bail "$1: the page has lines for '$2'"
	check "$1: $2" sh -ec "$lines"
}

# disk_is PATH DISK: the name that the page has for it
disk_is() {
	[ ! -e "$1" ] || return 0
	must mkdir -p "${1%/*}"
	must ln -s "$2" "$1"
	links="$links $1"
}

zram_gone() {
	swaps_off
	zram_remove_all
	wait_for 10 zram_unload || bail "rmmod"
}

# shellcheck disable=SC2317,SC2086 # called at the end; a list
clean_up() {
	rm -rf "$gen" $links
	[ ! -d /sys/fs/cgroup/web ] || rmdir /sys/fs/cgroup/web
	rmmod zram
}

# set_up MACHINE [DISK]: its files, with DISK as the backing device; the driver is loaded,
# and zram0 becomes swap as the units of zram-generator say
set_up() {
	zram_gone
	# shellcheck disable=SC2086 # a list
	rm -f $GENERATOR_CONF $written
	written=$(page_files "$1" | paste -sd ' ')
	ZT_FILES="$ZT_FILES $written"
	for file in $written; do
		must mkdir -p "${file%/*}"
		page_lines "$1" "\`\`$file\`\`" > "$file"
	done
	[ -s $GENERATOR_CONF ] || bail "$1: the page has a $GENERATOR_CONF"
	backing=$(sed -n 's/^writeback-device = //p' $GENERATOR_CONF)
	is "$1: a backing device" "${backing:+yes}" "${2:+yes}"
	[ -z "$backing" ] || disk_is "$backing" "$2"

	must udevadm control --reload
	options=$(sed -n 's/^options zram //p' /etc/modprobe.d/zram.conf 2> /dev/null)
	log_mark
	# shellcheck disable=SC2086 # words
	must insmod "$ZRAM_KO" $options
	must udevadm settle
	ZID=0 ZDEV=/dev/zram0 ZSYS=/sys/block/zram0 ZT_IDS=0
	rm -rf $gen
	must mkdir $gen
	check "$1: zram-generator makes units" $GENERATOR $gen $gen $gen
	check "$1: zram-generator sets the device up" $GENERATOR --setup-device zram0
	must udevadm settle
	must $swapon -p "$(unit_says Priority)" -o "$(unit_says Options)" $ZDEV

	is "$1: compressor" "[$(sed -n 's/^compression-algorithm = //p' $GENERATOR_CONF)]" \
		"$(grep -o '\[.*\]' $ZSYS/comp_algorithm)"
	is "$1: priority" "$(awk '$1 == "/dev/zram0" { print $5 }' /proc/swaps)" \
		"$(sed -n 's/^swap-priority = //p' $GENERATOR_CONF)"
	[ -z "$2" ] || is "$1: the backing device" "$(cat $ZSYS/backing_dev)" "$2"
}

unit_says() {
	sed -n "s/^$1=//p" $gen/dev-zram0.swap
}

# set_to MACHINE PATH VALUE: the file, below /sys/block/zram0 or /proc/sys, has it
set_to() {
	is "$1: $2" "$(cat "$2")" "$3"
}

# size_is MACHINE DIVISOR: of memory, to a MiB
size_is() {
	read -r size < $ZSYS/disksize
	want=$(awk -v n="$2" '/^MemTotal:/ { print int($2 / 1024 / n) }' /proc/meminfo)
	between "$1: size" $((size / 1048576)) $((want - 1)) $((want + 1))
}

# The files are those of the machine.
[ -n "${ZT_SUPPLIED-}" ] || skip_all "not a guest of qemu/run.sh"
page=zram-setup.rst
[ -e $page ] || page=../../../../Documentation/admin-guide/blockdev/$page
[ -e $page ] || bail "no $page"
zram_load
need_module
[ -e /sys/block/zram0/tier ] || [ -e /sys/module/zram/parameters/tier ] || absent tiering
generator_ready || skip_all "no zram-generator"
udev_start || skip_all "no udev"
bd_use virtio || skip_all "no disk"
disk=$BD
links='' written=''
ZT_AT_EXIT=clean_up
quiet_console

m=Desktop
set_up $m "$disk"
size_is $m 1
set_to $m $ZSYS/tier/enable 1
set_to $m $ZSYS/tier/daily_budget $((4 << 30))
# Saved by the first write, for the clean-up
sysctl_set vm/swappiness 60
sysctl_set vm/page-cluster 3
must sysctl -p /etc/sysctl.d/90-zram.conf > /dev/null
set_to $m /proc/sys/vm/swappiness 150
set_to $m /proc/sys/vm/page-cluster 0
swap_leaves $m
page_run $m Watch
must swapoff $ZDEV
check "$m: zram-generator resets it" $GENERATOR --reset-device zram0
set_to $m $ZSYS/disksize 0
set_to $m $ZSYS/tier/enable 1

m='Raspberry Pi with an SD card'
# As rpi-swap does
bd_use loop 96 || skip_all "no loop device"
set_up "$m" "$BD"
size_is "$m" 1
set_to "$m" $ZSYS/tier/enable 1
set_to "$m" $ZSYS/tier/daily_budget $((256 << 20))
set_to "$m" $ZSYS/tier/latency_target_us 20000
set_to "$m" $ZSYS/tier/spill 0
swap_leaves "$m"
page_run "$m" Watch

m='Server with NVMe'
bd_use nvme || BD=$disk
# The path is that of the desktop.
rm -f /dev/disk/by-partlabel/zram-back
set_up "$m" "$BD"
size_is "$m" 2
set_to "$m" $ZSYS/tier/enable 1
set_to "$m" $ZSYS/tier/daily_budget $((200 << 30))
set_to "$m" $ZSYS/tier/pool_target $((8 << 30))
set_to "$m" $ZSYS/tier/capacity_low $((4 << 30))
set_to "$m" $ZSYS/tier/spill 1
set_to "$m" $KC_PARAMS/nr_kcompressd 1
between "$m: kcompressd runs" "$(kc_threads | grep -c .)" 1 64
# This guest has less memory than that.
check "$m: the log says that space is short" \
	wait_for 30 sh -c "dmesg | grep -q 'zram0: capacity is low'"
put $ZSYS/tier/daily_budget 4096
swap_begin "$m"
put $ZSYS/tier/pool_target 1
check "$m: the log says that tiering is paused" \
	wait_for 60 sh -c "dmesg | grep -q 'zram0: tiering is paused: budget'"
put $ZSYS/tier/daily_budget 200G
check "$m: it goes on" wait_for 60 tier_moved 4096
swap_end "$m"
page_run "$m" Watch

m='Container host'
set_up "$m" ''
size_is "$m" 2
ZT_GROUP=web
if cgroup_limit 96 0; then
	put $ZT_CG/web/memory.high max
	page_run "$m" "The limits of a container, here in the cgroup \`\`web\`\`"
	set_to "$m" $ZT_CG/web/memory.max $((96 << 20))
	set_to "$m" $ZT_CG/web/memory.swap.max $((96 << 20))
	check "$m: 128 MiB fit into both" squeeze zswap -m 128 -k mixed -r 1
	squeeze zswap -m 256 -k mixed -r 1 > /dev/null 2>&1
	is "$m: 256 MiB do not" $? 137
	between "$m: oom_kill" "$(sed -n 's/^oom_kill //p' $ZT_CG/web/memory.events)" 1 9
	page_run "$m" Watch
else
	skip "$m: limits" "no memory cgroup"
fi

m='Laptop that hibernates'
ZT_GROUP=zt
must mkswap "$disk" > /dev/null
disk_is /dev/disk/by-partlabel/swap "$disk"
set_up "$m" ''
size_is "$m" 2
check "$m: swapon -a" $swapon -a
is "$m: the partition comes after zram" \
	"$(awk -v disk="$disk" '$1 == disk { print $5 }' /proc/swaps)" 1
swap_begin "$m"
is "$m: nothing is swapped to the partition" \
	"$(awk -v disk="$disk" '$1 == disk { print $4 }' /proc/swaps)" 0
swap_end "$m"
page_run "$m" Watch
must swapoff "$disk"
swaps_off
finish
