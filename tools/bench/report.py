# SPDX-License-Identifier: GPL-2.0
"""Tables, results.json and plots of a session of pairs, and assertions."""

import json
import re
import shutil
import subprocess

import figures

# The figures worth a line. Everything measured is in results.json.
SHOWN = {
    "C1": ["ratio", "fill_mbs", "verify_mbs"],
    "K1": [f"{algorithm}_{cpus}_{threads}_{what}"
           for algorithm in ("zstd", "lzo-rle")
           for cpus in ("idle", "busy", "one") for threads in ("off", "on")
           for what in ("rate_mibs", "kswapd_pages_s", "p99_us",
                        "kswapd_cpu", "kcompressd_cpu")],
    "O1": [f"{folio}{what}" for folio in ("", "64k_")
           for what in ("avg_ns", "p50_ns", "p99_ns", "p999_ns")],
    "O2": [f"{place}_{what}"
           for place in ("mem", "dev", "64k_mem", "64k_dev", "64k_part")
           for what in ("avg_ns", "p50_ns", "p99_ns")],
    "O3": [f"{lru}_{folio}{what}" for lru in ("mglru", "classic")
           for folio in ("", "64k_")
           for what in ("pageout_out_pages_s", "reclaim_out_pages_s",
                        "reclaim_pgscan", "reclaim_pgsteal")],
    "N1": [f"{kind}_{kib}k_{op}_ns"
           for kind in ("mixed", "incompressible", "same")
           for kib, op in [(4, "read"), (4, "read_random")] +
           [(kib, op) for kib in (4, 128)
            for op in ("overwrite", "fill", "discard")] + [(128, "read")]] +
          [f"{place}_{what}_ns" for place in ("huge", "whole", "packed")
           for what in ("4k_readback_random", "4k_readback",
                        "128k_readback")],
    "I1": [f"{kind}_{what}_ns" for kind in ("mixed", "incompressible", "same")
           for what in [f"{kib}k_{op}" for kib in (4, 128)
                        for op in ("read", "read_empty", "overwrite", "fill")] +
           ["4k_read_random", "4k_discard_random"] +
           [f"{kib}k_{op}" for kib in (4, 64, 128, 4096)
            for op in ("discard", "discard_empty")]] +
          [f"{place}_{what}_ns" for place in ("whole", "packed")
           for what in ("writeback_store", "128k_readback", "4k_readback",
                        "4k_readback_random", "4096k_discard")] +
          ["holes_writeback_store_ns"] +
          [f"tier_{switch}_{what}_ns" for what in
           ("4k_read", "4k_overwrite", "4k_fill", "128k_read", "128k_overwrite",
            "128k_fill") for switch in ("off", "on")] +
          [f"{kind}_{what}_ns" for kind in ("mixed", "same")
           for what in ("swapout", "swapin", "swapfree")] +
          [f"swap_{place}_{what}_avg_ns" for place in ("whole", "packed")
           for what in ("mem", "dev")],
    "S1": [f"{rw}_{bs}_{jobs}_{what}" for rw in ("read", "write", "randrw")
           for bs in ("4k", "128k") for jobs in (1, 4)
           for what in ("iops", "p99_us")],
    "S2": [kc + what for kc in ("", "kc_")
           for what in ("swapfill_mbs", "swapverify_mbs", "touch_p50_us",
                        "touch_p99_us")],
    "T1": ["oom_kills", "unfinished", "touches_s", "touch_p50_us", "touch_p99_us",
           "touch_p999_us",
           "fill_written_mib", "work_written_mib", "work_read_mib", "pool_mib",
           "order_s", "order_read_mib", "order_read_ios", "random_s",
           "random_read_mib", "random_read_ios"],
    "T5": ["oom_kills", "unfinished", "failed_writes", "spilled", "mismatches",
           "swapfill_mbs", "swapverify_mbs"],
    "T6": [f"{name}_{what}" for name in ("sqlite", "cc1", "python")
           for what in ("s", "read_mib", "written_mib", "oom_kills", "unfinished",
                        "mismatches")],
    "T7": ["written_per_freed", "work_written_mib", "freed_mib", "tier_pages",
           "cpu_ms", "mismatches"],
    "T8": [f"{when}_{what}" for what in ("read_iops", "read_p50_us", "read_p99_us")
           for when in ("alone", "busy", "held")] +
          [f"{when}_{what}" for what in ("moved", "mismatches")
           for when in ("busy", "held")],
    "T9": [f"{place}_{kind}_{what}" for kind in ("random", "cycle", "mixed", "text")
           for place in ("memory", "disk")
           for what in ("steps", "fits_mib", "wrong_percent")],
    "T10": ["near_steps", "near_cpu_ms", "idle_steps", "idle_cpu_ms", "walks"],
    "W1": ["wb_seconds", "wb_over_floor", "wb_allsys_s", "wb_switches",
           "wb_write_ios", "wb_write_sectors", "wb_io_kib",
           "readback_verify_mbs"],
    "W3": [f"{mode}_{what}" for mode in ("whole", "packed")
           for what in ("seconds", "allsys_s", "write_ios", "write_sectors",
                        "sectors_per_mib_freed", "readback_verify_mbs")],
    "W4": [f"{layout}_{what}" for layout in ("half", "full")
           for what in ("seconds", "us_page", "write_ios")],
    "W5": ["full1_us_page", "full50_us_page", "full99_us_page"],
    "M1": ["idle_ns_slot", "first_ns_slot", "scan_ns_slot",
           "empty_ns_slot", "scan_empty_ns_slot"],
    "R1": ["depth1_iops", "depth1_p50_us", "depth1_p99_us", "depth16_iops",
           "depth16_p99_us", "sectors_per_page", "packed_depth1_iops",
           "packed_depth1_p50_us", "packed_depth1_p99_us",
           "packed_depth16_iops", "packed_depth16_p99_us",
           "packed_sectors_per_page"],
    "R2": ["wb_seconds", "idle_read_p99_us", "busy_read_p99_us",
           "idle_mm_stat_max_us", "busy_mm_stat_p99_us",
           "busy_mm_stat_max_us"],
}
SHOWN["W2"] = SHOWN["W1"]
SHOWN["T3"] = SHOWN["T4"] = SHOWN["T1"][:10]

