"""Every world that conditions make possible is looked at, with a label, and the worlds agree."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from policy_gate.extractors.interface import ParameterValue
from policy_gate.model import AssumptionKind, DeferredText, ReasonCode, Value
from tests.extractors.cloudformation.extraction import (
    assumption,
    extract,
    policies,
    refusal,
    template_of,
)

SECTIONS = """
Parameters:
  Env: {Type: String, Default: dev}
  Size: {Type: String, AllowedValues: [s, m, l]}
  Tier: {Type: String, Default: a, AllowedValues: [a, b]}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  IsProd: !Equals [prod, !Ref Env]
  NotProd: !Not [!Condition IsProd]
  Both: !And [!Condition IsDev, {Condition: IsProd}]
  Either: !Or [!Condition IsDev, !Condition IsProd]
  IsSmall: !Equals [!Ref Size, s]
  IsHuge: !Equals [!Ref Size, xxl]
  IsA: !Equals [!Ref Tier, a]
  IsB: !Equals [!Ref Tier, b]
  Joined: !Equals [!Sub '${Env}-${Size}', dev-s]
  JoinedDefault: !Equals [!Sub '${Env}-x', dev-x]
  InChina: !Equals [!Ref AWS::Region, cn-north-1]
"""


def worlds(
    written: str, *, trust: bool = False, given: Mapping[str, ParameterValue] | None = None
) -> list[tuple[str, Value]]:
    """The label and the value of each world."""
    found = policies(template_of(written, SECTIONS), trust=trust, given=given)
    values = [(item.world, item.document) for item in found]
    return [(world, doc["X"] if isinstance(doc, dict) else doc) for world, doc in values]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!If [IsDev, a, b]", [("", "a"), ("Env other than dev", "b")]),
        ("!If [IsProd, a, b]", [("", "b"), ("Env = prod", "a")]),
        ("!If [NotProd, a, b]", [("", "a"), ("Env = prod", "b")]),
        ("!If [Both, a, b]", [("", "b")]),
        ("!If [Either, a, b]", [("", "a"), ("Env other than dev, prod", "b")]),
        ("!If [IsSmall, a, b]", [("Size = s", "a"), ("Size other than s", "b")]),
        ("!If [IsHuge, a, b]", [("", "b")]),
        ("!If [JoinedDefault, a, b]", [("", "a"), ("condition JoinedDefault is false", "b")]),
        (
            "!If [Joined, a, b]",
            [("condition Joined is true", "a"), ("condition Joined is false", "b")],
        ),
        ("!If [IsDev, same, same]", [("", "same")]),
        ("!If [IsSmall, same, same]", [("", "same")]),
        ("!If [IsDev, !If [IsDev, a, never], b]", [("", "a"), ("Env other than dev", "b")]),
        ("!If [IsProd, !Ref Env, x]", [("", "x"), ("Env = prod", "prod")]),
        ("!If [IsA, a, !If [IsB, b, never]]", [("", "a"), ("Tier other than a", "b")]),
        ("!If [IsA, a, !Ref Tier]", [("", "a"), ("Tier other than a", "b")]),
    ],
)
def test_both_sides_of_a_condition(written: str, expected: list[tuple[str, str]]) -> None:
    assert worlds(written) == expected


def test_one_parameter_has_one_value_in_a_world() -> None:
    found = worlds("[!If [IsDev, a, b], !If [IsProd, c, d]]")
    assert found == [
        ("", ["a", "d"]),
        ("Env = prod", ["b", "c"]),
        ("Env other than dev, prod", ["b", "d"]),
    ]


def test_a_default_does_not_hold_in_the_other_world() -> None:
    (_, first), (_, second) = worlds("!If [IsDev, !Sub 'x-${Env}', !Sub 'x-${Env}']")
    assert first == "x-dev"
    assert assumption(second).kind is AssumptionKind.SUPPLIED


def test_a_default_that_is_one_of_the_values_of_a_world_is_its_value() -> None:
    assert worlds("!If [Joined, !If [IsDev, !Ref Env, y], z]") == [
        ("condition Joined is true, Env = dev", "dev"),
        ("condition Joined is true, Env other than dev", "y"),
        ("condition Joined is false", "z"),
    ]


def test_a_world_excludes_allowed_values() -> None:
    (_, first), (_, second) = worlds("!If [IsSmall, !Ref Size, !Ref Size]")
    assert first == "s"
    assert assumption(second).allowed == ("m", "l")


def test_the_region_of_a_world_decides_its_partition() -> None:
    found = worlds("!If [InChina, !Ref AWS::Partition, x]")
    assert found == [
        ("AWS::Region = cn-north-1", "aws-cn"),
        ("AWS::Region other than cn-north-1", "x"),
    ]


@pytest.mark.parametrize(("value", "expected"), [("dev", "a"), ("prod", "b"), ("test", "b")])
def test_a_given_value_pins_the_world(value: str, expected: str) -> None:
    assert worlds("!If [IsDev, a, b]", given={"Env": value}) == [("", expected)]


def test_trusted_defaults_pin_the_world_and_are_listed() -> None:
    (policy,) = policies(template_of("!If [IsDev, a, b]", SECTIONS), trust=True)
    assert policy.document == {"X": "a"}
    assert [assumed.expression for assumed in policy.assumptions] == ["${Env}"]


def test_trusted_defaults_leave_other_parameters_open() -> None:
    assert len(worlds("!If [IsSmall, a, b]", trust=True)) == 2


def test_the_name_of_a_stored_parameter_is_not_compared() -> None:
    sections = """
    Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/path}}
    Conditions: {C: !Equals [!Ref P, 'on']}
    """
    found = policies(template_of("!If [C, a, b]", sections), trust=True)
    assert [item.document for item in found] == [{"X": "a"}, {"X": "b"}]


@pytest.mark.parametrize(
    ("declared", "literal", "expected"),
    [
        ("Type: String, AllowedPattern: 'arn:.+'", "", ["b"]),
        ("Type: String, AllowedPattern: 'arn:.+|^$'", "", ["a", "b"]),
        ("Type: String, AllowedPattern: '[a-z]+', Default: dev", "dev", ["a", "b"]),
        ("Type: String, AllowedPattern: '[a-z]+', Default: dev", "X", ["b"]),
        ("Type: String, AllowedPattern: '[a-z]+', Default: ''", "X", ["b", "a"]),
        ("Type: String, AllowedPattern: '(dev|prod)'", "dev", ["a", "b"]),
        ("Type: String, AllowedPattern: 'dev'", "dev", ["a"]),
        ("Type: String, AllowedValues: [dev]", "dev", ["a"]),
        ("Type: String, AllowedValues: [dev, dev]", "x", ["b"]),
        ("Type: String, AllowedPattern: '(?!x).*'", "x", ["a", "b"]),
        ("Type: Number", "a b", ["b"]),
        ("Type: Number", "1.5e3", ["a", "b"]),
        ("Type: 'AWS::EC2::VPC::Id'", "", ["b"]),
        ("Type: 'AWS::EC2::VPC::Id'", "vpc-0123abcd", ["a", "b"]),
        ("Type: 'AWS::SSM::Parameter::Value<String>', AllowedPattern: '/.*'", "x", ["a", "b"]),
    ],
)
def test_a_value_that_a_parameter_cannot_have_makes_no_world(
    declared: str, literal: str, expected: list[str]
) -> None:
    sections = f"""
    Parameters: {{P: {{{declared}}}}}
    Conditions: {{C: !Equals [!Ref P, '{literal}']}}
    """
    found = policies(template_of("!If [C, a, b]", sections))
    assert [item.document for item in found] == [{"X": value} for value in expected]


def test_hostile_patterns_cost_no_more_than_a_template_may() -> None:
    pattern = "((a{1,9}){1,6}|(b{1,9}){1,6}){1,3}"
    literal = "a" * 120
    names = range(300)
    parameters = "\n".join(
        f"  P{i}: {{Type: String, AllowedPattern: '{pattern}c{i}'}}" for i in names
    )
    comparisons = ", ".join(f"!Equals [!Ref P{i}, {literal}]" for i in names)
    sections = f"Parameters:\n{parameters}\nConditions:\n  C: !And [!Not [!Or [{comparisons}]]]"
    assert "too many steps" in refusal(template_of("!If [C, a, b]", sections)).message


def test_a_resource_under_a_false_condition_is_not_checked() -> None:
    template = template_of("a", "Conditions: {Never: !Equals [a, b]}") + "    Condition: Never\n"
    not_checked = refusal(template)
    assert not_checked.reason is ReasonCode.NOT_APPLICABLE
    assert "the condition Never is false" in not_checked.message


def test_a_resource_that_another_world_creates_is_checked_there() -> None:
    (policy,) = policies(template_of("!Ref Env", SECTIONS) + "    Condition: IsProd\n")
    assert (policy.world, policy.document) == ("Env = prod", {"X": "prod"})


def test_a_condition_without_effect_is_not_part_of_the_label() -> None:
    template = template_of("!If [IsSmall, [a], [a]]", SECTIONS) + "    Condition: IsProd\n"
    (policy,) = policies(template)
    assert policy.world == "Env = prod"


def test_worlds_of_different_policies_do_not_multiply() -> None:
    count = 20
    parameters = "\n".join(f"  P{i}: {{Type: String, Default: a}}" for i in range(count))
    conditions = "\n".join(f"  C{i}: !Equals [!Ref P{i}, a]" for i in range(count))
    items = "\n".join(
        f"        - {{PolicyName: n{i}, PolicyDocument: !If [C{i}, {{a: 1}}, {{a: 2}}]}}"
        for i in range(count)
    )
    template = (
        f"Parameters:\n{parameters}\nConditions:\n{conditions}\n"
        f"Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      Policies:\n{items}\n"
    )
    assert len(policies(template)) == 2 * count


def test_too_many_worlds_are_said_to_be_too_many() -> None:
    count = 7
    sections = "\n".join(
        [
            "Parameters:",
            *(f"  P{i}: {{Type: String, Default: a}}" for i in range(count)),
            "Conditions:",
            *(f"  C{i}: !Equals [!Ref P{i}, a]" for i in range(count)),
        ]
    )
    written = f"[{', '.join(f'!If [C{i}, {i}, -1]' for i in range(count))}]"
    assert "more than 64 combinations" in refusal(template_of(written, sections)).message
    pinned = policies(template_of(written, sections), given={"P0": "a"})
    assert len(pinned) == 64


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ("C: !Condition C", "refers to itself: C → C"),
        ("{C: !Not [!Condition D], D: !Not [!Condition C]}", "refers to itself: C → D → C"),
        ("C: !Equals [a]", "takes two values"),
        ("C: !Not [!Equals [a, b], !Equals [a, b]]", "takes one condition"),
        ("C: !Or []", "a condition function is expected"),
        ("C: yes", "a condition function is expected"),
        ("C: {'Fn::Contains': [[a], b]}", "a condition function is expected"),
        ("C: !Equals [!Ref Nothing, b]", "'Nothing' names nothing"),
        ("D: !Equals [a, b]", "there is no condition 'C'"),
        (
            "\n".join(f"C{i or ''}: !Not [!Condition C{i + 1}]" for i in range(2000))
            + "\nC2000: !Equals [a, a]",
            "inside each other",
        ),
    ],
)
def test_conditions_that_cannot_be_resolved(conditions: str, message: str) -> None:
    sections = "Conditions:\n" + "\n".join(f"  {line}" for line in conditions.splitlines())
    assert message in refusal(template_of("!If [C, a, b]", sections)).message
    assert message in refusal(template_of("a", sections) + "    Condition: C\n").message


def test_a_bad_condition_costs_only_what_depends_on_it() -> None:
    template = dedent(
        """
        Conditions: {C: !Condition C}
        Resources:
          Bad:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument: {a: b}
              Policies:
                - {PolicyName: one, PolicyDocument: {a: !If [C, b, c]}}
                - {PolicyName: two, PolicyDocument: {a: b}}
        """
    )
    extraction = extract(template)
    assert [item.identity.policy_name for item in extraction.policies] == [
        "AssumeRolePolicyDocument",
        "two",
    ]
    assert [item.reason for item in extraction.not_checked] == [ReasonCode.NOT_ANALYSED]


def test_a_deferred_value_in_a_comparison_leaves_it_open() -> None:
    found = policies(
        template_of("!If [C, a, b]", "Conditions: {C: !Equals [!ImportValue x, 'on']}")
    )
    assert [item.document for item in found] == [{"X": "a"}, {"X": "b"}]
    assert not any(isinstance(item.document, DeferredText) for item in found)


RELEASED = """
Parameters:
  Actions: {Type: CommaDelimitedList, Default: ''}
  Service: {Type: String, Default: s3}
  Other: {Type: String, Default: s3}
