# SPDX-License-Identifier: GPL-2.0
#
# Reads dmesg. Prints KTAP: a failed case with the text for each splat since
# "zram-selftest: session start", or a passed one if there is none.

BEGIN {
	LINES = 25	# of a splat shown
	SPLATS = 20	# shown
}

{
	text = $0
	sub(/^\[ *[0-9.]+\](\[[^]]*\])? ?/, "", text)
}

text == "zram-selftest: session start" {
	started = 1
	where = "session start"
	next
}

!started {
	next
}

text ~ /^zram-selftest: begin / {
	where = substr(text, 22)
	left = 0
	next
}

# A KUnit failure counts even when the suites ran outside the kunit item, which
# reports its own.
where != "kunit" && text ~ /^ *not ok [0-9]+ / && text !~ /# (SKIP|TODO)/ {
	splat(text)
	left = 0
	next
}

# 6.12's scheduler leaves a task whose dequeue it delays behind on a CPU that goes.
# Nothing of zram is bound to a CPU.
left <= 0 && /WARNING: .* sched_cpu_dying/ {
	gsub(/#/, "", text)
	print "# not counted: " text
	next
}

# The lines that follow belong to the splat already open. Plain expressions:
# busybox compiles them once, but one held in a variable for every line.
/BUG:|WARNING:|Oops|KASAN|UBSAN|KFENCE|ODEBUG:|refcount_t:/ ||
/possible circular|possible recursive|inconsistent lock state/ ||
/suspicious RCU|bad unlock balance|DEBUG_LOCKS_WARN_ON/ ||
/blocked( in I\/O wait)? for more than|soft lockup|detected stalls|self-detected stall/ ||
/Bad page state|list_(add|del) corruption|general protection fault/ ||
/unreferenced object|fullness group .* is not empty|non-empty class/ {
	if (left <= 0)
		splat(text)
}

left > 0 {
	body = body "#   " text "\n"
	left--
}

function splat(title) {
	finish()
	found++
	gsub(/#/, "", title)
	heading = "not ok " found " - during " where ": " title
	left = LINES
}

# Diagnostics go before the result they belong to.
function finish() {
	if (heading != "" && found <= SPLATS)
		print body heading
	heading = body = ""
}

END {
	finish()
	if (!started) {
		print "not ok 1 - the log no longer holds the session's start"
		exit 1
	}
	if (!found)
		print "ok 1 - kernel log is clean"
	if (found > SPLATS)
		print "# " found - SPLATS " more not shown"
	exit found > 0
}
