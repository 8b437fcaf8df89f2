"""Prints what assistive technology sees of one application, as JSON.

Usage: tree.py NAME. Each thing has its role, name, description, states, attributes and children, as AT-SPI tells them.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi

# Nothing of ours is nested deeper; a tree that holds itself is no reason to hang.
DEEPEST = 60


def told(thing, depth=0):
    children = []
    if depth < DEEPEST:
        for index in range(thing.get_child_count()):
            child = thing.get_child_at_index(index)
            if child is not None:
                children.append(told(child, depth + 1))
    return {
        "role": thing.get_role_name(),
        "name": thing.get_name() or "",
        "description": thing.get_description() or "",
        "states": [state.value_nick for state in thing.get_state_set().get_states()],
        "attributes": dict(thing.get_attributes() or {}),
        "children": children,
    }


def main():
    # A busy machine answers late: half a minute for each question.
    Atspi.set_timeout(30_000, 60_000)
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        application = desktop.get_child_at_index(index)
        if application is not None and application.get_name() == sys.argv[1]:
            print(json.dumps(told(application), ensure_ascii=False))
            return
    sys.exit(f"no application is called {sys.argv[1]}")


main()
