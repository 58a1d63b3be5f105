"""AWS partitions and Regions, from the data of botocore.

Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def regions() -> frozenset[str]:
    """The codes of all Regions of all partitions, as `eu-west-1`, `aws-global` and its kin."""
    return frozenset(name for names in _regions_of_partitions().values() for name in names)


@cache
def partitions() -> frozenset[str]:
    """The names of all partitions, as `aws-us-gov`."""
    return frozenset(_regions_of_partitions())


@cache
def _regions_of_partitions() -> dict[str, tuple[str, ...]]:
    # botocore itself takes long to import, and its file is all that is needed.
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("botocore, whose data names the Regions, is not installed")
    path = Path(spec.origin).parent / "data" / "partitions.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    return {entry["id"]: tuple(entry["regions"]) for entry in content["partitions"]}
