"""Other revisions of the repository, and what a change adds to its base."""
