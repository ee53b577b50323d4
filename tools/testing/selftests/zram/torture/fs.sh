#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# torture: ext4 on a device, files verified by fio, while it is written back and
# recompressed.

# shellcheck source=lib.sh
. torture/lib.sh

actor fs "$1"
mnt=/tmp/torture/$ACTOR
mkdir -p "$mnt"
modprobe ext4 > /dev/null 2>&1
bd_use loop 64 || BD=
size=16M
[ -z "${ZT_DEBUG-}" ] || size=4M
while more; do
	zram_add
	setup lzo-rle lz4 zstd
	[ -z "$BD" ] || put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 48M
	must mkfs.ext4 -q -F "$ZDEV"
	must mount -t ext4 "$ZDEV" "$mnt"
	ZT_MOUNTS=$mnt
	bother 120000 300
	pick randwrite write randrw
	how=$P
	pick psync libaio io_uring
	engine=$P
	rnd 10000
	decide "fio $how $engine"
	if fio --name=f --directory="$mnt" --thread --size="$size" --rw="$how" \
		--bsrange=4k-64k --ioengine="$engine" --verify=crc32c \
		--verify_fatal=1 --do_verify=1 --fsync=64 --randseed=$R \
		--buffer_compress_percentage=50 --refill_buffers \
		--output-format=terse > "$OUT.fio" 2>&1; then
		tally verified $((${size%M} * 256))
		tally "verified_$ACTOR" $((${size%M} * 256))
	else
		fail "round $ROUND: fio" "$(tail -n 5 "$OUT.fio")"
	fi
	rm -f "$mnt"/f.*
	fstrim "$mnt" || fail "round $ROUND: fstrim"
	kill -TERM "$BOTHER" 2> /dev/null
	bothered
	tiered
	must umount "$mnt"
	ZT_MOUNTS=
	e2fsck -fn "$ZDEV" > "$OUT.fsck" 2>&1 ||
		fail "round $ROUND: fsck" "$(tail -n 5 "$OUT.fsck")"
	zram_remove || fail "round $ROUND: hot_remove"
	tally removals 1
done
pass "$ACTOR: $ROUND rounds"
finish
