# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# shellcheck disable=SC2034 # what is set here is used by those who source it
#
# Shared by the scripts that make and boot a test guest. Sourced.

set -euo pipefail

QEMU_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SELFTESTS=$(dirname "$QEMU_DIR")
TOP=$(cd "$QEMU_DIR/../../../../.." && pwd)
BUILD=${ZT_BUILD:-$TOP/build}
CACHE=$BUILD/initramfs

# Tools of a system administrator are not in every user's PATH.
PATH=$PATH:/usr/sbin:/sbin

die() {
	echo "$(basename "$0"): $*" >&2
	exit 2
}

# all_items: all tests of a lane. CHECKS is set if the kernel has all the checks
all_items() {
	cd "$SELFTESTS"
	echo kunit
	ls test_*.sh 2>/dev/null || :
	# With all the checks they fill devices for minutes.
	[ -n "${CHECKS:-}" ] || echo mainline_selftests
}

# named_items NAME...: the tests with these names, or with these words in their names
named_items() {
	local name file found

	cd "$SELFTESTS"
	for name; do
		found=
		case $name in
		kunit|mainline_selftests|thirdparty|torture) echo "$name"; continue ;;
		esac
		for file in "$name" "$name.sh" "test_$name.sh" test_*"$name"*.sh; do
			case $file in test_*.sh) ;; *) continue ;; esac
			[ -f "$file" ] || continue
			found=1
			echo "$file"
			# A full name means that test alone.
			[ "$file" != "${name%.sh}.sh" ] || break
		done
		[ -n "$found" ] || die "no test is called $name"
	done | awk '!seen[$0]++'
}

# slow_items: the tests that state that they are slow, "# slow: SECONDS"
slow_items() {
	(cd "$SELFTESTS" && grep -l '^# slow: [0-9]' test_*.sh) || :
}

# left_out: says which tests were not run because they are slow, and how they are
left_out() {
	local slow

	[ -z "${SLOW:-}" ] || return 0
	mapfile -t slow < <(slow_items)
	[ ${#slow[@]} -gt 0 ] || return 0
	awk '/^# slow: / { sum += $3 }
		END { printf "Not run, as they are slow, in all %d minutes; SLOW=1 runs them, too:\n",
			(sum + 59) / 60 }' "${slow[@]/#/$SELFTESTS/}"
	slow=("${slow[@]#test_}")
	echo "  ${slow[*]%.sh}"
}

# fingerprint FILE...: changes when a file does, and with the scripts here.
fingerprint() {
	{
		stat -Lc '%n %s %Y' "$@"
		cat "$QEMU_DIR"/*.sh
	} | sha256sum | cut -c1-16
}

# guest_path PATH: the guest has a merged /usr, and its layers must not hold
# a directory where another one holds the symbolic link.
guest_path() {
	case $1 in
	/bin/*|/sbin/*|/lib/*|/lib64/*) echo "/usr$1" ;;
	*) echo "$1" ;;
	esac
}

# copy_libraries STAGE PROGRAM...: shared libraries and loader of programs.
copy_libraries() {
	local stage=$1 library to root=${USERROOT:-} list
	shift

	list=$(list_libraries "$@") || die "libraries are missing"
	while read -r library; do
		[ -n "$library" ] || continue
		to=$stage$(guest_path "${library#"$root"}")
		[ -e "$to" ] || install -D "$library" "$to"
	done < <(sort -u <<< "$list")
}

list_libraries() {
	local program

	if [ -n "${USERROOT:-}" ]; then
		list_foreign "$@"
		return
	fi
	# Static programs have none and ldd says so with an error.
	for program; do
		ldd "$program" 2>/dev/null || :
	done | grep -o '/[^ ]*' || :
}

# list_foreign PROGRAM...: the same for programs that cannot run here. Private
# libraries lie where the program says (RUNPATH).
list_foreign() {
	local todo=("$@") file word dirs loader
	local -A seen

	while [ ${#todo[@]} -gt 0 ]; do
		file=${todo[0]}
		todo=("${todo[@]:1}")
		loader=$(readelf -lW "$file" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
		[ -z "$loader" ] || echo "$USERROOT$loader"
		dirs="/usr/lib/$MACHINE-linux-gnu $(readelf -dW "$file" |
			sed -n 's/.*R.*PATH.*\[\(.*\)]/\1/p' | tr ':' ' ')"
		for word in $(readelf -dW "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)]/\1/p'); do
			[ -z "${seen[$word]:-}" ] || continue
			seen[$word]=1
			# shellcheck disable=SC2086 # a list of folders
			word=$(first_of "$word" $dirs) || die "$file: no $word"
			echo "$word"
			todo+=("$word")
		done
	done
}

# first_of NAME FOLDER...: the file in USERROOT
first_of() {
	local name=$1 dir
	shift

	for dir; do
		[ ! -e "$USERROOT$dir/$name" ] || { echo "$USERROOT$dir/$name"; return; }
	done
	return 1
}

# pack STAGE FILE: the tree as a cpio archive, complete or not at all.
# Uncompressed: an emulated CPU takes longer to unpack than to load it.
pack() {
	local part=$2.$$

	(cd "$1" && find . -mindepth 1 -print0 | sort -z |
		cpio --quiet -o -0 -H newc -R 0:0) > "$part"
	mv "$part" "$2"
}

# with_stage FUNCTION FILE [ARGUMENT]...: FUNCTION fills a staging directory,
# which becomes the archive FILE.
with_stage() {
	local make=$1 file=$2 stage
	shift 2

	mkdir -p "$(dirname "$file")"
	stage=$(mktemp -d "$file.XXXXXX")
	if "$make" "$stage" "$@" && pack "$stage" "$file"; then
		rm -rf "$stage"
	else
		rm -rf "$stage"
		die "cannot make $file"
	fi
}
