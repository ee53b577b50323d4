# SPDX-License-Identifier: GPL-2.0
"""Just enough of C for the checks: functions as kernel style writes them."""

import re

HEAD = re.compile(r"^(?![#{}/*\s])[^;={}]*\([^;{}]*\)[^;={}]*$", re.S)
NAME = re.compile(r"([A-Za-z_]\w*)\s*\(")


def functions(text):
    """Yield (name, head, first line, last line) of each function body.

    A body opens with a brace in the first column and closes with another; what
    comes before it, back to the end of the last statement, is its head.
    """
    lines = text.splitlines()
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            first = start
            while first and lines[first - 1] and \
                    not re.match(r"^(\s*\*/|[}#].*|.*;)$", lines[first - 1]):
                first -= 1
            head = "\n".join(lines[first:start])
            found = NAME.search(head)
            if found and HEAD.match(head):
                yield found.group(1), head, first + 1, number + 1
            start = None
