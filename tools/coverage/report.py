#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""report.py COUNTS SOURCES MISSED: what gcov has counted (one JSON document a
line; those of several runs are added), as a table of Markdown with a line for each
file of the folder SOURCES; the lines that were never reached, and the branches never
taken, go to MISSED.
"""

import collections
import json
import pathlib
import sys


def read(path, sources):
    """{file: {line: (times, {branch: times})}}, all objects taken together"""
    files = collections.defaultdict(dict)
    for text in path.read_text().splitlines():
        for file in json.loads(text)["files"]:
            name = pathlib.Path(file["file"]).name
            if "/block/zram/" not in "/" + file["file"] or \
                    not (sources / name).exists():
                continue
            for line in file["lines"]:
                number = line["line_number"]
                times, branches = files[name].get(number, (0, {}))
                for i, branch in enumerate(line["branches"]):
                    branches[i] = branches.get(i, 0) + branch["count"]
                files[name][number] = (times + line["count"], branches)
    return files


def share(part, whole):
    return f"{100 * part / whole:.1f}" if whole else "-"


def row(name, figures):
    """A line of the table"""
    return (f"| {name} | {figures['lines']} "
            f"| {share(figures['reached'], figures['lines'])} "
            f"| {figures['branches']} "
            f"| {share(figures['taken'], figures['branches'])} |")


def main():
    counts, sources, missed = (pathlib.Path(arg) for arg in sys.argv[1:4])
    total = collections.Counter()
    report = []
    print("| file | lines | reached, % | branches | taken, % |")
    print("|---|---|---|---|---|")
    for name, lines in sorted(read(counts, sources).items()):
        text = (sources / name).read_text().splitlines()
        branches = [(number, taken) for number, (_, all_of) in
                    sorted(lines.items()) for taken in all_of.values()]
        figures = {
            "lines": len(lines),
            "reached": sum(1 for times, _ in lines.values() if times),
            "branches": len(branches),
            "taken": sum(1 for _, taken in branches if taken),
        }
        total.update(figures)
        print(row(name, figures))
        partly = {number for number, taken in branches if not taken}
        for number, (times, _) in sorted(lines.items()):
            if not times or number in partly:
                report.append(f"{name}:{number}: "
                              f"{'branch' if times else 'never '} "
                              f"{text[number - 1].strip()}")
    print(row("**all**", total))
    missed.write_text("\n".join(report) + "\n")


main()