# What writing pages out comes down to, for one picture of it.
WRITEBACK = [
    ("incompressible, virtio-blk", "W1", "wb_seconds"),
    ("incompressible, NVMe", "W2", "wb_seconds"),
    ("3:1, whole, NVMe", "W3", "whole_seconds"),
    ("3:1, compressed, NVMe", "W3", "packed_seconds"),
    ("3:1, compressed: sectors", "W3", "packed_write_sectors"),
    ("every 2nd block free", "W4", "half_seconds"),
    ("every 20th block free", "W4", "full_seconds"),
    ("read back, virtio-blk", "W1", "readback_verify_mbs"),
]


def derive(run):
    """Adds the figures that are made of two measured ones."""
    if "floor_s" in run and "wb_seconds" in run:
        run["wb_over_floor"] = run["wb_seconds"] / run["floor_s"]
    if run.get("wb_write_ios"):
        run["wb_io_kib"] = run["wb_write_sectors"] / run["wb_write_ios"] / 2
    for key in [key for key in run if key.endswith("_seconds")]:
        if "slots" in run:
            name = key.removesuffix("_seconds") + "_ns_slot"
            run[name] = run[key] / run["slots"] * 1e9


def summarize(session, sides, pairs):
    """{workload: {key: {side: [median, min, max], ratios}}}, no warm-up."""
    for run in session.runs.values():
        derive(run)
    result = {}
    for workload in sorted({name for name, _, _ in session.runs}):
        keys = sorted({key for (name, _, _), run in session.runs.items()
                       if name == workload for key in run})
        result[workload] = {
            key: summarize_key(session.runs, workload, key, sides, pairs)
            for key in keys}
    return result


def summarize_key(runs, workload, key, sides, pairs):
    series = {side: [runs.get((workload, pair, side), {}).get(key)
                     for pair in range(1, pairs + 1)] for side in sides}
    entry = {"sides": {}, "ratio": {}, "values": series}
    for side, values in series.items():
        values = [value for value in values if value is not None]
        if values:
            entry["sides"][side] = figures.spread(values)
    for side in sides[1:]:
        ratios = [figures.ratio(key, ours, peer)
                  for ours, peer in zip(series[sides[0]], series[side])
                  if None not in (ours, peer)]
        ratios = [value for value in ratios if value is not None]
        if ratios:
            entry["ratio"][side] = figures.spread(ratios)
    return entry


def show_spread(entry):
    if not entry:
        return "-"
    middle, low, high = map(figures.show_number, entry)
    return middle if low == high else f"{middle} [{low} {high}]"


