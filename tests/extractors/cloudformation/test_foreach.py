"""Fn::ForEach: every policy that a loop makes, at the place where it is written."""

from __future__ import annotations

import json
import re
from textwrap import dedent, indent
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policy_gate.extractors.interface import ParameterValue
from policy_gate.model import AssumptionKind, Extraction, Policy, ReasonCode, Value
from tests.extractors.cloudformation.extraction import extract, only, policies, shown

TRANSFORM = "Transform: AWS::LanguageExtensions"


def template_of(resources: str, sections: str = "") -> str:
    return "\n".join(
        [TRANSFORM, dedent(sections).strip(), "Resources:", indent(dedent(resources), "  ")]
    )


def looped(collection: str, value: str = "!Ref Name", sections: str = "") -> str:
    """A template with a loop that makes a policy, whose document is `{X: value}`, of each item."""
    loop = f"""
        Fn::ForEach::Policies:
          - Name
          - {collection}
          - Policy&{{Name}}:
              Type: AWS::IAM::ManagedPolicy
              Properties:
                PolicyDocument: {{X: {value}}}
    """
    return template_of(loop, sections)


def documents(found: Extraction) -> dict[str, Value]:
    """The `X` of each document, as people see it, by logical id."""
    values = {}
    for policy in found.policies:
        assert isinstance(policy.document, dict)
        values[policy.identity.resource_address] = policy.document["X"]
    return {
        name: str(value) if not isinstance(value, dict) else value for name, value in values.items()
    }


def names(found: Extraction) -> set[str]:
    return {policy.identity.resource_address for policy in found.policies}


def messages(found: Extraction) -> list[str]:
    return [item.message for item in found.not_checked]


def descriptions(policy: Policy) -> list[str]:
    return [item.description for item in policy.assumptions]


SECTIONS = """
    Parameters:
      Env: {Type: String}
      Stage: {Type: String, Default: dev}
      Text: {Type: String, Default: "a,b"}
      Names: {Type: CommaDelimitedList}
      Known: {Type: CommaDelimitedList, Default: "a, b-1"}
      Limited: {Type: CommaDelimitedList, AllowedValues: [a, c]}
    Mappings:
      Accounts:
        dev: {Names: [d], None: []}
        prod: {Names: [p, q], None: [x]}
    Conditions:
      IsProd: !Equals [!Ref Env, prod]
"""


@pytest.mark.parametrize(
    ("collection", "expected"),
    [
        ("[a, b-1]", {"Policya": "a", "Policyb1": "b-1"}),
        ("[1, true]", {"Policy1": "1", "Policytrue": "true"}),
        ("[!Ref Stage, x]", {"Policydev": "dev", "Policyx": "x"}),
        ("!Ref Known", {"Policya": "a", "Policyb1": "b-1"}),
        ("!Split [',', !Ref Text]", {"Policya": "a", "Policyb": "b"}),
        ("[!Sub '${Stage}-x']", {"Policydevx": "dev-x"}),
        ("!FindInMap [Accounts, !Ref Stage, Names]", {"Policyd": "d"}),
        ("!FindInMap [Accounts, !Ref Stage, No, DefaultValue: [z]]", {"Policyz": "z"}),
    ],
)
def test_a_loop_makes_one_policy_of_each_item(collection: str, expected: dict[str, str]) -> None:
    found = extract(looped(collection, sections=SECTIONS))
    assert messages(found) == []
    assert documents(found) == expected


