#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# disksize: what it accepts, how it rounds, when it refuses.

. ./lib.sh

# accepts INPUT BYTES: set, read back, reset
accepts() {
	put "$ZSYS/disksize" "$1"
	read -r got < "$ZSYS/disksize"
	read -r sectors < "$ZSYS/size"
	is "disksize '$1' is $2 bytes" "$got $sectors" "$2 $(($2 / 512))"
	zram_reset
}

zram_add
read -r size < "$ZSYS/disksize"
is "a new device has no size" "$size" 0
store EINVAL disksize 0
store EINVAL disksize abc
store EINVAL disksize -
accepts 1 "$PAGE"
accepts $((PAGE + 1)) $((PAGE * 2))
# noted INPUT BYTES: accepted, and the log tells what of the text counts
noted() {
	lines=$(ignored)
	accepts "$1" "$2"
	is "'$1': the log says that the rest is ignored" \
		"$(($(ignored) - lines))" "${3-1}"
}
ignored() {
	dmesg | grep -c "disksize: taken as .* ignored"
}
noted 64Kjunk 65536
noted "64 M" "$PAGE"
noted 1.23457e+09 "$PAGE"
noted "50%" "$PAGE"
noted "64K$NL" 65536 0
accepts 0x10000 65536
accepts 3M 3145728
accepts 2G 2147483648
# No number of pages that an unsigned long counts, and there is no memory for the table
if is_32bit; then error=EINVAL; else error=ENOMEM; fi
store $error disksize 4P
store EINVAL disksize 18446744073709551615
read -r state < "$ZSYS/initstate"
is "after a failure the device is not set up" "$state" 0
put "$ZSYS/disksize" 4M
store EBUSY disksize 4M
store EBUSY disksize 8M
store EBUSY disksize 18446744073709551615
store EINVAL disksize abc
store EINVAL disksize 0
read -r size < "$ZSYS/disksize"
is "the refused sizes changed nothing" "$size" 4194304
check "the last page is usable" zpat fill -o 1023 -n 1 "$ZDEV"
gives "a page behind the end is not" "ok=0 bad=0 err=1 ENOSPC" \
	zpat fill -o 1024 -n 1 "$ZDEV"

# Pages of other tasks may be swapped out for a table, but not to zram. This one takes
# nearly all of the memory, more than is available, and less than there is swap.
hold=/tmp/hold.$$
ZT_FILES="/tmp/quiet.$$ $hold"
zram_reset
put "$ZSYS/disksize" 8G
swap_on
zram_add
bg zswap -m 150 -k mixed -r 1 -w $hold > /tmp/quiet.$$
quiet=$BGPID
filled $hold
swapped_read
before=$SWAPPED_OUT
size=$(awk -v page="$PAGE" '/^MemTotal/ {
	printf "%.0f\n", $2 * 1024 * 0.97 / 16 * page }' /proc/meminfo)
clock
begun=$NOW
store ENOMEM disksize "$size"
clock
between "ms until it is refused" $((NOW - begun)) 0 30000
swapped_read
between "and pages swapped out for it" $((SWAPPED_OUT - before)) 0 1000
rm -f $hold
wait "$quiet"
is "the other task goes on" $? 0
finish
