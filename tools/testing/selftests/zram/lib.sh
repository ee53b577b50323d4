#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the zram selftests share: KTAP output, devices, backing devices,
# clean-up. Sourced first by every test; busybox ash, few forks.
#
#   . ./lib.sh
#   zram_new 64M		# a fresh device: ZDEV, ZSYS, ZID
#   is "what" "$got" "$wanted"	# one case
#   finish			# last line: the exit status
#
# Environment: ZRAM_KO (module to load), ZT_OURS (it has all there is to test),
# ZT_VIRTIO and ZT_NVME (disks whose contents may be destroyed), ZT_DEBUG=1 on a
# kernel with debug options, ZT_DEF_COMP (the default compressor). ZT_SUPPLIED=1
# in a guest of qemu/run.sh, which supplies disks, programs and the modules of its
# kernel: a test that cannot use one of them fails. ZT_MM: how many of the patches to
# mm the kernel has, if not all or none.

# shellcheck disable=SC2034 # variables set here are read by the tests
# shellcheck disable=SC2086 # lists of names are meant to be split

set -u
PATH=$PATH:/sbin:/usr/sbin:.
CONTROL=/sys/class/zram-control
ZT_N=0 ZT_FAILED=0 ZT_PASSED=0 ZT_FINISHED=0
ZT_IDS='' ZT_PIDS='' ZT_DMS='' ZT_NULLS='' ZT_LOOPS='' ZT_MOUNTS='' ZT_FILES=''
ZT_MGLRU='' ZT_PARTS='' ZT_NBDS='' ZT_SYSCTLS='' ZT_GROUP=${ZT_GROUP-zt}
NL='
'
# The compressor of a device for which none was chosen
DEF_COMP=${ZT_DEF_COMP:-lzo-rle}
# Tests count in pages of 4 KiB, of which a larger page of the kernel has several.
PAGE=$(awk '/^KernelPageSize/ { print $2 * 1024; exit }' /proc/self/smaps)
PAGE=${PAGE:-4096} PER_PAGE=$((PAGE / 4096))

# ---- KTAP ----------------------------------------------------------------

pass() {
	ZT_N=$((ZT_N + 1)) ZT_PASSED=$((ZT_PASSED + 1))
	echo "ok $ZT_N $1"
}

# fail NAME [LINES OF DETAIL]
fail() {
	ZT_N=$((ZT_N + 1)) ZT_FAILED=$((ZT_FAILED + 1))
	[ -z "${2-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
	echo "not ok $ZT_N $1"
}

skip() {
	ZT_N=$((ZT_N + 1))
	echo "ok $ZT_N $1 # SKIP $2"
}

# The whole test needs something that is not there.
skip_all() {
	if [ "$ZT_N" -gt 0 ]; then
		skip "the rest" "$1"
		finish
	fi
	echo "1..0 # SKIP $1"
	ZT_FINISHED=1
	exit 4
}

# has_module NAME...: the kernel has each of them, loadable or built in
has_module() {
	zt_modules=/lib/modules/$(uname -r)
	for zt_m; do
		grep -q "/$zt_m\.ko" "$zt_modules/modules.order" \
			"$zt_modules/modules.builtin" 2> /dev/null || return 1
	done
}

# unusable WHAT [MODULE...]: WHAT is not there, or does not work. A case fails if
# qemu/run.sh supplies it, which it does if the kernel has these modules. Returns 1.
unusable() {
	zt_what=$1
	shift
	[ -z "${ZT_SUPPLIED-}" ] || ! has_module "$@" ||
		fail "$zt_what, which the runner supplies, can be used"
	return 1
}

# need_program NAME...: the whole test needs these programs
need_program() {
	for zt_p; do
		command -v "$zt_p" > /dev/null || unusable "$zt_p" ||
			skip_all "no $zt_p"
	done
}

# need_fs NAME: the whole test needs this file system
need_fs() {
	modprobe "$1" > /dev/null 2>&1
	grep -qw "$1" /proc/filesystems || unusable "$1" "$1" ||
		skip_all "no $1"
}

# absent WHAT: not in this driver, which may be another one, or another build
absent() {
	[ -z "${ZT_OURS-}" ] || bail "no $1"
	skip_all "no $1 in this build"
}

# The test is about numbers that follow from the size of a page.
only_4k() {
	[ "$PER_PAGE" -eq 1 ] || skip_all "a kernel with pages of $PAGE bytes"
}

# A step the rest depends on has failed.
bail() {
	fail "$1" "${2-}"
	exit 1
}

finish() {
	ZT_FINISHED=1
	echo "1..$ZT_N"
	[ "$ZT_FAILED" -eq 0 ] || exit 1
	[ "$ZT_PASSED" -gt 0 ] || exit 4
	exit 0
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else
		fail "$1" "got '$2', wanted '$3'"
	fi
}

# between NAME GOT LOW HIGH
between() {
	if [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; then pass "$1"; else
		fail "$1" "got $2, wanted $3 to $4"
	fi
}

# check NAME COMMAND...: the command succeeds; shows its output if not
check() {
	zt_name=$1
	shift
	if zt_out=$("$@" 2>&1); then pass "$zt_name"; else
		fail "$zt_name" "$(printf '%s\n' "$*" "$zt_out" | head -n 12)"
	fi
}

# gives NAME WANTED COMMAND...: the last line of its output is as wanted
gives() {
	zt_name=$1 zt_want=$2
	shift 2
	zt_out=$("$@" 2>&1)
	if [ "${zt_out##*"$NL"}" = "$zt_want" ]; then pass "$zt_name"; else
		fail "$zt_name" "$(printf '%s\n' "$* (wanted '$zt_want')" \
			"$zt_out" | head -n 12)"
	fi
}

must() {
	"$@" || bail "$*"
}

# put FILE VALUE: a store that has to work
put() {
	echo "$2" > "$1" || bail "echo $2 > $1"
}

# sysctl_set FILE VALUE: sets a file below /proc/sys, whose first value the clean-up
# restores. The shell's read takes a byte at a time, and such a file ends after the
# first read().
sysctl_set() {
	case $ZT_SYSCTLS in
	*" $1="*) ;;
	*) ZT_SYSCTLS="$ZT_SYSCTLS $1=$(cut -f 1 "/proc/sys/$1")" ;;
	esac
	put "/proc/sys/$1" "$2"
}