Conditions:
  HasActions: !Not [!Equals [!Join ['', !Ref Actions], '']]
  IsOther: !Not [!Equals [!Sub '${Service}', s3]]
  Same: !Equals [!Ref Service, !Ref Other]
"""


@pytest.mark.parametrize(
    ("written", "expression"),
    [
        ("!If [HasActions, !Ref Actions, none]", "${Actions}"),
        ("!If [IsOther, !Sub '${Service}:*', none]", "${Service}:*"),
        ("!If [Same, none, !Sub '${Other}:*']", "${Other}:*"),
    ],
)
def test_a_default_does_not_hold_where_a_condition_says_otherwise(
    written: str, expression: str
) -> None:
    found = policies(template_of(written, RELEASED))
    values = {item.world: item.document["X"] for item in found if isinstance(item.document, dict)}

    assert values[""] == "none"
    (other,) = (value for world, value in values.items() if world)
    assert isinstance(other, DeferredText)
    assert str(other) == expression


def test_a_default_that_a_condition_excludes_keeps_its_wildcard() -> None:
    sections = """
Parameters: {P: {Type: String, Default: '*'}, Q: {Type: String, Default: '*'}}
Conditions: {Same: !Equals [!Ref P, !Ref Q]}
"""
    found = policies(template_of("!If [Same, none, !Ref P]", sections))
    (other,) = (item.document for item in found if item.world)
    assert isinstance(other, dict)
    value = other["X"]
    assert isinstance(value, DeferredText)
    assert value.assumptions()[0].allowed == ("*",)
