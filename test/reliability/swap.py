"""
swap.py NAME LINK…: as fast as it can, puts a link in the place of each name, and the name back. A line that it reads lets it pause with each name
in its place, or go on.
"""

import os
import select
import sys

pairs = list(zip(sys.argv[1::2], sys.argv[2::2]))


def put_back():
    """What root made and removed meanwhile may be where a name or a link was."""
    for name, link in pairs:
        if os.path.islink(name):
            os.unlink(name)
        if os.path.lexists(name + ".aside"):
            if os.path.lexists(name):
                os.rename(name, name + ".other")
            os.rename(name + ".aside", name)
        if not os.path.lexists(name + ".link") and os.path.isdir(os.path.dirname(name)):
            os.symlink(link, name + ".link")


def swap():
    for name, _ in pairs:
        try:
            os.rename(name, name + ".aside")
            os.rename(name + ".link", name)
            os.rename(name, name + ".link")
            os.rename(name + ".aside", name)
        except OSError:
            put_back()


put_back()
print("begun", flush=True)
while True:
    if select.select([sys.stdin], [], [], 0)[0]:
        line = sys.stdin.readline()
        if line == "":
            break
        if line == "pause\n":
            put_back()
            print("paused", flush=True)
            if sys.stdin.readline() == "":
                break
            continue
    swap()