# store ERRNO ATTRIBUTE VALUE: what the store of this device's attribute says
store() {
	case $3 in
	*"$NL") zt_label="${3%"$NL"}\\n" ;;
	*) zt_label=$3 ;;
	esac
	gives "$2 '$zt_label' gives $1" "$1" ztry "$ZSYS/$2" "$3"
}

# is_32bit: the kernel's words have 32 bits
is_32bit() {
	case $(uname -m) in
	i?86 | armv[1-7]*) return 0 ;;
	*) return 1 ;;
	esac
}

# log_mark: what logged() looks at begins here
log_mark() {
	ZT_MARK="zram-selftest: mark $$.$ZT_N"
	echo "$ZT_MARK" > /dev/kmsg
}

# log_mark_quiet: wait until earlier messages no longer count against the rate limit,
# see logged(), then log_mark
log_mark_quiet() {
	log_mark
	# Seconds since the last message of the driver; 0 if the log has no times
	zt_ago=$(dmesg | awk '{ time = substr($0, 2) + 0 }
		/\] (zram: |block zram)/ { last = time }
		END { print int(time - last) }')
	[ "$zt_ago" -lt 6 ] || return 0
	sleep $((6 - zt_ago))
	log_mark
}

# log_since: the kernel log since log_mark
log_since() {
	dmesg | awk -v mark="$ZT_MARK" 'seen; index($0, mark) { seen = 1 }'
}

# logged NAME PATTERN: the kernel log has such a line since log_mark. Messages are
# rate-limited: ten of a kind in five seconds.
logged() {
	if log_since | grep -q -- "$2"; then pass "$1"; else
		fail "$1" "$(echo "no line like '$2'"; log_since | tail -n 10)"
	fi
}

# at_least N: of what a fast kernel does N of, one with debug options may do a tenth
at_least() {
	echo $(($1 / (1 + ${ZT_DEBUG:-0} * 9)))
}

# ---- time ----------------------------------------------------------------

