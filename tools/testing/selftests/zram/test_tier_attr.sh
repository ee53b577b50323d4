#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# The attributes of tiering: what they take, show and refuse in each state of the
# device; the ledger; the module parameter.

. ./lib.sh

PARAM=/sys/module/zram/parameters/tier

shows() {
	read -r value < "$ZSYS/tier/$1"
	is "$1 shows $2" "$value" "$2"
}

# takes ATTRIBUTE INPUT SHOWN
takes() {
	store 0 "tier/$1" "$2"
	shows "$1" "$3"
}

# refuses ERRNO ATTRIBUTE INPUT...: and nothing changes
refuses() {
	err=$1 attr=$2
	shift 2
	read -r before < "$ZSYS/tier/$attr"
	for bad; do store "$err" "tier/$attr" "$bad"; done
	shows "$attr" "$before"
}

# Good and bad input of every setting; leaves other values than the defaults
settings() {
	echo "# settings: $1"
	for on in 1 y on "1$NL"; do takes enable "$on" 1; done
	refuses EINVAL enable 2 x "$NL" " " -1
	for off in 0 n off; do takes enable $off 0; done
	takes enable 1 1
	for off in 0 n off "0$NL"; do takes spill "$off" 0; done
	refuses EINVAL spill 2 x "$NL" " " -1 auto
	for on in 1 y on; do takes spill $on 1; done
	for attr in idle_age regret_target latency_target_us ${recompress_age:+recompress_age}; do
		takes "$attr" 0 0
		takes "$attr" 4294967295 4294967295
		takes "$attr" "77$NL" 77
		refuses EINVAL "$attr" "$NL" x -1 1x "1 2" max 10s 0x10
		refuses ERANGE "$attr" 4294967296 18446744073709551616
	done
	for attr in pool_target reserve capacity_low daily_budget; do
		takes "$attr" 0 0
		takes "$attr" 18446744073709551614 18446744073709551614
		takes "$attr" 4k 4096
		takes "$attr" "3M$NL" 3145728
		takes "$attr" 2G 2147483648
		takes "$attr" 1T 1099511627776
		takes "$attr" 15E 17293822569102704640
		takes "$attr" 00000000000000000000017 17
		refuses EINVAL "$attr" "$NL" x -1 "64 M" 1MB 1.5G k "1 2" 0x10
		refuses ERANGE "$attr" 18446744073709551616 16E 18014398509481984K
	done
	takes daily_budget max max
	takes daily_budget "max$NL" max
	refuses EINVAL daily_budget maxx Max "max 1"
	takes daily_budget 18446744073709551615 max
	takes daily_budget 5G 5368709120
	for pages in 1 2 63 64 auto; do takes readback_window $pages $pages; done
	takes readback_window "auto$NL" auto
	takes readback_window 16 16
	refuses EINVAL readback_window 0 65 4294967295 -1 "$NL" x max "auto 1" Auto 0x10 1K
	refuses ERANGE readback_window 4294967296
	refuses EINVAL reserve max
	refuses EINVAL pool_target max
	refuses EINVAL capacity_low max
}

survived() {
	shows enable 1
	shows spill 1
	for attr in idle_age regret_target latency_target_us ${recompress_age:+recompress_age}; do
		shows "$attr" 77
	done
	shows pool_target 17
	shows reserve 17
	shows capacity_low 17
	shows readback_window 16
	shows daily_budget 5368709120
}

# Sets LEDGER_TIME and so on; a line of six numbers.
ledger_read() {
	read -r LEDGER < "$ZSYS/tier/ledger"
	# shellcheck disable=SC2034 # some of them
	read -r LEDGER_VERSION LEDGER_TIME LEDGER_SPENT LEDGER_TOTALS <<- END
		$LEDGER
	END
}

# ledger_is NAME SPENT TOTALS: SPENT at $now, and one byte less for each second since
ledger_is() {
	ledger_read
	passed=$(($(date +%s) - now + 2))
	between "$1: bytes spent" "$LEDGER_SPENT" \
		$(($2 > passed ? $2 - passed : 0)) "$2"
	is "$1: version and totals" "$LEDGER_VERSION $LEDGER_TOTALS" "1 $3"
}

