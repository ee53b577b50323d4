# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts of tools/kernel share. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
TOOLS=$ROOT/tools/kernel
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/zram-overlay
JOBS=${JOBS:-$(nproc)}
# The options of the make that runs us (-s, -j) are not for the kernel's.
unset MAKEFLAGS MFLAGS MAKELEVEL
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C ROOT CACHE JOBS PATH

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "error: $*"
	exit 1
}

# meta NAME: a value of META, e.g. meta Linux-Maximum
meta() {
	sed -n "s/^$1: *//p" "$TOOLS/META"
}

# lane NAME: read the lane's row of the table `lanes` into KIND, SUITE, IMAGE,
# HEADERS and CONFIGS, and that of its processor. BUILTIN is set where the driver
# is to be part of the kernel, TWIN is the lane without that. NAME-mmN sets MM_PATCHES
# to N.
lane() {
	local name kind suite image headers arch configs

	export TWIN=${1%-builtin} BUILTIN=
	[ "$TWIN" = "$1" ] || BUILTIN=1
	if [[ $TWIN =~ ^(.+)-mm([1-9])$ ]]; then
		export TWIN=${BASH_REMATCH[1]} MM_PATCHES=${BASH_REMATCH[2]}
	fi
	while read -r name kind suite image headers arch configs; do
		[ "$name" = "$TWIN" ] || continue
		[ "$TWIN" = "$1" ] || [ "$kind" = tree ] || break
		export LANE=$1 KIND=$kind SUITE=$suite IMAGE=$image
		export HEADERS=$headers CONFIGS=$configs OUT=$ROOT/build/$1
		mkdir -p "$OUT"
		arch "$arch"
		return 0
	done < <(grep -v '^#' "$TOOLS/lanes")
	die "no lane '$1' (see tools/kernel/lanes)"
}

# arch NAME: read the processor's row of the table `arches` into PROCESSOR,
# COMPILER (packages), BOOT, USERLAND and OPTIONS, and what the kernel's make wants
# to know into ARCH and CROSS_COMPILE
arch() {
	local name arch prefix packages boot userland options

	while read -r name arch prefix packages boot userland options; do
		[ "$name" = "$1" ] || continue
		export PROCESSOR=$name CROSS_COMPILE=${prefix#-}
		# Headers of a distribution know theirs
		[ "${KIND:-tree}" = module ] || export ARCH=$arch
		export COMPILER=${packages//,/ } BOOT=$boot
		export USERLAND=${userland#-} OPTIONS=$options
		return 0
	done < <(grep -v '^#' "$TOOLS/arches")
	die "no processor '$1' (see tools/kernel/arches)"
}

# locked FILE: hold FILE's lock until the script ends, saying so if it waits
locked() {
	mkdir -p "$(dirname "$1")"
	exec 9>"$1"
	flock -n 9 && return
	say "waiting for another build that uses $(dirname "$1")"
	flock 9
}

# put FROM TO: copy a file whole or not at all, as a guest may be reading TO
put() {
	cmp -s "$1" "$2" && return
	cp "$1" "$2.new"
	mv "$2.new" "$2"
}

# copy_tree PRISTINE DIR: DIR/src becomes a copy of a source tree, of hard links,
# without the tree's zram; once, unless somebody works on that tree
copy_tree() {
	# An empty name would be the root of the file system.
	[ -e "$1/Kbuild" ] || die "no kernel sources in '$1': first make modules"
	if [ -e "$2/copied" ] && [ -z "${KSRC:-}" ]; then
		return
	fi
	step "$2/copy.log" "copying the tree" "size $2/src" \
		rsync -a --delete --exclude=.git --exclude=/drivers/block/zram \
		--link-dest="$1" "$1/" "$2/src/"
	touch "$2/copied"
}

# mm_patches VERSION: lines with the mails of the series that patch mm of that kernel, the
# first MM_PATCHES of them if that is a number; none for an older kernel, with MM_PATCHES=n,
# and for a tree of the user's, which stays as it is. Fails if the kernel is newer than the
# mails.
mm_patches() {
	local series=$ROOT/tools/series/mm newest version first=${MM_PATCHES:-y}

	if [ -n "${KSRC:-}" ] || [ "$first" = n ]; then return 0; fi
	[ "$first" != y ] || first=1000
	version=$(cut -d. -f1,2 <<<"$1")
	newest=$(find "$series" -mindepth 1 -type d -printf '%f\n' | sort -V | tail -n 1)
	if [ -d "$series/$version" ]; then
		find "$series/$version" -name '*.patch' | sort | head -n "$first"
	elif [ "$(printf '%s\n' "$version" "$newest" | sort -V | tail -n 1)" = "$version" ]; then
		die "no patches to mm for Linux $version, only for $newest (MM_PATCHES=n: without)"
	fi
}

# diffs MAIL...: what the mails change of a kernel, without words and documentation
diffs() {
	[ $# = 0 ] || awk 'FNR == 1 { on = 0 }
		/^diff --git / { on = !/ b\/(Documentation|MAINTAINERS)/ } on' "$@"
}

# patch_tree PRISTINE DIR PATCH...: copy_tree, and the patches. git replaces a file
# that it patches, so PRISTINE, which has the same one by a hard link, keeps its own.
patch_tree() {
	local pristine=$1 dir=$2

	shift 2
	[ $# = 0 ] || [ -e "$dir/patched" ] || rm -f "$dir/copied"
	copy_tree "$pristine" "$dir"
	[ $# -gt 0 ] && [ ! -e "$dir/patched" ] || return 0
	GIT_CEILING_DIRECTORIES=$dir git -C "$dir/src" apply "$@" ||
		die "a patch to mm does not apply to $pristine"
	touch "$dir/patched"
}

# objects LOG, size FILE-OR-DIR: what to show while a step runs
objects() {
	echo "$(grep -cE '^ +(CC|AS|AR|LD|HOSTCC)' "$1") objects"
}

size() {
	du -sh "$1" 2>/dev/null | cut -f1
}

# step LOG WHAT SHOW COMMAND...: run COMMAND with its output in LOG; every ten
# seconds a line with the time and what the command SHOW prints. When it fails,
# show the end of the log and give up; with QUIET set, leave that to the caller.
step() {
	local log=$1 what=$2 show=$3 start=$SECONDS pid beat

	shift 3
	mkdir -p "$(dirname "$log")"
	say "$what"
	"$@" >"$log" 2>&1 9>&- </dev/null &
	pid=$!
	(
		trap 'kill $!; exit' TERM
		while sleep 10 & wait $!; do
			say "  $((SECONDS - start)) s, $($show)"
		done
	) 9>&- &
	beat=$!
	# shellcheck disable=SC2064 # the process ids of now
	trap "kill $pid $beat 2>/dev/null; exit 130" INT TERM
	if wait "$pid"; then
		pid=
	fi
	trap - INT TERM
	kill "$beat"
	wait "$beat" 2>/dev/null || :
	[ -z "$pid" ] && return 0
	[ -n "${QUIET:-}" ] && return 1
	tail -n 25 "$log" >&2
	die "$what: failed; the whole log is $log"
}
