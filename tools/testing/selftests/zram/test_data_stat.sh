#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# mm_stat by kind of data: each column moves as documented, and back to zero.

. ./lib.sh

# columns NAME ORIG SAME HUGE SINCE, in pages
columns() {
	mm_read
	is "$1" "$((MM_ORIG / 4096)) $MM_SAME $MM_HUGE $MM_HUGE_SINCE" \
		"$2 $3 $4 $5"
}

zram_new 16M
must zpat fill -k same -n 256 "$ZDEV" > /dev/null
columns "same-filled pages" 256 256 0 0
is "same-filled pages take no memory" "$MM_COMPR $MM_USED" "0 0"
must zpat fill -k random -o 256 -n 256 "$ZDEV" > /dev/null
columns "incompressible pages" 512 256 256 256
is "incompressible pages are stored whole" "$MM_COMPR $MM_USED" \
	"1048576 1048576"
must zpat fill -k mixed -o 512 -n 256 "$ZDEV" > /dev/null
columns "compressible pages" 768 256 256 256
between "compressible pages take 1/4 to 1/2" $((MM_COMPR - 1048576)) \
	262144 524288
between "mem_used_total is not less than the data" "$MM_USED" "$MM_COMPR" \
	$((MM_COMPR * 11 / 10 + 4 * (PAGE - 4096)))
check "all of it" zpat verify -k same -n 256 "$ZDEV"
check "reads back" zpat verify -k random -o 256 -n 256 "$ZDEV"
check "right" zpat verify -k mixed -o 512 -n 256 "$ZDEV"
columns "reading changes nothing" 768 256 256 256

must zpat fill -k random -g 2 -n 256 "$ZDEV" > /dev/null
columns "same-filled becomes incompressible" 768 0 512 512
must zpat fill -k mixed -g 2 -o 256 -n 256 "$ZDEV" > /dev/null
columns "incompressible becomes compressible" 768 0 256 512
must zpat fill -k same -g 2 -o 512 -n 256 "$ZDEV" > /dev/null
columns "compressible becomes same-filled" 768 256 256 512
must zpat fill -g 0 -o 512 -n 256 "$ZDEV" > /dev/null
columns "a page of zeros is same-filled" 768 256 256 512
must zpat fill -k random -g 3 -n 256 "$ZDEV" > /dev/null
columns "overwriting adds to huge_pages_since alone" 768 256 256 768

io_read
freed=$IO_NOTIFY
must zpat discard -n 768 "$ZDEV" > /dev/null
columns "discarded" 0 0 0 768
empty "the pool is empty after discard"
io_read
is "notify_free counts the discarded pages" $((IO_NOTIFY - freed)) 768
gives "discarded pages read zero" "ok=768 bad=0 err=0" \
	zpat verify -g 0 -n 768 "$ZDEV"
gives "never written pages read zero" "ok=3328 bad=0 err=0" \
	zpat verify -g 0 -o 768 "$ZDEV"
columns "reading zeros stores nothing" 0 0 0 768
must zpat fill -k cycle -n 1024 "$ZDEV" > /dev/null
columns "a mix of all kinds" 1024 256 256 1024
zram_reset
empty "the pool is empty after reset"
finish
