"""A provider with the schemas of hashicorp/aws or hashicorp/awscc, for plans without an account.

    python tools/fake_terraform_provider.py SCHEMA.json PROVIDER SOCKET

It speaks plugin protocol 6 over a socket for TF_REATTACH_PROVIDERS and needs grpcio, msgpack and tf
(the stubs of the protocol). SCHEMA.json holds the schemas of the providers, rebuilt from the
packages that CDK Terraform makes of them.
From the environment: FAKE_TYPES names the types to serve (a plan holds no others, and Terraform
starts faster), FAKE_REMOTE says what exists in AWS as `{"TYPE": {"attribute": value}}`.

What it knows of AWS is what fake_terraform_values.py says, and which attributes force replacement,
are sensitive or write-only. All else is by the schema.
"""

# The protocol names the methods and gives each of them a request and a context.
# ruff: noqa: ARG002, N802

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import msgpack
from fake_terraform_values import (
    FACTS,
    DocumentError,
    Object,
    computed_text,
    digest_of,
    policy_document,
)
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

Schema = dict[str, Any]

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


def is_write_only(name: str) -> bool:
    return name.endswith("_wo") and not name.startswith("has_")


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
    if is_write_only(name):
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


class Provider(rpc.ProviderServicer):  # type: ignore[misc]
    """The calls of the protocol that a plan and an apply need."""

    def __init__(self, schemas: Schema) -> None:
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
        self.region = "us-east-1"
        self.remote: dict[str, Object] = json.loads(os.environ.get("FAKE_REMOTE", "{}"))

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
        self.region = decode(request.config).get("region") or "us-east-1"
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
        planned.update(dict.fromkeys(filter(is_write_only, planned)))
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
        return computed_text(kind, name, planned, self.region, seed)

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
            config["id"] = digest_of(config["json"])
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
    rpc.add_ProviderServicer_to_server(Provider(known), server)
    server.add_insecure_port(f"unix://{socket}")
    server.start()
    print("ready", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
