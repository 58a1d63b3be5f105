"""The parameters of a reference policy, as its `meta.yml` declares them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from policy_gate.analyzers.interface import is_action
from policy_gate.config.parameters_file import parameter_value
from policy_gate.config.section import ConfigError, Section
from policy_gate.extractors.interface import ParameterValue

MAX_VALUE = 2048
"""Characters of one text that a parameter of a reference policy is given."""

MAX_VALUES = 1000
"""Texts of one list that it is given."""

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class _Form(NamedTuple):
    """What the texts of a parameter look like."""

    pattern: re.Pattern[str]
    example: str


def _form(pattern: str, example: str) -> _Form:
    return _Form(re.compile(pattern, re.ASCII), example)


_FORMS = {
    "account-id": _form(r"\d{12}", "an account id of 12 digits, in quotes"),
    "organization-id": _form(r"o-[a-z0-9]{10,32}", "an organization id as o-a1b2c3d4e5"),
    "organization-path": _form(
        r"o-[a-z0-9]{10,32}/r-[a-z0-9]{4,32}/[a-z0-9/*-]*", "a path as o-a1b2c3d4e5/r-ab12/ou-*"
    ),
    "arn": _form(r"\*|arn(:[^:\s]*){4}:\S+", "an ARN, perhaps with wildcards, or *"),
    "service": _form(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "a service principal as ec2.amazonaws.com"),
    "action": _form(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+", "an action as s3:GetObject or s3:*"),
    "issuer": _form(r"[a-z0-9.-]+(:\d+)?(/[\w./-]+)?", "the host and path of an OIDC issuer"),
    "tag-key": _form(r"[\w .:/=+@-]{1,128}", "the key of a tag"),
    "text": _form(r"[^\x00-\x1f]+", "a text"),
}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter."""

    name: str
    description: str
    form: str
    is_list: bool
    default: ParameterValue | None
    """None where a value has to be given."""

    example: ParameterValue
    """What `policy-gate test-references` takes."""

    def fault(self, value: ParameterValue) -> str:
        """Why a value does not fit; empty where it does."""
        if self.is_list != isinstance(value, tuple):
            return "a list of texts is expected" if self.is_list else "one text is expected"
        # A list that may be empty says what that means in the policy.
        if value == () and self.default != ():
            return "at least one entry is expected"
        if size := _size_fault(value):
            return size
        form = _FORMS[self.form]
        for text in _texts(value):
            if not form.pattern.fullmatch(text) or (self.form == "action" and not is_action(text)):
                return f"{text[:100]!r} is not {form.example}"
        return ""

    @property
    def expected(self) -> str:
        """What to give, as `account_id (an account id of 12 digits): whose account it is`."""
        kind = f"a list, each {_FORMS[self.form].example}" if self.is_list else ""
        return f"{self.name!r} ({kind or _FORMS[self.form].example}): {self.description}"


def declared(section: Section) -> dict[str, Parameter]:
    """The parameters of a `parameters` section of `meta.yml`. Raises ConfigError."""
    if not isinstance(section.node.value, dict):
        raise section.error("a mapping from names to parameters is expected here")
    return {name: _declared(section, name) for name in section.node.value}


def _declared(section: Section, name: str) -> Parameter:
    if not _NAME.fullmatch(name):
        raise section.error(f"{name[:80]!r} is no name: a-z, then a-z, 0-9 and _", name)
    entry = section.section(name)
    entry.only("description", "type", "list", "default", "example")
    default = _value(entry, "default") if entry.has("default") else None
    example = _value(entry, "example") if entry.has("example") else default
    if example is None:
        raise entry.error("the key 'example' is missing: the tests of the examples need a value")
    parameter = Parameter(
        name,
        entry.required_text("description"),
        entry.choice("type", ("text", *(form for form in _FORMS if form != "text"))),
        entry.flag("list"),
        default,
        example,
    )
    for key, value in (("default", default), ("example", example)):
        if value is not None and (fault := parameter.fault(value)):
            raise entry.error(fault, key if entry.has(key) else "")
    return parameter


def given(section: Section) -> dict[str, ParameterValue]:
    """The values of a `parameters` section of the configuration. Raises ConfigError."""
    if not isinstance(section.node.value, dict):
        raise section.error("a mapping from names to values is expected here")
    return {name: _value(section, name) for name in section.node.value}


def _value(section: Section, name: str) -> ParameterValue:
    value = parameter_value(section.node.entries[name])
    if value is None:
        raise section.error("a text, a number or a list of texts is expected here", name)
    if size := _size_fault(value):
        raise section.error(size, name)
    return value


def _size_fault(value: ParameterValue) -> str:
    texts = _texts(value)
    if len(texts) > MAX_VALUES:
        return f"at most {MAX_VALUES:,} entries are expected"
    if any(len(text) > MAX_VALUE for text in texts):
        return f"texts of at most {MAX_VALUE:,} characters are expected"
    return ""


def _texts(value: ParameterValue) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def bound(
    names: Iterable[str],
    parameters: Mapping[str, Parameter],
    values: Mapping[str, ParameterValue],
    section: Section | None,
) -> dict[str, ParameterValue]:
    """A value for each of the names that a policy uses: the given one, or the default.

    `section` is the entry of the configuration that names the policy, for the place of an error.
    Raises ConfigError for a parameter that is missing, unknown, or of another form.
    """
    known = list(names)
    for name, value in values.items():
        if name not in known:
            raise _error(section, f"unknown parameter {name[:80]!r}", name, known)
        if name in parameters and (fault := parameters[name].fault(value)):
            raise _error(section, f"the parameter {name!r}: {fault}", name)
    found: dict[str, ParameterValue] = {}
    for name in known:
        parameter = parameters.get(name)
        value_or_none = values.get(name, parameter.default if parameter else None)
        if value_or_none is None:
            what = parameter.expected if parameter else repr(name)
            raise _error(section, f"the reference needs the parameter {what}")
        found[name] = value_or_none
    return found


def _error(
    section: Section | None, message: str, name: str = "", known: Iterable[str] = ()
) -> ConfigError:
    """At the parameter where one is to blame, else at the reference."""
    if section is None:
        names = ", ".join(known)
        hint = f"; known are {names}" if names else "; see --parameter NAME=VALUE"
        return ConfigError(message + hint)
    if not name:
        return section.error(message, "reference", ": give it under `parameters`")
    parameters = section.section("parameters")
    hint = parameters.suggestion(name, known) if message.startswith("unknown") else ""
    return parameters.error(message, name, hint)