@pytest.mark.parametrize(
    ("collection", "expected"),
    [
        ("!Ref Limited", {"Policya", "Policyc"}),
        ("!FindInMap [Accounts, !Ref Env, Names]", {"Policyd", "Policyp", "Policyq"}),
        ("!If [IsProd, [a, b], [a]]", {"Policya", "Policyb"}),
        ("[a, !If [IsProd, b, !Ref AWS::NoValue]]", {"Policya", "Policyb"}),
    ],
)
def test_every_item_that_there_can_be_is_looked_at(collection: str, expected: set[str]) -> None:
    found = extract(looped(collection, sections=SECTIONS))
    assert messages(found) == []
    assert names(found) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("'x-${Name}/&{Name}'", "x-b-1/b1"),
        ("!Sub 'x-${Name}/&{Name}'", "x-b-1/b1"),
        ("!Sub '${!Name} ${ AWS::Region }'", "${Name} eu-west-1"),
        ("!Sub ['${Name}-${Y}', {Y: !Ref Name}]", "b-1-b-1"),
        ("!Join ['/', [!Ref Name, '${Name}']]", "b-1/b-1"),
        ("'home/${aws:username}/${Name}'", "home/${aws:username}/b-1"),
        ("!FindInMap [M, '${Name}', V]", "found"),
        ("!Select [0, [!Ref Name]]", "b-1"),
        ("{'Fn::ToJsonString': {'${Name}': !Ref Name}}", '{"b-1":"b-1"}'),
        ("{'Fn::Length': [!Ref Name, '${Name}']}", "2"),
        ("!GetAtt ['Bucket&{Name}', Arn]", "arn:aws:s3:::logs-b-1"),
        ("!GetAtt 'Bucket&{Name}.Arn'", "arn:aws:s3:::logs-b-1"),
        ("!GetAtt [!Sub 'Bucket&{Name}', !Select [0, [Arn]]]", "arn:aws:s3:::logs-b-1"),
        ("!Sub '${Bucket&{Name}.Arn}/*'", "arn:aws:s3:::logs-b-1/*"),
        ("!Ref 'Bucket&{Name}'", "logs-b-1"),
        ("{Ref: !Sub 'Bucket&{Name}'}", "logs-b-1"),
        ("{Ref: !Join ['', [Bucket, '&{Name}']]}", "logs-b-1"),
        ("!If ['Is&{Name}', 'yes-${Name}', no]", "yes-b-1"),
    ],
)
def test_an_identifier_is_replaced_wherever_it_is_used(value: str, expected: str) -> None:
    template = template_of(
        f"""
        Fn::ForEach::All:
          - Name
          - [b-1]
          - Bucket&{{Name}}:
              Type: AWS::S3::Bucket
              Properties: {{BucketName: !Sub "logs-${{Name}}"}}
            Policy:
              Type: AWS::IAM::ManagedPolicy
              Condition: Is&{{Name}}
              Properties:
                PolicyDocument: {{X: {value}}}
        """,
        """
        Mappings: {M: {b-1: {V: found}}}
        Conditions:
          Fn::ForEach::Conditions: [Name, [b-1], {'Is&{Name}': !Equals ['${Name}', b-1]}]
        """,
    )
    found = extract(template, given={"AWS::Region": "eu-west-1"})
    assert messages(found) == []
    assert documents(found) == {"Policy": expected}


def test_loops_nest_and_see_the_items_around_them() -> None:
    template = template_of(
        """
        Fn::ForEach::Accounts:
          - Account
          - [dev, prod]
          - Fn::ForEach::Names:
              - Name
              - !FindInMap [Accounts, !Ref Account, Names]
              - Policy${Account}${Name}:
                  Type: AWS::IAM::ManagedPolicy
                  Properties: {PolicyDocument: {X: !Sub "${Account}/${Name}"}}
        """,
        SECTIONS,
    )
    assert documents(extract(template)) == {
        "Policydevd": "dev/d",
        "Policyprodp": "prod/p",
        "Policyprodq": "prod/q",
    }


def test_a_loop_inside_a_policy_makes_its_keys() -> None:
    policy = only(
        template_of("""
            Policy:
              Type: AWS::IAM::ManagedPolicy
              Properties:
                PolicyDocument:
                  Condition:
                    StringEquals:
                      s3:prefix: home
                      Fn::ForEach::Tags:
                        - Tag
                        - [team, cost-center]
                        - aws:PrincipalTag/${Tag}: !Sub "${Tag}-x"
        """)
    )
    assert policy.document == {
        "Condition": {
            "StringEquals": {
                "s3:prefix": "home",
                "aws:PrincipalTag/team": "team-x",
                "aws:PrincipalTag/cost-center": "cost-center-x",
            }
        }
    }


