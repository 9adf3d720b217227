"""YAML files people write by hand, read so strictly that nothing is ever guessed, half-applied or fatal.

Belongs here: bytes to plain values with the place of each (`reading`), a model's complaints as lines of the file
(`checking`), and the faults themselves (`faults`). Every fault of a file is reported at once.
Does not belong here: what the keys mean; each file has its own room.
"""
