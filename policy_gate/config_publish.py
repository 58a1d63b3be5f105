"""The section `publish` of the configuration."""

from __future__ import annotations

from policy_gate.config_section import Section
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.marker import is_tag


def publish_settings(root: Section) -> PublishSettings:
    """The settings of the section, the defaults where it is absent. Raises ConfigError."""
    defaults = PublishSettings()
    if not root.has("publish"):
        return defaults
    section = root.section("publish")
    section.only(
        "tag",
        "comment",
        "review-comments",
        "check-run",
        "commit-status",
        "sarif",
        "approval",
        "close-pull-request",
    )

    def flag(key: str, default: bool) -> bool:
        return section.flag(key) if section.has(key) else default

    tag = section.required_text("tag") if section.has("tag") else defaults.tag
    if not is_tag(tag):
        raise section.error("up to 64 letters, digits, dots, - and _ are expected here", "tag")
    return PublishSettings(
        tag,
        flag("comment", defaults.comment),
        flag("review-comments", defaults.review_comments),
        flag("check-run", defaults.check_run),
        flag("commit-status", defaults.commit_status),
        flag("sarif", defaults.sarif),
        flag("approval", defaults.approval),
        flag("close-pull-request", defaults.close_pull_request),
    )