def test_loops_may_stand_in_conditions_and_outputs() -> None:
    template = template_of(
        """
        Fn::ForEach::Policies:
          - Stage
          - [dev, prod]
          - Policy${Stage}:
              Type: AWS::IAM::ManagedPolicy
              Condition: Is${Stage}
              Properties: {PolicyDocument: {X: !Ref Stage}}
        """,
        """
        Parameters: {Env: {Type: String}}
        Conditions:
          Fn::ForEach::Stages: [Stage, [dev, prod], {"Is${Stage}": !Equals [!Ref Env, !Ref Stage]}]
        Outputs:
          Fn::ForEach::Stages: [Stage, [dev, prod], {"Out${Stage}": {Value: !Ref "Policy${Stage}"}}]
        """,
    )
    assert {(policy.world, str(policy.identity)) for policy in policies(template)} == {
        ("Env = dev", "Policydev / PolicyDocument"),
        ("Env = prod", "Policyprod / PolicyDocument"),
    }
    found = extract(template, given={"Env": "dev"})
    assert names(found) == {"Policydev"}
    assert [item.reason for item in found.not_checked] == [ReasonCode.NOT_APPLICABLE]


def test_comparisons_of_different_iterations_are_apart() -> None:
    """Both stages may be met in one deployment: the outcome for one item says nothing of others."""
    template = template_of(
        """
        Policy:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument: {X: [!If [Hasa, a, "-"], !If [Hasb, b, "-"]]}
        """,
        """
        Parameters: {Names: {Type: CommaDelimitedList}}
        Conditions:
          Fn::ForEach::Has: [N, [a, b], {"Has${N}": !Equals [!Select [0, !Ref Names], !Sub "${N}"]}]
        """,
    )
    found = [policy.document for policy in policies(template)]
    assert {"X": ["a", "-"]} in found
    assert {"X": ["-", "b"]} in found


def test_what_is_written_in_a_loop_keeps_its_place() -> None:
    template = template_of("""
        Fn::ForEach::Policies:
          - Name
          - [a, b]
          - Policy${Name}:
              Type: AWS::IAM::ManagedPolicy
              Properties:
                PolicyDocument:
                  Statement:
                    - Effect: Allow
                      Action: s3:*
                      Resource:
                        - !Sub "arn:aws:s3:::${Name}"
                        - arn:aws:s3:::x-${Name}
                        - !Ref Name
    """)
    for policy in policies(template):
        sources = policy.sources
        resources = [
            shown(template, sources.locate(("Statement", 0, "Resource", item))) for item in range(3)
        ]
        assert shown(template, sources.locate_key(("Statement", 0, "Effect"))) == "Effect"
        assert shown(template, sources.locate(("Statement", 0, "Action"))) == "s3:*"
        assert resources[1:] == ["arn:aws:s3:::x-${Name}", "!Ref Name"]
        assert "arn:aws:s3:::${Name}" in resources[0]


JSON_DOCUMENT = '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "${Name}"}]}'


@pytest.mark.parametrize(("tag", "written"), [("!Sub ", '"s3:*"'), ("", JSON_DOCUMENT)])
def test_a_document_in_a_text_is_found_there(tag: str, written: str) -> None:
    """Where the text itself is replaced, its parts stand somewhere in it."""
    template = template_of(f"""
        Fn::ForEach::Policies:
          - Name
          - [a, a-much-longer-name-than-the-identifier, '']
          - Policy&{{Name}}:
              Type: AWS::IAM::ManagedPolicy
              Properties:
                PolicyDocument: {tag}'{JSON_DOCUMENT}'
    """)
    found = policies(template)
    assert len(found) == 3
    for policy in found:
        location = policy.sources.locate(("Statement", 0, "Action"))
        assert written in shown(template, location)


