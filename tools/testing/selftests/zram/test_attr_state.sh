#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# initstate and reset: errors, what reset clears, modes of all attributes.

. ./lib.sh

initstate() {
	read -r state < "$ZSYS/initstate"
	is "$1" "$state" "$2"
}

modes() {
	cd "$ZSYS" || exit 1
	stat -c '%a %n' disksize initstate reset compact mem_limit \
		mem_used_max idle comp_algorithm backing_dev writeback \
		writeback_limit writeback_limit_enable writeback_batch_size \
		compressed_writeback writeback_stat bd_stat io_stat mm_stat debug_stat | tr '\n' ' '
}

zram_add
is "modes of the attributes" "$(modes)" "644 disksize 444 initstate \
200 reset 200 compact 200 mem_limit 200 mem_used_max 200 idle \
644 comp_algorithm 644 backing_dev 200 writeback \
644 writeback_limit 644 writeback_limit_enable 644 writeback_batch_size \
644 compressed_writeback 444 writeback_stat 444 bd_stat 444 io_stat \
444 mm_stat 444 debug_stat "
gives "reset cannot be read" EACCES ztry -r "$ZSYS/reset"
initstate "initstate before disksize" 0
store 0 reset 1
store EINVAL reset 0
store EINVAL reset x
store EINVAL reset -1
store ERANGE reset 70000
put "$ZSYS/mem_limit" 8M
put "$ZSYS/comp_algorithm" lzo
put "$ZSYS/disksize" 8M
initstate "initstate after disksize" 1
must zpat fill -k random "$ZDEV" > /dev/null
opened -h "$ZDEV"
store EBUSY reset 1
initstate "a refused reset changes nothing" 1
check "nor does it touch the data" zpat verify -k random "$ZDEV"
closed
store 0 reset 65535
initstate "initstate after reset" 0
read -r size < "$ZSYS/disksize"
is "reset clears disksize" "$size" 0
is "reset clears mm_stat and mem_limit" "$(tr -s ' ' < "$ZSYS/mm_stat")" \
	" 0 0 0 0 0 0 0 0 0"
is "reset clears io_stat" "$(tr -s ' ' < "$ZSYS/io_stat")" " 0 0 0 0"
is "reset clears the disk's own counters" \
	"$(tr -s ' ' < "$ZSYS/stat" | cut -d' ' -f2-9)" "0 0 0 0 0 0 0 0"
case $(cat "$ZSYS/comp_algorithm") in
*"[$DEF_COMP]"*) pass "reset selects the default algorithm" ;;
*) fail "reset selects the default algorithm" "$(cat "$ZSYS/comp_algorithm")" ;;
esac
put "$ZSYS/disksize" 4M
gives "the old data is gone" "ok=1024 bad=0 err=0" zpat verify -g 0 "$ZDEV"
finish
