"""The whole line on the sample company: how long each part of a sync takes.

`python -m benchmarks.pipeline` runs it on a home of its own, beside an emulated AWS in a process of its own.
"""
