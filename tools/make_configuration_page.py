"""Writes the keys of the configuration into docs/configuration.md. `make docs` runs it.

A key is read only if the reader of its section declares it, with the words that stand here.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from policy_gate.accepting.waivers import KEYS as WAIVER_KEYS
from policy_gate.checks import trust_config
from policy_gate.checks.registry import CHECKS
from policy_gate.config.aws import AWS_KEYS
from policy_gate.config.key import Keys
from policy_gate.config.keys import EMBEDDED_KEYS, TOP_KEYS
from policy_gate.config.publish import PUBLISH_KEYS
from tools.made import table, write

PAGE = "configuration.md"
_ZONE = "`checks.no-external-access.zone-of-trust`"


def sections() -> Iterator[tuple[str, Keys]]:
    """Title and keys of each section, in the order of the page."""
    yield "The file", TOP_KEYS
    for name, module in CHECKS.items():
        entry = "[]" if name == "no-new-access" else ""
        yield f"`checks.{name}{entry}`", import_module(module).KEYS
    yield _ZONE, trust_config.ZONE_KEYS
    yield f"{_ZONE[:-1]}.federated-providers[]`", trust_config.PROVIDER_KEYS
    yield "`embedded`", EMBEDDED_KEYS
    yield "`aws`", AWS_KEYS
    yield "`publish`", PUBLISH_KEYS
    yield "`waivers[]`", WAIVER_KEYS


def made() -> str:
    """The sections of the page."""
    return "\n\n".join(f"## {title}\n\n{_keys(keys)}" for title, keys in sections())


def _keys(keys: Keys) -> str:
    if not keys:
        return "It has no settings: write `true`."
    rows = [(f"`{name}`", key.form, key.default, key.meaning) for name, key in keys.items()]
    return table(("key", "what may stand there", "default", "meaning"), rows)


if __name__ == "__main__":
    write(PAGE, made())
