#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 60
# Pages named by index, in any order, are written together: only a page that may
# have been named before waits for the others.

. ./lib.sh

# list WANTED: the pages of page_index=..., and the write requests they take
list() {
	must zpat fill -u -k random -n 1024 "$ZDEV" > /dev/null
	wb_read
	ios=$WB_ios pages=$WB_pages
	gives "$1: written" 0 ztry "$ZSYS/writeback" "$2"
	wb_read
	is "$1: pages" $(((WB_pages - pages) / PER_PAGE)) "$3"
	between "$1: write requests" $((WB_ios - ios)) 1 "$4"
}

bd_use null $((8 * PER_PAGE)) || skip_all "no null_blk"
zram_new $((1024 * PAGE)) '' "$BD"
down=$(seq 200 -1 1 | sed 's/^/page_index=/' | tr '\n' ' ')
list "downwards" "$down" 200 $((8 * PER_PAGE))
list "pairs" "$(seq 198 -2 0 | awk '{ printf "page_indexes=%d-%d ", $1, $1 + 1 }')" \
	200 $((8 * PER_PAGE))
# Each page once, although it is named twice
list "every page twice" "$(seq 100 | awk '{ printf "page_index=%d ", $1 }
	END { for (i = 100; i; i--) printf "page_index=%d ", i }')" \
	100 $((8 * PER_PAGE))
check "every byte" zpat verify -u -k random -n 1024 "$ZDEV"
finish