# Sets NOW, in ms since boot.
clock() {
	read -r zt_up _ < /proc/uptime
	NOW=${zt_up%.*}${zt_up#*.}0
}

# monotonic: sets MONOTONIC, seconds without sleep
monotonic() {
	MONOTONIC=$(awk '/^now at/ { printf "%d", $3 / 1000000000; exit }' /proc/timer_list)
}

# wait_for SECONDS COMMAND...: retries until the command succeeds. SECONDS are ample on a
# machine that does nothing else; this waits three times as long. Only a test that fails
# takes that time.
wait_for() {
	zt_left=$(($1 * 30))
	shift
	until "$@" > /dev/null 2>&1; do
		[ "$zt_left" -gt 0 ] || return 1
		zt_left=$((zt_left - 1))
		sleep 0.1
	done
}

# ---- zram devices --------------------------------------------------------

zram_load() {
	[ -d "$CONTROL" ] && return
	for zt_m in zsmalloc lzo_compress lz4_compress lz4_decompress \
		zstd_compress zstd_decompress lz4hc_compress \
		zlib_deflate zlib_inflate 842_compress 842_decompress; do
		modprobe "$zt_m" > /dev/null 2>&1
	done
	# As modprobe does: parameters that the kernel's command line has, zram.NAME=VALUE
	# shellcheck disable=SC2046 # words
	must insmod "${ZRAM_KO:?}" $(tr ' ' '\n' < /proc/cmdline | sed -n 's/^zram\.//p')
	[ -d "$CONTROL" ] || bail "the module made no $CONTROL"
}

zram_unload() {
	rmmod zram
}

# What follows loads and unloads it; where it is part of the kernel the test ends.
need_module() {
	[ -n "${ZRAM_KO-}" ] && return
	skip "loading and unloading" "the driver is part of this kernel"
	finish
}

# Adds a device, not set up yet. Sets ZID, ZDEV, ZSYS.
zram_add() {
	zram_load
	read -r ZID < "$CONTROL/hot_add" || bail "hot_add"
	ZDEV=/dev/zram$ZID
	ZSYS=/sys/block/zram$ZID
	ZT_IDS="$ZT_IDS $ZID"
	wait_for 5 test -b "$ZDEV" || bail "no $ZDEV"
}

# zram_new DISKSIZE [ALGORITHM [BACKING DEVICE]]; with PACKED=1 objects are
# written back compressed
zram_new() {
	zram_add
	[ -z "${PACKED-}" ] || put "$ZSYS/compressed_writeback" "$PACKED"
	[ -z "${2-}" ] || put "$ZSYS/comp_algorithm" "$2"
	[ -z "${3-}" ] || put "$ZSYS/backing_dev" "$3"
	put "$ZSYS/disksize" "$1"
}

zram_reset() {
	wait_for 10 store_quietly "$ZSYS/reset" 1 || bail "reset of $ZDEV"
}

store_quietly() {
	echo "$2" > "$1"
}

# zram_remove [ID]
zram_remove() {
	zt_id=${1-$ZID}
	wait_for 20 store_quietly "$CONTROL/hot_remove" "$zt_id" || return 1
	zram_forget "$zt_id"
}

# zram_forget ID: the device is gone, and not for the clean-up to remove
zram_forget() {
	zt_rest=
	for zt_i in $ZT_IDS; do
		[ "$zt_i" = "$1" ] || zt_rest="$zt_rest $zt_i"
	done
	ZT_IDS=$zt_rest
}

# Removes every device there is, for tests that unload the module.
zram_remove_all() {
	for zt_d in /sys/block/zram*; do
		[ -d "$zt_d" ] || continue
		zram_remove "${zt_d##*zram}" || bail "hot_remove $zt_d"
	done
	ZT_IDS=''
}

# What the kernel counts in its own pages is read in those of 4 KiB.
mm_read() {
	read -r MM_ORIG MM_COMPR MM_USED MM_LIMIT MM_MAX MM_SAME MM_COMPACTED \
		MM_HUGE MM_HUGE_SINCE < "$ZSYS/mm_stat"
	MM_SAME=$((MM_SAME * PER_PAGE)) MM_COMPACTED=$((MM_COMPACTED * PER_PAGE))
	MM_HUGE=$((MM_HUGE * PER_PAGE))
	MM_HUGE_SINCE=$((MM_HUGE_SINCE * PER_PAGE))
}

bd_read() {
	read -r BD_COUNT BD_READS BD_WRITES < "$ZSYS/bd_stat"
}

# wb_every_other LAST: writes pages 1, 3, 5 ... LAST back; empty slots are no error
wb_every_other() {
	seq 1 2 "$1" | sed 's/^/page_index=/' | xargs -n 100 |
		while read -r zt_line; do
			store_quietly "$ZSYS/writeback" "$zt_line" 2> /dev/null
		done
}

# Sets WB_KEY for each key of writeback_stat, WB_progress being all three.
wb_read() {
	WB_runs='' WB_pages='' WB_objects='' WB_blocks='' WB_payload_bytes=''
	WB_ios='' WB_retries='' WB_stale='' WB_bad_blocks='' WB_last_error=''
	WB_running='' WB_progress='' WB_limited='' WB_discarded=''
	while read -r zt_key zt_value; do
		eval "WB_$zt_key=\$zt_value"
	done < "$ZSYS/writeback_stat"
	# One that is not there stays empty.
	[ -z "$WB_pages" ] || WB_pages=$((WB_pages * PER_PAGE))
	[ -z "$WB_objects" ] || WB_objects=$((WB_objects * PER_PAGE))
	[ -z "$WB_stale" ] || WB_stale=$((WB_stale * PER_PAGE))
}

# Sets TIER_KEY for each key of tier/stat.
tier_read() {
	TIER_state='' TIER_protected_age='' TIER_min_age='' TIER_pages='' TIER_bytes=''
	TIER_recompressed='' TIER_read_back='' TIER_sparse='' TIER_rescued=''
	TIER_regret_percent='' TIER_disk_us='' TIER_pool_us=''
	TIER_prefetched='' TIER_prefetch_lost='' TIER_prefetch_hits=''
	TIER_budget_left='' TIER_last_error='' TIER_cpu_ms='' TIER_steps='' TIER_walks=''
	TIER_read_p95_us='' TIER_disk_read_us='' TIER_in_flight=''
	TIER_spill='' TIER_spilled='' TIER_spill_failed='' TIER_spill_retry_s=''
	TIER_spill_error=''
	while read -r zt_key zt_value; do
		eval "TIER_$zt_key=\$zt_value"
	done < "$ZSYS/tier/stat"
	TIER_pages=$((TIER_pages * PER_PAGE))
	TIER_read_back=$((TIER_read_back * PER_PAGE))
	TIER_rescued=$((TIER_rescued * PER_PAGE))
	TIER_spilled=$((TIER_spilled * PER_PAGE))
	TIER_spill_failed=$((TIER_spill_failed * PER_PAGE))
}

# tier_is STATE: the thread says that it is in it
tier_is() {
	tier_read
	[ "$TIER_state" = "$1" ]
}

# tier_pauses NAME WHY
tier_pauses() {
	wait_for 20 tier_is "paused_$2"
	tier_read
	is "$1: it pauses" "$TIER_state" "paused_$2"
}

# tier_moved PAGES: the thread has moved at least so many
tier_moved() {
	tier_read
	[ "$TIER_pages" -ge "$1" ]
}

# tier_unlimited: the latency governor does not limit the blocks in flight
tier_unlimited() {
	tier_read
	[ "$TIER_in_flight" = max ]
}

# tier_recompressed PAGES: the thread has recompressed more than that
tier_recompressed() {
	tier_read
	[ "$TIER_recompressed" -gt "$1" ]
}

# tier_recompressing: the current device, not set up, is filled with pages that the thread
# recompresses. Objects of any other compressor shrink by that, but not those of zstd
tier_recompressing() {
	put "$ZSYS/comp_algorithm" lzo
	put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 8M
	put "$ZSYS/tier/recompress_age" 4
	put "$ZSYS/tier/enable" 1
	must zpat fill -k text "$ZDEV" > /dev/null
}

# tier_threads [ID]: the process IDs of the threads, or of that device's only
tier_threads() {
	grep -l "^zram${1-[0-9]*}_tier" /proc/[0-9]*/comm 2> /dev/null | cut -d/ -f3
}

# tier_pressing: all pages are to leave, also when the test has read them back
tier_pressing() {
	put "$ZSYS/tier/regret_target" 4294967295
	put "$ZSYS/tier/daily_budget" max
	put "$ZSYS/tier/pool_target" 1
}

# spill_new SIZE LIMIT: BD takes what LIMIT has no space for
spill_new() {
	zram_new "$1" '' "$BD"
	[ -e "$ZSYS/tier/spill" ] || absent spill
	put "$ZSYS/mem_limit" "$2"
	put "$ZSYS/tier/daily_budget" max
	put "$ZSYS/tier/spill" 1
}

# fill_fails NAME OPTION...: writes fail, and none in another way than by an error
fill_fails() {
	zt_name=$1
	shift
	zpat fill "$@" "$ZDEV" > /dev/null
	is "$zt_name: writes fail" $? 2
}

io_read() {
	read -r IO_FAILED_READS IO_FAILED_WRITES IO_ZERO IO_NOTIFY \
		< "$ZSYS/io_stat"
	IO_NOTIFY=$((IO_NOTIFY * PER_PAGE))
}

pool_is_empty() {
	mm_read
	[ "$MM_ORIG $MM_COMPR $MM_USED $MM_SAME $MM_HUGE" = "0 0 0 0 0" ]
}

# Nothing may be left of the data; zsmalloc may give pages back a bit later.
empty() {
	if wait_for 10 pool_is_empty; then pass "$1"; else
		mm_read
		fail "$1" "orig $MM_ORIG compr $MM_COMPR used $MM_USED same \
$MM_SAME huge $MM_HUGE"
	fi
}

# Sets ALGORITHMS to the names comp_algorithm offers.
algorithms() {
	read -r ALGORITHMS < "$ZSYS/comp_algorithm" || bail "comp_algorithm"
	ALGORITHMS=$(echo "$ALGORITHMS" | tr -d '[]')
}

# ---- backing devices -----------------------------------------------------

# Sets BD, or returns 1 when this kind is not to be had. bd_use KIND [MIB]
bd_use() {
	case $1 in
	virtio) bd_disk virtio "${ZT_NR_VIRTIO:-0}" "${ZT_VIRTIO-}" || return 1 ;;
	nvme) bd_disk nvme "${ZT_NR_NVME:-0}" "${ZT_NVME-}" || return 1 ;;
	null) bd_null "${2-64}" || return 1 ;;
	loop) bd_loop "${2-64}" || return 1 ;;
	part) bd_part "${2-64}" || return 1 ;;
	dm) bd_linear "${2-64}" || return 1 ;;
	nbd) bd_nbd "${2-64}" || return 1 ;;
	esac
	[ -n "$BD" ] && [ -b "$BD" ] || return 1
	[ "$1" = dm ] || BDSYS=/sys/class/block/${BD##*/}
}

