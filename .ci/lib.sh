# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What run and nightly share: stages, done two at a time, that count. A guest leaves
# half of two processors idle. Sourced at the top of the repository.

# make check has one guest then, and runs slow tests, too.
export GUESTS=1 SLOW=1

counts=build/ci-counts
next=build/ci-next
rm -rf "$counts"
mkdir -p "$counts"

# stage NAME COMMAND...: run it, add what it counts. What ends badly without
# having counted a failure is one.
stage() {
	local name=$1 start=$SECONDS count p f s status

	shift
	"$@" >"build/ci-$name.log" 2>&1
	status=$?
	count=$(grep -oE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "build/ci-$name.log" |
		tail -n 1)
	read -r p f s <<<"$(tr -cs '0-9\n' ' ' <<<"$count")"
	p=${p:-0} f=${f:-0} s=${s:-0}
	if [ "$status" != 0 ] && [ "$f" = 0 ]; then f=1; fi
	if [ "$status" = 0 ] && [ "$p" = 0 ]; then
		echo "$name: nothing was counted" >>"build/ci-$name.log"
		f=$((f + 1))
	fi
	echo "$p $f $s" >"$counts/$name"
	echo "=== $name: $p passed, $f failed, $s skipped, $((SECONDS - start)) s" \
		>>"build/ci-$name.log"
}

# take: the number of the next stage
take() {
	local i

	exec 8>"$next.lock"
	flock 8
	read -r i <"$next"
	echo "$i"
	echo $((i + 1)) >"$next"
}

# worker STAGE...: do those that the other has not begun. A stage is the text of a
# command, its name first. "beside" before a command has it run beside the stages that
# follow; it counts nothing.
worker() {
	local i name command

	while true; do
		i=$(take)
		[ "$i" -le $# ] || return 0
		read -r name command <<<"${!i}"
		case $command in
		beside\ *)
			eval "${command#beside }" >"build/ci-$name.log" 2>&1 &
			continue
			;;
		*) eval "stage $name $command" ;;
		esac
		(
			flock 7
			echo "=== $name"
			cat "build/ci-$name.log"
		) 7>"$next.out"
	done
}

# failures: of each stage that failed, the cases that did, with their test and the
# lines before them; at the end, a short list. Who keeps only the last lines of the
# output has that.
failures() {
	local counted failed name list='' shape='^ *not ok |^FAIL'

	for counted in "$counts"/*; do
		read -r _ failed _ <"$counted"
		[ "$failed" != 0 ] || continue
		name=${counted##*/}
		echo "=== $name: $failed failed"
		awk -v shape="$shape" '
			/^# running / { test = $0 }
			{ before[NR % 20] = $0 }
			$0 ~ shape {
				print test
				for (i = NR - 19; i <= NR; i++)
					if (i > shown) print before[i % 20]
				shown = NR
			}
		' "build/ci-$name.log" | tail -n 150
		tail -n 5 "build/ci-$name.log"
		list+=$(grep -E "$shape" "build/ci-$name.log" | sort -u | head -n 10 |
			sed "s/^ */$name: /")$'\n'
		list+=$(tail -n 2 "build/ci-$name.log")$'\n'
	done
	grep . <<<"$list"
}

# stages STAGE...: all of them; what a stage says is shown when it is done. The last
# lines are what failed, and the sum. Fails if a stage did.
stages() {
	local workers stage name command

	# Until there is something better to say: what a worker never comes to has failed
	for stage; do
		read -r name command <<<"$stage"
		case $command in
		beside\ *) ;;
		*) echo "0 1 0" >"$counts/$name" ;;
		esac
	done
	echo 1 >"$next"
	set -m
	worker "$@" &
	workers=($!)
	worker "$@" &
	workers+=($!)
	set +m
	# shellcheck disable=SC2064 # the process ids of now
	trap "kill -- -${workers[0]} -${workers[1]} 2>/dev/null" EXIT
	while kill -0 "${workers[0]}" 2>/dev/null || kill -0 "${workers[1]}" 2>/dev/null; do
		sleep 1
		[ $((SECONDS % 30)) != 0 ] ||
			echo "  $SECONDS s, $(find build -name 'ci-*.log' -mmin -1 \
				-exec tail -qn 1 {} + | xargs -d '\n' printf '%.60s; ')"
	done
	wait "${workers[@]}"
	failures
	awk '{ passed += $1; failed += $2; skipped += $3 }
		END {
			printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
			exit failed > 0
		}' "$counts"/*
}
