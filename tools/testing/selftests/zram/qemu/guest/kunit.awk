# SPDX-License-Identifier: GPL-2.0
#
# Reads dmesg from "zram-selftest: kunit start" on, where KUnit printed nested
# KTAP (plan of suites, then per suite its cases, indented by four), and
# prints one flat case per KUnit case, with the diagnostics of the failed.

{
	sub(/^\[ *[0-9.]+\](\[[^]]*\])? ?/, "")
}

/^zram-selftest: kunit start/ {
	started = 1
	next
}

!started {
	next
}

/^1\.\.[0-9]+/ {
	suites += substr($0, 4)
	next
}

/^ +# Subtest: / {
	if ($0 ~ /^    #/)
		suite = $3
	diagnostics = ""
	said = 0
	next
}

/^    (not )?ok [0-9]+ / {
	is_bad = $1 == "not"
	sub(/^    (not )?ok [0-9]+ (- )?/, "")
	emit(is_bad, suite "." $0)
	suite_failed += is_bad
	next
}

# A suite's own line adds a case only if none of its cases explains it.
/^(not )?ok [0-9]+ / {
	is_bad = $1 == "not"
	done++
	sub(/^(not )?ok [0-9]+ (- )?/, "")
	if (is_bad && !suite_failed)
		emit(1, $0)
	else if ($0 ~ /# SKIP/)
		emit(0, $0)
	suite_failed = 0
	next
}

/^ +(ok|KTAP|1\.\.|# module:|# Totals:)/ {
	next
}

# What a case says about itself: expectations, failed parameters. Not all of
# it: an expectation in a loop can fail a hundred thousand times.
/^    / && ++said <= 20 {
	sub(/^ +(# )?/, "")
	diagnostics = diagnostics "# " $0 "\n"
}

function emit(is_bad, name) {
	if (is_bad)
		printf "%s", diagnostics
	failed += is_bad
	cases++
	print (is_bad ? "not ok " : "ok ") cases " - " name
	diagnostics = ""
	said = 0
}

END {
	if (!suites || done != suites)
		emit(1, "KUnit ran " (done + 0) " of " (suites + 0) " suites")
	print "1.." cases
	exit failed > 0
}