# bd_disk KIND NUMBER "DISK...": the first of the disks
bd_disk() {
	BD=${3%% *}
	[ -b "$BD" ] && return
	[ "$2" -eq 0 ] || unusable "the $1 disk"
	return 1
}

bd_size_mib() {
	read -r zt_sectors < "$BDSYS/size"
	echo $((zt_sectors / 2048))
}

# bd_null MIB [ATTRIBUTE=VALUE...]: a memory-backed null_blk, BD and BDCONF
bd_null() {
	modprobe null_blk nr_devices=0 > /dev/null 2>&1
	grep -q configfs /proc/mounts ||
		mount -t configfs none /sys/kernel/config 2> /dev/null
	[ -d /sys/kernel/config/nullb ] || unusable null_blk null_blk || return 1
	zt_size=$1
	shift
	BDCONF=/sys/kernel/config/nullb/zt$$n${#ZT_NULLS}
	must mkdir "$BDCONF"
	ZT_NULLS="$ZT_NULLS $BDCONF"
	for zt_kv in size="$zt_size" memory_backed=1 blocksize=4096 "$@"; do
		put "$BDCONF/${zt_kv%%=*}" "${zt_kv#*=}"
	done
	put "$BDCONF/power" 1
	read -r zt_i < "$BDCONF/index"
	BD=/dev/nullb$zt_i
	[ -d "/sys/block/nullb$zt_i" ] || BD=/dev/${BDCONF##*/}
	BDSYS=/sys/block/${BD##*/}
	wait_for 5 test -b "$BD"
}

bd_loop() {
	modprobe loop > /dev/null 2>&1
	zt_file=/tmp/zt$$.img
	ZT_FILES="$ZT_FILES $zt_file"
	must truncate -s "${1}M" "$zt_file"
	bd_loop_on "$zt_file"
}

# bd_loop_on FILE
bd_loop_on() {
	BD=$(losetup -f) && losetup "$BD" "$1" ||
		unusable "a loop device" loop || return 1
	ZT_LOOPS="$ZT_LOOPS $BD"
}

# tmpfs_mount MIB: sets mnt
tmpfs_mount() {
	mnt=/tmp/zt$$.mnt
	must mkdir -p "$mnt"
	mount -t tmpfs -o "size=${1}M" none "$mnt" || skip_all "no tmpfs"
	ZT_MOUNTS=$mnt
}

# bd_part MIB: a partition, PART_START MiB into a disk, PART_DISK
bd_part() {
	bd_use virtio || bd_use nvme || bd_use null 128 || return 1
	PART_DISK=$BD PART_START=64
	addpart "$BD" 1 $((PART_START * 2048)) $(($1 * 2048)) || return 1
	ZT_PARTS="$ZT_PARTS $PART_DISK"
	case $PART_DISK in
	*[0-9]) BD=${PART_DISK}p1 ;;
	*) BD=${PART_DISK}1 ;;
	esac
	wait_for 5 test -b "$BD"
}

# bd_nbd MIB: a network block device, and its server, on a socket of this host
bd_nbd() {
	command -v qemu-nbd > /dev/null || unusable qemu-nbd || return 1
	modprobe nbd nbds_max=2 > /dev/null 2>&1
	wait_for 2 test -b /dev/nbd0 || unusable nbd nbd || return 1
	zt_file=/tmp/zt$$.nbd
	NBD_SERVER=/tmp/zt$$.pid
	ZT_FILES="$ZT_FILES $zt_file $NBD_SERVER /tmp/zt$$.sock"
	must truncate -s "${1}M" "$zt_file"
	must qemu-nbd --fork --pid-file="$NBD_SERVER" -k "/tmp/zt$$.sock" \
		-f raw -c /dev/nbd0 "$zt_file"
	BD=/dev/nbd0
	ZT_NBDS="$ZT_NBDS $BD"
	read -r NBD_SERVER < "$NBD_SERVER"
	# It is connected by a thread of the server, which takes its time.
	wait_for 10 nbd_has_size $(($1 * 2048)) || bail "/dev/nbd0 gets its size"
}

# shellcheck disable=SC2317 # called by bd_nbd
nbd_has_size() {
	sectors_of /dev/nbd0
	[ "$DEV_SECTORS" -eq "$1" ]
}

# bd_linear MIB: the second half of a null_blk, by way of device-mapper
bd_linear() {
	bd_null $(($1 * 2)) || return 1
	bd_dm "zt_linear" linear \
		"0 $(($1 * 2048)) linear $BD $(($1 * 2048))"
}

# bd_dm NAME TARGETS "TABLE": a device-mapper device; sets BD, BDSYS
bd_dm() {
	command -v dmsetup > /dev/null || unusable dmsetup || return 1
	zt_needed=dm-mod
	modprobe dm-mod > /dev/null 2>&1
	for zt_t in $2; do
		modprobe "dm-$zt_t" > /dev/null 2>&1
		case $zt_t in
		linear|error|striped) ;;	# of dm-mod itself
		*) zt_needed="$zt_needed dm-$zt_t" ;;
		esac
	done
	printf '%b\n' "$3" | dmsetup create --noudevsync "$1" > /dev/null ||
		unusable "device-mapper's $2" $zt_needed || return 1
	ZT_DMS="$1 $ZT_DMS"
	wait_for 5 test -b "/dev/mapper/$1" || return 1
	BD=/dev/mapper/$1
	zt_dm=$(readlink -f "$BD")
	[ "$zt_dm" = "$BD" ] && zt_dm=dm-$(dmsetup info -c --noheadings \
		-o minor "$1" | tr -d ' ')
	BDSYS=/sys/block/${zt_dm##*/}
}

