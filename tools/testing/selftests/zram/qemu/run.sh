#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boots a test guest with the kernel of a lane and runs tests, one command or
# a shell in it. "run.sh --help" explains.

. "$(dirname "$0")/common.sh"
. "$QEMU_DIR/boot.sh"
. "$QEMU_DIR/emulator.sh"

usage() {
	cat <<-END
	usage: run.sh --lane LANE [option]... WHAT
	WHAT is one of
	  --all                  the whole selftest directory
	  --tests "NAME..."      some of it: a test's name, or a part that tests share
	  --but "NAME..."        the whole but those, named as for --tests
	                         Both leave slow tests out, unless SLOW=1 is set
	  --exec COMMAND         one shell command
	  --shell                an interactive shell
	options
	  --zram ours|peer       which zram.ko the tests load (ours)
	  --mem MIB              memory (1024)
	  --smp N                processors (2)
	  --disk virtio:SIZE     a disk, SIZE in M or G; also nvme:SIZE; repeatable.
	                         Tests have one of each, of 512M, if none is named
	  --append "WORDS"       more kernel command line
	  --timeout SECONDS      for the whole guest (7200)
	  --stall SECONDS        without any output until the guest counts as hung (180)
	  --test-timeout SECONDS for a test that does not state its own (120)
	  --minutes N            of the test "torture" (20)
	  --seed N               of its decisions (another one each time)
	  --out DIR              for the logs (build/LANE/guest)
	  --add HOST:GUEST       a file or directory into the guest; repeatable
	END
}

lane=
zram=ours
mem=1024
smp=2
disks=()
append=
limit=7200
stall=180
test_limit=120
minutes=20
seed=$((RANDOM * 32768 + RANDOM))
out=
adds=()
mode=
wanted=
unwanted=
done=0
early=0
BOOTS=4			# at most, where the emulator is to blame

set_mode() {
	[ -z "$mode" ] || die "one of --all, --tests, --exec, --shell"
	mode=$1
}

while [ $# -gt 0 ]; do
	case $1 in
	--help|-h) usage; exit 0 ;;
	--all) set_mode all; shift; continue ;;
	--shell) set_mode shell; shift; continue ;;
	esac
	[ $# -ge 2 ] || die "$1: unknown or without its value, see --help"
	case $1 in
	--lane) lane=$2 ;;
	--zram) zram=$2 ;;
	--mem) mem=$2 ;;
	--smp) smp=$2 ;;
	--disk) disks+=("$2") ;;
	--append) append=$2 ;;
	--timeout) limit=$2 ;;
	--stall) stall=$2 ;;
	--test-timeout) test_limit=$2 ;;
	--minutes) minutes=$2 ;;
	--seed) seed=$2 ;;
	--out) out=$2 ;;
	--add) adds+=("$2") ;;
	--tests) set_mode tests; wanted=$2 ;;
	--but) set_mode all; unwanted=$2 ;;
	--exec) set_mode exec; wanted=$2 ;;
	*) die "$1: unknown, see --help" ;;
	esac
	shift 2
done

[ -n "$lane" ] || die "which --lane? see --help"
[ -n "$mode" ] || die "what to run? see --help"
case $zram in ours|peer) ;; *) die "--zram is ours or peer" ;; esac
lane_env=$BUILD/$lane/lane.env
[ -e "$lane_env" ] || die "no $lane_env: first make LANE=$lane modules"
MACHINE='' CROSS='' USERROOT='' CHECKS='' GUEST=qemu DEF_COMP='' MM=''
# shellcheck source=/dev/null
. "$lane_env"
export ZRAM_KO PEER_KO KSRC_TREE
. "$QEMU_DIR/machine.sh"
case $zram in ours) chosen=$ZRAM_KO ;; *) chosen=$PEER_KO ;; esac
# An empty one is part of the kernel.
[ -z "$chosen" ] || [ -e "$chosen" ] || die "no $chosen: first make LANE=$lane modules"

# Tests get disks unless others are asked for; a command or a shell does without.
if [[ $mode = all || $mode = tests ]] && [ ${#disks[@]} -eq 0 ]; then
	case $bus in
	pci) disks=(virtio:512M nvme:512M) ;;
	ubd) disks=(virtio:512M) ;;
	*) disks=(virtio:512M virtio:512M) ;;
	esac
fi

