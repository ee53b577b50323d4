#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# algorithm_params: what it takes, what it says to the rest, and that parameters
# have an effect.

. ./lib.sh

zram_add
algorithms
# The kernel's configuration may name another default.
put "$ZSYS/comp_algorithm" lzo-rle
dict=/tmp/dict.$$
ZT_FILES="$dict $dict.empty $dict.big $dict.fifo $dict.out"
must truncate -s 16384 "$dict"
must zpat fill -B -k text -g 9 "$dict" > /dev/null
: > "$dict.empty"
head -c 65537 /dev/urandom > "$dict.big"

for value in "level=3" "algo=lzo-rle level=1" "priority=0 level=2" \
	"priority=3 level=2" " " "what=ever" "level=-5" "dict=$dict" \
	"algo=lzo-rle priority=0 level=9 dict=$dict deflate.winbits=12"; do
	store 0 algorithm_params "$value"
done
for value in "level" "level=" "level=x" "priority=4" "priority=-1" \
	"algo=zstd" "algo=nosuch" "algo=zstd priority=0" "priority=x" \
	"algo=lzo-rle priority=1" "deflate.winbits=x" "dict=" "3"; do
	store EINVAL algorithm_params "$value"
done
# A dictionary that cannot be read: the error of the file, and a line in the log
log_mark
store EINVAL algorithm_params "dict=$dict.empty"
store EINVAL algorithm_params "dict=/tmp"
store ENOENT algorithm_params "dict=/no/such/file"
store ENOTDIR algorithm_params "dict=$dict/file"
logged "an empty dictionary is logged" \
	"zram$ZID: cannot read dictionary \"$dict.empty\": error -22"
logged "a missing dictionary is logged" \
	"zram$ZID: cannot read dictionary \"/no/such/file\": error -2"
# A path cannot add a line to the log
gives "a path with two lines" ENOENT \
	ztry "$ZSYS/algorithm_params" "\"dict=/no/such${NL}zram$ZID: line\""
logged "a path with two lines is logged in one" \
	"zram$ZID: cannot read dictionary \"/no/such\\\\nzram$ZID: line\": error -2"
# A dictionary that takes the lock its reader might hold
bg ztry "$ZSYS/algorithm_params" "dict=$ZSYS/comp_algorithm" > /dev/null
check "a dictionary may be any file" ended "$BGPID" 10
# Nobody writes to it: who opens it waits.
mkfifo "$dict.fifo"
ztry "$ZSYS/algorithm_params" "dict=$dict.fifo" > "$dict.out" &
check "or not, where it may take forever" ended $! 10
is "which is invalid" "$(cat "$dict.out")" EINVAL
store EINVAL algorithm_params "dict=/dev/zero"
must truncate -s 1048577 "$dict.big"
store EFBIG algorithm_params "dict=$dict.big"
must truncate -s 65537 "$dict.big"
store ERANGE algorithm_params "level=99999999999"
store ERANGE algorithm_params "priority=99999999999"
store EOPNOTSUPP disksize 4M
put "$ZSYS/disksize" 4M
store EBUSY algorithm_params "level=1"
store EBUSY algorithm_params "algo=nosuch"
store EINVAL algorithm_params "level=x"

has() {
	case " $ALGORITHMS " in *" $1 "*) return 0 ;; esac
	return 1
}

# compressed ALGORITHM PARAMS KIND: sets MM_COMPR after a fill of 1024 pages
compressed() {
	zram_reset
	put "$ZSYS/comp_algorithm" "$1"
	put "$ZSYS/algorithm_params" "$2"
	put "$ZSYS/disksize" 4M
	must zpat fill -k "$3" "$ZDEV" > /dev/null
	mm_read
	check "$1 $2: every byte is there" zpat verify -k "$3" "$ZDEV"
}

# effect ALGORITHM WEAK STRONG: the second compresses more
effect() {
	if ! has "$1"; then
		skip "$1: $2 against $3" "no such algorithm"
		return
	fi
	compressed "$1" "$2" text
	weak=$MM_COMPR
	# What a dictionary knows a page of 64 KiB has learnt soon by itself.
	[ "$PER_PAGE" -eq 1 ] || weak=$((weak + weak / 100))
	compressed "$1" "$3" text
	between "$1: $3 is denser than $2" "$MM_COMPR" 1000 $((weak - 1))
}

effect lz4 "level=50" "level=1"
if has lz4; then
	compressed lz4 "level=1073741824" mixed
	compressed lz4 "level=2147483647" text
fi
effect lz4hc "level=1" "level=16"
effect zstd "level=-50" "level=12"
effect deflate "level=1" "level=9"
effect lzpage "level=1" "level=2"
effect lz4 "level=1" "dict=$dict"
effect lz4hc "level=9" "dict=$dict"

