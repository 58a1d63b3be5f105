"""What the provider that plans are made with knows of AWS: documents, ARNs, names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

Object = dict[str, Any]

FACTS = {
    "account_id": "123456789012",
    "partition": "aws",
    "dns_suffix": "amazonaws.com",
    "region": "us-east-1",
}
_ACCOUNT = FACTS["account_id"]
_ARNS = {
    "aws_s3_bucket": "arn:aws:s3:::{name}",
    "aws_iam_role": "arn:aws:iam::{account}:role{path}{name}",
    "aws_iam_user": "arn:aws:iam::{account}:user{path}{name}",
    "aws_iam_group": "arn:aws:iam::{account}:group{path}{name}",
    "aws_iam_policy": "arn:aws:iam::{account}:policy{path}{name}",
    "aws_lambda_function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "aws_kms_key": "arn:aws:kms:{region}:{account}:key/{name}",
    "aws_dynamodb_table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "aws_secretsmanager_secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-Ab12Cd",
    "aws_ecr_repository": "arn:aws:ecr:{region}:{account}:repository/{name}",
    "aws_cloudwatch_log_group": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws_iam_openid_connect_provider": "arn:aws:iam::{account}:oidc-provider/{host}",
    "aws_organizations_policy": "arn:aws:organizations::{account}:policy/o-1/{name}",
}
_IDS = {
    "aws_sqs_queue": "https://sqs.{region}.amazonaws.com/{account}/{name}",
    "aws_sns_topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws_iam_policy": _ARNS["aws_iam_policy"],
    "aws_secretsmanager_secret": _ARNS["aws_secretsmanager_secret"],
}
_NAMES = ("name", "bucket", "function_name", "repository_name", "key_id")


def digest_of(text: str) -> str:
    return str(int(hashlib.sha256(text.encode()).hexdigest()[:9], 16))


def computed_text(kind: str, name: str, planned: Object, region: str, seed: str) -> str:
    """What AWS gives for an attribute that the configuration leaves to it."""
    # A policy that nobody set is the default of the service, which is none here.
    if "policy" in name or "policies" in name or name.endswith("name_prefix"):
        return ""
    given = planned.get("region")
    region = given if isinstance(given, str) else region
    if name == "region":
        return region
    named = next((planned[key] for key in _NAMES if isinstance(planned.get(key), str)), None)
    prefix = planned.get("name_prefix") or planned.get("bucket_prefix")
    unique = digest_of(f"{kind} {seed}")
    label = named or f"{prefix if isinstance(prefix, str) else ''}{unique}"
    path = planned.get("path") if isinstance(planned.get("path"), str) else "/"
    host = str(planned.get("url", "")).removeprefix("https://")
    known = {"host": host, "name": label, "account": _ACCOUNT, "region": region, "path": path}
    usual = f"arn:aws:{kind.split('_')[1]}:{{region}}:{{account}}:{{name}}"
    texts = {
        "arn": _ARNS.get(kind, usual).format(**known),
        "id": (known_id := _IDS.get(kind, "{name}").format(**known)),
        "url": known_id,
        "unique_id": f"{'AIDA' if kind == 'aws_iam_user' else 'AROA'}{unique}",
        **dict.fromkeys(_NAMES, label),
        "iam_arn": f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {label}",
    }
    other = f"arn:aws:x:::{name}-{unique}" if name.endswith("_arn") else f"{name}-{unique}"
    return texts.get(name, other)


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
        values = of_test.setdefault(item["variable"], [])
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
    blocks = list(blocks)
    if len(blocks) == 1 and blocks[0]["type"] == "*" and list(blocks[0]["identifiers"]) == ["*"]:
        return "*"
    for block in blocks:
        principals.setdefault(block["type"], []).extend(map(_variables, block["identifiers"]))
    return {kind: _one_or_many(identifiers) for kind, identifiers in principals.items()}


def _one_or_many(values: Iterable[str]) -> str | list[str]:
    found = sorted(values, reverse=True)
    return found[0] if len(found) == 1 else found


def _variables(text: str) -> str:
    return text.replace("&{", "${")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
