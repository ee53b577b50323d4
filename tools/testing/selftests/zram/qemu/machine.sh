# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# shellcheck disable=SC2034 # what is set here is used by those who source it
#
# What differs between the machines that a guest can be. Sourced by run.sh after
# the lane's lane.env, which for another processor than our own sets MACHINE (as
# uname -m has it), CROSS (prefix of its compiler) and USERROOT (a folder with
# its programs).

NATIVE=$(uname -m)
# As QEMU and Debian call it
[ "$MACHINE" != i686 ] || MACHINE=i386
export MACHINE=${MACHINE:-$NATIVE} CROSS=${CROSS:-}
export USERROOT=${USERROOT:-}
[ "$MACHINE" = "$NATIVE" ] || [ -n "$USERROOT" ] ||
	die "there are no programs for $MACHINE (USERROOT)"
# The guest's own programs
export GUEST_BIN=$BUILD/selftests
[ "$MACHINE" = "$NATIVE" ] || GUEST_BIN=$GUEST_BIN-$MACHINE

# Disks and ports are on PCI but for s390x, which has a bus of its own and in
# QEMU no NVMe; x86 alone has more than one serial port. "console" is the
# kernel's, "verdict" and "results" are the names in the guest of what becomes
# ktap.log and results.tar.gz.
bus=pci
console=ttyS0
verdict=/dev/hvc0
results=/dev/hvc1
case $GUEST-$MACHINE in
uml-*)
	bus=ubd
	console=tty0
	verdict=/dev/ttyS1
	results=/dev/ttyS2
	machine=(-accel "user mode")
	;;
*-x86_64)
	verdict=/dev/ttyS1
	results=/dev/ttyS2
	;;
*-aarch64)
	console=ttyAMA0
	machine=(-accel "tcg,thread=multi" -machine "virt,gic-version=3"
		-cpu cortex-a72)
	;;
*-i386)
	verdict=/dev/ttyS1
	results=/dev/ttyS2
	machine=(-accel "tcg,thread=multi" -machine q35 -cpu max)
	;;
*-s390x)
	bus=ccw
	console=ttyS1
	machine=(-accel "tcg,thread=multi" -machine s390-ccw-virtio -cpu max)
	;;
*)
	die "no emulated machine is known for $MACHINE"
	;;
esac

# machine_ports OUT: options for what the guest writes to
machine_ports() {
	ports=(-serial "file:$1/console.log")
	case $MACHINE in
	x86_64|i386)
		ports+=(-serial "file:$1/ktap.log"
			-serial "file:$1/results.tar.gz")
		;;
	*)
		ports+=(-device "virtio-serial-$bus"
			-chardev "file,id=verdict,path=$1/ktap.log"
			-device "virtconsole,chardev=verdict"
			-chardev "file,id=results,path=$1/results.tar.gz"
			-device "virtconsole,chardev=results")
		;;
	esac
}
