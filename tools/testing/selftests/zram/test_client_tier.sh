#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# Tiering that nobody but the module parameter or a udev rule has switched on: beside
# systemd's zram-generator, and beside a script that marks pages idle once. Swapped
# pages leave, and come back as they were.

. ./lib.sh

rule=/run/udev/rules.d/90-zram-tier.rules
param=/sys/module/zram/parameters/tier
events=/tmp/events.$$
ZT_FILES="$rule $events"

# The setting as the administrator found it
# shellcheck disable=SC2317 # called at the end
param_restore() {
	put "$param" "${was:?}"
}

zram_load
[ -e $param ] || absent tiering
bd_use loop 96 || skip_all "no loop device"
read -r was < $param
ZT_AT_EXIT=param_restore

# options zram tier=1 in modprobe.d
put $param 1

# zram-generator, as the unit of a device calls it
if generator_ready; then
	zram_add
	cat > $GENERATOR_CONF <<-END
		[zram$ZID]
		zram-size = 128
		compression-algorithm = lz4
		writeback-device = $BD
	END
	check "zram-generator sets the device up" $GENERATOR --setup-device "zram$ZID"
	is "zram-generator: size" "$(cat "$ZSYS/disksize")" 134217728
	is "zram-generator: backing device" "$(cat "$ZSYS/backing_dev")" "$BD"
	read -r value < "$ZSYS/tier/enable"
	is "zram-generator: tiering is on" "$value" 1
	must swapon "$ZDEV"
	swap_leaves zram-generator
	swap_off zram-generator
	check "zram-generator resets it" $GENERATOR --reset-device "zram$ZID"
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
swap_leaves "marked once"
swap_off "marked once"
must zram_remove

# The rule is there before udev is, or before udev reads its rules again.
put $param 0
mkdir -p ${rule%/*}
cat > $rule <<-END
	ACTION=="add", KERNEL=="zram[0-9]*", ATTR{tier/enable}="1", ATTR{tier/daily_budget}="512M"
END
if udev_start; then
	must udevadm control --reload
	bg udevadm monitor --kernel --udev > $events 2>&1
	wait_for 10 grep -q '^KERNEL' $events || bail "udevadm monitor starts"
	zram_add
	must udevadm settle
	# On a slow machine the event comes to udev after that
	wait_for 30 grep -qx 536870912 "$ZSYS/tier/daily_budget" || sed 's/^/# /' $events
	read -r value < "$ZSYS/tier/enable"
	is "udev: tiering is on" "$value" 1
	read -r value < "$ZSYS/tier/daily_budget"
	is "udev: the budget" "$value" 536870912
	must zram_remove
else
	skip "udev" "no such program"
fi
finish
