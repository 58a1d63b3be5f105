"""The first reference policy: what policies allow today, or one of the library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

from policy_gate.config.gate import SENSITIVE_ACTIONS
from policy_gate.references.library import BUILTIN, library_folder
from policy_gate.references.reference import read_reference
from policy_gate.starting.allowed import Allowed

LIBRARY = "privilege-escalation"
"""The reference that stands in where there is no policy to start from."""

_OF_TODAY = """\
# The most that an identity policy may allow here: the check no-new-access finds what goes beyond.
#
# A starting point, made by `policy-gate init`: every action that the identity policies of the
# repository allow today, on any resource, and where. It says what is, not what should be: take out
# what nobody needs, and narrow the rest with Resource and Condition.
"""
_OF_LIBRARY = f"""\
# The most that an identity policy may allow here: the check no-new-access finds what goes beyond.
#
# A starting point, made by `policy-gate init`. It found no identity policy to start from, so this
# is {BUILTIN}{LIBRARY} of the library: everything but the known ways to more permissions.
# docs/reference-policies.md of policy-gate has others. Once there are policies (after `cdk synth`,
# or with a plan), remove this file and run `policy-gate init` for one that lists what they allow.
"""


def reference_policy(allowed: Sequence[Allowed]) -> str:
    """The text of the file, in YAML.

    Raises ConfigError (of config.section) where the library cannot be read.
    """
    kept = [item for item in allowed if not _is_sensitive(item)]
    if not kept:
        reference = read_reference(library_folder() / LIBRARY)
        return _OF_LIBRARY + _statements(json.loads(reference.filled({}).text)["Statement"])
    return _OF_TODAY + _left_out(allowed) + _of_services(kept)


def _is_sensitive(item: Allowed) -> bool:
    """Does it grant what the default checks grant nobody?"""
    return any(map(item.covers, SENSITIVE_ACTIONS))


def _left_out(allowed: Sequence[Allowed]) -> str:
    lines = [f"#   {item.pattern}  {item.where()}\n" for item in allowed if _is_sensitive(item)]
    if not lines:
        return ""
    return (
        "#\n# Left out, and so found by the check: what covers an action that no workload should"
        f" hold.\n{''.join(lines)}"
    )


def _of_services(kept: Sequence[Allowed]) -> str:
    text = 'Version: "2012-10-17"\nStatement:\n'
    for service, items in groupby(kept, lambda item: item.pattern.lower().partition(":")[0]):
        sid = "".join(part.capitalize() for part in service.split("-") if part.isalnum())
        text += f"  - Sid: {json.dumps(sid or 'AnyService')}\n    Effect: Allow\n    Action:\n"
        for item in items:
            text += f"      - {json.dumps(item.pattern)}  # {item.where()}\n"
        text += '    Resource: "*"\n'
    return text


def _statements(statements: Sequence[dict[str, object]]) -> str:
    text = 'Version: "2012-10-17"\nStatement:\n'
    for statement in statements:
        start = "  - "
        for key, value in statement.items():
            if isinstance(value, list):
                text += f"{start}{key}:\n"
                text += "".join(f"      - {json.dumps(item)}\n" for item in value)
            else:
                text += f"{start}{key}: {json.dumps(value)}\n"
            start = "    "
    return text
