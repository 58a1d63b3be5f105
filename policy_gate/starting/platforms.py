"""The platforms that there is a first workflow for."""

PLATFORMS = ("github", "gitlab", "codebuild", "none")
"""The last one is for where there is none."""
