"""Every intrinsic function gives what CloudFormation gives, or says that it may be any value."""

from __future__ import annotations

import pytest

from policy_gate.extractors.interface import ParameterValue
from policy_gate.model import AssumptionKind, DeferredText, Value
from tests.extractors.cloudformation.extraction import (
    assumption,
    extract,
    only,
    refusal,
    resolved,
    template_of,
)

PARAMETERS = """
Parameters:
  Env: {Type: String, Default: dev}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
  Any: {Type: String}
  AnyList: {Type: CommaDelimitedList}
  Fromstore: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path/of/it}
  Secret: {Type: String, NoEcho: true, Default: hunter2, AllowedValues: [hunter2, hunter3]}
Mappings:
  Accounts:
    dev: {Id: '111111111111', Zones: [a, b]}
    prod: {Id: '222222222222', Zones: [c]}
"""


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("012345678901", "012345678901"),
        ("2012-10-17", "2012-10-17"),
        ("yes", True),
        ("'yes'", "yes"),
        ("1_000", "1_000"),
        ("${aws:username}", "${aws:username}"),
        ("!Ref Env", "dev"),
        ("!Ref Names", ["a", "b"]),
        ("!Sub '${Env}-x'", "dev-x"),
        ("!Sub '${!aws:username}/${Env}'", "${aws:username}/dev"),
        ("!Sub ['${Env}-${Y}', {Y: !Ref Env, Env: own}]", "own-dev"),
        ("!Sub plain", "plain"),
        ("!Join ['-', [a, !Ref Env, 1, true]]", "a-dev-1-true"),
        ("!Join [',', !Ref Names]", "a,b"),
        ("!Join ['', []]", ""),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['1', !Ref Names]", "b"),
        ("!Split ['-', 'a-b-c']", ["a", "b", "c"]),
        ("!Select [0, !Split ['-', !Sub '${Env}-x']]", "dev"),
        ("!FindInMap [Accounts, !Ref Env, Id]", "111111111111"),
        ("!FindInMap [Accounts, prod, Zones]", ["c"]),
        ("{'Fn::FindInMap': [Accounts, test, Id, {DefaultValue: none}]}", "none"),
        ("!Base64 abc", "YWJj"),
        ("{'Fn::Length': !Ref Names}", 2),
        ("{'Fn::ToJsonString': {a: [1, !Ref Env]}}", '{"a":[1,"dev"]}'),
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("{a: !Ref AWS::NoValue, b: 1}", {"b": 1}),
        ("{Condition: {StringEquals: {a: b}}}", {"Condition": {"StringEquals": {"a": "b"}}}),
    ],
)
def test_known_values_are_exact(written: str, value: Value) -> None:
    assert resolved(written, PARAMETERS) == value


@pytest.mark.parametrize(
    "written",
    [
        "!Ref Any",
        "!Ref AnyList",
        "!Ref Fromstore",
        "!Ref Secret",
        "!Join [',', !Ref AnyList]",
        "!Select [0, !Ref AnyList]",
        "!Split ['-', !Ref Any]",
        "!Split ['-', !Sub '${AWS::StackName}-x']",
        "!Base64 {Ref: Any}",
        "{'Fn::Length': !Ref AnyList}",
        "!ImportValue network-VpcId",
        "!Cidr ['10.0.0.0/16', 2, 8]",
        "!GetAZs ''",
        "{'Fn::Transform': {Name: AWS::Include}}",
        "{'Fn::Transform': {Name: AWS::Include}, Effect: Allow}",
        "'{{resolve:ssm:/path}}'",
    ],
)
def test_what_only_deployment_knows_is_one_assumption_of_any_value(written: str) -> None:
    found = assumption(resolved(written, PARAMETERS))
    assert found.kind is AssumptionKind.SUPPLIED
    assert found.allowed is None
    assert found.location is not None


def test_the_text_around_an_assumption_stays_exact() -> None:
    value = resolved("!Sub 'arn:aws:s3:::${Any}/{{resolve:ssm:/p}}/x'", PARAMETERS)
    assert isinstance(value, DeferredText)
    assert str(value) == "arn:aws:s3:::${Any}/{{resolve:ssm:/p}}/x"
    assert [part for part in value.parts if isinstance(part, str)] == ["arn:aws:s3:::", "/", "/x"]


@pytest.mark.parametrize(
    "written",
    [
        "!Sub '{{resolve:ssm:/app/${Env}/key}}'",
        "!Join ['', ['{{resolve:ssm:/app/', !Ref Env, '/key}}']]",
        "!Join [':', ['{{resolve', 'ssm', '/app/dev/key}}']]",
    ],
)
def test_a_dynamic_reference_is_found_however_its_text_is_made(written: str) -> None:
    assert assumption(resolved(written, PARAMETERS)).expression == "{{resolve:ssm:/app/dev/key}}"


