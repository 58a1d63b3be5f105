"""What each command of the command line takes: one module a command, and a line in `registry`."""
