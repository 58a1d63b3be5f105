"""`policy-gate init`: what a repository holds, and the first files that follow from it."""