zram_load
[ -e $PARAM ] || absent tiering
read -r param < $PARAM
put $PARAM 0
zram_add
recompress_age=
[ ! -e "$ZSYS/recomp_algorithm" ] || recompress_age=1
modes=$(cd "$ZSYS/tier" && stat -c '%a %n' -- * | tr '\n' ' ')
is "modes of the attributes, and there are no others" "$modes" \
	"400 ages 444 capacity 644 capacity_low 644 daily_budget 644 enable 644 idle_age 644 latency_target_us 644 ledger 644 pool_target 644 readback_window \
${recompress_age:+644 recompress_age }644 regret_target 644 reserve 644 spill 444 stat "
gives "stat cannot be written" EACCES ztry "$ZSYS/tier/stat" 1
gives "capacity cannot be written" EACCES ztry "$ZSYS/tier/capacity" 1
gives "ages cannot be written" EACCES ztry "$ZSYS/tier/ages" 1
shows enable 0
shows spill 0
shows idle_age 0
[ -z "$recompress_age" ] || shows recompress_age 0
shows pool_target 0
shows capacity_low 0
shows readback_window auto
shows regret_target 20
shows latency_target_us 0
shows daily_budget 1073741824
shows reserve 67108864
tier_read
is "stat of a new device" "$TIER_state $TIER_protected_age $TIER_min_age $TIER_pages \
$TIER_bytes $TIER_recompressed $TIER_read_back $TIER_regret_percent $TIER_budget_left \
$TIER_last_error $TIER_cpu_ms $TIER_disk_us $TIER_pool_us $TIER_read_p95_us \
$TIER_disk_read_us $TIER_in_flight \
$TIER_prefetched $TIER_prefetch_lost $TIER_prefetch_hits" \
	"off none none 0 0 0 0 0 1006632960 0 0 0 0 0 0 max 0 0 0"
is "a key and a value in each line" "$(awk '{ print NF }' "$ZSYS/tier/stat" | uniq)" 2

settings "new device"
tier_read
is "without a size it waits" "$TIER_state" waiting
store 0 tier/enable 0
tier_read
is "or is off" "$TIER_state" off
store 0 tier/enable 1
put "$ZSYS/disksize" 8M
tier_read
is "without a backing device it waits" "$TIER_state" waiting
survived
settings "set up"
zram_reset
survived
settings "after a reset"

# While the thread runs, and pages leave
bd_use null 32 || skip_all "no null_blk"
zram_reset
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 16M
must zpat fill -k random "$ZDEV" > /dev/null
sleep 5
put "$ZSYS/tier/regret_target" 4294967295
put "$ZSYS/tier/daily_budget" max
put "$ZSYS/tier/pool_target" 1
check "pages leave" wait_for 10 tier_moved 64
settings "while the thread runs"
survived
is "there is one thread" "$(tier_threads "$ZID" | wc -l)" 1
check "by these settings all pages leave" wait_for 20 tier_moved 4096
check "every byte" zpat verify -k random "$ZDEV"
must zram_remove
zram_add

# With 86400 bytes a day one becomes free each second.
store 0 tier/enable 0
store 0 tier/reserve 0
store 0 tier/daily_budget 86400
now=$(date +%s)
ledger_is "ledger of a new device" 0 "0 0 0"
between "its time is now" $(($(date +%s) - LEDGER_TIME)) 0 30
store 0 tier/ledger "1 $now 50000 60000 12 3"
ledger_is "a ledger" 50000 "60000 12 3"
tier_read
between "leaves the rest of the budget" "$TIER_budget_left" 36400 36460
store 0 tier/reserve 10000
tier_read
between "without the reserve" "$TIER_budget_left" 26400 26460
store 0 tier/reserve 0
store 0 tier/ledger "1 $now 50000 60000 12 3$NL"
ledger_is "written again it counts again" 100000 "120000 24 6"
tier_read
is "and no budget is left" "$TIER_budget_left" 0
store 0 tier/daily_budget max
tier_read
is "but without a bound" "$TIER_budget_left" max
store 0 tier/daily_budget 86400
saved=$(cat "$ZSYS/tier/ledger")
put "$ZSYS/disksize" 8M
zram_reset
ledger_read
is "a reset leaves the totals" "$LEDGER_TOTALS" "120000 24 6"

for bad in "$NL" x 1 "1 $now 1 2 3" "1 $now 1 2 3 4 5" "0 $now 1 2 3 4" \
	"2 $now 1 2 3 4" "1 $now 1 2 3 x" "1 $now -1 2 3 4" "1 $now 1,2 3 4 5" \
	"1 $((now + 90000)) 1 2 3 4" "1 18446744073709551615 1 2 3 4"; do
	store EINVAL tier/ledger "$bad"
done
store ERANGE tier/ledger "1 $now 1 2 3 18446744073709551616"
gives "a page of letters gives EINVAL" EINVAL ztry -n "$ZSYS/tier/ledger" 4096
ledger_read
is "a bad ledger changes nothing" "$LEDGER_TOTALS" "120000 24 6"

