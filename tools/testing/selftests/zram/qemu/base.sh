#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the part of the initramfs that is the same for every lane: busybox and
# the programs of the host that tests use, with their libraries. Prints the
# name of the archive.

. "$(dirname "$0")/common.sh"

# Busybox has small versions of some of these; the tests want the real ones.
PROGRAMS="bash fio mkfs.ext4 e2fsck mkswap swapon swapoff zramctl blkdiscard
	dmsetup losetup addpart delpart qemu-nbd"

make_base() {
	local stage=$1 dir program applet path

	mkdir -p "$stage"/usr/{bin,sbin,lib,lib64} \
		"$stage"/{dev,etc,proc,sys,tmp,run,results,mnt}
	for dir in bin sbin lib lib64; do
		ln -s "usr/$dir" "$stage/$dir"
	done
	for applet in $(busybox --list); do
		ln -s busybox "$stage/usr/bin/$applet"
	done
	rm -f "$stage/usr/bin/busybox"
	install "$(command -v busybox)" "$stage/usr/bin/busybox"
	# The kernel asks for modules by this name.
	ln -s ../bin/busybox "$stage/usr/sbin/modprobe"
	for program in $PROGRAMS; do
		path=$(command -v "$program")
		rm -f "$stage/usr/bin/$program"
		install -D "$path" "$stage/usr/sbin/$program"
		copy_libraries "$stage" "$path"
	done
	ln -s /usr/sbin/bash "$stage/usr/bin/bash"
	ln -s /proc/mounts "$stage/etc/mtab"
	echo "root:x:0:0:root:/:/bin/sh" > "$stage/etc/passwd"
	echo "root:x:0:" > "$stage/etc/group"
}

list=()
for program in busybox $PROGRAMS; do
	path=$(command -v "$program") || die "$program is not installed"
	list+=("$path")
done
# Libraries change with the package database.
[ ! -e /var/lib/dpkg/status ] || list+=(/var/lib/dpkg/status)

archive=$CACHE/base-$(fingerprint "${list[@]}").cpio
if [ ! -e "$archive" ]; then
	rm -f "$CACHE"/base-*.cpio
	with_stage make_base "$archive"
fi
echo "$archive"
