# SPDX-License-Identifier: GPL-2.0
"""dict.py ENTRIES ROUNDS: build a dictionary, then change entries of it at random."""

import sys


def following(seed):
    """Return the next number of a sequence of which each is as likely."""
    return seed * 1103515245 + 12345 & 0x7fffffff


def main(entries, rounds):
    """Nine of ten changes are in the last tenth of what was added."""
    seed, words = 1, {}
    for i in range(entries):
        seed = following(seed)
        words[f"{seed:x}-{i % 97}"] = [i, seed]
    keys = list(words)
    total = 0
    for i in range(rounds):
        seed = following(seed)
        at = seed % len(keys)
        if i % 10:
            at = len(keys) - 1 - at // 10
        entry = words[keys[at]]
        entry[0] += i
        total += entry[0]
    print(len(words), total)


main(int(sys.argv[1]), int(sys.argv[2]))
