# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the actors of the torture share: each is a process with devices of its own
# that takes random decisions until the time is up. The decisions follow from
# TORTURE_SEED and the actor's name and number; when they come true does not.
#
#   actor NAME		# first; NAME is that of the log, too
#   while more; do
#	pick a b c	# sets P to one of them
#	rnd 10		# sets R to 0..9
#	decide "..."	# into the log
#	tally pages 7	# summed up over all actors
#   done
#   finish

# shellcheck disable=SC2034 # set here, read by the actors
# shellcheck disable=SC2086 # lists of words are meant to be split

ZT_BESIDE=1
MODES="idle,huge,huge_idle,incompressible,type=idle,page_index=3"
MODES="$MODES,page_indexes=0-700,page_index=1 page_index=9,3,nonsense"
RECOMPRESS="type=idle,type=huge,type=huge_idle,type=idle threshold=2000"
RECOMPRESS="$RECOMPRESS,type=idle max_pages=50,type=idle priority=2,type=x"
# shellcheck source=../lib.sh
. ./lib.sh

# actor NAME NUMBER
actor() {
	ACTOR=$1$2 OUT=/tmp/torture/$1$2
	ZT_GROUP=zt_$ACTOR
	RND=$(((TORTURE_SEED * 7919 + $2 * 104729 + 12345) & 0x7fffffff))
	ROUND=0
	for r in 1 2 3 4; do rnd 2; done
}

rnd() {
	RND=$(((RND * 1103515245 + 12345) & 0x7fffffff))
	R=$(((RND >> 12) % $1))
}

pick() {
	rnd $#
	eval "P=\${$((R + 1))}"
}

decide() {
	echo "# round $ROUND: $*"
}

tally() {
	echo "tally $1 $2"
}

# tally_of FILE: the numbers of "key=N" words that a program printed
tally_of() {
	tr ' ' '\n' < "$1" |
		sed -n 's/^\(verified\|rounds\|writes\|reads\|discards\|zeroouts\|opens\)=\([0-9]*\)$/tally \1 \2/p'
	# What zhammer stored, by attribute
	sed -n 's/^w:.*\/\([a-z_]*\)=.* n=\([0-9]*\) .*/tally stores_\1 \2/p' "$1"
}

# There is time for another round
more() {
	read -r zt_up _ < /proc/uptime
	[ "${zt_up%.*}" -lt "$TORTURE_END" ] || return 1
	ROUND=$((ROUND + 1))
	tally rounds 1
}

# Pauses for up to MS milliseconds
pause() {
	rnd "$1"
	usleep $((R * 1000))
}

# setup ALGORITHM...: random settings of a device that is not set up yet, with those of the
# compressors that this kernel has
setup() {
	algorithms
	zt_known=
	for zt_alg; do
		case " $ALGORITHMS " in
		*" $zt_alg "*) zt_known="$zt_known $zt_alg" ;;
		esac
	done
	set -- $zt_known
	pick "$@"
	put "$ZSYS/comp_algorithm" "$P"
	decide "$ZDEV: $P"
	if [ -e "$ZSYS/recompress" ]; then
		for zt_prio in 1 2 3; do
			pick '' "$@"
			[ -z "$P" ] || put "$ZSYS/recomp_algorithm" \
				"algo=$P priority=$zt_prio"
		done
	fi
	pick off kswapd all all
	[ ! -e "$ZSYS/kcompressd" ] || put "$ZSYS/kcompressd" "$P"
	pick 0 1
	put "$ZSYS/compressed_writeback" "$P"
	pick 1 7 32 128 1024
	put "$ZSYS/writeback_batch_size" "$P"
	[ -d "$ZSYS/tier" ] || return 0
	# Most pages that are a few seconds old are to leave.
	put "$ZSYS/tier/regret_target" 4294967295
	put "$ZSYS/tier/daily_budget" max
	pick 0 1 1
	put "$ZSYS/tier/enable" "$P"
	pick 0 1 1M
	put "$ZSYS/tier/pool_target" "$P"
	pick 0 1 1
	put "$ZSYS/tier/spill" "$P"
	decide "$ZDEV: tiering, pool_target $P"
}