def test_an_unknown_collection_is_one_policy_for_any_item() -> None:
    template = template_of(
        """
        Fn::ForEach::Policies:
          - Name
          - !Ref Names
          - Bucket${Name}:
              Type: AWS::S3::Bucket
              Properties: {BucketName: !Ref Name}
            Policy${Name}:
              Type: AWS::IAM::ManagedPolicy
              Properties:
                PolicyDocument:
                  - !Ref Name
                  - "x-${Name}"
                  - !Sub "y-${Name}-&{Name}"
                  - !Ref "Bucket${Name}"
                  - !Sub "${Bucket${Name}}"
        Other:
          Type: AWS::IAM::ManagedPolicy
          Properties: {PolicyDocument: {X: !Ref BucketMadeByTheLoop}}
        """,
        SECTIONS,
    )
    policy, other = policies(template)
    item = "${Fn::ForEach item of Names}"
    assert isinstance(policy.document, list)
    texts = [str(value) for value in policy.document]
    assert texts[:2] == [item, f"x-{item}"]
    assert texts[2].startswith(f"y-{item}-${{Fn::ForEach name made of ")
    assert texts[3:] == [item, item]
    kinds = {noted.expression: noted.kind for noted in policy.assumptions}
    assert kinds[item] is kinds["${Names}"] is AssumptionKind.SUPPLIED
    assert str(other.document) == "{'X': DeferredText" or "BucketMadeByTheLoop" in str(
        other.document
    )


def test_two_loops_over_one_unknown_collection_have_different_items() -> None:
    policy = only(
        template_of(
            """
            Fn::ForEach::A:
              - A
              - !Ref Names
              - Fn::ForEach::B:
                  - B
                  - !Ref Names
                  - Policy${A}${B}:
                      Type: AWS::IAM::ManagedPolicy
                      Properties: {PolicyDocument: {X: !Ref A, Y: !Ref B}}
            """,
            SECTIONS,
        )
    )
    assert isinstance(policy.document, dict)
    assert str(policy.document["X"]) != str(policy.document["Y"])


@pytest.mark.parametrize(
    ("tag", "collection"), [("${Tag}", "!Ref Names"), ("${Tag}", "[!Ref Env]")]
)
def test_keys_that_only_deployment_knows_are_an_unknown_mapping(tag: str, collection: str) -> None:
    policy = only(
        template_of(
            f"""
            Policy:
              Type: AWS::IAM::ManagedPolicy
              Properties:
                PolicyDocument:
                  Condition:
                    StringEquals:
                      aws:PrincipalOrgID: o-1
                      Fn::ForEach::Tags: [Tag, {collection}, {{"aws:PrincipalTag/{tag}": x}}]
            """,
            SECTIONS,
        )
    )
    assert isinstance(policy.document, dict)
    condition = policy.document["Condition"]
    assert isinstance(condition, dict)
    assert "Fn::ForEach::Tags" in str(condition["StringEquals"])
    assert len(policy.assumptions) == 2


@pytest.mark.parametrize(
    ("collection", "parameters", "expected"),
    [
        ("!Ref Names", {"Names": ("a", "b")}, {"Policya", "Policyb"}),
        ("!Ref Names", {"Names": "a,b"}, {"Policya", "Policyb"}),
        ("[!Ref Env]", {"Env": "prod"}, {"Policyprod"}),
    ],
)
def test_given_values_are_exact(
    collection: str, parameters: dict[str, ParameterValue], expected: set[str]
) -> None:
    found = extract(looped(collection, sections=SECTIONS), given=parameters)
    assert messages(found) == []
    assert names(found) == expected
    assert all(policy.assumptions == () for policy in found.policies)


def test_a_default_is_listed_even_where_the_document_does_not_use_it() -> None:
    for policy in policies(looped("!Ref Known", "fixed", SECTIONS)):
        assert descriptions(policy) == ["parameter Known has its default value 'a, b-1'"]


def test_an_item_with_a_default_is_looked_at_in_both_worlds() -> None:
    template = template_of(
        """
        Fn::ForEach::Policies:
          - Name
          - [!Ref Stage]
          - Policy${Name}:
              Type: AWS::IAM::ManagedPolicy
              Properties: {PolicyDocument: {X: !If [Isdev, narrow, wide]}}
        """,
        """
        Parameters: {Stage: {Type: String, Default: dev}}
        Conditions:
          Fn::ForEach::Is: [Name, [!Ref Stage], {"Is${Name}": !Equals [!Ref Name, dev]}]
        """,
    )
    found = [(policy.world, policy.document) for policy in policies(template)]
    assert found == [("", {"X": "narrow"}), ("Stage other than dev", {"X": "wide"})]
    assert len(policies(template, trust=True)) == 1


