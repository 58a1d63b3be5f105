"""A provider with the schemas of hashicorp/aws or hashicorp/awscc, for plans without an account.

    python tools/fake_terraform_provider.py SCHEMA.json PROVIDER SOCKET

It speaks plugin protocol 6 over a socket for TF_REATTACH_PROVIDERS and needs grpcio, msgpack and tf
(the stubs of the protocol). The schemas are those that `../shared/tools/scan_tf_schema.py` writes.
From the environment: FAKE_TYPES names the types to serve (a plan holds no others, and Terraform
starts faster), FAKE_REMOTE says what exists in AWS as `{"TYPE": {"attribute": value}}`, FAKE_FRESH
makes every computed value unlike any other.

What it knows of AWS: the merging and formatting of aws_iam_policy_document, attributes that force
replacement, that are sensitive or write-only, and the shape of ARNs. All else is by the schema.
"""

# The protocol names the methods and gives each of them a request and a context.
# ruff: noqa: ARG002, N802

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import msgpack
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

Schema = dict[str, Any]
Object = dict[str, Any]

UNKNOWN = msgpack.ExtType(0, b"\0")
STRING = '"string"'
SCALARS = {"string": STRING, "any": STRING, "bool": '"bool"', "number": '"number"'}
GETTERS = {
    "getStringAttribute": STRING,
    "getBooleanAttribute": '"bool"',
    "getNumberAttribute": '"number"',
}
NESTING = {"struct": 1, "list": 2, "set": 3, "map": 4}
FORCES_REPLACEMENT = {"name", "bucket", "role", "user", "group", "function_name", "statement_id"}
SENSITIVE = {"secret_string", "secret_binary", "secret", "password", "random_password"}
# The stubs are older than write-only attributes: field 11 of Schema.Attribute, a boolean.
WRITE_ONLY = b"\x58\x01"
FACTS = {
    "account_id": "123456789012",
    "partition": "aws",
    "dns_suffix": "amazonaws.com",
    "region": "us-east-1",
}
ARNS = {
    "aws_s3_bucket": "arn:aws:s3:::{}",
    "aws_iam_role": "arn:aws:iam::123456789012:role/{}",
    "aws_iam_user": "arn:aws:iam::123456789012:user/{}",
    "aws_iam_policy": "arn:aws:iam::123456789012:policy/{}",
    "aws_lambda_function": "arn:aws:lambda:us-east-1:123456789012:function:{}",
    "aws_kms_key": "arn:aws:kms:us-east-1:123456789012:key/{}",
}


def type_of(attribute: Schema) -> str:
    """The type of an attribute in the JSON of cty."""
    hcl = attribute.get("hcl")
    getter = attribute.get("getter") or ""
    element = SCALARS.get(attribute.get("type") or "") or GETTERS.get(getter)
    if element is None:
        if getter.startswith("getListAttribute"):
            return '["list","string"]'
        if getter.startswith(("getStringMap", "StringMap")):
            return '["map","string"]'
        return '["list","string"]' if getter else STRING
    if hcl and hcl[1] in ("set", "list"):
        return f'["{hcl[1]}",{element}]'
    if attribute.get("map") or (hcl and hcl[1] == "map"):
        return f'["map",{element}]'
    return f'["list",{element}]' if attribute.get("list") else element


def settable(schema: Schema) -> Iterable[tuple[str, Schema]]:
    """The attributes and blocks that the schema tells enough about."""
    for name, attribute in sorted(schema.items()):
        if name != "timeouts" and ("attrs" not in attribute or attribute.get("hcl")):
            yield name, attribute


def attribute_of(name: str, schema: Schema) -> pb.Schema.Attribute:
    required, computed = bool(schema.get("required")), bool(schema.get("computed"))
    optional = not required and (bool(schema.get("optional")) or not computed)
    attribute = pb.Schema.Attribute(
        name=name,
        required=required,
        optional=optional,
        computed=computed and not required,
        sensitive=name in SENSITIVE,
    )
    if "attrs" in schema:
        attribute.nested_type.CopyFrom(
            pb.Schema.Object(
                attributes=[attribute_of(*item) for item in settable(schema["attrs"])],
                nesting=NESTING[schema["hcl"][1]],
            )
        )
    else:
        attribute.type = type_of(schema).encode()
    if name.endswith("_wo"):
        attribute.MergeFromString(WRITE_ONLY)
    return attribute


def block_of(schema: Schema) -> pb.Schema.Block:
    attributes, blocks = [], []
    for name, item in settable(schema):
        if "attrs" in item and item.get("block"):
            nested = block_of(item["attrs"])
            nesting = NESTING[item["hcl"][1]]
            blocks.append(pb.Schema.NestedBlock(type_name=name, block=nested, nesting=nesting))
        else:
            attributes.append(attribute_of(name, item))
    return pb.Schema.Block(attributes=attributes, block_types=blocks)