# The tests to run: those of --tests, or all but those of --but. Slow ones only if they
# are named, and not as a part of all by all.sh.
# shellcheck disable=SC2086 # lists of names
select_items() {
	local without=none but

	if [ "$mode" = all ]; then
		but=$(named_items $unwanted) || exit
		without+=$'\n'$but
	fi
	if [[ -z ${SLOW:-} && ($mode = all || -n ${ZT_HALF:-}) ]]; then
		without+=$'\n'$(slow_items)
	fi
	if [ "$mode" = tests ]; then named_items $wanted; else all_items; fi |
		grep -vxF -f <(grep . <<< "$without")
}

# Single quotes for the shell of the guest.
quote() {
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

# KUnit suites are listed in a section of their own.
has_kunit() {
	[ -z "$chosen" ] || grep -q kunit_test_suites "$chosen"
}

# What a test states for itself is more than what guests get as a whole.
case " $wanted " in
*" torture "*) limit=$((limit > minutes * 60 + 1800 ? limit : minutes * 60 + 1800)) ;;
esac

guest_env() {
	local kunit='' patience=1 ours=1

	# Instrumented code takes its time, and so does an emulated processor.
	[ -z "$CHECKS" ] || patience=4
	[ "$MACHINE" = "$NATIVE" ] || patience=4
	# A page fault there is several system calls.
	[ "$GUEST" != uml ] || patience=4
	! has_kunit || kunit=1
	[ "$zram" = ours ] || ours=
	printf '%s=%s\n' \
		ZT_LANE "$(quote "$lane")" \
		ZT_DEBUG "$(quote "$CHECKS")" \
		ZT_OURS "$ours" \
		ZT_MODE "$mode" \
		ZT_ITEMS "$(quote "$items")" \
		ZT_DONE "$done" \
		ZT_EXEC "$(quote "$wanted")" \
		ZT_TEST_TIMEOUT "$test_limit" \
		ZT_PATIENCE "$patience" \
		ZT_KUNIT "$(quote "$kunit")" \
		TORTURE_MINUTES "$minutes" \
		TORTURE_SEED "$seed" \
		ZT_NR_VIRTIO "$nr_virtio" \
		ZT_NR_NVME "$nr_nvme" \
		ZT_SUPPLIED 1 \
		ZT_DEF_COMP "$DEF_COMP" \
		ZT_MM "$MM" \
		ZRAM_KO "${chosen:+/modules/$zram/zram.ko}"
}

# Sparse files; threads and write-back because a guest's disk must be fast,
# not safe.
make_disks() {
	local disk kind file id

	for disk in "${disks[@]}"; do
		kind=${disk%%:*}
		case $kind in
		virtio) id=virtio$((++nr_virtio)) ;;
		nvme) id=nvme$((++nr_nvme)) ;;
		*) die "--disk $disk: virtio:SIZE or nvme:SIZE" ;;
		esac
		file=$out/$id.raw
		rm -f "$file"
		truncate -s "${disk#*:}" "$file" || die "--disk $disk: what size?"
		if [ "$bus" = ubd ]; then
			[ "$kind" = virtio ] || die "--disk $disk: there is no NVMe"
			guest_disks+=("ubd$((nr_virtio - 1))=$file")
			continue
		fi
		guest_disks+=(-drive "if=none,id=$id,file=$file,format=raw,aio=threads,cache=writeback,discard=unmap")
		case $kind in
		virtio) guest_disks+=(-device "virtio-blk-$bus,drive=$id") ;;
		nvme) guest_disks+=(-device "nvme,drive=$id,serial=zt$nr_nvme") ;;
		esac
	done
}

make_env() {
	mkdir "$1/guest"
	cat > "$1/guest/env"
}

cleanup() {
	end_guest
	rm -f "$out"/{virtio,nvme}*.raw "$out"/{initrd,session,env}.cpio \
		"$out"/monitor.{in,out}
}

out=${out:-$BUILD/$lane/guest}
mkdir -p "$BUILD" "$out"
out=$(cd "$out" && pwd)
exec 9> "$out/lock"
flock -n 9 || die "another guest uses $out; choose another --out"
trap cleanup EXIT
trap 'echo "interrupted" >&2; exit 130' INT TERM HUP

items=
case $mode in all|tests) items=$(select_items | paste -sd' ') ;; esac
nr_virtio=0
nr_nvme=0
guest_disks=()
make_disks

