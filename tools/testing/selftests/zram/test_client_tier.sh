#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# Tiering that nobody but the module parameter or a udev rule has switched on: beside
# systemd's zram-generator, and beside a script that marks pages idle once. Swapped
# pages leave, and come back as they were.

. ./lib.sh

generator=/lib/systemd/system-generators/zram-generator
makefs=/lib/systemd/systemd-makefs
config=/etc/systemd/zram-generator.conf
rule=/run/udev/rules.d/90-zram-tier.rules
param=/sys/module/zram/parameters/tier
hold=/tmp/hold.$$ out=/tmp/out.$$
ZT_FILES="$hold $out $config $makefs $rule"

# The setting as the administrator found it
# shellcheck disable=SC2317 # called at the end
param_restore() {
	put "$param" "${was:?}"
}

# swapped_by NAME: the current device is swap; a program's pages are swapped out, leave,
# and come back
swapped_by() {
	cgroup_limit 16 || echo "# no memory cgroup: paged out by request only"
	bg_squeeze zswap -m 32 -k mixed -P -r 1 -w $hold > $out
	swapper=$BGPID
	filled $hold
	mm_read
	between "$1: pages were swapped out" $((MM_ORIG / 4096)) 4096 8400
	# As a machine asks that is short of memory
	put "$ZSYS/tier/pool_target" 1
	check "$1: they leave by themselves" wait_for 60 tier_moved 4096
	rm -f $hold
	wait "$swapper"
	is "$1: every page came back" "$? $(tail -n 1 $out)" "0 pages=8192 bad=0"
	swap_off "$1"
}

zram_load
[ -e $param ] || absent tiering
bd_use loop 96 || skip_all "no loop device"
read -r was < $param
ZT_AT_EXIT=param_restore

# options zram tier=1 in modprobe.d
put $param 1

# zram-generator, as the unit of a device calls it. It makes swap by a program of
# systemd, which calls mkswap: that is all that the guest has of it.
if [ -x $generator ] || unusable zram-generator; then
	zram_add
	if [ ! -x $makefs ]; then
		mkdir -p ${makefs%/*} ${config%/*}
		# shellcheck disable=SC2016 # the script's own argument
		printf '#!/bin/sh\nexec mkswap "$2"\n' > $makefs
		chmod 755 $makefs
	fi
	cat > $config <<-END
		[zram$ZID]
		zram-size = 128
		compression-algorithm = lz4
		writeback-device = $BD
	END
	check "zram-generator sets the device up" $generator --setup-device "zram$ZID"
	is "zram-generator: size" "$(cat "$ZSYS/disksize")" 134217728
	is "zram-generator: backing device" "$(cat "$ZSYS/backing_dev")" "$BD"
	read -r value < "$ZSYS/tier/enable"
	is "zram-generator: tiering is on" "$value" 1
	must swapon "$ZDEV"
	swapped_by zram-generator
	check "zram-generator resets it" $generator --reset-device "zram$ZID"
	is "zram-generator: no size any more" "$(cat "$ZSYS/disksize")" 0
	must zram_remove
else
	skip "zram-generator" "no such program"
fi

# A script that marks pages idle once, and a timer that writes them
zram_add
store 0 backing_dev "$BD"
store 0 disksize 128M
must mkswap "$ZDEV" > /dev/null
store 0 idle all
must swapon "$ZDEV"
store 0 writeback idle
is "marked once: the timer finds no page" "$(tr -s ' ' < "$ZSYS/bd_stat")" " 0 0 0"
swapped_by "marked once"
must zram_remove

# The rule of a udev that is at work
put $param 0
if udev_start; then
	mkdir -p ${rule%/*}
	cat > $rule <<-END
		ACTION=="add", KERNEL=="zram[0-9]*", ATTR{tier/enable}="1", ATTR{tier/daily_budget}="512M"
	END
	must udevadm control --reload
	zram_add
	must udevadm settle
	read -r value < "$ZSYS/tier/enable"
	is "udev: tiering is on" "$value" 1
	read -r value < "$ZSYS/tier/daily_budget"
	is "udev: the budget" "$value" 536870912
	must zram_remove
else
	skip "udev" "no such program"
fi
finish