def test_a_list_that_a_default_makes_empty_hides_nothing() -> None:
    collection = "!FindInMap [Accounts, !Ref Stage, None]"
    assert len(policies(looped(collection, sections=SECTIONS))) == 1
    found = extract(looped(collection, sections=SECTIONS), trust=True)
    assert found.policies == ()
    assert [item.reason for item in found.not_checked] == [ReasonCode.NOT_APPLICABLE]


def test_sam_resources_may_be_made_by_loops() -> None:
    found = extract("""
        Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
        Resources:
          Fn::ForEach::Functions:
            - Name
            - [One, Two]
            - Function${Name}:
                Type: AWS::Serverless::Function
                Properties:
                  Runtime: python3.13
                  Handler: app.handler
                  CodeUri: src/
                  Policies:
                    - S3ReadPolicy: {BucketName: !Sub "logs-${Name}"}
    """)
    assert names(found) == {"FunctionOneRole", "FunctionTwoRole"}
    (policy,) = (
        policy
        for policy in found.policies
        if policy.identity.policy_name == "FunctionTwoRolePolicy0"
    )
    assert "s3:::logs-Two" in str(policy.document)


BODY = "{'Policy${X}': {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {X: !Ref X}}}}"
GOOD = "Good: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {X: fine}}}"


def nested(collections: list[str]) -> str:
    """Loops inside each other, the outermost one last, that make a policy of all their items."""
    uses = "".join(f"${{A{level}}}" for level in range(len(collections)))
    body = BODY.replace("${X}", uses).replace("!Ref X", f"'{uses}'")
    for level, collection in enumerate(collections):
        body = f"{{'Fn::ForEach::L{level}': [A{level}, [{collection}], {body}]}}"
    return body[1:-1]


@pytest.mark.parametrize(
    ("loop", "message", "place"),
    [
        ("Fn::ForEach::L: [X, [a]]", "an identifier, a collection and a mapping", "[X, [a]]"),
        ("Fn::ForEach::L: text", "an identifier, a collection and a mapping", "text"),
        ("Fn::ForEach::L: [[X], [a], {}]", "an identifier, a collection", "[[X], [a], {}]"),
        ("Fn::ForEach::L: ['', [a], {}]", "an identifier, a collection", "['', [a], {}]"),
        ("Fn::ForEach::L: [X, [a], []]", "an identifier, a collection", "[X, [a], []]"),
        ("Fn::ForEach: [X, [a], {}]", "a loop has a name", "[X, [a], {}]"),
        (f"Fn::ForEach::L: [Env, [a], {BODY}]", "'Env' names a parameter or a resource", "Env"),
        (f"Fn::ForEach::L: [Good, [a], {BODY}]", "'Good' names a parameter or a", "Good"),
        (f"Fn::ForEach::L: [X, [[a]], {BODY}]", "an item of a loop's collection", "[a]"),
        (f"Fn::ForEach::L: [X, [~], {BODY}]", "an item of a loop's collection", "~"),
        (f"Fn::ForEach::L: [X, [!Ref Known], {BODY}]", "an item of a loop's", None),
        (f"Fn::ForEach::L: [X, {{a: b}}, {BODY}]", "loops over a list", "{a: b}"),
        (f"Fn::ForEach::L: [X, !Ref Text, {BODY}]", "has the type CommaDelimitedList", "!Ref Text"),
        (f"Fn::ForEach::L: [X, !Ref X, {BODY}]", "'X' names nothing in this template", "!Ref X"),
        (f"Fn::ForEach::L: [X, !If [Self, [a], [b]], {BODY}]", "refers to itself", None),
        (f"Fn::ForEach::L: [X, [a, a], {BODY}]", "makes 'Policya' more than once", None),
        ("Fn::ForEach::L: [X, [Good], {'${X}': {Type: A}}]", "makes 'Good', which is there", None),
        ("Fn::ForEach::L: [X, [a], {'&{X}': {Type: A}, '${X}': {}}]", "two keys become 'a'", "{}"),
        (nested(["x"] * 6), "more than 5 loops inside each other", None),
        (
            f"Fn::ForEach::L: [Y, ['${{X}}'], {{'Fn::ForEach::M': [X, [a], {BODY}]}}]",
            "one of the characters $ & { }",
            "X",
        ),
        (
            f"Fn::ForEach::L: [Y, [a], {{'Fn::ForEach::M': [Y, [a], {BODY}]}}]",
            "a loop around this one has the identifier 'Y' too",
            "Y",
        ),
    ],
)
def test_a_loop_that_cannot_be_written_out_is_said_and_the_rest_is_checked(
    loop: str, message: str, place: str | None
) -> None:
    template = template_of(
        f"""
        {loop}
        {GOOD}
        """,
        SECTIONS + "      Self: !Not [!Condition Self]",
    )
    found = extract(template)
    assert names(found) == {"Good"}
    (not_checked,) = found.not_checked
    assert not_checked.reason is ReasonCode.NOT_ANALYSED
    assert not_checked.identity.resource_address.startswith("Fn::ForEach")
    assert message in not_checked.message
    assert not_checked.location is not None
    if place is not None:
        assert shown(template, not_checked.location) == place


