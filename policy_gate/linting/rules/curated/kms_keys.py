"""The rule about condition keys whose values are KMS keys.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.patterns import is_literal
from policy_gate.linting.rule import Problem, example_with, quoted, rule
from policy_gate.linting.view import PolicyView

_KEYS = ("s3:x-amz-server-side-encryption-aws-kms-key-id",)
_KMS_KEY = re.compile(r"arn:[^:]+:kms:[^:]+:\d{12}:key/.+", re.ASCII | re.DOTALL)
_GOOD = example_with(
    '{"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id":\n'
    '       "arn:aws:kms:us-east-1:111122223333:key/0d1e2f3a-0000-4000-8000-000000000000"}}',
    action="s3:PutObject",
)


@rule(
    "INVALID_KMS_KEY_VALUE",
    "ERROR",
    bad=_GOOD.replace(
        "arn:aws:kms:us-east-1:111122223333:key/0d1e2f3a-0000-4000-8000-000000000000", "alias/app"
    ),
    good=_GOOD,
)
def invalid_kms_key_value(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of s3:x-amz-server-side-encryption-aws-kms-key-id that is no ARN of a key.

    Why is this bad? It matches no request: S3 compares with the ARN, also where the request names
    the key by its id or alias.

    Use instead: `arn:aws:kms:us-east-1:111122223333:key/...`.
    """
    for condition in policy.conditions:
        if condition.folded_key in _KEYS and condition.operator.family in ("String", "Arn"):
            for text in condition.texts:
                if is_literal(text.value) and not _KMS_KEY.fullmatch(text.value):
                    yield Problem(
                        f"{quoted(text.value)} under {quoted(condition.key)} is no ARN of a KMS "
                        'key: write one, as "arn:aws:kms:us-east-1:111122223333:key/...".',
                        (text.place,),
                    )
