# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the workloads share. A figure is one line on standard output:
#   bench WORKLOAD PAIR SIDE KEY VALUE
# Set by session.sh: WORKLOAD PAIR SIDE (ours, peer, or either followed by a
# writeback batch size, as peer256; bios: ours, which swaps by bios; lzpage, zstd: ours with
# that compressor instead of lzo-rle; off, timer, zswap: see tiering.sh), SEED.

ZRAM=/sys/block/zram0
THP=/sys/kernel/mm/transparent_hugepage

say()
{
	echo "# $WORKLOAD $SIDE: $*"
}

figure()
{
	echo "bench $WORKLOAD $PAIR $SIDE $1 $2"
}

# measure PREFIX COMMAND...: turn the command's "key value" lines to figures
measure()
{
	prefix=$1
	shift
	status=0
	"$@" >/tmp/figures || status=$?
	sed "s/^/bench $WORKLOAD $PAIR $SIDE $prefix/" /tmp/figures
	[ "$status" -eq 0 ] || figure failed "$status"
	return "$status"
}

# Both modules want the same allocator; which of the compressors there are as
# modules depends on the kernel, so one that is missing is no error yet.
zram_load()
{
	for name in zsmalloc lzo-rle lzo_compress lzo_decompress \
		    lz4_compress lz4_decompress zstd_compress zstd_decompress lz4hc \
		lz4hc_compress deflate zlib_deflate zlib_inflate \
		842_compress 842_decompress; do
		modprobe -q "$name" 2>/dev/null || :
	done
	module=${SIDE%%[0-9]*} swap_ops=Y
	case $module in
	bios) module=ours swap_ops=N ;;
	lzpage|zstd) module=ours ;;
	off) module=ours ;;
	timer) module=peer ;;
	esac
	insmod "/modules/$module/zram.ko" || return
	if [ -w /sys/module/zram/parameters/swap_ops ]; then
		echo $swap_ops >/sys/module/zram/parameters/swap_ops
	fi
	batch=${SIDE##*[a-z]}
	if [ -n "$batch" ]; then
		echo "$batch" >"$ZRAM/writeback_batch_size"
	fi
}

# udev, where there is any, may hold the device open for a moment
zram_unload()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		rmmod zram 2>/dev/null && return
		sleep 0.2
	done
	rmmod zram
}

# zram_setup MIB [BACKING]
zram_setup()
{
	if [ -n "${2:-}" ]; then
		echo "$2" >"$ZRAM/backing_dev"
	fi
	case $SIDE in
	lzpage|zstd) echo "$SIDE" >"$ZRAM/comp_algorithm" ;;
	esac
	measure setup_ timed "$ZRAM/disksize" "${1}M"
}

# swap_setup MIB [BACKING]: swap on a device of twice that size, until the exit
swap_setup()
{
	echo "$O_ALGORITHM" >$ZRAM/comp_algorithm
	zram_setup $(($1 * 2)) ${2:+"$2"}
	mkswap /dev/zram0 >/dev/null
	trap swap_down EXIT
	swapon /dev/zram0
}

swap_down()
{
	swapoff /dev/zram0
	folios_4k
	zram_reset
}

# Folios of 64 KiB, and no others, for those who ask; fails if there are none
folios_64k()
{
	[ -w $THP/hugepages-64kB/enabled ] || return
	echo never >$THP/hugepages-2048kB/enabled
	echo madvise >$THP/hugepages-64kB/enabled
}

# As the kernel has it in the beginning
folios_4k()
{
	[ -w $THP/hugepages-64kB/enabled ] || return 0
	echo never >$THP/hugepages-64kB/enabled
	echo inherit >$THP/hugepages-2048kB/enabled
}

# nullb_up NAME MIB MEMORY: prints the path of a new null_blk with logical blocks of
# NULLB_BLOCK bytes, which keeps data if MEMORY is 1
nullb_up()
{
	conf=/sys/kernel/config/nullb/$1
	modprobe null_blk nr_devices=0
	grep -q configfs /proc/mounts ||
		mount -t configfs none /sys/kernel/config
	mkdir "$conf"
	echo "$2" >"$conf/size"
	echo "$NULLB_BLOCK" >"$conf/blocksize"
	echo "$3" >"$conf/memory_backed"
	echo 1 >"$conf/power"
	read -r index <"$conf/index"
	if [ -b "/dev/nullb$index" ]; then
		echo "/dev/nullb$index"
	else
		echo "/dev/$1"
	fi
}

nullb_down()
{
	echo 0 >"/sys/kernel/config/nullb/$1/power"
	rmdir "/sys/kernel/config/nullb/$1"
}

# disk_up MIB DISK: sets disk to DISK, or, if that is "null", to a new null_blk that
# keeps data, until the exit
disk_up()
{
	disk=$2
	[ "$disk" = null ] || return 0
	disk=$(nullb_up "$WORKLOAD" "$1" 1)
	trap 'zram_reset; nullb_down "$WORKLOAD"' EXIT
}

# Back to the state of a new device
zram_reset()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		echo 1 2>/dev/null >"$ZRAM/reset" && return
		sleep 0.2
	done
	echo 1 >"$ZRAM/reset"
}

# write_back DISK: everything that is stored goes to the backing device now
write_back()
{
	echo all >"$ZRAM/idle"
	measure wb_ timed "$ZRAM/writeback" idle "$1"
	read -r count _ <$ZRAM/bd_stat
	figure wb_pages "$count"
}

# fio_figures JOBFILE: IOPS, p50 and p99 (us) of every group. In fio's terse
# form 3 reads begin at field 6 and writes at field 47: IOPS at +2, then
# percentiles from +12 on as "99.000000%=usec".
fio_figures()
{
	fio --minimal --percentile_list=50:99 --output=/tmp/fio.out "$1" &&
	awk -F';' '
	function clat(first, percent,	i, part) {
		for (i = first + 12; i < first + 32; i++) {
			split($i, part, "%=")
			if (part[1] + 0 == percent && part[2] + 0 > 0)
				return part[2]
		}
		return 0
	}
	function worst(a, b) { return a > b ? a : b }
	$1 == 3 {
		if ($5 != 0)
			bad = 1
		print $3 "_iops", $8 + $49
		print $3 "_p50_us", worst(clat(6, 50), clat(47, 50))
		print $3 "_p99_us", worst(clat(6, 99), clat(47, 99))
		groups++
	}
	END { exit bad || !groups }' /tmp/fio.out
}
