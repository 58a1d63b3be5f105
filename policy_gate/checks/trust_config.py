"""The zone of trust as the configuration has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from policy_gate.config.key import Key, Keys
from policy_gate.config.section import ConfigError, Section, read_source
from policy_gate.reasoning.zone import ALL_SERVICES, Provider, ZoneOfTrust
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.yaml_reader import read_yaml

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII)
_PATH = re.compile(r"o-[a-z0-9]{10,32}/[a-z0-9/*-]+", re.ASCII)
_PRINCIPAL = re.compile(
    r"arn:[^:*?]+:(iam|sts)::[^:*?]+:[^:]+|[0-9a-f]{64}|[A-Z0-9]{16,128}", re.ASCII
)
_PROVIDER = re.compile(
    r"arn:[^:]+:iam::[^:]+:(saml|oidc)-provider/.+|(?!arn:)[\w*.-]+(:\d+)?(/\S*)?", re.ASCII
)
_SERVICE = re.compile(r"\*|[a-z0-9*-]+(\.[a-z0-9*-]+)+", re.ASCII)
_CANONICAL = re.compile(r"[0-9a-f]{64}", re.ASCII)

ZONE_KEYS: Keys = {
    "accounts": Key("a list of account ids, in quotes", "none", "accounts"),
    "organizations": Key("a list of ids as `o-a1b2c3d4e5`", "none", "all accounts of them"),
    "organization-paths": Key(
        "a list of paths as `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*`", "none", "parts of them"
    ),
    "principals": Key(
        "a list of ARNs, unique ids and canonical user ids", "none", "single principals"
    ),
    "federated-providers": Key(
        "a list of ARNs or hosts of identity providers, or mappings as below",
        "none",
        "alone, all users of the provider",
    ),
    "services": Key(
        "a list of service principals as `sns.amazonaws.com`",
        "all",
        "AWS services that may act without a condition that says for whom",
    ),
}

PROVIDER_KEYS: Keys = {
    "provider": Key("an ARN or a host", "required", "the identity provider"),
    "claims": Key(
        "a mapping from claims to lists of patterns",
        "required",
        "the users of it: those of whom each claim matches one of its patterns",
    ),
}


def is_account(text: str) -> bool:
    """Has it the form of an account id?"""
    return _ACCOUNT.fullmatch(text) is not None


def zone_from(section: Section) -> ZoneOfTrust:
    """The zone of trust of a section. Raises ConfigError."""
    section.only(*ZONE_KEYS)
    principals = _texts(section, "principals", _PRINCIPAL, "an ARN, unique id or canonical user id")
    services = _texts(section, "services", _SERVICE, "a service principal as sns.amazonaws.com")
    return ZoneOfTrust(
        _texts(section, "accounts", _ACCOUNT, "an account id of 12 digits"),
        _texts(section, "organizations", _ORGANIZATION, "an organization id as o-a1b2c3d4e5"),
        _texts(section, "organization-paths", _PATH, "a path as o-a1b2c3d4e5/r-ab12/ou-ab12-1/*"),
        tuple(
            ("CanonicalUser" if _CANONICAL.fullmatch(text) else "AWS", text) for text in principals
        ),
        tuple(_providers(section)),
        services if section.has("services") else ALL_SERVICES,
    )


def zone_file(path: Path) -> ZoneOfTrust:
    """The zone of trust of a file of its own. Raises ConfigError."""
    source = read_source(path)
    try:
        node = read_yaml(source.text)
    except ReadError as error:
        raise ConfigError(error.message, source, error.offset) from error
    return zone_from(Section(source, node, "", path.parent))


def _texts(section: Section, key: str, form: re.Pattern[str], what: str) -> tuple[str, ...]:
    texts = section.texts(key)
    for text in texts:
        if not form.fullmatch(text):
            raise section.error(f"{text!r} is not {what}", key)
    return texts


def _providers(section: Section) -> Iterator[Provider]:
    key = "federated-providers"
    if not section.has(key):
        return
    nodes = section.node.entries[key].value
    if not isinstance(nodes, list):
        raise section.error("a list is expected here", key)
    for index, node in enumerate(nodes):
        name = f"{section.key}.{key}[{index}]"
        entry = Section(section.source, node, name, section.folder, section.root)
        if isinstance(node.value, str):
            yield Provider(_provider_name(entry, node.value))
            continue
        entry.only(*PROVIDER_KEYS)
        name = _provider_name(entry, entry.required_text("provider"), "provider")
        yield Provider(name, tuple(_claims(entry, name)))


def _provider_name(entry: Section, name: str, key: str = "") -> str:
    if not _PROVIDER.fullmatch(name):
        raise entry.error(f"{name!r} is neither the ARN of an identity provider nor its host", key)
    return name


def _claims(entry: Section, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not entry.has("claims"):
        raise entry.error(
            "the key 'claims' is missing: write the provider alone to trust all of it"
        )
    claims = entry.section("claims")
    if not isinstance(claims.node.value, dict) or not claims.node.value:
        raise entry.error("a mapping from claims to lists of patterns is expected here", "claims")
    for claim in claims.node.value:
        patterns = claims.texts(claim)
        if not patterns or any("${" in pattern for pattern in patterns):
            raise claims.error("at least one pattern, without ${, is expected here", claim)
        if "*" in name.partition("-provider/")[2] or ("*" in name and not name.startswith("arn:")):
            raise entry.error("claims need the whole name of the provider", "provider")
        yield claim, patterns