# What a unit does at shutdown and at boot
must zram_remove
zram_add
ledger_is "a device added later begins anew" 0 "0 0 0"
store 0 tier/daily_budget 86400
store 0 tier/ledger "$saved"
# shellcheck disable=SC2086 # six words
set -- $saved
ledger_is "but for its ledger" "$3" "120000 24 6"
must zram_remove
zram_add
store 0 tier/daily_budget 86400
store 0 tier/ledger "1 $((now - 43200)) 50000 0 0 0"
ledger_is "half a day later" 6800 "0 0 0"
store 0 tier/ledger "1 $((now - 864000)) 86400 0 0 0"
ledger_is "ten days later" 6800 "0 0 0"
store 0 tier/ledger "1 $((now + 3600)) 1000 0 0 0"
ledger_is "when the clock was set back" 7800 "0 0 0"
must zram_remove

# Ages: classes from 0, 1, 2, 4 ... seconds on
ages_read() {
	# shellcheck disable=SC2046 # numbers
	set -- $(awk '{ pages += $2; bytes += $3; back += $4; reads += $5; last += $6 }
		END { print NR, pages, bytes, back, reads, last }' "$ZSYS/tier/ages")
	AGES_LINES=$1 AGES_BYTES=$3
	AGES_PAGES=$(($2 * PER_PAGE)) AGES_BACK=$(($4 * PER_PAGE))
	AGES_READS=$(($5 * PER_PAGE)) AGES_READS_BACK=$(($6 * PER_PAGE))
}

ages_are() {
	ages_read
	is "$1" "$AGES_LINES $AGES_PAGES $AGES_BACK $AGES_READS $AGES_READS_BACK" "24 $2"
}

zram_add
ages_are "ages of a new device" "0 0 0 0"
is "six columns in each line" "$(awk '{ print NF }' "$ZSYS/tier/ages" | uniq)" 6
is "the lowest ages" "$(awk '{ printf "%s ", $1 }' "$ZSYS/tier/ages" | cut -c 1-20)" \
	"0 1 2 4 8 16 32 64 1"
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/compressed_writeback" 1
put "$ZSYS/disksize" 16M
must zpat fill -k mixed -n 2048 "$ZDEV" > /dev/null
mm_read
stored=$((2048 - MM_SAME))
ages_are "the pages in memory" "$stored 0 0 0"
is "and their bytes" "$AGES_BYTES" "$MM_COMPR"
put "$ZSYS/writeback" page_indexes=0-99
mm_read
wb_read
is "pages were written back" "$WB_pages" $((100 * PER_PAGE))
ages_are "the rest in memory" "$((stored - WB_pages)) $WB_pages 0 0"
is "the bytes of the rest" "$AGES_BYTES" "$MM_COMPR"
sleep 4
young=$(awk '$1 < 4 { sum += $2 + $4 } END { print sum }' "$ZSYS/tier/ages")
is "after 4 seconds none is younger" "$young" 0
clock
begun=$NOW
must zpat verify -k mixed -n 2048 "$ZDEV" > /dev/null
ages_are "while it is off no read counts" "$((stored - WB_pages)) $WB_pages 0 0"
clock
# Seconds since the read began; a slow host may need more than four
begun=$(((NOW - begun) / 1000 + 2))
young=$(awk '$1 < '$((begun > 4 ? begun : 4))' { sum += $2 + $4 } END { print sum + 0 }' \
	"$ZSYS/tier/ages")
between "reading makes pages young" $((young * PER_PAGE)) $((stored / 2)) "$stored"
# Nothing leaves without a budget, and each page is read on its own.
store 0 tier/daily_budget 0
store 0 tier/readback_window 1
store 0 tier/enable 1
must zpat verify -k mixed -n 2048 "$ZDEV" > /dev/null
ages_read
between "reads of pages in memory" "$AGES_READS" $((stored - WB_pages)) 2048
between "reads of pages on the backing device" "$AGES_READS_BACK" "$WB_pages" 2048
zram_reset
ages_read
is "after a reset" "$AGES_LINES $AGES_PAGES $AGES_BYTES $AGES_BACK" "24 0 0 0"
must zram_remove

# The module parameter concerns devices that are added later
zram_add
old=$ZSYS
put $PARAM 1
zram_add
shows enable 1
shows spill 1
read -r value < "$old/tier/enable"
is "a device that was there stays off" "$value" 0
put $PARAM 0
zram_add
shows enable 0
put $PARAM "$param"

need_module
zram_remove_all
must zram_unload
must insmod "$ZRAM_KO"
read -r value < $PARAM
is "by default the parameter is off" "$value" N
zram_remove_all
must zram_unload
must insmod "$ZRAM_KO" tier=1
ZSYS=/sys/block/zram0 ZID=0 ZT_IDS=0
shows enable 1
tier_read
is "it waits" "$TIER_state" waiting
zram_remove_all
must zram_unload
finish
