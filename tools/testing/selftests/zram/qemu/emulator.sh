# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What to do when not the guest fails but the emulator. Sourced by run.sh.
#
# The kernel changes its own code (static keys, static calls) under a
# breakpoint. TCG drops its translation of a page before it stores to the page,
# and another CPU may translate the old bytes in between: that translation stays
# and runs the breakpoint long after the kernel has removed it. Two processes
# reading /dev/zero while tracepoints are switched bring it about in a second,
# without zram. The oops proves it: it shows the bytes in memory, and the one
# before the instruction pointer is not the breakpoint that was executed.

stale_breakpoint() {
	awk '
		/(Oops: )?int3: 0000/ { int3 = 1 }
		int3 && /RIP: / { kernel = /RIP: 0010:/ }
		int3 && /Code: / {
			for (i = 2; i <= NF && $i !~ /^<..>$/; i++)
				;
			stale = kernel && i <= NF && $(i - 1) != "cc"
			exit
		}
		END { exit !stale }
	' "$1/console.log"
}

# keep_finished OUT NUMBER: what the guest reported before the test it broke off
# in goes to OUT/ktap.done, with a verdict on the kernel's log of its own. NUMBER
# tests had finished in guests before it. Prints how many have now.
keep_finished() {
	local out=$1 number=$2 log

	# From the last title on it is the next guest's work.
	tac "$out/ktap.log" | sed '0,/^# running /d' | tac > "$out/ktap.part"
	number=$((number + $(grep -cE '^(not )?ok ' "$out/ktap.part" || :)))
	# But for what has failed by then.
	if tac "$out/ktap.log" | sed '/^# running /q' | grep -qE '^ *not ok '; then
		tac "$out/ktap.log" | sed '/^# running /q' | tac |
			grep -vE '^(not )?ok ' >> "$out/ktap.part"
		echo "not ok $((++number)) - before the emulator failed" \
			>> "$out/ktap.part"
	fi
	log=$(tr -d '\r' < "$out/console.log" |
		grep -ao '\[ *[0-9]*\.[0-9]*\] .*' |
		sed '/int3: 0000/,$d' |
		awk -f "$QEMU_DIR/guest/kernel_log.awk" | sed 's/^/  /')
	{
		cat "$out/ktap.part"
		echo "# running $((++number)) kernel_log"
		echo "$log"
		case $log in
		*"not ok "*) echo "not ok $number - kernel_log" ;;
		*) echo "ok $number - kernel_log" ;;
		esac
		echo "# running $((++number)) memory_leaks"
		echo "ok $number - memory_leaks # SKIP the emulator broke the guest off"
	} >> "$out/ktap.done"
	rm -f "$out/ktap.part"
	echo "$number"
}

# rest_of ITEMS KTAP: the items that a guest with this report did not finish.
rest_of() {
	local name

	name=$(awk '/^# running / { name = $4 } END { print name }' "$2")
	[ -n "$name" ] || { echo "$1"; return; }
	tr ' ' '\n' <<< "$1" | sed -n "/^${name}\$/,\$p" | paste -sd' '
}
