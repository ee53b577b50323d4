#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the part of the initramfs that is the same for every lane: busybox and
# the programs that tests use, the host's or those of USERROOT, with their
# libraries. Prints the name of the archive.

. "$(dirname "$0")/common.sh"

# Busybox has small versions of some of these; the tests want the real ones.
PROGRAMS="bash fio mkfs.ext4 e2fsck mkswap swapon swapoff zramctl blkdiscard
	dmsetup losetup addpart delpart chrt taskset qemu-nbd udevadm"
GENERATOR=/usr/lib/systemd/system-generators/zram-generator
UDEV_RULES="50-udev-default 60-block 60-persistent-storage"

# program_file PROGRAM: where it is
program_file() {
	local dir

	[ -n "$USERROOT" ] || { command -v "$1"; return; }
	for dir in bin sbin; do
		[ -x "$USERROOT/usr/$dir/$1" ] && echo "$USERROOT/usr/$dir/$1" && return
	done
	return 1
}

make_base() {
	local stage=$1 dir program applet path rule

	mkdir -p "$stage"/usr/{bin,sbin,lib,lib64} \
		"$stage"/{dev,etc,proc,sys,tmp,run,results,mnt}
	for dir in bin sbin lib lib64; do
		ln -s "usr/$dir" "$stage/$dir"
	done
	# The host's list will do: both are Debian's.
	for applet in $(busybox --list); do
		ln -s busybox "$stage/usr/bin/$applet"
	done
	rm -f "$stage/usr/bin/busybox"
	install "$(program_file busybox)" "$stage/usr/bin/busybox"
	# The kernel asks for modules by this name.
	ln -s ../bin/busybox "$stage/usr/sbin/modprobe"
	for program in $PROGRAMS; do
		path=$(program_file "$program")
		rm -f "$stage/usr/bin/$program"
		install -D "$path" "$stage/usr/sbin/$program"
		copy_libraries "$stage" "$path"
	done
	ln -s /usr/sbin/bash "$stage/usr/bin/bash"
	# Started by tests that want to have it at work.
	ln -s udevadm "$stage/usr/sbin/systemd-udevd"
	mkdir -p "$stage/usr/lib/udev/rules.d" "$stage/run/udev"
	for rule in $UDEV_RULES; do
		cp "$USERROOT/usr/lib/udev/rules.d/$rule.rules" "$stage/usr/lib/udev/rules.d/"
	done
	install -D "$generator" "$stage$GENERATOR"
	copy_libraries "$stage" "$generator"
	ln -s /proc/mounts "$stage/etc/mtab"
	echo "root:x:0:0:root:/:/bin/sh" > "$stage/etc/passwd"
	echo "root:x:0:" > "$stage/etc/group"
}

generator=$("$TOP/tools/kernel/fetch-client")
list=("$generator")
for program in busybox $PROGRAMS; do
	path=$(program_file "$program") || die "$program is not installed"
	list+=("$path")
done
# Libraries change with the package database.
if [ -n "$USERROOT" ]; then
	list+=("$USERROOT/complete")
elif [ -e /var/lib/dpkg/status ]; then
	list+=(/var/lib/dpkg/status)
fi

archive=$CACHE/base-$MACHINE-$(fingerprint "${list[@]}").cpio
if [ ! -e "$archive" ]; then
	rm -f "$CACHE/base-$MACHINE"-*.cpio
	with_stage make_base "$archive"
fi
echo "$archive"