# dm_table NAME "TABLE": swaps the table; what a delay target holds comes out
dm_table() {
	printf '%b\n' "$2" | dmsetup load --noudevsync "$1" &&
		dmsetup suspend --noflush --nolockfs --noudevsync "$1" &&
		dmsetup resume --noudevsync "$1"
}

# bd_slow READ_MS WRITE_MS [MIB]: the current BD with a delay; dm_fast ends it
bd_slow() {
	sectors_of "$BD"
	[ -z "${3-}" ] || DEV_SECTORS=$(($3 * 2048))
	SLOW=$BD
	bd_dm zt_slow delay \
		"0 $DEV_SECTORS delay $SLOW 0 $1 $SLOW 0 $2"
}

dm_fast() {
	dm_table zt_slow "0 $DEV_SECTORS linear $SLOW 0"
}

# bd_writing NAME: the delay target NAME holds writes
bd_writing() {
	dmsetup status "$1" | awk '{ exit !$5 }'
}

# Sets DEV_SECTORS of a block device.
sectors_of() {
	read -r DEV_SECTORS < "/sys/class/block/${1##*/}/size"
}

# Sets ST_READS ST_RSECT ST_WRITES ST_WSECT of the backing device.
bd_iostat() {
	# shellcheck disable=SC2034 # the fields in between
	read -r ST_READS zt_1 ST_RSECT zt_2 ST_WRITES zt_3 ST_WSECT zt_4 \
		< "$BDSYS/stat"
}

# ---- kcompressd ----------------------------------------------------------

KC_PARAMS=/sys/module/zram/parameters

# kc_start THREADS [PAGES]: the threads, or skips the whole test
kc_start() {
	zram_load
	[ -e $KC_PARAMS/nr_kcompressd ] || absent kcompressd
	put $KC_PARAMS/queue_size_per_kcompressd "${2-256}"
	put $KC_PARAMS/nr_kcompressd "$1"
	ZT_KC=1
}

# Sets KC_KEY for each key of kcompressd_stat with one value.
kc_read() {
	KC_queued='' KC_completed='' KC_stale='' KC_kept='' KC_wakeups=''
	KC_staged='' KC_inline_same='' KC_inline_policy='' KC_inline_part=''
	KC_inline_cpu='' KC_inline_full='' KC_inline_limit='' KC_times_us=''
	while read -r zt_key zt_value; do
		case $zt_key in
		node*|kcompressd*) ;;
		*) eval "KC_$zt_key=\$zt_value" ;;
		esac
	done < "$ZSYS/kcompressd_stat"
}

# Process IDs of the threads
kc_threads() {
	for zt_p in /proc/[0-9]*; do
		{ read -r zt_comm < "$zt_p/comm"; } 2> /dev/null || continue
		case $zt_comm in kcompressd/*) echo "${zt_p##*/}" ;; esac
	done
}

# kc_starve SECONDS TASKS: starve the only thread
kc_starve() {
	starve "$(kc_threads)" "$@"
}

# kc_starve_writing SECONDS TASKS OPTION...: kc_starve while "zpat fill OPTION..." writes
# pages, which slow_comp makes slow: most likely the thread holds one. Ends zpat.
kc_starve_writing() {
	zt_seconds=$1 zt_tasks=$2
	shift 2
	bg taskset 1 zpat fill "$@" "$ZDEV" > /dev/null
	zt_writer=$BGPID
	sleep 0.3
	kc_starve "$zt_seconds" "$zt_tasks"
	sleep 0.5
	kill -9 "$zt_writer" 2> /dev/null
	wait "$zt_writer" 2> /dev/null
}

# kc_starved NAME: the tasks of kc_starve are there still
kc_starved() {
	if is_over "${ZT_HOGS##* }"; then fail "$1"; else pass "$1"; fi
}

kc_is_idle() {
	kc_read
	[ "$KC_staged" -eq 0 ] &&
		[ "$KC_queued" -eq $((KC_completed + KC_stale)) ]
}

# kc_idle NAME: all that was accepted is compressed, or was not needed any more
kc_idle() {
	if wait_for 30 kc_is_idle; then pass "$1"; else
		fail "$1" "$(cat "$ZSYS/kcompressd_stat")"
	fi
}

# ---- udev ----------------------------------------------------------------

# udev_start: the daemon, at work on every event; ended by the clean-up
udev_start() {
	command -v systemd-udevd > /dev/null || unusable udevd || return 1
	# One that is at work will do, and is not ours to end.
	[ ! -S /run/udev/control ] || return 0
	ZT_UDEV=/run/udev
	mkdir -p $ZT_UDEV
	bg systemd-udevd 2> /dev/null
	wait_for 10 test -S $ZT_UDEV/control || bail "udevd starts"
	must udevadm trigger --subsystem-match=block --settle
}

# ---- zram-generator -------------------------------------------------------