def test_a_dynamic_reference_may_hold_an_assumption() -> None:
    value = resolved("!Sub 'x{{resolve:ssm:/app/${Any}/key}}y'", PARAMETERS)
    assert assumption(value).expression == "{{resolve:ssm:/app/${Any}/key}}"
    assert str(value) == "x{{resolve:ssm:/app/${Any}/key}}y"


def test_a_mapping_with_an_unknown_key_gives_one_of_its_values() -> None:
    value = resolved("!FindInMap [Accounts, !Ref Any, Id]", PARAMETERS)
    assert assumption(value).allowed == ("111111111111", "222222222222")


def test_the_default_value_of_a_mapping_is_one_of_its_values() -> None:
    written = "{'Fn::FindInMap': [Accounts, !Ref Any, Id, {DefaultValue: none}]}"
    assert assumption(resolved(written, PARAMETERS)).allowed == (
        "111111111111",
        "222222222222",
        "none",
    )


def test_different_unknown_values_are_told_apart() -> None:
    first = resolved("!Select [0, !Ref AnyList]", PARAMETERS)
    second = resolved("!Select [1, !Ref AnyList]", PARAMETERS)
    assert assumption(first).expression != assumption(second).expression


def test_allowed_values_are_listed() -> None:
    sections = "Parameters: {Size: {Type: Number, AllowedValues: [1, 2]}}"
    assert assumption(resolved("!Ref Size", sections)).allowed == ("1", "2")


@pytest.mark.parametrize(
    ("declared", "pattern"),
    [
        ("Type: String", "**"),
        ("Type: String, AllowedPattern: 'arn:aws:s3:::[a-z-]+'", "arn:aws:s3:::*"),
        ("Type: CommaDelimitedList, AllowedPattern: 'app-[a-z]+'", "app-*"),
        ("Type: String, AllowedPattern: '(?i)app-[a-z]+'", "**"),
        ("Type: String, AllowedPattern: [a]", "**"),
        ("Type: String, NoEcho: true, AllowedPattern: hunter2", "**"),
        ("Type: Number, AllowedPattern: 'x[0-9]'", "*"),
        ("Type: List<Number>", "*"),
        ("Type: AWS::EC2::VPC::Id", "vpc-*"),
        ("Type: List<AWS::EC2::Subnet::Id>", "subnet-*"),
        ("Type: AWS::EC2::KeyPair::KeyName", "**"),
        ("Type: AWS::SSM::Parameter::Name", "**"),
        ("Type: AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>", "**"),
        ("Type: 'AWS::SSM::Parameter::Value<String>', AllowedPattern: '/a'", "**"),
        (
            "Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: '/a', AllowedPattern: /a",
            "**",
        ),
    ],
)
def test_a_declaration_says_what_every_value_is_like(declared: str, pattern: str) -> None:
    found = assumption(resolved("!Ref P", f"Parameters: {{P: {{{declared}}}}}"))
    assert found.pattern == pattern
    if pattern != "**":
        assert f"like {pattern.replace('**', '*')}:" in found.description


@pytest.mark.parametrize("name", ["AWS::AccountId", "AWS::Region", "AWS::StackName"])
def test_what_names_the_deployment_holds_no_colon(name: str) -> None:
    assert assumption(resolved(f"!Ref {name}")).pattern == "*"


@pytest.mark.parametrize(
    "kind",
    [
        "List<Number>",
        "List<AWS::EC2::Subnet::Id>",
        "CommaDelimitedList",
        "AWS::SSM::Parameter::Value<List<String>>",
        "AWS::SSM::Parameter::Value<CommaDelimitedList>",
    ],
)
def test_a_list_parameter_gives_a_list(kind: str) -> None:
    sections = f"Parameters: {{P: {{Type: '{kind}'}}}}"
    assert resolved("!Ref P", sections, given={"P": "a, b"}) == ["a", "b"]


def test_the_default_of_a_stored_list_is_a_name() -> None:
    sections = "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /a}}"
    assert assumption(resolved("!Ref P", sections)).kind is AssumptionKind.SUPPLIED
    name = "Parameters: {P: {Type: 'AWS::SSM::Parameter::Name', Default: /a}}"
    assert resolved("!Ref P", name) == "/a"


def test_few_values_of_a_pattern_are_listed() -> None:
    sections = "Parameters: {P: {Type: String, AllowedPattern: '^(dev|prod)$'}}"
    assert assumption(resolved("!Ref P", sections)).allowed == ("dev", "prod")


def test_a_default_is_used_and_listed() -> None:
    policy = only(template_of("!Sub '${Env}-x'", PARAMETERS))
    (assumed,) = policy.assumptions
    assert (assumed.kind, assumed.expression, assumed.stand_in) == (
        AssumptionKind.DEFAULT,
        "${Env}",
        "dev",
    )
    assert assumed.location is not None
    assert assumed.location.line == 2


