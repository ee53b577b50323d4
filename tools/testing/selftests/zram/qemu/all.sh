#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# all.sh --lane LANE [--out DIR] [option of run.sh]...: all tests, as run.sh --all.
# A guest leaves half of two processors idle: half of the tests run in a second guest
# beside the first, in DIR/first and DIR/second. The report is one, in DIR. With
# GUESTS=1 in the environment, on one processor or with little memory there is one guest.
# Tests that state that they are slow are left out, which the report says; SLOW=1 in the
# environment runs them, too.

. "$(dirname "$0")/common.sh"

# What the second guest does: about half by time. Unequal halves cost time only.
SECOND="wb_ kc_ client_ race_ swap_ tier_spill recomp_race test_recomp.sh attr_recomp"
[ -z "${SLOW:-}" ] || SECOND+=" tier_discard"
NEEDED_KIB=$((3 * 1024 * 1024))

free_kib=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
if [ "${GUESTS:-2}" -lt 2 ] || [ "$(nproc)" -lt 2 ] || [ "$free_kib" -lt $NEEDED_KIB ]; then
	exec "$QEMU_DIR/run.sh" "$@" --all
fi

lane='' out=''
options=("$@")
while [ $# -ge 2 ]; do
	case $1 in
	--lane) lane=$2 ;;
	--out) out=$2 ;;
	esac
	shift 2
done
out=${out:-$BUILD/$lane/guest}
mkdir -p "$out"/{first,second}
# As run.sh, which locks the directories of the halves
exec 9> "$out/lock"
flock -n 9 || die "another guest uses $out; choose another --out"
rm -rf "${out:?}"/{ktap.log,summary.txt,console*.log,results} \
	"$out"/{first,second}/summary.txt

# The summary is that of both.
export ZT_HALF=1
"$QEMU_DIR/run.sh" "${options[@]}" --out "$out/second" --tests "$SECOND" \
	> "$out/second/output" 2>&1 &
second=$!
trap 'kill $second 2> /dev/null || :' EXIT
trap 'exit 130' INT TERM HUP
failed=
"$QEMU_DIR/run.sh" "${options[@]}" --out "$out/first" --but "$SECOND" || failed=y
echo "the second guest, beside it:"
tail -f -n +1 -s 0.2 --pid=$second "$out/second/output"
wait $second || failed=y

# One report: tests are counted through, and both verdicts make one.
died=
for half in first second; do
	[ -e "$out/$half/summary.txt" ] || die "the $half guest gave no report"
	died+=$(sed -n "s/^FAILED guest: /$half: /p" "$out/$half/summary.txt")
done
cat "$out"/{first,second}/ktap.log | tr -d '\r' | awk '
	/^# running / { $3 = ++n }
	/^ok [0-9]+ - / { $2 = n }
	/^not ok [0-9]+ - / { $3 = n }
	/^1\.\.[0-9]+$/ { next }
	/^VERDICT / { good += $2 == "pass"; next }
	{ print }
	END {
		print "1.." n
		print "VERDICT " (good == 2 ? "pass" : "fail")
	}' > "$out/ktap.log"
awk -f "$QEMU_DIR/summary.awk" LANE="$lane" SECONDS="$SECONDS" DIED="$died" HALVES=2 \
	"$out/ktap.log" > "$out/summary.txt" || failed=y
left_out >> "$out/summary.txt"
cat "$out/summary.txt"
[ -z "$failed" ]
