#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# accel.sh KIMAGE: prints QEMU's options for the fastest accelerator that
# works. /dev/kvm may be there and still hang on an ordinary kernel, so KVM
# counts only after it booted one; the answer is kept until the host reboots.
#
# Under TCG: qemu64 starts processes twice as fast as "max", and QEMU 7.2
# gets cmpxchg16b wrong (double faults in the slab allocator of 6.12). With
# rdrand the random number generator is ready before the second CPU runs, and
# need not change code in use later (see emulator.sh).
# ZT_ACCEL=kvm or ZT_ACCEL=tcg overrides. With ZT_ACCEL=icount QEMU counts instructions,
# each of which takes 1 ns of the guest's time, and the load of the host does not count.

. "$(dirname "$0")/common.sh"

KVM="-accel kvm -cpu host"
TCG="-accel tcg,thread=multi -cpu qemu64,-cx16,+rdrand"
ICOUNT="${TCG/multi/single} -icount shift=0,sleep=off"
PROBE_SECONDS=10

kimage=$1

make_probe() {
	install "$GUEST_BIN/qemu/init" "$1/init"
	mkdir "$1"/{dev,proc,sys,tmp}
}

kvm_boots() {
	local log=$BUILD/kvm-probe.log archive=$CACHE/probe.cpio

	[ -w /dev/kvm ] || return 1
	with_stage make_probe "$archive"
	rm -f "$log"
	# QEMU may abort here, which the shell is not to report either.
	# shellcheck disable=SC2086 # options
	{ timeout -k 1 $PROBE_SECONDS setpriv --pdeathsig KILL \
		qemu-system-x86_64 $KVM -m 256 -smp 2 -nodefaults \
		-no-user-config -display none -no-reboot -kernel "$kimage" \
		-initrd "$archive" -serial null -serial "file:$log" \
		-append "console=ttyS0 panic=-1 zt_mode=probe zt_verdict=/dev/ttyS1" \
		< /dev/null || return 1; } > "$BUILD/kvm-probe.err" 2>&1
	grep -q "init started" "$log"
}

case ${ZT_ACCEL:-} in
kvm) echo "$KVM"; exit ;;
tcg) echo "$TCG"; exit ;;
icount) echo "$ICOUNT"; exit ;;
esac

mkdir -p "$BUILD"
verdict=$BUILD/accel-$(cat /proc/sys/kernel/random/boot_id)
if [ ! -e "$verdict" ]; then
	rm -f "$BUILD"/accel-*
	echo "probing KVM, up to $PROBE_SECONDS s" >&2
	if kvm_boots; then
		echo kvm > "$verdict"
	else
		echo tcg > "$verdict"
	fi
fi
case $(cat "$verdict") in
kvm) echo "$KVM" ;;
*) echo "$TCG" ;;
esac
