#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# modules.sh KREL MODROOT: makes the part of the initramfs with the kernel's
# modules, reduced to those tests use and what they depend on. Prints the name
# of the archive. An empty MODROOT stands for a kernel without modules.

. "$(dirname "$0")/common.sh"

# What a kernel does not have is left out: a test that needs it skips.
MODULES="virtio_pci virtio_blk nvme null_blk loop brd nbd dm-mod dm-delay dm-flakey
	dm-dust dm-thin-pool scsi_debug sd_mod pm-notifier-error-inject ext4 ext2 xfs zsmalloc lzo lzo-rle lzo_compress lz4 lz4_compress
	lz4hc lz4hc_compress lz4_decompress zstd zstd_compress zstd_decompress
	deflate 842 zlib_deflate zlib_inflate 842_compress 842_decompress
	crc32c_generic crc32c-intel kunit"

krel=$1
modroot=$2

# closure MODULE...: files of the modules and of all they need.
closure() {
	local module

	for module; do
		modprobe -d "$modroot" -S "$krel" --show-depends -q \
			"$module" 2>/dev/null || :
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

make_modules() {
	local stage=$1 tree=$modroot/lib/modules/$krel
	local to=$stage/usr/lib/modules/$krel file

	mkdir -p "$to"
	# shellcheck disable=SC2086 # a list of modules
	for file in $(closure $MODULES); do
		install -m 644 -D "$file" "$to/${file#*"/lib/modules/$krel/"}"
	done
	for file in modules.order modules.builtin modules.builtin.modinfo; do
		[ ! -e "$tree/$file" ] || cp "$tree/$file" "$to/"
	done
	depmod -b "$stage/usr" "$krel"
}

make_empty() {
	mkdir -p "$1/usr/lib/modules/$krel"
	depmod -b "$1/usr" "$krel" 2> /dev/null
}

name=$CACHE/modules-$krel
dep=$modroot/lib/modules/$krel/modules.dep
if [ -n "$modroot" ]; then
	[ -e "$dep" ] || die "no $dep: depmod has not run"
	archive=$name-$(fingerprint "$dep").cpio
	make=make_modules
else
	archive=$name-none.cpio
	make=make_empty
fi
if [ ! -e "$archive" ]; then
	rm -f "$name"-*.cpio
	with_stage "$make" "$archive"
fi
echo "$archive"
