# SPDX-License-Identifier: GPL-2.0
"""Runs benchmark sessions in a guest and makes figures of what they print."""

import collections
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ZT_BUILD") or TOP / "build")
RUNNER = TOP / "tools/testing/selftests/zram/qemu/run.sh"
HERE = pathlib.Path(__file__).resolve().parent

# What a workload is, in a few words, for people who watch it run.
TITLES = {
    "C1": "compression of mixed data",
    "K1": "memory asked for without a wait",
    "O1": "page faults that read from swap",
    "O2": "page faults that read from swap and the backing device",
    "O3": "swapping out",
    "N1": "processor time of a page",
    "I1": "instructions of a page",
    "S1": "fio",
    "S2": "swap under memory pressure",
    "T1": "tiering of a cold tail, and its way back",
    "T3": "tiering beside a working set that moves",
    "T4": "tiering beside a working set larger than memory",
    "T5": "swap of more than mem_limit has space for",
    "T6": "programs with a third of the memory they take",
    "T7": "bytes written for memory given back",
    "T8": "reads of the disk while pages leave for it",
    "T9": "how much more fits, forecast and found",
    "T10": "tiering with nothing to do",
    "W1": "writeback to virtio-blk",
    "W2": "writeback to NVMe",
    "W3": "writeback of compressible data",
    "W4": "writeback to scattered blocks",
    "W5": "writeback as the device fills up",
    "M1": "scans of the slot table",
    "R1": "random reads of written-back pages",
    "R2": "reads beside a writeback run",
}

# What the sides are called in pictures
SIDES = {
    "ours": "tier/enable",
    "off": "ours, tiering off",
    "peer": "reference zram alone",
    "timer": "reference zram, timer",
    "zswap": "zswap, shrinker",
}

HIGHER_IS_BETTER = re.compile(r"(_iops|_mbs|touches_s|_touches|_pages_s|_io_kib|ratio)$")

Session = collections.namedtuple("Session", "runs status facts")


class Failed(Exception):
    """Something that leaves no figures; the text says what."""


def out_directory(lane):
    """Where the guest's logs and disks are."""
    return BUILD / "bench" / f"guest-{lane}"


def lane_env(lane):
    """The variables of build/LANE/lane.env."""
    path = BUILD / lane / "lane.env"
    if not path.exists():
        raise Failed(f"no {path}: first make LANE={lane} modules")
    env = {}
    for line in path.read_text().splitlines():
        key, _, value = line.partition("=")
        env[key] = value.strip("'\"")
    return env


def build_programs():
    """Compiles the guest's programs; returns their directory."""
    out = BUILD / "bench/bin"
    subprocess.run(["make", "-s", "-C", HERE, f"OUT={out}"], check=True)
    return out


def build_root():
    """Makes the root of the programs that T6 runs; returns its path."""
    out = BUILD / "bench/programs"
    subprocess.run([HERE / "programs/tree", out], check=True)
    return out


def build_module(lane):
    """Compiles pagecost.ko for User Mode Linux; returns its path."""
    out = BUILD / "bench/pagecost"
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "pagecost.c", out)
    (out / "Kbuild").write_text("obj-m := pagecost.o\n")
    kernel = pathlib.Path(lane_env(lane)["MODROOT"]).parent / "obj"
    subprocess.run(["make", "-s", "-C", kernel, "ARCH=um", f"M={out}",
                    "modules"], check=True)
    return out / "pagecost.ko"


def qemu_command(directory):
    """The command line of the emulator that uses a directory, or ""."""
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it has ended meanwhile
        if "qemu-system" in words[0] and \
                any(f"{directory}/" in word for word in words):
            return " ".join(words).strip()
    return ""


def runner_command(lane, options, command):
    words = [RUNNER, "--lane", lane,
             "--mem", options["mem"], "--smp", options["smp"],
             "--out", out_directory(lane),
             "--timeout", options["timeout"],
             "--stall", options.get("stall", 180),
             # A module that carries KUnit suites is not to run them here.
             "--append", "kunit.enable=0", *options.get("modules", []),
             "--add", f"{HERE / 'guest'}:/bench",
             "--add", f"{build_programs()}:/bench/bin"]
    if lane.startswith("uml"):
        words += ["--add", f"{build_module(lane)}:/modules/pagecost.ko"]
    for disk in options["disks"]:
        words += ["--disk", disk]
    return [str(word) for word in words + ["--exec", command]]


def run_session(lane, workloads, sides, options, show):
    """Boots one guest and runs the workloads there.

    show(line) is called with every line the guest and its runner print.
    Returns the Session: runs maps (workload, pair, side) to {key: value}.
    """
    words = ["/bench/session.sh", " ".join(workloads), " ".join(sides),
             str(options["pairs"]), str(options["seed"])]
    words += [f"{key}={value}" for key, value in options["settings"].items()]
    command = runner_command(lane, options, shlex.join(words))
    facts = {"lane": lane, "kernel": lane_env(lane).get("KREL", "unknown"),
             "host_cpus": os.cpu_count(), "host_load": [os.getloadavg()[0]]}
    runs = collections.defaultdict(dict)
    over = False  # what follows the verdict repeats lines of before
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                          errors="replace") as guest:
        for line in guest.stdout:
            line = line.strip()
            over = over or line.startswith("VERDICT")
            if over:
                continue
            take_line(line, runs, facts)
            show(line)
            if runs and "qemu" not in facts:
                facts["qemu"] = qemu_command(out_directory(lane))
    facts["host_load"].append(os.getloadavg()[0])
    if not runs:
        raise Failed("the guest left no figures")
    return Session(runs, guest.returncode, facts)


def take_line(line, runs, facts):
    words = line.split()
    if len(words) == 6 and words[0] == "bench":
        run = runs[words[1], int(words[2]), words[3]]
        run[words[4]] = float(words[5])
    booting = re.match(r"booting lane \S+ \(\S+\), (\w+)", line)
    if booting:
        facts["accelerator"] = booting[1]


def wrong(runs):
    """Lines about runs that failed or whose data was not what it should be."""
    found = []
    for (workload, pair, side), run in sorted(runs.items()):
        bad = sum(value for key, value in run.items()
                  if key.endswith("mismatches"))
        if bad:
            found.append(f"{workload} {side}: {bad:.0f} pages with wrong data")
        elif "failed" in run:
            found.append(f"{workload} {side}: failed (pair {pair})")
    return found


def ratio(key, ours, peer):
    """How many times better ours is, None if that cannot be said."""
    if HIGHER_IS_BETTER.search(key):
        ours, peer = peer, ours
    return peer / ours if ours else None


def spread(values):
    """Median, minimum and maximum."""
    return (statistics.median(values), min(values), max(values))


def show_number(value):
    if value is None:
        return "-"
    if value == int(value) and abs(value) < 1e9:
        return f"{value:.0f}"
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.2g}"


def print_table(rows, out=sys.stdout):
    """Prints rows of strings; the first column is left-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths)]
        cells[0] = row[0].ljust(widths[0])
        print("  ".join(cells).rstrip(), file=out)


def default_lane():
    return os.environ.get("LANE") or "distro"
