#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# The parameters of kcompressd, its policy and statistics as attributes.

. ./lib.sh

# param NAME VALUE ERRNO READS: what a store says, and what is there then
param() {
	gives "$1=$2 gives $3" "$3" ztry "$KC_PARAMS/$1" "$2"
	read -r got < "$KC_PARAMS/$1"
	is "$1=$2: it reads $4" "$got" "$4"
}

# shellcheck disable=SC2317 # called through wait_for
has_threads() {
	[ "$(kc_threads | wc -l)" -eq "$1" ]
}

# threads NAME COUNT: one that has ended may be seen for a moment
threads() {
	wait_for 5 has_threads "$2"
	is "$1" "$(kc_threads | wc -l)" "$2"
}

kc_start 0
threads "there are none by default" 0
param nr_kcompressd 3 0 3
threads "three" 3
param nr_kcompressd 3 0 3
threads "the same three" 3
for bad in abc -1 65 4294967296 4294967295 1x; do
	case $bad in
	4294967296) err=ERANGE ;;
	*) err=EINVAL ;;
	esac
	param nr_kcompressd "$bad" $err 3
done
threads "a bad value changes nothing" 3
for bad in 0 -1 65537 abc 4294967296; do
	case $bad in
	4294967296) err=ERANGE ;;
	*) err=EINVAL ;;
	esac
	param queue_size_per_kcompressd "$bad" $err 256
done
param queue_size_per_kcompressd 21846 EINVAL 256
threads "nor does a bad size" 3
param queue_size_per_kcompressd 1 0 1
threads "a new size, as many threads" 3
param nr_kcompressd 64 0 64
threads "as many as there can be" 64
param nr_kcompressd 3 0 3
param queue_size_per_kcompressd 512 0 512
param nr_kcompressd 0 0 0
threads "off" 0
param nr_kcompressd 1 0 1
threads "on again" 1

zram_add
policy_is() {
	read -r got < "$ZSYS/kcompressd"
	is "the policy is $1" "$got" "$2"
}
policy_is kswapd "off [kswapd] all"
store 0 kcompressd all
policy_is all "off kswapd [all]"
store 0 kcompressd "off$NL"
policy_is off "[off] kswapd all"
for bad in " " on kswap allx; do store EINVAL kcompressd "$bad"; done
policy_is "still off" "[off] kswapd all"
store 0 kcompressd all
put "$ZSYS/disksize" 16M
policy_is "kept by disksize" "off kswapd [all]"
must zpat fill -k mixed -n 512 "$ZDEV" > /dev/null
kc_idle "all is compressed"
kc_read
between "the pages were queued" $((KC_queued * PER_PAGE)) 1 512
is "queued or not, each is there" \
	$(((KC_queued + KC_inline_full) * PER_PAGE)) 512
is "statistics by key" "$(awk '{ print $1 }' "$ZSYS/kcompressd_stat" |
	head -n 13 | tr '\n' ' ')" "queued completed stale kept wakeups \
inline_same inline_policy inline_part inline_cpu inline_full inline_limit \
staged times_us "
# shellcheck disable=SC2086 # numbers
set -- $KC_times_us
sum=0
for n; do sum=$((sum + n)); done
is "each page has its time" "$# $sum" "18 $KC_completed"
done_by_threads() {
	awk '/^kcompressd/ { sum += $2 } END { print sum }' "$ZSYS/kcompressd_stat"
}
# A thread counts a page when it is done with it.
# shellcheck disable=SC2317 # called through wait_for
done_by_threads_is() {
	[ "$(done_by_threads)" -eq "$1" ]
}
wait_for 5 done_by_threads_is "$KC_queued"
is "each page has its thread" "$(done_by_threads)" "$KC_queued"
is "depth, size, threads and pages of the node" \
	"$(awk '/^node0/ { print $2, $4, $5, $6 }' "$ZSYS/kcompressd_stat")" \
	"0 512 1 $KC_queued"
zram_reset
policy_is "reset sets it back" "off [kswapd] all"
kc_read
is "and clears the statistics" "$KC_queued $KC_completed" "0 0"

# shellcheck disable=SC2317 # called by wait_for
memory_is_back() {
	taken=$((before - $(mem_free)))
	[ "$taken" -le "$1" ]
}

# The memory that the documentation says it takes, and not much more
size=$((67108864 / PAGE))
put "$KC_PARAMS/nr_kcompressd" 1
# Other tasks allocate and free memory meanwhile, but a different amount each time
for _ in 1 2 3 4 5; do
	put "$KC_PARAMS/queue_size_per_kcompressd" 1
	sleep 0.2
	before=$(mem_free)
	put "$KC_PARAMS/queue_size_per_kcompressd" $size
	taken=$((before - $(mem_free)))
	echo "# $taken KiB"
	if [ "$taken" -ge 60000 ] && [ "$taken" -le 72000 ]; then break; fi
done
between "KiB for copies of 64 MiB" "$taken" 60000 72000
put "$ZSYS/kcompressd" all
put "$ZSYS/disksize" 80M
must zpat fill -k random "$ZDEV" > /dev/null
kc_idle "80 MiB later"
zram_reset
wait_for 20 memory_is_back 80000
between "KiB after 80 MiB went through them" "$taken" 60000 80000
put "$KC_PARAMS/nr_kcompressd" 0
wait_for 20 memory_is_back 6000
between "KiB when the threads are gone" "$taken" -100000 6000

# Most of what is available is refused before any of it is taken. (A debug kernel
# takes a minute for so many pages.)
available() {
	awk -v page="$PAGE" '/^MemAvailable/ { print int($2 * 1024 / page) }' \
		/proc/meminfo
}
size=$(($(available) * 9 / 20))
[ "$size" -le 65536 ] || size=65536
[ -z "${ZT_DEBUG-}" ] || size=256
put "$KC_PARAMS/queue_size_per_kcompressd" "$size"
put "$KC_PARAMS/nr_kcompressd" 1
if [ "$(available)" -lt $((size * 2 - 4096)) ]; then
	clock
	begun=$NOW
	param queue_size_per_kcompressd $((size - 1)) ENOMEM "$size"
	clock
	between "ms until it is refused" $((NOW - begun)) 0 30000
else
	skip "more copies than half of the memory" "it would take too many"
fi
put "$KC_PARAMS/nr_kcompressd" 0

need_module
# At load: what is valid is taken, what is not fails the load.
zram_remove_all
must zram_unload
ZT_KC=''
must insmod "$ZRAM_KO" nr_kcompressd=2 queue_size_per_kcompressd=64
threads "asked for at load" 2
read -r got < "$KC_PARAMS/queue_size_per_kcompressd"
is "with their size" "$got" 64
zram_remove_all
must zram_unload
threads "gone with the module" 0
for bad in nr_kcompressd=65 nr_kcompressd=-1 queue_size_per_kcompressd=0; do
	if insmod "$ZRAM_KO" "$bad" 2> /dev/null; then
		fail "$bad fails the load"
		zram_remove_all
		zram_unload
	else
		pass "$bad fails the load"
	fi
done
finish
