"""What is installed, from where, under which licence, and whether a vulnerability of it is known."""