exec 8> "$BUILD/initramfs.lock"
flock 8
"$QEMU_DIR/packages.sh"
"$QEMU_DIR/programs.sh"
base=$("$QEMU_DIR/base.sh")
modules=$("$QEMU_DIR/modules.sh" "$KREL" "$MODROOT")
guest_env | "$QEMU_DIR/session.sh" "$out/session.cpio" "${adds[@]}"
cat "$base" "$modules" "$out/session.cpio" > "$out/initrd.cpio"
[ "$MACHINE" != "$NATIVE" ] || [ "$GUEST" = uml ] ||
	read -ra machine <<< "$("$QEMU_DIR/accel.sh" "$KIMAGE")"
exec 8>&-

# The table of interrupts of the machine "pc" is a program of ACPI, for which a kernel
# with all the checks takes more than 20 seconds, twice, and gives up. That of q35 is a table.
case $CHECKS-$GUEST-$MACHINE in
?*-qemu-x86_64) machine+=(-machine q35) ;;
esac

# A second node, without processors, which tests of NUMA need: 64 MiB on top of
# what was asked for.
memory=(-m "$mem")
case $mode-$MACHINE in
all-x86_64|tests-x86_64)
	memory=(-m "$((mem + 64))"
		-object "memory-backend-ram,id=near,size=${mem}M"
		-object "memory-backend-ram,id=far,size=64M"
		-numa "node,nodeid=0,cpus=0-$((smp - 1)),memdev=near"
		-numa "node,nodeid=1,memdev=far")
	;;
esac

oops="oops=panic panic=-1"
[ -z "$CHECKS" ] || oops="panic_on_warn=1 $oops"
words="console=$console zt_verdict=$verdict zt_results=$results $oops rootfstype=ramfs log_buf_len=4M $append"
if [ "$GUEST" = uml ]; then
	# shellcheck disable=SC2206 # words
	guest=(seccomp=on mem="${mem}M" ncpus="$smp" initrd="$out/initrd.cpio"
		"${guest_disks[@]}" zt_poweroff=1 $words)
else
	guest=("${machine[@]}" "${memory[@]}" -smp "$smp" -nodefaults
		-no-user-config -no-reboot -kernel "$KIMAGE" -initrd "$out/initrd.cpio"
		"${guest_disks[@]}" -append "$words unknown_nmi_panic=1")
fi

if [ "$mode" = shell ]; then
	boot_shell "$out" "${guest[@]}"
	exit
fi

echo "booting lane $lane ($KREL), ${machine[1]%%,*}, $zram zram; console: $out/console.log"
rm -f "$out"/{ktap.done,console.[0-9].log}
for ((boot = 1; ; boot++)); do
	! boot_guest "$out" "$stall" "$limit" "${guest[@]}" || break
	[ "$boot" -lt $BOOTS ] || break
	if ! grep -q "^# init started" "$out/ktap.log"; then
		[ "$early" -eq 0 ] || break
		early=1
		echo "$ended before its init started; booting once more"
		tail -n 40 "$out/console.log"
	elif [ "${machine[1]%%,*}" = tcg ] && stale_breakpoint "$out"; then
		echo "the emulator ran a breakpoint that was gone; going on in another guest"
		# Before its first test there is nothing to keep.
		if grep -q "^# running " "$out/ktap.log"; then
			done=$(keep_finished "$out" "$done")
			items=$(rest_of "$items" "$out/ktap.log")
			# The same modules and tests, and another /guest/env.
			guest_env | with_stage make_env "$out/env.cpio"
			cat "$out/env.cpio" >> "$out/initrd.cpio"
		fi
	else
		break
	fi
	cp "$out/console.log" "$out/console.$boot.log"
done
cat "$out/ktap.log" >> "$out/ktap.done"
mv "$out/ktap.done" "$out/ktap.log"

died=
if ! grep -q "^VERDICT" "$out/ktap.log"; then
	died=$ended
	echo "the last lines of the console:"
	tail -n 40 "$out/console.log"
	cat "$out/qemu.log"
fi

rm -rf "$out/results"
mkdir -p "$out/results"
if [ -s "$out/results.tar.gz" ]; then
	tar -C "$out/results" -xzf "$out/results.tar.gz" ||
		died=${died:-results arrived damaged}
fi

status=0
awk -f "$QEMU_DIR/summary.awk" LANE="$lane" SECONDS="$SECONDS" DIED="$died" \
	"$out/ktap.log" > "$out/summary.txt" || status=1
# all.sh makes one of two.
if [ -z "${ZT_HALF:-}" ]; then
	[ "$mode" != all ] || left_out >> "$out/summary.txt"
	cat "$out/summary.txt"
fi
[ $status -eq 0 ]
