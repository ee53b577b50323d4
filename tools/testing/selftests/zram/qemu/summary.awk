# SPDX-License-Identifier: GPL-2.0
#
# summary.awk LANE=name SECONDS=n DIED=text ktap.log
#
# The guest's KTAP as one summary: the cases that failed with their
# diagnostics, then a line of totals. A case is a result without results of
# its own below it. Exits 0 only if something passed, nothing failed, and the
# guest's last word was "VERDICT pass".

function count(result, name) {
	if (result ~ /^not ok/) {
		failed++
		failures = failures "FAILED " name "\n" diagnostics
	} else if (result ~ /# SKIP/) {
		skipped++
		skips = skips "skipped " name "\n"
	} else {
		passed++
	}
}

function label(line) {
	sub(/^ *(not )?ok [0-9]* *(- *)?/, "", line)
	return line
}

{
	sub(/\r$/, "")
}

# The title of a test begins its output.
/^# running / {
	test = $4
	nested = nested_failed = 0
	diagnostics = ""
	next
}

/^  (not )?ok / {
	nested++
	nested_failed += $1 == "not"
	sub(/^  /, "")
	count($0, test ": " label($0))
	diagnostics = ""
	next
}

# A test that fails although its cases do not is a case of its own. If they do,
# it may still have something to add: that it ran out of time, for one.
/^(not )?ok / {
	tests++
	if (!nested || ($1 == "not" && !nested_failed))
		count($0, label($0))
	else if ($1 == "not" && diagnostics !~ /exit status/)
		failures = failures diagnostics
	diagnostics = ""
	next
}

/^1\.\.[0-9]+$/ {
	planned = substr($0, 4) + 0
	next
}

/^VERDICT / {
	verdict = $2
	next
}

# That a test goes on, or how long it took, explains nothing.
/^# [^ ]*: [0-9]+ s$/ || /^# [^ ]* took [0-9.]+ s$/ {
	next
}

# Diagnostics come before the result they belong to.
/^ *#/ {
	line = $0
	sub(/^ */, "    ", line)
	diagnostics = diagnostics line "\n"
	next
}

END {
	if (DIED != "") {
		failed++
		failures = failures "FAILED guest: " DIED \
		    (test && !HALVES && DIED !~ /, during / ? ", during " test : "") "\n"
	} else if (verdict == "pass" && planned != tests) {
		failed++
		failures = failures "FAILED guest: planned " planned + 0 \
		    " tests, reported " tests + 0 "\n"
	} else if (verdict != "pass" && !failed) {
		failed++
		failures = failures "FAILED guest: its session failed\n" \
		    diagnostics
	}
	printf "\n%s%s", skips, failures
	printf "%s: %d passed, %d failed, %d skipped (%d tests, %d s)\n",
	    LANE, passed, failed, skipped, tests, SECONDS
	exit !(passed > 0 && failed == 0)
}
