"""`policy-gate doctor`: what a run would work with, found in the ways that a run finds it."""