def print_tables(summary, all_sides):
    """One table per workload: sides, then ours better by, median [min max]."""
    for workload, keys in summary.items():
        sides = [side for side in all_sides if any(
            side in entry["sides"] for entry in keys.values())]
        print(f"\n{workload}: {figures.TITLES[workload]}")
        rows = [[""] + sides + [f"better than {side}" for side in sides[1:]]]
        for key in SHOWN.get(workload, sorted(keys)):
            entry = keys.get(key)
            if entry:
                rows.append([key] + [show_spread(entry["sides"].get(side))
                                     for side in sides] +
                            [show_spread(entry["ratio"].get(side))
                             for side in sides[1:]])
        figures.print_table(rows)


def write_json(path, facts, summary):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"facts": facts, "workloads": summary},
                               indent=1) + "\n")


def plot(directory, facts, summary, sides):
    """One SVG per workload: how many times better, with its spread."""
    if not shutil.which("gnuplot"):
        print("no plots: gnuplot is not installed")
        return
    where = f"({facts['lane']}, {facts['kernel']}, " \
            f"{facts.get('accelerator', 'unknown')})"
    for side in sides[1:]:
        shown = [(label, summary[workload][key]["ratio"][side])
                 for label, workload, key in WRITEBACK
                 if side in summary.get(workload, {}).get(key, {})
                 .get("ratio", {})]
        if shown:
            plot_ratios(directory / f"writeback-{side}.svg", shown,
                        f"writeback: ours against {side} {where}")
    for workload, keys in summary.items():
        if "t000_touches" in keys:
            plot_course(directory / f"{workload}-course.svg", keys, sides,
                        f"{figures.TITLES[workload]} {where}")
        for side in sides[1:]:
            shown = [(key, keys[key]["ratio"][side])
                     for key in SHOWN.get(workload, [])
                     if side in keys.get(key, {}).get("ratio", {})]
            if shown:
                plot_ratios(directory / f"{workload}-{side}.svg", shown,
                            f"{workload} {figures.TITLES[workload]}: ours "
                            f"against {side} {where}")


def plot_ratios(path, shown, title):
    data = "\n".join(f'"{key}" {middle} {low} {high}'
                     for key, (middle, low, high) in shown)
    script = f"""
set terminal svg size 900,480 noenhanced
set output "{path}"
set title "{title}"
set ylabel "times better (median, min, max)"
set logscale y
set grid y
set xtics rotate by -40
set xrange [-1:{len(shown)}]
unset key
$data << END
{data}
END
plot $data using 0:2:3:4:xtic(1) with yerrorbars pt 7 lw 2, 1 with lines dt 2
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=False)


def course(keys, side, what):
    """The medians of a figure that was taken each second, as lines."""
    series = [entry["sides"].get(side) for key, entry in sorted(keys.items())
              if re.fullmatch(rf"t\d+_{what}", key)]
    return "\n".join(f"{second} {value[0]}"
                     for second, value in enumerate(series) if value)


def plot_course(path, keys, sides, title):
    """What each side does and holds in memory, second by second."""
    blocks, lines = "", {"touches": [], "pool_mib": []}
    for what, plots in lines.items():
        for i, side in enumerate(sides):
            blocks += f"${what}{i} << END\n{course(keys, side, what)}\nEND\n"
            plots.append(f'${what}{i} with lines lw 2 lc {i + 1} '
                         f'title "{figures.SIDES.get(side, side)}"')
    script = f"""
set terminal svg size 900,640 noenhanced background "white"
set output "{path}"
{blocks}
set multiplot layout 2,1 title "{title}"
set key outside right
set grid
set logscale y
set ylabel "accesses a second"
plot {", ".join(lines["touches"])}
unset logscale y
set ylabel "MiB in the pool"
set xlabel "seconds"
set yrange [0:*]
plot {", ".join(lines["pool_mib"])}
unset multiplot
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=False)


def check_minimums(path, facts, summary, side):
    """Lines about the ratios that are below what the file states.

    A line of the file: LANE WORKLOAD KEY MINIMUM, where LANE may be "*". A
    figure that is stated but was not measured is below.
    """
    below, stated = [], 0
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if not words or words[0] not in ("*", facts["lane"]):
            continue
        _, workload, key, minimum = words
        stated += 1
        entry = summary.get(workload, {}).get(key, {})
        got = entry.get("ratio", {}).get(side, [None])[0]
        if got is None or got < float(minimum):
            below.append(f"{workload} {key}: {figures.show_number(got)}, "
                         f"stated {minimum}")
    if not stated:
        raise figures.Failed(f"{path} states nothing for {facts['lane']}")
    return below