def test_a_loop_takes_the_transform() -> None:
    template = looped("[a]").replace(TRANSFORM, "AWSTemplateFormatVersion: '2010-09-09'")
    found = extract(template)
    assert found.policies == ()
    (message,) = messages(found)
    assert "declare Transform: AWS::LanguageExtensions" in message


def test_a_loop_inside_a_property_that_is_malformed_leaves_an_unknown_value() -> None:
    found = extract(
        template_of("""
            Policy:
              Type: AWS::IAM::ManagedPolicy
              Properties:
                PolicyDocument: {X: {"Fn::ForEach::L": [X, [a]], Y: z}}
        """)
    )
    assert "an identifier, a collection and a mapping" in messages(found)[0]
    assert "Fn::ForEach::L" in str(documents(found)["Policy"])


def test_an_empty_collection_makes_nothing_and_says_so() -> None:
    found = extract(looped("[]"))
    assert found.policies == ()
    (not_checked,) = found.not_checked
    assert not_checked.reason is ReasonCode.NOT_APPLICABLE
    assert "empty" in not_checked.message


@pytest.mark.parametrize("item", ["i{}", "!Sub '${{Env}}-{}'"])
def test_loops_that_multiply_are_bounded(item: str) -> None:
    collection = ", ".join(item.format(number) for number in range(60))
    found = extract(template_of(f"{nested([collection] * 4)}\n{GOOD}", SECTIONS))
    assert names(found) == {"Good"}
    (message,) = messages(found)
    assert "more than 100,000 values" in message


def test_items_that_hold_one_another_are_bounded() -> None:
    uses = [f"${{A{level}}}" * 200 for level in range(1, 5)]
    loops = nested([*(f"!Sub '{use}'" for use in uses), "!Ref Env"])
    found = extract(template_of(f"{loops}\n{GOOD}", SECTIONS))
    assert names(found) == {"Good"}
    assert [item.reason for item in found.not_checked] == [ReasonCode.NOT_ANALYSED]


def replaced(value: Any, identifier: str, item: str) -> Any:
    """The substitution as AWS documents it, on plain values."""
    if isinstance(value, str):
        stripped = re.sub("[^A-Za-z0-9]", "", item)
        return value.replace(f"${{{identifier}}}", item).replace(f"&{{{identifier}}}", stripped)
    if isinstance(value, list):
        return [replaced(child, identifier, item) for child in value]
    if value == {"Ref": identifier}:
        return item
    return {
        replaced(key, identifier, item): replaced(child, identifier, item)
        for key, child in value.items()
    }