# generator_ready: systemd's zram-generator, which reads GENERATOR_CONF. It asks two
# programs of systemd whether this is a container, and for mkswap: that is all that
# the guest has of them.
GENERATOR=/lib/systemd/system-generators/zram-generator
GENERATOR_CONF=/etc/systemd/zram-generator.conf
generator_ready() {
	[ -x $GENERATOR ] || unusable zram-generator || return 1
	ZT_FILES="$ZT_FILES $GENERATOR_CONF"
	mkdir -p ${GENERATOR_CONF%/*}
	# shellcheck disable=SC2016 # the script's own argument
	generator_needs /lib/systemd/systemd-makefs 'exec mkswap "$2"'
	generator_needs /usr/bin/systemd-detect-virt 'exit 1'
}

# generator_needs PROGRAM COMMAND
generator_needs() {
	[ ! -x "$1" ] || return 0
	ZT_FILES="$ZT_FILES $1"
	mkdir -p "${1%/*}"
	printf '#!/bin/sh\n%s\n' "$2" > "$1"
	chmod 755 "$1"
}

# ---- memory --------------------------------------------------------------

# KiB of free memory, those included that the CPUs keep for themselves: tens of MiB,
# which come and go. With debug options slabs are, too: KASAN keeps freed objects for
# a while, and kmemleak sees those that are lost.
mem_free() {
	sync
	echo 3 > /proc/sys/vm/drop_caches
	sleep 0.2
	# Adds up what each CPU has not told yet
	cat /proc/sys/vm/stat_refresh 2> /dev/null
	awk -v page="$PAGE" -v debug="${ZT_DEBUG:-0}" '
		$1 " " $2 == "pages free" { pages += $3 }
		$1 == "count:" { pages += $2 }
		/^Slab:/ { kib = $2 * debug }
		END { print int(pages * page / 1024 + kib) }' /proc/zoneinfo /proc/meminfo
}

# Sets SWAPPED_OUT: pages since the kernel started
swapped_read() {
	SWAPPED_OUT=$(awk '/^pswpout / { print $2 }' /proc/vmstat)
	SWAPPED_OUT=$((SWAPPED_OUT * PER_PAGE))
}

# cgroup_on CONTROLLER: the group ZT_GROUP ("zt") exists, with that controller
cgroup_on() {
	ZT_CG=/sys/fs/cgroup
	[ -f $ZT_CG/cgroup.controllers ] ||
		mount -t cgroup2 none $ZT_CG 2> /dev/null
	grep -qw "$1" $ZT_CG/cgroup.controllers 2> /dev/null || return 1
	echo "+$1" > $ZT_CG/cgroup.subtree_control 2> /dev/null
	mkdir -p "$ZT_CG/$ZT_GROUP"
}

# cgroup_limit MIB [SLACK]: "squeeze" gives commands this much memory, in the group
# ZT_GROUP. Beyond it they are made to reclaim; SLACK MiB (12) beyond they are killed,
# as the kernel does that too soon where pages are shared and few.
cgroup_limit() {
	cgroup_on memory || return 1
	put "$ZT_CG/$ZT_GROUP/memory.high" "${1}M"
	put "$ZT_CG/$ZT_GROUP/memory.max" "$(($1 + ${2-12}))M"
}

# squeeze COMMAND...: in the limited group, or as it is where there is none
# shellcheck disable=SC2016 # for the inner shell
ZT_SQUEEZE='echo $$ > "$0/cgroup.procs" 2> /dev/null; exec "$@"'
squeeze() {
	sh -c "$ZT_SQUEEZE" "${ZT_CG-}/$ZT_GROUP" "$@"
}

# The same in the background; BGPID is that of the command itself
bg_squeeze() {
	bg sh -c "$ZT_SQUEEZE" "${ZT_CG-}/$ZT_GROUP" "$@"
}

# While it reclaims 7.2 allocates tables for what it swaps, and calls the OOM killer
# when the reserve does not last for them: enough of it to fill the memory.
swap_reserve() {
	[ "$(cat /proc/sys/vm/min_free_kbytes)" -ge 16384 ] ||
		sysctl_set vm/min_free_kbytes 16384
}

# filled FILE [NAME]: zswap has filled its memory, and waits (-w FILE)
filled() {
	wait_for 300 test -e "$1" || bail "${2+$2: }the fill does not end"
}

# mm_mended N: swap has what the first N patches to mm mend, or is older than the faults.
# All patches bring the parameter swap_ops.
mm_mended() {
	case $(uname -r) in
	7.[3-9]*) [ "${ZT_MM:-0}" -ge "$1" ] || [ -w /sys/module/zram/parameters/swap_ops ] ;;
	esac
}

# The current device becomes swap
swap_on() {
	[ -r /proc/swaps ] || skip_all "kernel without swap"
	must mkswap "$ZDEV" > /dev/null
	must swapon "$ZDEV"
}

# The kernel reports each failed swap write, and a serial console is slow: none of
# its messages go there until the end of the test.
quiet_console() {
	sysctl_set kernel/printk 1
}

# The compressor of this device becomes a slow one. Returns 1 if there is none.
slow_comp() {
	grep -q zstd "$ZSYS/comp_algorithm" || return 1
	put "$ZSYS/comp_algorithm" zstd
	put "$ZSYS/algorithm_params" "algo=zstd level=19"
}

# Sets the multi-generational LRU to 0 or y; returns 1 if there is none.
lru_set() {
	zt_lru=/sys/kernel/mm/lru_gen/enabled
	[ -w $zt_lru ] || return 1
	[ -n "$ZT_MGLRU" ] || read -r ZT_MGLRU < $zt_lru
	echo "$1" > $zt_lru
}

# From now on the kernel reports a task that is blocked for 4 s. It looks at all tasks
# each second, and counts from when it first sees one: after 7 s it has reported it.
# hung_none checks that there was none.
HUNG_MS=7000
hung_watch() {
	for zt_kv in check_interval_secs=1 timeout_secs=4; do
		[ ! -w "/proc/sys/kernel/hung_task_${zt_kv%=*}" ] ||
			sysctl_set "kernel/hung_task_${zt_kv%=*}" "${zt_kv#*=}"
	done
}

hung_none() {
	if [ -w /proc/sys/kernel/hung_task_timeout_secs ]; then
		is "no task was hung" "$(dmesg | grep "blocked.* for more than [0-9]* sec")" ""
	else
		skip "no task was hung" "kernel without a detector"
	fi
}

# swap_empty NAME: nobody's page but the swap header is stored. Older kernels
# keep up to 64 freed swap slots for each CPU to themselves; swapoff gives them
# back.
swap_empty() {
	[ -n "${ZT_CPUS-}" ] || ZT_CPUS=$(nproc)
	if wait_for 10 swap_is_empty; then pass "$1"; else
		fail "$1" "$((MM_ORIG / 4096)) pages"
	fi
}

# shellcheck disable=SC2317 # called by swap_empty
swap_is_empty() {
	# Processes that live may have been swapped out as well.
	zt_swapped=$(cat /proc/[0-9]*/status 2> /dev/null |
		awk '/^VmSwap/ { kib += $2 } END { print kib * 1024 }')
	mm_read
	[ "$MM_ORIG" -ge "$PAGE" ] &&
		[ "$MM_ORIG" -le $((PAGE * (1 + 64 * ZT_CPUS) + zt_swapped)) ]
}

