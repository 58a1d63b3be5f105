"""Runs that are shared out, and the one report that is made of theirs."""
