#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# The server of a network block device dies. What is in memory stays, what is on
# the device is an error to read, and the zram device can still be reset.

. ./lib.sh

bd_use nbd 32 || skip_all "no NBD"
zram_new 16M '' "$BD"
must zpat fill -k random -n 2048 "$ZDEV" > /dev/null
put "$ZSYS/idle" all
store 0 writeback idle
must zpat fill -k random -o 2048 -n 2048 "$ZDEV" > /dev/null
bd_read
is "half of the pages is on the device" "$BD_COUNT" 2048

must kill -9 "$NBD_SERVER"
wait_for 10 gone "$NBD_SERVER" || bail "the server lives"
gives "what is there cannot be read" EIO ztry -r "$ZDEV"
put "$ZSYS/idle" all
store EIO writeback idle
wb_read
is "writeback_stat has the error" "$WB_last_error" "-5"
bd_read
is "no block is taken for what could not be written" "$BD_COUNT" 2048
check "what is in memory is all there" \
	zpat verify -k random -o 2048 -n 2048 "$ZDEV"
must zpat fill -k random -n 1024 "$ZDEV" > /dev/null
check "pages that were lost can be written anew" \
	zpat verify -k random -n 1024 "$ZDEV"
bd_read
is "which gives their blocks back" "$BD_COUNT" 1024
zram_reset
empty "the pool is empty after reset"
finish
