#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# recomp_algorithm and recompress: what they take, and what they say to the rest.

. ./lib.sh

zram_add
[ -e "$ZSYS/recompress" ] || absent recompress
algorithms
# What recomp_algorithm shows, blanks and newlines as they are
shown() {
	cat "$ZSYS/recomp_algorithm"
	echo end
}

# line PRIORITY NAME: how it shows a choice
line() {
	echo "#$1: $(echo "$ALGORITHMS" | sed "s/\\b$2\\b/[$2]/;s/\\[lzo\\]-rle/lzo-rle/") "
}

is "no algorithm to begin with" "$(shown)" end
store EINVAL recompress "type=idle"
store 0 recomp_algorithm "algo=lz4"
is "the default priority is 1" "$(shown)" "$(line 1 lz4)${NL}end"
store 0 recomp_algorithm "algo=zstd priority=3"
store 0 recomp_algorithm "priority=1 algo=lz4 unknown=key$NL"
is "they are shown by priority" "$(shown)" \
	"$(line 1 lz4)$NL$(line 3 zstd)${NL}end"
before=$(shown)
for value in " " "algo" "algo=" "priority=1" "algo=zstd priority=0" \
	"algo=zstd priority=4" "algo=zstd priority=-1" "algo=nosuch" \
	"algo=zstd priority=x" "zstd" "algo=zstd priority="; do
	store EINVAL recomp_algorithm "$value"
done
store ERANGE recomp_algorithm "algo=zstd priority=99999999999"
long=$(printf '%0128d' 0)
store E2BIG recomp_algorithm "algo=$long"
store EINVAL recomp_algorithm "algo=${long#0}"
is "none of that changed anything" "$(shown)" "$before"
# Levels belong to algorithm_params. Scripts give them here, and they are ignored.
log_mark_quiet
store 0 recomp_algorithm "algo=zstd level=19 priority=3"
is "a level changes nothing" "$(shown)" "$before"
logged "recomp_algorithm: the level is logged" \
	"zram$ZID: parameter .level. is ignored"
store EINVAL recompress "type=idle"
put "$ZSYS/disksize" 4M
store EBUSY recomp_algorithm "algo=zstd"
is "it stays when the device is set up" "$(shown)" "$before"

must zpat fill -k text "$ZDEV" > /dev/null
mm_read
size=$MM_COMPR
for value in "type" "type=" "type=x" "type=idle type=x" "idle" "priority=0" "priority=4" \
	"priority=2" "priority=-1" "priority=x" "algo=lzo" "algo=nosuch" \
	"algo=zstd priority=1" "algo=lz4 priority=3" "threshold=$PAGE" \
	"threshold=x" "threshold=-1" "max_pages=x" "max_pages=-1" \
	"algo=lzo-rle"; do
	store EINVAL recompress "$value"
done
store ERANGE recompress "threshold=4294967296"
store ERANGE recompress "max_pages=18446744073709551616"
store ERANGE recompress "priority=4294967296"
mm_read
is "none of that changed a page" "$MM_COMPR" "$size"
store 0 recompress "max_pages=0 priority=3"
mm_read
is "max_pages=0 is for no page" "$MM_COMPR" "$size"
store 0 recompress "type=idle algo=zstd"
mm_read
is "no page is idle" "$MM_COMPR" "$size"
log_mark_quiet
store 0 recompress "algo=zstd other=thing"
logged "recompress: an unknown parameter is logged" \
	"zram$ZID: parameter .other. is ignored"
mm_read
between "without a type it is for all pages" "$MM_COMPR" 1000 $((size - 1))
check "every byte is there" zpat verify -k text "$ZDEV"
zram_reset
is "reset forgets the algorithms" "$(shown)" end
store EINVAL recompress "algo=zstd"
finish
