"""What is installed, from where, under which licence, and whether a vulnerability of it is known.

Belongs here: the commands behind `make sbom` and `make audit`; both start at the locks in requirements/.
Does not belong here: choosing versions (`make lock`).
"""