# swap_begin NAME: the current device is swap; a program's 8192 pages are swapped out, and
# stay so until swap_end NAME, by which they come back
swap_begin() {
	zt_hold=/tmp/hold.$$ zt_swap_out=/tmp/out.$$
	ZT_FILES="$ZT_FILES $zt_hold $zt_swap_out"
	cgroup_limit 16 || echo "# no memory cgroup: paged out by request only"
	bg_squeeze zswap -m 32 -k mixed -P -r 1 -w "$zt_hold" > "$zt_swap_out"
	zt_swapper=$BGPID
	filled "$zt_hold" "$1"
	mm_read
	between "$1: pages were swapped out" $((MM_ORIG / 4096)) 4096 8400
}

swap_end() {
	rm -f "$zt_hold"
	wait "$zt_swapper"
	is "$1: every page came back" "$? $(tail -n 1 "$zt_swap_out")" "0 pages=8192 bad=0"
}

# swap_leaves NAME: swap_begin, and pages leave by themselves, as on a machine that is
# short of memory; then swap_end
swap_leaves() {
	swap_begin "$1"
	put "$ZSYS/tier/pool_target" 1
	check "$1: they leave by themselves" wait_for 60 tier_moved 4096
	swap_end "$1"
}

# Swap off, and nothing but the header is left
swap_off() {
	must swapoff "$ZDEV"
	mm_read
	is "$1: only the swap header is left after swapoff" "$MM_ORIG" "$PAGE"
	io_read
	is "$1: no read failed" "$IO_FAILED_READS" 0
}

ZT_THP=/sys/kernel/mm/transparent_hugepage

# thp_swapped: the kernel swaps folios of 64 KiB whole, for which it needs words of 64 bits
thp_swapped() {
	[ -d $ZT_THP/hugepages-64kB ] && ! is_32bit
}

# thp_only SIZE POLICY: the kernel's policy for folios of SIZE, as 64kB, and never for
# those of other sizes. thp_restore undoes it, and is for ZT_AT_EXIT.
thp_only() {
	# Each policy, "always inherit [never] ...", as FILE=POLICY
	zt_thp_saved=$(grep -o '\[.*\]' $ZT_THP/hugepages-*kB/enabled | tr -d '[]' | tr : =)
	for zt_file in "$ZT_THP"/hugepages-*kB/enabled; do
		put "$zt_file" never
	done
	put "$ZT_THP/hugepages-$1/enabled" "$2"
}

# shellcheck disable=SC2317 # called at exit
thp_restore() {
	for zt_size in ${zt_thp_saved-}; do
		echo "${zt_size#*=}" > "${zt_size%=*}"
	done
}

# ---- faults --------------------------------------------------------------

# Up to so many faults, of which the kernel counts what is left
FAULTS=1000000000

# fault_on failslab|fail_page_alloc|... PERCENT [N]: that many of every N-th
# allocation fail, in the tasks that ask for it with "-F". Sets FAULT.
fault_on() {
	FAULT=/sys/kernel/debug/$1
	[ -d "$FAULT" ] ||
		mount -t debugfs none /sys/kernel/debug 2> /dev/null
	[ -d "$FAULT" ] || { FAULT=''; return 1; }
	for zt_kv in probability="$2" interval="${3-1}" times=$FAULTS space=0 verbose=0 \
		task-filter=Y ignore-gfp-wait=N ignore-gfp-highmem=N \
		min-order=0; do
		[ ! -e "$FAULT/${zt_kv%%=*}" ] ||
			put "$FAULT/${zt_kv%%=*}" "${zt_kv#*=}"
	done
}

# fault_or_skip FAULT PERCENT [NAME]: fault_on, or NAME is skipped, which a debug
# kernel has no reason to
fault_or_skip() {
	fault_on "$1" "$2" && return
	[ -z "${ZT_DEBUG-}" ] || bail "a debug kernel has $1"
	skip "${3-$1}" "kernel without it"
	return 1
}

# fault_count failslab|fail_page_alloc|...: sets INJECTED, how many did fail since fault_on
fault_count() {
	read -r INJECTED < "/sys/kernel/debug/$1/times"
	INJECTED=$((FAULTS - INJECTED))
}

# faulted NAME: some did fail since fault_on
faulted() {
	fault_count "${FAULT##*/}"
	between "$1" $INJECTED 1 $FAULTS
}

fault_off() {
	[ -z "${FAULT-}" ] || echo 0 > "$FAULT/probability"
}

# ---- background jobs and clean-up ----------------------------------------

# done_by JOB FILE: how often zhammer's job that begins like this succeeded
done_by() {
	awk -v job="$1" 'index($1, job) == 1 {
		for (i = 2; i <= NF; i++) {
			split($i, part, "=")
			n += part[1] == "n" ? part[2] : part[1] ~ /^E/ ? -part[2] : 0
		}
	} END { print n + 0 }' "$2"
}