TEXTS = st.lists(
    st.sampled_from(
        ["${X}", "&{X}", "${Y}", "&{Y}", "${aws:username}", "a", "-", "$", "{", "}", "é"]
    ),
    max_size=5,
).map("".join)
SUBS = st.lists(
    st.sampled_from(["${X}", "&{X}", "${Y}", "${!X}", "${AWS::Region}", "a", "-", "$", '"']),
    max_size=5,
).map("".join)
VALUES = st.recursive(
    TEXTS
    | SUBS.map(lambda text: {"Fn::Sub": text})
    | SUBS.map(lambda text: {"Fn::Sub": [text + "${V}", {"V": {"Ref": "X"}}]})
    | st.sampled_from([{"Ref": "X"}, {"Ref": "Y"}, {"Fn::GetAtt": ["B${Y}", "Arn"]}]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS, inner, max_size=2)
        | inner.map(lambda value: {"Fn::ToJsonString": [value]})
    ),
    max_leaves=6,
)
ITEMS = st.text("ab-/.1", min_size=1, max_size=3)


def has_equal_keys(value: Any, x: str, y: str) -> bool:
    """Do two keys of a mapping become one, which is refused in a loop?"""
    children = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return False
    keys = (
        [replaced(replaced(key, "X", x), "Y", y) for key in value] if children is not value else []
    )
    return len(set(keys)) < len(keys) or any(has_equal_keys(child, x, y) for child in children)


@given(VALUES, ITEMS, ITEMS)
def test_a_loop_is_what_one_would_write_out_by_hand(value: Any, x: str, y: str) -> None:
    assume(not has_equal_keys(value, x, y))
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "logs"}}
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"D": value}}}
    inner = {"Fn::ForEach::Y": ["Y", [y], {"B${Y}": bucket, "P": policy}]}
    template = {"Transform": "AWS::LanguageExtensions"}
    loop = {"Resources": {"Fn::ForEach::X": ["X", [x], inner]}}
    by_hand = {"Resources": {f"B{y}": bucket, "P": replaced(replaced(policy, "X", x), "Y", y)}}
    given_region = {"AWS::Region": "eu-west-1", "AWS::Partition": "aws"}
    found, expected = (
        extract(json.dumps(template | resources), given=given_region)
        for resources in (loop, by_hand)
    )
    assert [policy.document for policy in found.policies] == [
        policy.document for policy in expected.policies
    ]
    assert len(found.not_checked) == len(expected.not_checked)


DIFFERENTIAL = [
    looped("[a, b-1]", "!Sub '${Name}-x'"),
    looped("!Ref Known", "[!Ref Name, !Sub 'x${Name}']", SECTIONS),
    looped("!FindInMap [Accounts, dev, Names]", "!Ref Name", SECTIONS),
    template_of(
        """
        Fn::ForEach::A:
          - A
          - [one, two]
          - Bucket${A}: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "logs-${A}"}}
            Fn::ForEach::B:
              - B
              - !FindInMap [Accounts, prod, Names]
              - Policy${A}${B}:
                  Type: AWS::IAM::ManagedPolicy
                  Properties:
                    PolicyDocument:
                      X: !Sub "${A}/${B}"
                      Y: !GetAtt [!Sub "Bucket${A}", Arn]
                      Z: {"Fn::ForEach::C": [C, [u, v], {"k-${C}": !Sub "${A}${C}"}]}
        """,
        SECTIONS,
    ),
]


@pytest.mark.parametrize("template", DIFFERENTIAL)
def test_cfn_lint_writes_out_the_same(template: str) -> None:
    decode = pytest.importorskip("cfnlint.decode")
    lint = pytest.importorskip("cfnlint.template")
    decoded, failures = decode.decode_str(template)
    assert failures == []
    oracle = lint.Template("t.yaml", decoded, ["us-east-1"])
    assert oracle.transform() == []
    expected = extract(json.dumps(oracle.template))
    found = extract(template)
    assert messages(found) == []
    assert {policy.identity.resource_address: policy.document for policy in found.policies} == {
        policy.identity.resource_address: policy.document for policy in expected.policies
    }
