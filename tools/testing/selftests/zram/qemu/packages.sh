#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes sure that the programs a test guest needs are on the host: as root
# installs the packages that are missing, otherwise names them in one line.

. "$(dirname "$0")/common.sh"

# A file of the package, and the package.
NEEDED="
busybox			busybox-static
cpio			cpio
modprobe		kmod
depmod			kmod
qemu-system-x86_64	qemu-system-x86
fio			fio
mkfs.ext4		e2fsprogs
zramctl			util-linux
setpriv			util-linux
readelf			binutils
mkswap			mount:util-linux
swapon			mount
dmsetup			dmsetup
gcc			gcc
flock			util-linux
addpart			util-linux
qemu-nbd		qemu-utils
udevadm			udev
"

# Other machines are emulated, with programs of their own.
case ${MACHINE:-} in
i386) NEEDED+="qemu-system-i386	qemu-system-x86" ;;
aarch64) NEEDED+="qemu-system-aarch64	qemu-system-arm" ;;
s390x) NEEDED+="qemu-system-s390x	qemu-system-misc" ;;
esac

missing=
while read -r program package; do
	[ -n "$program" ] || continue
	command -v "$program" > /dev/null || missing="$missing ${package##*:}"
done <<< "$NEEDED"

# The busybox of the guest has no libraries beside it.
if command -v busybox > /dev/null &&
   ldd "$(command -v busybox)" > /dev/null 2>&1; then
	missing="$missing busybox-static"
fi
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"

missing=$(tr ' ' '\n' <<< "$missing" | sort -u | tr '\n' ' ')
missing=${missing# }
missing=${missing% }
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
	die "please install: apt-get install $missing"
fi

log=$BUILD/apt.log
mkdir -p "$BUILD"
export DEBIAN_FRONTEND=noninteractive

# install COMMAND...: output to the log, its last line shown now and then.
install() {
	local pid start=$SECONDS

	"$@" >> "$log" 2>&1 < /dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 1
		(((SECONDS - start) % 10 < 9)) ||
			echo "  $((SECONDS - start)) s, $(tail -n 1 "$log")"
	done
	wait "$pid"
}

echo "installing $missing"
: > "$log"
# shellcheck disable=SC2086 # a list of packages
get() {
	install apt-get -o DPkg::Lock::Timeout=600 install -q -y \
		--no-install-recommends $missing
}
get || { install apt-get update -q && get; } ||
	die "cannot install $missing, see $log"
