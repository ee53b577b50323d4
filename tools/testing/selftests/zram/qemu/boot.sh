# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Boots one guest and watches it. Sourced by run.sh.

guest_pid=
tail_pid=
ended=

# start_guest OUT OPTION...: in the background, with the files of OUT as its
# consoles. User Mode Linux is a session of processes.
start_guest() {
	local out=$1 ports
	shift

	if [ "$GUEST" = uml ]; then
		setpriv --pdeathsig KILL setsid "$KIMAGE" "$@" \
			con=null con0=null,fd:1 ssl=null ssl1=null,fd:5 \
			ssl2=null,fd:6 < /dev/null > "$out/console.log" 2>&1 \
			5>> "$out/ktap.log" 6> "$out/results.tar.gz" &
	else
		mkfifo "$out"/monitor.{in,out}
		machine_ports "$out"
		setpriv --pdeathsig KILL "qemu-system-$MACHINE" "$@" \
			-display none \
			-chardev "pipe,id=monitor,path=$out/monitor" \
			-mon monitor "${ports[@]}" \
			< /dev/null > "$out/qemu.log" 2>&1 &
	fi
	guest_pid=$!
}

# Nothing of a guest may outlive this script, however it ends. For SIGKILL
# there is setpriv's parent-death signal below.
end_guest() {
	local status=0

	[ -z "$guest_pid" ] || kill -KILL "$guest_pid" 2>/dev/null || :
	[ "$GUEST" != uml ] || kill -KILL -- "-$guest_pid" 2>/dev/null || :
	[ -z "$tail_pid" ] || kill "$tail_pid" 2>/dev/null || :
	[ -z "$guest_pid" ] || wait "$guest_pid" 2>/dev/null || status=$?
	[ "$status" -eq 0 ] ||
		ended=${ended:-the emulator ended with status $status}
	guest_pid=
	tail_pid=
}

# A guest ends by itself, or for being silent too long or out of time: then
# the variable "ended" says so. Once it gave its verdict it gets ten seconds.
watch_guest() {
	local out=$1 stall=$2 end=$((SECONDS + $3)) size last_size=0
	local last_change=$SECONDS

	ended=
	while kill -0 "$guest_pid" 2>/dev/null; do
		sleep 0.5
		size=$(stat -c %s "$out"/{console,ktap}.log | paste -sd' ')
		if [ "$size" != "$last_size" ]; then
			last_size=$size
			last_change=$SECONDS
		fi
		if [ $((SECONDS - last_change)) -ge 10 ] &&
		   grep -q "^VERDICT" "$out/ktap.log"; then
			break
		elif [ $((SECONDS - last_change)) -ge "$stall" ]; then
			ended="hung: silent for $stall s"
		elif [ "$SECONDS" -ge "$end" ]; then
			ended="not done in $3 s"
		else
			continue
		fi
		interrogate_guest "$out"
		break
	done
	end_guest
}

# A non-maskable interrupt makes the kernel panic and tell where it was.
interrogate_guest() {
	[ "$GUEST" != uml ] || return 0
	# Opened for reading too, or this would wait for an emulator that died.
	echo nmi 1<> "$1/monitor.in"
	sleep 3
}

# boot_guest OUT STALL TIMEOUT QEMU-OPTION...
# Console, KTAP and results go to files in OUT. Returns 0 if the guest gave
# its verdict, whichever; otherwise "ended" says what happened.
boot_guest() {
	local out=$1 stall=$2 limit=$3
	shift 3

	rm -f "$out"/{console.log,ktap.log,results.tar.gz,monitor.in,monitor.out}
	touch "$out"/{console,ktap}.log
	: > "$out/qemu.log"
	start_guest "$out" "$@"
	tail -f -n +1 -s 0.2 --pid="$guest_pid" "$out/ktap.log" &
	tail_pid=$!
	watch_guest "$out" "$stall" "$limit"
	rm -f "$out"/monitor.{in,out}

	grep -q "^VERDICT" "$out/ktap.log" && return 0
	if grep -q "Kernel panic" "$out/console.log" && [ -z "$ended" ]; then
		ended="the kernel panicked"
	fi
	ended=${ended:-the guest died}
	return 1
}

# The interactive guest: its console is our terminal. Ctrl-A X ends it.
boot_shell() {
	local out=$1 ports
	shift

	if [ "$GUEST" = uml ]; then
		"$KIMAGE" "$@" con=null con0=fd:0,fd:1 ssl=null
		return
	fi
	rm -f "$out"/{console.log,ktap.log,results.tar.gz}
	machine_ports "$out"
	"qemu-system-$MACHINE" "$@" -display none \
		-chardev "stdio,id=tty,mux=on,signal=off,logfile=$out/console.log" \
		-serial chardev:tty -mon tty "${ports[@]:2}"
}
