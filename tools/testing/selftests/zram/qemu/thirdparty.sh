#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# thirdparty.sh --lane LANE [option of run.sh]...: runs guest/thirdparty.sh, which
# needs programs of others, in a guest. Those that guests do not have anyhow come from
# Debian's packages, as a tree of their own with its libraries; nothing is installed on
# this machine.

. "$(dirname "$0")/common.sh"

PROGRAMS="stress-ng stressapptest"

# make_tree DIR: the programs and their libraries
make_tree() {
	local stage=$1 program loader

	rm -rf "$stage"
	mkdir -p "$stage"/usr/{bin,lib,lib64} "$stage"/{dev,proc,sys,tmp,mnt}
	ln -s usr/bin usr/lib usr/lib64 "$stage/"
	for program in $PROGRAMS; do
		install "$USERROOT/usr/bin/$program" "$stage/usr/bin/"
		copy_libraries "$stage" "$USERROOT/usr/bin/$program"
	done
	# In the package this is a link with an absolute path, which is that of the host.
	loader=$(cd "$stage" && echo usr/lib64/ld-linux*)
	install "$USERROOT/usr/lib/$MACHINE-linux-gnu/${loader##*/}" "$stage/$loader"
}

MACHINE=$(uname -m)
[ "$MACHINE" = x86_64 ] || die "the packages' programs are tried on x86_64 only"
USERLAND=$(dpkg --print-architecture) || die "this is no Debian"
export USERLAND
# shellcheck disable=SC2086 # a list
USERROOT=$("$TOP/tools/kernel/fetch-root" $PROGRAMS)
make_tree "$BUILD/thirdparty"
# Those of the guest are the host's.
unset USERROOT USERLAND
exec "$QEMU_DIR/run.sh" "$@" --tests thirdparty --add "$BUILD/thirdparty:/thirdparty"
