# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the workloads share. A figure is one line on standard output:
#   bench WORKLOAD PAIR SIDE KEY VALUE
# Set by session.sh: WORKLOAD PAIR SIDE (ours, peer, or either followed by a
# writeback batch size, as peer256), BIN (programs), SEED.

ZRAM=/sys/block/zram0

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
	insmod "/modules/${SIDE%%[0-9]*}/zram.ko" || return
	batch=${SIDE#ours}
	batch=${batch#peer}
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
	measure setup_ timed "$ZRAM/disksize" "${1}M"
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
