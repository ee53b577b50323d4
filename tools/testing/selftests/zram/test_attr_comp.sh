#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# comp_algorithm: the list, the selection and its errors.

. ./lib.sh

zram_add
list=$(cat "$ZSYS/comp_algorithm"; echo end)
is "the list ends with a blank and a newline" \
	"${list#"${list%?????}"}" " ${NL}end"
case $list in
*"[$DEF_COMP]"*) pass "$DEF_COMP is the default" ;;
*) fail "$DEF_COMP is the default" "$list" ;;
esac
algorithms
order=
for name in lzo-rle lzo lz4 lz4hc zstd deflate 842 lzpage; do
	case " $ALGORITHMS " in *" $name "*) order="$order$name " ;; esac
done
is "the order of the list" "$ALGORITHMS " "$order"
for name in $ALGORITHMS; do
	store 0 comp_algorithm "$name"
	case $(cat "$ZSYS/comp_algorithm") in
	*"[$name]"*) pass "$name is selected" ;;
	*) fail "$name is selected" ;;
	esac
done
store 0 comp_algorithm "lzo$NL"
store EINVAL comp_algorithm nosuchthing
store EINVAL comp_algorithm lz
store EINVAL comp_algorithm "lzo lz4"
gives "127 letters give EINVAL" EINVAL ztry -n "$ZSYS/comp_algorithm" 127
gives "128 letters give E2BIG" E2BIG ztry -n "$ZSYS/comp_algorithm" 128
case $(cat "$ZSYS/comp_algorithm") in
*"[lzo]"*) pass "errors leave the selection" ;;
*) fail "errors leave the selection" "$(cat "$ZSYS/comp_algorithm")" ;;
esac
# A program may write all of an array of characters
printf 'lzo-rle\0%0127d' 0 > "$ZSYS/comp_algorithm"
is "a name with many bytes behind its end" $? 0
case $(cat "$ZSYS/comp_algorithm") in
*"[lzo-rle]"*) pass "it is selected" ;;
*) fail "it is selected" "$(cat "$ZSYS/comp_algorithm")" ;;
esac
put "$ZSYS/disksize" 4M
store EBUSY comp_algorithm lzo-rle
store EBUSY comp_algorithm lzo
finish