# bg COMMAND...: in the background, killed at the end; sets BGPID
bg() {
	"$@" &
	BGPID=$!
	ZT_PIDS="$ZT_PIDS $BGPID"
}

# readers_start PAGES TASKS [COMMAND...]: so many tasks read the first PAGES random pages
# of the device again and again, until readers_end; COMMAND starts them, by exec
readers_start() {
	zt_cmd="zpat verify -k random -n $(($1 * PER_PAGE)) -b $PER_PAGE -j $2 $ZDEV"
	shift 2
	ZT_STOP=/tmp/stop.$$
	ZT_FILES="$ZT_FILES $ZT_STOP"
	rm -f "$ZT_STOP"
	bg "$@" sh -c "while [ ! -e $ZT_STOP ]; do $zt_cmd || exit 1; done > /dev/null"
	zt_readers=$BGPID
}

# readers_end NAME
readers_end() {
	: > "$ZT_STOP"
	wait "$zt_readers"
	is "$1: every byte was right" $? 0
}

# starve PID SECONDS TASKS: bind a task to CPU 1, and keep that CPU busy with TASKS others
# for SECONDS or until feed. Six of them leave the task 0.05 % of the CPU. The test runs
# its own commands by "taskset 1".
starve() {
	must taskset -p 2 "$1" > /dev/null
	must chrt -i -p 0 "$1" > /dev/null
	ZT_HOGS=''
	zt_left=$3
	while [ "$zt_left" -gt 0 ]; do
		zt_left=$((zt_left - 1))
		bg taskset 2 sh -c 'while :; do :; done'
		ZT_HOGS="$ZT_HOGS $BGPID"
	done
	(sleep "$2"; kill -9 $ZT_HOGS) 2> /dev/null &
	zt_feeder=$!
}

feed() {
	kill -9 $ZT_HOGS $zt_feeder 2> /dev/null
}

# opened OPTION FILE [SECONDS]: somebody has it open, for so long; ends with closed
opened() {
	bg ztry "$1" "$2" > /dev/null
	zt_holder=$BGPID zt_held=$2
	wait_for 10 is_open || bail "$2 is open"
	[ -z "${3-}" ] || { (sleep "$3"; kill -9 "$zt_holder") & }
}

# shellcheck disable=SC2317 # called through wait_for
is_open() {
	for zt_fd in "/proc/$zt_holder/fd"/*; do
		[ "$(readlink "$zt_fd")" != "$zt_held" ] || return 0
	done
	return 1
}

closed() {
	kill -9 "$zt_holder" 2> /dev/null
	wait "$zt_holder" 2> /dev/null
}

gone() {
	! kill -0 "$1" 2> /dev/null
}

# ended PID SECONDS: the process is gone in time (zombies count as gone)
ended() {
	wait_for "$2" is_over "$1"
}

is_over() {
	read -r zt_stat 2> /dev/null < "/proc/$1/stat" || return 0
	case $zt_stat in *") Z "*) return 0 ;; esac
	return 1
}

# Every zram, or what this test made, if there are others beside it (ZT_BESIDE)
swaps_off() {
	[ -r /proc/swaps ] || return 0
	while read -r zt_s _; do
		case $zt_s in
		/dev/zram*) ;;
		*) continue ;;
		esac
		if [ -n "${ZT_BESIDE-}" ]; then
			case " $ZT_IDS " in
			*" ${zt_s#/dev/zram} "*) ;;
			*) continue ;;
			esac
		fi
		swapoff "$zt_s"
	done < /proc/swaps
}

zt_cleanup() {
	trap '' TERM INT HUP
	fault_off
	if [ $ZT_FINISHED -eq 0 ]; then
		fail "the test ended early"
		echo "1..$ZT_N"
	fi
	# A delaying device would make everything below slow.
	case $ZT_DMS in *zt_slow*) dm_fast ;; esac
	for zt_p in $ZT_PIDS; do kill -9 "$zt_p" 2> /dev/null; done
	[ -z "$ZT_PIDS" ] || wait
	# Others take the directory for the daemon.
	[ -z "${ZT_UDEV-}" ] || rm -rf "$ZT_UDEV"
	for zt_m in $ZT_MOUNTS; do umount "$zt_m"; done 2> /dev/null
	swaps_off
	[ -z "${ZT_KC-}" ] || echo 0 > $KC_PARAMS/nr_kcompressd
	for zt_i in $ZT_IDS; do
		[ ! -d "/sys/block/zram$zt_i" ] || zram_remove "$zt_i"
	done
	for zt_d in $ZT_DMS; do
		dmsetup remove --noudevsync --retry "$zt_d"
	done
	for zt_d in $ZT_NBDS; do qemu-nbd -d "$zt_d" > /dev/null; done
	for zt_d in $ZT_PARTS; do delpart "$zt_d" 1; done
	for zt_d in $ZT_LOOPS; do losetup -d "$zt_d"; done
	for zt_d in $ZT_NULLS; do
		echo 0 > "$zt_d/power"
		rmdir "$zt_d"
	done
	[ -z "$ZT_FILES" ] || rm -f $ZT_FILES
	for zt_s in $ZT_SYSCTLS; do
		echo "${zt_s#*=}" > "/proc/sys/${zt_s%%=*}"
	done
	[ -z "$ZT_MGLRU" ] || echo "$ZT_MGLRU" > /sys/kernel/mm/lru_gen/enabled
	[ ! -d "/sys/fs/cgroup/$ZT_GROUP" ] ||
		find "/sys/fs/cgroup/$ZT_GROUP" -depth -type d -exec rmdir {} \;
	[ -z "${ZT_AT_EXIT-}" ] || $ZT_AT_EXIT
}

zt_exit() {
	zt_status=$?
	trap - EXIT
	zt_cleanup
	[ $ZT_FINISHED -eq 1 ] || exit 1
	exit $zt_status
}

trap zt_exit EXIT
trap 'exit 1' TERM INT HUP
echo "KTAP version 1"
