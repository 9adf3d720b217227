"""What a user can run to see how fast, how cheap and how right this project is.

Belongs here: measurements that print what they found.
Does not belong here: promises, which `tests/` holds, and on counts rather than on a clock.
"""