def decode(value: pb.DynamicValue) -> Any:
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, strict_map_key=False)
    return json.loads(value.json) if value.json else None


def encode(value: Any) -> pb.DynamicValue:
    return pb.DynamicValue(msgpack=msgpack.packb(value))


def is_unknown(value: Any) -> bool:
    return isinstance(value, msgpack.ExtType)


class DocumentError(Exception):
    """A document that the provider refuses."""


def policy_document(config: Object) -> Object:
    """What aws_iam_policy_document makes of its arguments.

    Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
    """
    merged: Object = {"Version": config.get("version") or "2012-10-17"}
    if config.get("policy_id"):
        merged["Id"] = config["policy_id"]
    statements: list[Object] = []
    sources = [json.loads(text) for text in config.get("source_policy_documents") or () if text]
    sids: set[str] = set()
    for statement in (item for source in sources for item in _list(source["Statement"])):
        if (sid := statement.get("Sid")) in sids and sid:
            raise DocumentError(f"duplicate Sid ({sid}) in source_policy_documents")
        sids.add(sid)
        _merge(statements, statement)
    for block in config.get("statement") or ():
        _merge(statements, _statement(block))
    for text in config.get("override_policy_documents") or ():
        for statement in _list(json.loads(text)["Statement"]) if text else ():
            _merge(statements, statement)
    return {**merged, "Statement": statements}


def _merge(statements: list[Object], statement: Object) -> None:
    for index, existing in enumerate(statements):
        if statement.get("Sid") and existing.get("Sid") == statement["Sid"]:
            statements[index] = statement
            return
    statements.append(statement)


def _statement(block: Object) -> Object:
    statement: Object = {"Sid": block["sid"]} if block.get("sid") else {}
    statement["Effect"] = block.get("effect") or "Allow"
    for name, key in (("actions", "Action"), ("not_actions", "NotAction")):
        if block.get(name):
            statement[key] = _one_or_many(block[name])
    for name, key in (("resources", "Resource"), ("not_resources", "NotResource")):
        if block.get(name):
            statement[key] = _one_or_many(map(_variables, block[name]))
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if block.get(name):
            statement[key] = _principals(block[name])
    condition: dict[str, dict[str, list[str]]] = {}
    for item in block.get("condition") or ():
        of_test = condition.setdefault(item["test"], {})
        values = of_test.setdefault(_variables(item["variable"]), [])
        values.extend(map(_variables, item["values"]))
    if condition:
        statement["Condition"] = {
            test: {
                key: values[0] if len(values) == 1 else values for key, values in of_test.items()
            }
            for test, of_test in condition.items()
        }
    return statement


def _principals(blocks: Iterable[Object]) -> Any:
    principals: dict[str, list[str]] = {}
    for block in blocks:
        if block["type"] == "*" and list(block["identifiers"]) == ["*"]:
            return "*"
        principals.setdefault(block["type"], []).extend(map(_variables, block["identifiers"]))
    return {kind: _one_or_many(identifiers) for kind, identifiers in principals.items()}


def _one_or_many(values: Iterable[str]) -> str | list[str]:
    found = sorted(values, reverse=True)
    return found[0] if len(found) == 1 else found


