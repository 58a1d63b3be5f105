"""The section `aws` of the configuration.

It holds no endpoint: whoever may change the repository could send every policy there.
"""

from __future__ import annotations

import re
from pathlib import Path

from policy_gate.analyzers.settings import DEFAULT_AWS_SETTINGS, AwsSettings
from policy_gate.ci import is_ci, is_in_checkout
from policy_gate.config.key import Key, Keys
from policy_gate.config.section import Section

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", re.ASCII)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_MAX_CONCURRENCY = 256
_MAX_DEADLINE = 86_400

AWS_KEYS: Keys = {
    "region": Key("a Region", "that of the AWS SDK", "where Access Analyzer is asked"),
    "profile": Key("a text", "that of the AWS SDK", "the profile with the credentials"),
    "role-arn": Key("the ARN of a role", "none", "a role to assume before anything is asked"),
    "max-concurrency": Key(
        f"a whole number from 1 to {_MAX_CONCURRENCY}",
        f"{DEFAULT_AWS_SETTINGS.max_concurrency}",
        "calls in flight at a time; fewer while AWS throttles",
    ),
    "deadline": Key(
        f"seconds, from 1 to {_MAX_DEADLINE:,}",
        f"{DEFAULT_AWS_SETTINGS.deadline}",
        "what has no answer then is an ERROR",
    ),
    "cache": Key(
        "a folder, or `false`",
        "the cache folder of the user",
        "where answers are kept for seven days; in CI never inside the checkout",
    ),
    "price-per-call": Key(
        "US dollars",
        f"{DEFAULT_AWS_SETTINGS.price_per_call:.4f}",
        "for the estimated cost of custom policy checks",
    ),
    "send-sensitive": Key(
        "`true` or `false`", "`false`", "may policies that a plan marks sensitive go to AWS?"
    ),
}


def aws_settings(root: Section) -> AwsSettings:
    """The settings of the section, the defaults where it is absent. Raises ConfigError."""
    if not root.has("aws"):
        return DEFAULT_AWS_SETTINGS
    section = root.section("aws")
    for key in ("endpoint", "endpoint-url"):
        if section.has(key):
            raise section.error(
                "an endpoint comes from AWS_ENDPOINT_URL or --endpoint-url, never from a file", key
            )
    section.only(*AWS_KEYS)
    defaults = DEFAULT_AWS_SETTINGS
    return AwsSettings(
        _text(section, "region", _REGION, "a Region such as eu-central-1"),
        _text(section, "profile"),
        _text(section, "role-arn", _ROLE, "the ARN of a role"),
        section.count("max-concurrency", defaults.max_concurrency, 1, _MAX_CONCURRENCY),
        section.count("deadline", int(defaults.deadline), 1, _MAX_DEADLINE),
        cache=_cache(section),
        price_per_call=_price(section),
    )


def sends_sensitive(root: Section) -> bool:
    """May an analyzer send away policies that are marked sensitive? Raises ConfigError."""
    return root.has("aws") and root.section("aws").flag("send-sensitive")


def _text(section: Section, key: str, form: re.Pattern[str] | None = None, what: str = "") -> str:
    if not section.has(key):
        return ""
    text = section.required_text(key)
    if form is not None and not form.fullmatch(text):
        raise section.error(f"{text[:100]!r} is not {what}", key)
    return text


def _cache(section: Section) -> Path | bool:
    if not section.has("cache"):
        return DEFAULT_AWS_SETTINGS.cache
    if section.node.entries["cache"].value is False:
        return False
    folder = section.folder / Path(section.required_text("cache")).expanduser()
    if is_ci() and is_in_checkout(folder):
        raise section.error(
            "in CI the cache must not be in the checkout, where a change could bring its answers",
            "cache",
        )
    return folder


def _price(section: Section) -> float:
    price: object = DEFAULT_AWS_SETTINGS.price_per_call
    if section.has("price-per-call"):
        price = section.node.entries["price-per-call"].value
    if isinstance(price, bool) or not isinstance(price, int | float) or not 0 <= price < 1e6:
        raise section.error("a price in US dollars is expected here", "price-per-call")
    return float(price)