# refused ALGORITHM PARAMS [ERRNO]: disksize says so, and all is chosen anew
refused() {
	if ! has "$1"; then
		skip "$1 $2" "no such algorithm"
		return
	fi
	zram_reset
	put "$ZSYS/comp_algorithm" "$1"
	put "$ZSYS/algorithm_params" "$2"
	zt_error=${3-EINVAL}
	gives "$1 $2: disksize gives $zt_error" "$zt_error" \
		ztry "$ZSYS/disksize" 4M
	case $(cat "$ZSYS/comp_algorithm") in
	*"[$DEF_COMP]"*) pass "$1 $2: the default is back" ;;
	*) fail "$1 $2: the default is back" ;;
	esac
	store 0 disksize 4M
}

refused lz4 "dict=$dict.big"
refused lz4hc "dict=$dict.big"
refused deflate "level=10"
refused deflate "level=-2"
refused deflate "deflate.winbits=8"
refused deflate "deflate.winbits=-16"

log_mark_quiet
refused lzo-rle "level=1" EOPNOTSUPP
refused lzo-rle "dict=$dict" EOPNOTSUPP
refused lz4 "level=0"
zram_reset
put "$ZSYS/comp_algorithm" lzo-rle
put "$ZSYS/algorithm_params" "deflate.winbits=12"
store 0 disksize 4M
logged "a window that is ignored is logged" \
	"zram: lzo-rle: deflate.winbits is ignored"
logged "a level that is not supported is logged" \
	"zram: lzo-rle: compression level is not supported"
logged "a dictionary that is not supported is logged" \
	"zram: lzo-rle: dictionary is not supported"
! has lz4 || logged "a level out of range is logged" \
	"zram: lz4: invalid compression level 0"
logged "the device is logged too" "zram$ZID: cannot set up lzo-rle: error -95"

# taken ALGORITHM FROM TO: levels that disksize takes, and the next ones it refuses
taken() {
	if ! has "$1"; then
		skip "$1: levels $2 to $3" "no such algorithm"
		return
	fi
	for level in "$2" "$3"; do
		zram_reset
		put "$ZSYS/comp_algorithm" "$1"
		put "$ZSYS/algorithm_params" "level=$level"
		gives "$1 level=$level: disksize works" 0 ztry "$ZSYS/disksize" 4M
	done
	refused "$1" "level=$(($2 - 1))"
	[ "$3" -eq 2147483647 ] || refused "$1" "level=$(($3 + 1))"
}

taken lz4 1 2147483647
taken lz4hc 1 16
taken zstd -131072 22
taken deflate -1 9
taken lzpage 1 2
for alg in lzo lzo-rle 842; do
	for level in -50 -1 0 1; do
		refused $alg "level=$level" EOPNOTSUPP
	done
done
for alg in lzo 842 deflate lzpage; do
	refused $alg "dict=$dict" EOPNOTSUPP
done

# To choose an algorithm discards the parameters, also if it is the same one.
for next in lz4 lzo-rle; do
	zram_reset
	put "$ZSYS/algorithm_params" "level=-50"
	if has $next; then
		put "$ZSYS/comp_algorithm" $next
		store 0 disksize 4M
	else
		skip "parameters of another algorithm" "no $next"
	fi
done
if [ -e "$ZSYS/recomp_algorithm" ]; then
	zram_reset
	put "$ZSYS/algorithm_params" "priority=1 level=-50"
	put "$ZSYS/recomp_algorithm" "algo=lzo-rle priority=1"
	store 0 disksize 4M
	zram_reset
	put "$ZSYS/recomp_algorithm" "algo=lzo-rle priority=1"
	put "$ZSYS/algorithm_params" "priority=1 level=-50"
	store EOPNOTSUPP disksize 4M
else
	skip "parameters of recompression" "no recompression in this build"
fi

# Older kernels do not export dictionaries of zstd
if ! has zstd; then
	skip "zstd with a dictionary" "no such algorithm"
elif grep -qw zstd_create_cdict_byreference /proc/kallsyms; then
	effect zstd "level=3" "level=3 dict=$dict"
else
	refused zstd "dict=$dict"
fi

if has zstd; then
	compressed zstd "level=3" text
	plain=$MM_COMPR
	compressed zstd "level=-50" text
	zram_reset
	put "$ZSYS/comp_algorithm" zstd
	put "$ZSYS/disksize" 4M
	must zpat fill -k text "$ZDEV" > /dev/null
	mm_read
	is "after a reset the parameters are the default's" "$MM_COMPR" "$plain"
fi
finish
