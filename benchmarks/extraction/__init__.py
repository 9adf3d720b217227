"""Reading AWS accounts: how many calls, how long, how much memory, against the ways others do it.

`python -m benchmarks.extraction` runs everything on the emulated AWS, each side in a process of its own.
"""
