"""Make the data files of the Terraform extractor.

    python tools/make_terraform_data.py tf_policy_resources.json tf_schema.json

Needed by developers only, when the providers have a newer version. It writes into
policy_gate/extractors/terraform/data/
- policy_attributes.json: where the policies, attachments and templates of resources are;
- computed_attributes.json: what the attributes give that a plan does not know yet.

The first argument classifies the attributes of the provider aws by hand. The second holds the
schemas of both providers, rebuilt from the packages cdktn-provider-aws and cdktn-provider-awscc of
PyPI (MPL-2.0). What the provider awscc has follows from `policy_properties.json` of the
CloudFormation extractor, since its resources mirror those of CloudFormation. Each path is checked
against the schema: an attribute that is not there stops the run.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from arn_formats import as_pattern, load_arn_formats
from known_terraform_types import KNOWN
from terraform_policy_rows import (
    ATTACHMENTS,
    AWSCC_CONTAINERS,
    CONTAINERS,
    GRAMMARS,
    INSIDE,
    NAMES,
)
from terraform_schema import Schemas, plain
from terraform_shapes import Shapes, Variant

EXTRACTORS = Path(__file__).resolve().parent.parent / "policy_gate" / "extractors"
DATA = EXTRACTORS / "terraform" / "data"

Row: TypeAlias = dict[str, Any]
Formats: TypeAlias = Mapping[str, Mapping[str, str]]

PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
PLACEHOLDER_NAME = re.compile(r"\$\{(\w+)\}")
COUNTED = ("LayerVersion", "Revision")
NOT_IN_FORMATS = (":kms:${Region}:${Account}:${name}", ":execute-api:", "task-definition/${family}")
"""Parts of ARNs that the Service Authorization Reference does not list."""

PROVISIONING = "AWS::IoT::ProvisioningTemplate"
"""Here a container of templates."""


def main() -> None:
    classification, schema = map(Path, sys.argv[1:])
    classified = json.loads(classification.read_text(encoding="utf-8"))
    schemas = Schemas(schema)
    mirrored = json.loads(
        (EXTRACTORS / "cloudformation" / "data" / "policy_properties.json").read_text()
    )
    policies = [*aws_policies(classified["policies"], schemas), *awscc_policies(mirrored, schemas)]
    sections = {
        "policies": policies,
        "attachments": [*aws_attachments(schemas), *awscc_rows(mirrored, "attachments", schemas)],
        "not_iam_grammar": [
            *aws_grammars(schemas),
            *awscc_rows(mirrored, "not_iam_grammar", schemas),
        ],
        "containers": [*containers(schemas)],
    }
    origin = f"{classified['source']}; classified by hand, made by tools/make_terraform_data.py"
    write_sections(DATA / "policy_attributes.json", origin, sections)
    formats = load_arn_formats()
    for kind, shapes in KNOWN.items():
        check(kind, shapes, schemas, formats)
    types = json.loads((EXTRACTORS / "cloudformation" / "data" / "resource_types.json").read_text())
    write_shapes(
        DATA / "computed_attributes.json",
        f"{origin}; the provider awscc as {types['origin']}",
        KNOWN | awscc_shapes(types["types"], schemas),
    )


def aws_policies(classified: list[Row], schemas: Schemas) -> Iterator[Row]:
    for row in classified:
        if row["kind"] != "container":
            kind = row["type"]
            names = row["path"].split(".") if row["path"] else []
            target = NAMES.get(kind, row["target_attribute"])
            yield policy_row(schemas, kind, names, row, target)


def awscc_policies(mirrored: Mapping[str, list[Row]], schemas: Schemas) -> Iterator[Row]:
    for row in mirrored["policies"]:
        kind = schemas.awscc_type(row["type"])
        if kind is None or row["type"] == PROVISIONING:
            continue
        names = [name for name in row["path"].split("/") if name and not name.startswith("x-")]
        if names and plain(names[0]) not in map(plain, schemas.types[kind]):
            print(f"{kind} has no {names[0]}", file=sys.stderr)
            continue
        target = (row.get("name_path") or "").split("/")[-1]
        known = {plain(attribute): attribute for attribute in schemas.inputs(kind)}
        beside = {"PolicyName": "policy_name"}.get(target)
        yield policy_row(schemas, kind, names, row, known.get(plain(target)) or beside)


def policy_row(schemas: Schemas, kind: str, names: list[str], row: Row, target: str | None) -> Row:
    path = "/".join(schemas.path(kind, names))
    made = {
        "type": kind,
        "path": path,
        "kind": row["kind"],
        "grammar": row["grammar"],
        "inside": INSIDE.get((kind, path)),
        "validate_policy_resource_type": row.get("validate_policy_resource_type"),
        "check_no_public_access_resource_type": row.get("check_no_public_access_resource_type"),
        "name_attribute": target.split(".")[-1] if target else None,
        "note": row.get("note"),
    }
    return {key: value for key, value in made.items() if value is not None}


def aws_attachments(schemas: Schemas) -> Iterator[Row]:
    for kind, path, effect in ATTACHMENTS:
        yield attachment(schemas, kind, path.split("/"), effect)


def attachment(schemas: Schemas, kind: str, names: list[str], effect: str) -> Row:
    row = {"type": kind, "path": "/".join(schemas.path(kind, names, items=True))}
    return row if effect == "allows" else row | {"effect": effect}


def aws_grammars(schemas: Schemas) -> Iterator[Row]:
    for grammar, paths in GRAMMARS.items():
        for kind, path in (text.split(".", 1) for text in paths):
            steps = schemas.path(kind, path.split("/"))
            yield {"type": kind, "path": "/".join(steps), "grammar": grammar}


def awscc_rows(mirrored: Mapping[str, list[Row]], section: str, schemas: Schemas) -> Iterator[Row]:
    for row in mirrored[section]:
        kind = schemas.awscc_type(row["type"])
        if kind is None:
            continue
        names = row["path"].split("/")
        try:
            if section == "attachments":
                yield attachment(schemas, kind, names, row.get("effect", "allows"))
            else:
                path = "/".join(schemas.path(kind, names))
                yield {"type": kind, "path": path, "grammar": row["grammar"]}
        except KeyError:
            print(f"{kind} has no {row['path']}", file=sys.stderr)


def containers(schemas: Schemas) -> Iterator[Row]:
    for kind, rows in (CONTAINERS | dict(AWSCC_CONTAINERS)).items():
        for path, form, parameters in rows:
            row = {"type": kind, "path": "/".join(schemas.path(kind, path.split("/")))}
            row["form"] = form
            if parameters:
                row["parameters"] = "/".join(schemas.path(kind, [parameters], items=True))
            yield row


def write_sections(path: Path, origin: str, sections: Mapping[str, list[Row]]) -> None:
    written = [f' "origin": {json.dumps(origin)}']
    for name, rows in sections.items():
        lines = sorted(rows, key=lambda row: (row["type"], row["path"]))
        text = ",\n".join(f"  {json.dumps(row)}" for row in lines)
        written.append(f' "{name}": [\n{text}\n ]')
    path.write_text("{\n" + ",\n".join(written) + "\n}\n", encoding="utf-8")


def awscc_shapes(types: Mapping[str, Row], schemas: Schemas) -> dict[str, Shapes]:
    """The shapes of the provider awscc, which has the attributes of CloudFormation."""
    found: dict[str, Shapes] = {}
    for name, entry in types.items():
        kind = schemas.awscc_type(name)
        texts = entry.get("attributes", {}) | dict.fromkeys(
            entry.get("arn_attributes", ()), entry.get("arn")
        )
        shapes = None if kind is None else mirrored_shapes(kind, entry, texts, schemas)
        if kind is not None and shapes is not None:
            found[kind] = shapes
    return found


def mirrored_shapes(
    kind: str, entry: Row, texts: Mapping[str, str], schemas: Schemas
) -> Shapes | None:
    inputs = {plain(name): name for name in schemas.inputs(kind)}
    attributes = {plain(name): name for name in schemas.types[kind]}

    def placeholder(match: re.Match[str]) -> str:
        name = inputs.get(plain(match[1]), match[1])
        return f"${{{name}{'|any' if name in COUNTED else ''}}}"

    made = {
        attributes[plain(name)]: PLACEHOLDER_NAME.sub(placeholder, text)
        for name, text in texts.items()
        # The id of this provider is the primaryIdentifier, whatever CloudFormation calls Id.
        if plain(name) != "id"
        and plain(name) in attributes
        and attributes[plain(name)] not in inputs.values()
    }
    if not made:
        return None
    when = {inputs[plain(name)]: ("",) for name in entry.get("unless", ())}
    defaults = {inputs[plain(name)]: text for name, text in entry.get("defaults", {}).items()}
    return Shapes((Variant(made, when),), defaults=defaults)


def write_shapes(path: Path, origin: str, types: Mapping[str, Shapes]) -> None:
    rows = [f"  {json.dumps(kind)}: {json.dumps(types[kind].entry)}" for kind in sorted(types)]
    path.write_text(
        '{\n "origin": ' + json.dumps(origin) + ',\n "types": {\n' + ",\n".join(rows) + "\n }\n}\n",
        encoding="utf-8",
    )


def check(kind: str, shapes: Shapes, schemas: Schemas, formats: Formats) -> None:
    """Raise ValueError where a row of the hand-written table contradicts the sources."""
    attributes = schemas.types[kind]
    for name in shapes.attributes:
        if name not in attributes:
            raise ValueError(f"{kind} has no attribute {name}")
        if not schemas.is_computed(kind, name):
            raise ValueError(f"{kind}.{name} is not computed")
    inputs = set(schemas.inputs(kind))
    for name in shapes.inputs:
        if name not in inputs:
            raise ValueError(f"{kind} has no input {name}")
    for text in shapes.texts:
        if text.startswith("arn:") and not fits(text, formats):
            raise ValueError(f"{kind}: {text} is no ARN format")


def fits(text: str, formats: Formats) -> bool:
    if any(start in text for start in NOT_IN_FORMATS):
        return True
    sample = PLACEHOLDER.sub("x", text.replace("${path}", "/"))
    service = text.split(":")[2]
    return any(as_pattern(arn).fullmatch(sample) for arn in formats[service].values())


if __name__ == "__main__":
    main()