def _variables(text: str) -> str:
    return text.replace("&{", "${")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Provider(rpc.ProviderServicer):  # type: ignore[misc]
    """The calls of the protocol that a plan and an apply need."""

    def __init__(self, schemas: Schema, provider: str) -> None:
        types = set(filter(None, os.environ.get("FAKE_TYPES", "").split(",")))
        self.resources = {
            name: schema
            for name, schema in schemas["TerraformResource"].items()
            if not types or name in types
        }
        self.data_sources = {
            name: schema
            for name, schema in schemas["TerraformDataSource"].items()
            if not types or name in types
        }
        self.provider = provider
        self.remote: dict[str, Object] = json.loads(os.environ.get("FAKE_REMOTE", "{}"))
        self.is_fresh = bool(os.environ.get("FAKE_FRESH"))

    def GetMetadata(self, request: Any, context: Any) -> Any:
        return pb.GetMetadata.Response(server_capabilities=pb.ServerCapabilities())

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        tags = pb.Schema.Block(
            attributes=[
                pb.Schema.Attribute(name="tags", type=b'["map","string"]', optional=True),
            ]
        )
        provider = pb.Schema.Block(
            attributes=[pb.Schema.Attribute(name="region", type=STRING.encode(), optional=True)],
            block_types=[pb.Schema.NestedBlock(type_name="default_tags", nesting=2, block=tags)],
        )
        return pb.GetProviderSchema.Response(
            provider=pb.Schema(block=provider),
            resource_schemas={
                name: pb.Schema(block=block_of(schema)) for name, schema in self.resources.items()
            },
            data_source_schemas={
                name: pb.Schema(block=block_of(schema))
                for name, schema in self.data_sources.items()
            },
        )

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        return pb.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        return pb.ConfigureProvider.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        state = pb.DynamicValue(json=request.raw_state.json)
        return pb.UpgradeResourceState.Response(upgraded_state=state)

    def ReadResource(self, request: Any, context: Any) -> Any:
        state = decode(request.current_state)
        state.update(self.remote.get(request.type_name, {}))
        return pb.ReadResource.Response(new_state=encode(state), private=request.private)

    def ImportResourceState(self, request: Any, context: Any) -> Any:
        schema = dict(settable(self.resources[request.type_name]))
        state: Object = {
            name: [] if item.get("block") and "attrs" in item else None
            for name, item in schema.items()
        }
        state.update({"id": request.id} | ({"name": request.id} if "name" in schema else {}))
        imported = pb.ImportResourceState.ImportedResource(
            type_name=request.type_name, state=encode(state)
        )
        return pb.ImportResourceState.Response(imported_resources=[imported])

    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        prior, config = decode(request.prior_state), decode(request.config)
        planned = decode(request.proposed_new_state)
        if planned is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        replaced = [
            name
            for name in sorted(FORCES_REPLACEMENT & planned.keys())
            if prior is not None and prior.get(name) != planned[name]
        ]
        if prior is None or replaced:
            _forget_computed(self.resources[request.type_name], planned, config)
        paths = [
            pb.AttributePath(steps=[pb.AttributePath.Step(attribute_name=name)])
            for name in replaced
        ]
        return pb.PlanResourceChange.Response(planned_state=encode(planned), requires_replace=paths)

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        planned = decode(request.planned_state)
        if planned is None:
            return pb.ApplyResourceChange.Response(new_state=request.planned_state)
        seed = json.dumps(planned, default=lambda _: None, sort_keys=True)
        for name, item in settable(self.resources[request.type_name]):
            if is_unknown(planned.get(name)):
                planned[name] = self.computed(request.type_name, name, item, planned, seed)
        return pb.ApplyResourceChange.Response(new_state=encode(planned))

    def computed(self, kind: str, name: str, item: Schema, planned: Object, seed: str) -> Any:
        """What AWS gives for an attribute that the configuration leaves to it."""
        if "attrs" in item or (shape := type_of(item)).startswith('["'):
            is_map = "attrs" not in item and "map" in shape
            return {} if is_map else []
        if shape != STRING:
            return False if "bool" in shape else 0
        # A policy that nobody set is the default of the service, which is none here.
        if "policy" in name or "policies" in name or name == "name_prefix":
            return ""
        digest = hashlib.sha256(f"{kind} {name} {seed}".encode()).hexdigest()[:10]
        named = planned.get("name") or planned.get("bucket")
        label = f"fresh-{digest}" if self.is_fresh or not isinstance(named, str) else named
        if name == "arn" or name.endswith("_arn"):
            service = kind.split("_")[1]
            pattern = ARNS.get(kind, f"arn:aws:{service}:us-east-1:123456789012:{{}}")
            return pattern.format(label)
        return FACTS["region"] if name == "region" else label

    def ReadDataSource(self, request: Any, context: Any) -> Any:
        config = decode(request.config)
        if request.type_name == "aws_iam_policy_document":
            try:
                document = policy_document(config)
            except DocumentError as error:
                problem = pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=str(error))
                return pb.ReadDataSource.Response(diagnostics=[problem])
            config["json"] = json.dumps(document, indent=2)
            config["minified_json"] = json.dumps(document, separators=(",", ":"))
            config["id"] = str(int(hashlib.sha256(config["json"].encode()).hexdigest()[:8], 16))
            config["version"] = document["Version"]
            return pb.ReadDataSource.Response(state=encode(config))
        config.update(self.remote.get(f"data.{request.type_name}", {}))
        for name, item in settable(self.data_sources[request.type_name]):
            if config.get(name) is None and "attrs" not in item and type_of(item) == STRING:
                config[name] = FACTS.get(name, f"data-{name}")
        return pb.ReadDataSource.Response(state=encode(config))

    def StopProvider(self, request: Any, context: Any) -> Any:
        return pb.StopProvider.Response()


def _forget_computed(schema: Schema, planned: Object, config: Object) -> None:
    for name, item in settable(schema):
        if "attrs" in item and item.get("block"):
            continue
        if name in planned and item.get("computed") and config.get(name) is None:
            planned[name] = UNKNOWN


def main() -> None:
    schemas, provider, socket = sys.argv[1:]
    server = grpc.server(
        futures.ThreadPoolExecutor(8), options=[("grpc.max_send_message_length", -1)]
    )
    known = json.loads(Path(schemas).read_text(encoding="utf-8"))[provider]
    rpc.add_ProviderServicer_to_server(Provider(known, provider), server)
    server.add_insecure_port(f"unix://{socket}")
    server.start()
    print("ready", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