# tiered: add up what the thread of this device did
tiered() {
	[ -d "$ZSYS/tier" ] || return 0
	tier_read
	tally tier_pages "$TIER_pages"
	tally tier_recompressed "$TIER_recompressed"
	tally tier_read_back "$TIER_read_back"
	tally tier_spilled "$TIER_spilled"
}

# bother MS PAUSE [WORD...]: everything an administrator may do to the device, at
# random in the background; WORDs are for zhammer. Sets BOTHER, its process.
bother() {
	zt_ms=$1 zt_pause=$2
	shift 2
	rnd 100000
	set -- -t "$zt_ms" -p "$zt_pause" -s $((R + 1)) "$@" \
		"w:$ZSYS/idle=all,1,all,0" "w:$ZSYS/compact=1" \
		"w:$ZSYS/mem_used_max=0,1" "w:$ZSYS/disksize=4M" \
		"w:$ZSYS/reset=1,0" "a:$ZSYS" \
		"r:/sys/kernel/debug/zram/zram$ZID/block_state" \
		"w:$ZSYS/writeback=$MODES" \
		"w:$ZSYS/writeback_batch_size=1,3,32,256,0,99999999" \
		"w:$ZSYS/compressed_writeback=0,1" \
		"w:$ZSYS/writeback_limit=10,1000,100000,0" \
		"w:$ZSYS/writeback_limit_enable=0,0,1"
	[ ! -e "$ZSYS/recompress" ] || set -- "$@" "w:$ZSYS/recompress=$RECOMPRESS"
	[ ! -e "$ZSYS/kcompressd" ] ||
		set -- "$@" "w:$ZSYS/kcompressd=off,all,kswapd,all"
	[ ! -e "$ZSYS/tier/recompress_age" ] ||
		set -- "$@" "w:$ZSYS/tier/recompress_age=0,1,1,3,4294967295"
	[ ! -d "$ZSYS/tier" ] ||
		set -- "$@" "a:$ZSYS/tier" "w:$ZSYS/tier/enable=1,1,1,1,1,1,0,x" \
			"w:$ZSYS/tier/idle_age=0,1,1,4" \
			"w:$ZSYS/tier/pool_target=1,1,1,1,0,1M,1T" \
			"w:$ZSYS/tier/regret_target=4294967295,4294967295,4294967295,4294967295,20,0" \
			"w:$ZSYS/tier/latency_target_us=0,1,1000,1000000" \
			"w:$ZSYS/tier/daily_budget=max,max,max,max,max,4096,100M,0" \
			"w:$ZSYS/tier/reserve=0,64M,1T" \
			"w:$ZSYS/tier/spill=1,1,0,x" \
			"w:$ZSYS/tier/capacity_low=0,1M,1T" \
			"w:$ZSYS/tier/readback_window=auto,64,16,1,65" \
			"w:$ZSYS/tier/ledger=1 1 4096 4096 1 0,2 1 0 0 0 0"
	bg zhammer "$@" > "$OUT.hammer" 2>&1
	BOTHER=$BGPID
}

# disturb MS: the same, but nothing that matters to a device which may come to have
# the number of this one
disturb() {
	bg zhammer -t "$1" "a:$ZSYS" "w:$ZSYS/compact=1" "w:$ZSYS/idle=all" \
		"w:$ZSYS/writeback=idle,huge" \
		"r:/sys/kernel/debug/zram/zram$ZID/block_state" \
		> "$OUT.hammer" 2>&1
	BOTHER=$BGPID
}

# End it, one time in three by a signal, and add up what it did
bothered() {
	rnd 3
	if [ "$R" -eq 0 ]; then
		# A shell makes those in the background ignore SIGINT.
		pick TERM USR1 KILL
		decide "SIG$P"
		kill -"$P" "$BOTHER" 2> /dev/null && tally signals 1
	fi
	wait "$BOTHER"
	status=$?
	# Killed by us or by a fault it has asked for, or seen to end before (127); but it
	# has to have understood what it was asked to do.
	[ "$status" -ne 3 ] ||
		fail "round $ROUND: zhammer: $status" "$(cat "$OUT.hammer")"
	tally_of "$OUT.hammer"
}
