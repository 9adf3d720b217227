"""One module for each command of `certify`: options, wording, exit code. No logic."""
