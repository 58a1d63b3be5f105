"""What the expressions of one instance of a resource, or of a module call, can refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policy_gate.extractors.terraform.addresses import InstanceKey, written_reference
from policy_gate.extractors.terraform.assumptions import UNTOLD, any_value, step_into
from policy_gate.extractors.terraform.hcl.scope import Steps
from policy_gate.extractors.terraform.hcl.syntax import Block
from policy_gate.extractors.terraform.values import Located, Place
from policy_gate.syntax.source import Source

if TYPE_CHECKING:
    from policy_gate.extractors.terraform.scope import ModuleScope


class InstanceScope:
    """One instance of a resource or of a module call: `each` and `count` besides its module."""

    def __init__(
        self, module: ModuleScope, key: InstanceKey, block: Block | None, configured: dict[str, Any]
    ) -> None:
        """`configured` is what the plan keeps of the configuration of the resource or the call."""
        self.module = module
        self.key = key
        self.block = block
        self.configured = configured

    def reference(self, steps: Steps, place: Place) -> Located:
        if steps[:2] == ("count", "index") and isinstance(self.key, int):
            return Located(self.key, place)
        if steps[:2] == ("each", "key") and isinstance(self.key, str):
            return Located(self.key, place)
        if steps[:2] == ("each", "value") and isinstance(self.key, str):
            written = written_reference(steps)
            return step_into(self._each_value(place), steps[2:], written, place)
        return self.module.reference(steps, place)

    def file(self, path: str) -> Source | None:
        return self.module.file(path)

    def _each_value(self, place: Place) -> Located:
        given = self._for_each(place)
        content = given.value if given else None
        if isinstance(content, dict) and self.key in content:
            return content[str(self.key)]
        if isinstance(content, list):
            return Located(self.key, place)
        return any_value("each.value", UNTOLD, place)

    def _for_each(self, place: Place) -> Located | None:
        if self.block is not None and "for_each" in self.block.attributes:
            return self.module.evaluate(self.block.attributes["for_each"])
        expression = self.configured.get("for_each_expression")
        return self.module.configured(expression, self.module, place)
