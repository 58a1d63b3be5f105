from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.linting.covering import covered_entries
from policy_gate.reasoning.checks import check_no_new_access
from tests.properties import examples


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["s3:get*", "s3:getobject"], {1: 0}),
        (["s3:getobject", "s3:get*", "s3:*"], {0: 2, 1: 2}),
        (["a", "b", "a", "a"], {2: 0, 3: 0}),
        (["a?", "a*"], {0: 1}),
        (["a?", "a??"], {}),
        (["a*b", "ab*"], {}),
        (["a*", "a**"], {1: 0}),
        (["*a*b*", "xaxbx", "xbxax"], {1: 0}),
        (["a${v}", "a*"], {0: 1}),
        (["a?{v}", "a${v}"], {}),
        (["a????", "a${v}"], {}),
        (["a${v}*", "a${v}b", "a${w}b"], {1: 0}),
        (["a\ue000", "a*"], {}),
        ([], {}),
    ],
)
def test_texts_that_another_covers(texts: list[str], expected: dict[int, int]) -> None:
    assert covered_entries(texts, arns=False) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["arn:aws:s3:::b/*", "arn:aws:s3:::b/x:y"], {1: 0}),
        (["*", "arn:aws:s3:::b"], {1: 0}),
        (["arn:aws:s3:*", "arn:aws:s3:::b", "arn:aws:s3:::${v}"], {1: 0, 2: 0}),
        (["arn:aws:*:b", "arn:aws:s3:::b"], {}),
        (["arn:aws:*:*:*:b", "arn:aws:s3:::b"], {1: 0}),
        (["arn:aws:iam::*:role/a", "arn:aws:iam::${v}:role/a"], {}),
        (["arn:aws:iam::?:a", "arn:aws:iam::1:a", "arn:aws:iam:::a"], {1: 0}),
        (["arn:aws:s*", "arn:aws:sqs:eu-west-1:1:a:b"], {1: 0}),
        (["arn:aws:*s*:b", "arn:aws:sqs:::b"], {}),
        (["arn:aws:S3:::b*", "arn:aws:s3:::b"], {}),
    ],
)
def test_a_wildcard_stops_at_the_colons_of_an_arn(
    texts: list[str], expected: dict[int, int]
) -> None:
    assert covered_entries(texts, arns=True) == expected


FIELD = st.sampled_from(["", "*", "a", "a*", "*a", "?", "a?b", "${aws:username}", "a${*}"])
ARN = st.lists(FIELD, min_size=1, max_size=7).map(lambda fields: ":".join(["arn", *fields]))


@given(st.lists(ARN | st.just("*"), min_size=2, max_size=4))
@examples(40)
def test_without_what_is_covered_the_policy_allows_the_same(resources: list[str]) -> None:
    covered = covered_entries(resources, arns=True)
    kept = [text for index, text in enumerate(resources) if index not in covered]

    def policy(texts: list[str]) -> str:
        statement = {"Effect": "Allow", "Action": "*", "Resource": texts}
        return json.dumps({"Version": "2012-10-17", "Statement": statement})

    answer = check_no_new_access(policy(resources), policy(kept), "IDENTITY_POLICY")
    assert answer.result != "FAIL"


def test_more_entries_than_any_policy_can_hold_have_no_answer() -> None:
    assert covered_entries([f"*{number}*" for number in range(1001)], arns=False) == {}
