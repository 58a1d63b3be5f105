"""What a plan does with a resource, in one word.

Source: https://developer.hashicorp.com/terraform/internals/json-format#change-representation
"""

from __future__ import annotations

from policy_gate.extractors.terraform.changes import ResourceChange

_ACTIONS = {
    ("create",): "create",
    ("update",): "update",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create", "forget"): "replace",
    ("no-op",): "no-op",
    ("delete",): "delete",
    ("forget",): "forget",
    ("read",): "read",
}

REMOVED = frozenset({"delete", "forget"})


def action_of(change: ResourceChange) -> str:
    """`create`, `update`, `replace`, `import`, `move`, `no-op`, `delete`, `forget` or `read`.

    An import and a move may update as well. What is none of these is as the plan calls it.
    """
    action = _ACTIONS.get(change.actions, ", ".join(change.actions))
    if action in ("update", "no-op") and change.is_import:
        return "import"
    if action in ("update", "no-op") and change.previous_address:
        return "move"
    return action