def test_a_given_parameter_is_no_assumption() -> None:
    policy = only(template_of("!Ref Env", PARAMETERS), given={"Env": "prod", "Other": "x"})
    assert policy.document == {"X": "prod"}
    assert policy.assumptions == ()


def test_given_lists_and_texts_take_the_shape_of_the_parameter() -> None:
    given: dict[str, ParameterValue] = {"AnyList": "a,b", "Any": ("c", "d")}
    value = resolved("[!Ref AnyList, !Ref Any]", PARAMETERS, given=given)
    assert value == [["a", "b"], "c,d"]


@pytest.mark.parametrize("given", [{}, {"Secret": "hunter3"}])
def test_a_hidden_parameter_is_never_shown(given: dict[str, str]) -> None:
    sections = f"{PARAMETERS}\nConditions:\n  C: !Equals [!Ref Secret, hunter2]"
    template = template_of("!If [C, !Ref Secret, !Sub 'x${Secret}']", sections)
    for policy in extract(template, given=given).policies:
        assert "hunter" not in repr((policy.document, policy.world, policy.assumptions))


def test_pseudo_parameters_are_any_value_but_for_the_partition() -> None:
    value = resolved("!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'")
    assert isinstance(value, DeferredText)
    partition, account = value.assumptions()
    assert (partition.kind, partition.stand_in) == (AssumptionKind.DEFAULT, "aws")
    assert account.kind is AssumptionKind.SUPPLIED


def test_a_given_region_decides_partition_and_suffix() -> None:
    text = "!Sub '${AWS::Region} ${AWS::Partition} ${AWS::URLSuffix} ${AWS::AccountId}'"
    given = {"AWS::Region": "cn-north-1", "AWS::AccountId": "123456789012"}
    assert resolved(text, given=given) == "cn-north-1 aws-cn amazonaws.com.cn 123456789012"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("!Ref Nothing", "'Nothing' names nothing in this template"),
        ("!GetAtt Nothing.Arn", "'Nothing.Arn' names nothing"),
        ("!Sub '${aws:username}'", "${!aws:username}"),
        ("!FindInMap [Accounts, test, Id]", "no entry 'Accounts.test.Id'"),
        ("!Select [5, [a]]", "item 5 of 1"),
        ("!Select [99999999999999999999, [a]]", "of 1"),
        ("!Select [x, [a]]", "an index and a list"),
        ("!Join ['', [[a]]]", "not a list"),
        ("!Join abc", "a delimiter and a list"),
        ("!Split ['', abc]", "a delimiter and a text"),
        ("!If [Nothing, a, b]", "there is no condition 'Nothing'"),
        ("!If [a]", "a condition and two values"),
        ("!Ref [a]", "Ref takes a name"),
        ("{'Fn::Length': abc}", "takes a list"),
        ("{'Fn::ToJsonString': abc}", "a list or a mapping"),
    ],
)
def test_what_cannot_be_resolved_is_said_with_its_place(written: str, message: str) -> None:
    not_checked = refusal(template_of(written, PARAMETERS))
    assert message in not_checked.message
    assert not_checked.location is not None
    assert not_checked.location.line == 18


KEYS = """
Parameters: {P: {Type: String}, N: {Type: Number}}
Mappings: {M: {a: {b: ['*']}, c: {b: ['111122223333']}}}
"""


@pytest.mark.parametrize(
    "written", ["!FindInMap [M, !Ref P, b]", "!Select [!Ref N, ['*', '111122223333']]"]
)
def test_what_a_template_lists_is_all_that_it_can_be(written: str) -> None:
    assert assumption(resolved(written, KEYS)).allowed == ("*", "111122223333")


def test_too_many_values_with_a_wildcard_are_the_wildcard() -> None:
    values = ", ".join(f"v{number}" for number in range(300))
    section = f"Parameters: {{P: {{Type: String, AllowedValues: [{values}, '*']}}}}"
    assert assumption(resolved("!Ref P", section)).allowed == ("*",)


WILDCARDS = """
Parameters:
  P: {Type: String}
  N: {Type: Number}
  Text: {Type: String, AllowedValues: ['*,x', '111122223333,y']}
Mappings: {M: {a: {b: ['*'], s: '*'}, c: {b: ['111122223333'], s: '111122223333'}}}
"""


@pytest.mark.parametrize(
    "written",
    [
        "!Select [0, !FindInMap [M, !Ref P, b]]",
        "!Select [!Ref N, ['*', !Sub 'arn:aws:iam::${AWS::AccountId}:root']]",
        "!Join ['', !FindInMap [M, !Ref P, b]]",
        "!Split [',', !Ref Text]",
        "!Select [0, !Split [',', !Ref Text]]",
        "!FindInMap [M, !Ref P, s, {DefaultValue: !Ref P}]",
    ],
)
def test_a_wildcard_that_a_value_may_hold_is_not_forgotten(written: str) -> None:
    assert assumption(resolved(written, WILDCARDS)).allowed == ("*",)
