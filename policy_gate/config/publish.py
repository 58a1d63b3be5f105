"""The section `publish` of the configuration."""

from __future__ import annotations

from policy_gate.config.key import Key, Keys
from policy_gate.config.section import Section
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.marker import is_tag

_FLAG = "`true` or `false`"

PUBLISH_KEYS: Keys = {
    "comment": Key(_FLAG, "`true`", "one comment on the pull request, updated in place"),
    "review-comments": Key(_FLAG, "`true`", "comments at changed lines; GitHub and GitLab"),
    "check-run": Key(_FLAG, "`false`", "a check run; GitHub"),
    "commit-status": Key(_FLAG, "`false`", "a status of the commit; GitHub and GitLab"),
    "sarif": Key(_FLAG, "`false`", "alerts of code scanning; GitHub"),
    "approval": Key(
        _FLAG,
        "`false`",
        "approve what passed, take the approval back from what did not; CodeCommit",
    ),
    "close-pull-request": Key(_FLAG, "`false`", "close the pull request that failed; CodeCommit"),
    "tag": Key(
        "up to 64 letters, digits, `.`, `-` and `_`",
        f"`{PublishSettings().tag}`",
        "tells what parallel jobs publish apart",
    ),
}


def publish_settings(root: Section) -> PublishSettings:
    """The settings of the section, the defaults where it is absent. Raises ConfigError."""
    defaults = PublishSettings()
    if not root.has("publish"):
        return defaults
    section = root.section("publish")
    section.only(*PUBLISH_KEYS)

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
