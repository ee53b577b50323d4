#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Nonsense written to every attribute: nothing happens to the data, or the kernel.

. ./lib.sh

seconds=12
# shellcheck disable=SC2317 # called at exit
restore_params() {
	for param in $params; do
		echo "${param#*:}" > "$KC_PARAMS/${param%%:*}"
	done
}

bd_use null 32 || BD=
zram_new 8M '' "$BD"
# Other tests expect these as they were.
params=$(cd "$KC_PARAMS" && grep -Hs . swap_ops tier)
ZT_AT_EXIT=restore_params
# There are threads when the end comes, maybe.
[ ! -e "$KC_PARAMS/nr_kcompressd" ] || ZT_KC=1
must zpat fill -k mixed "$ZDEV" > /dev/null
tier=
[ ! -d "$ZSYS/tier" ] || tier="x:$ZSYS/tier a:$ZSYS/tier"
# In use: reset has to refuse.
exec 5< "$ZDEV"
for seed in 1 2; do
	# shellcheck disable=SC2086 # two words
	zhammer -t $((seconds * 500)) -s $seed "x:$ZSYS" "x:$ZSYS" "a:$ZSYS" $tier \
		"x:$CONTROL" "x:$KC_PARAMS" > /tmp/hammer.$$
	ZT_FILES=/tmp/hammer.$$
	sed 's/^/# /' /tmp/hammer.$$
	between "seed $seed: stores" \
		"$(sed -n '1s/.* n=\([0-9]*\) .*/\1/p' /tmp/hammer.$$)" 20 100000000
	check "seed $seed: every byte" zpat verify -k mixed "$ZDEV"
done
exec 5<&-
zram_reset
[ -z "${ZT_KC-}" ] || echo 0 > "$KC_PARAMS/nr_kcompressd"
# Set up or not, sizes included
# shellcheck disable=SC2086 # two words
zhammer -t $((seconds * 500)) -s 3 "x:$ZSYS" "x:$ZSYS" "a:$ZSYS" $tier > /tmp/hammer.$$
sed 's/^/# /' /tmp/hammer.$$
zram_reset
# A name with a zero in it, and a newline behind: KASAN sees who looks there
if printf '/dev/null\0xxxxxxxx\n' 2> /dev/null > "$ZSYS/backing_dev"; then
	fail "a zero in a path ends it"
else
	pass "a zero in a path ends it"
fi
empty "nothing is left after reset"
zram_remove_all
finish
