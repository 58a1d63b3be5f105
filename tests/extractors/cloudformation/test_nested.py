"""Templates that lead to templates: what is passed down, what comes back, and what is not read."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Extraction, Policy, ReasonCode
from tests.command_line import gate_json
from tests.extractors.cloudformation.extraction import shown

BUCKET = "Bucket: {Type: AWS::S3::Bucket}\n"
STACK = "  N: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {}}}}}\n"
CHILD = """
    Parameters:
      Name: {Type: String, Default: own}
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement:
              {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Name}"}
    """


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")


def write(name: str, text: str) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text))
    return name


def of(*paths: str, **parameters: str) -> Extraction:
    return extract_paths([Path(path) for path in paths], [], ExtractSettings(parameters))


def policies(*paths: str, **parameters: str) -> tuple[Policy, ...]:
    found = of(*paths, **parameters)
    assert found.not_checked == ()
    return found.policies


def resource(policy: Policy) -> str:
    assert isinstance(policy.document, dict)
    statement = policy.document["Statement"]
    assert isinstance(statement, dict)
    return str(statement["Resource"])


def parent(passed: str, sections: str = "", resources: str = "", url: str = "child.yaml") -> str:
    """A template with one nested stack."""
    nested = f"""\
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: {url}
      Parameters: {{{passed}}}
"""
    return write("parent.yaml", nested + indent(dedent(resources), "  ") + dedent(sections))


def refusals(*paths: str) -> list[tuple[str, str]]:
    """Place and message of what is not analysed."""
    return [
        (f"{item.location.path}:{item.location.line}" if item.location else "", item.message)
        for item in of(*paths).not_checked
        if item.reason is ReasonCode.NOT_ANALYSED
    ]


def test_a_nested_policy_stands_in_its_own_file_under_the_address_of_its_stack() -> None:
    write("child.yaml", CHILD)
    (policy,) = policies(parent("Name: passed"))
    assert policy.identity[:2] == ("child.yaml", "Child/Policy")
    place = policy.sources.locate(("Statement", "Action"))
    assert shown(Path("child.yaml").read_text(), place) == '"s3:GetObject"'


@pytest.mark.parametrize(
    ("passed", "sections", "expected"),
    [
        ("Name: passed", "", "arn:aws:s3:::passed"),
        ("Name: 7", "", "arn:aws:s3:::7"),
        ("Name: [a, b]", "", "arn:aws:s3:::a,b"),
        ("", "", "arn:aws:s3:::own"),
        ("Name: !Ref AWS::NoValue", "", "arn:aws:s3:::own"),
        (
            "Name: !Ref Up",
            "Parameters: {Up: {Type: String}}",
            "arn:aws:s3:::${parent.yaml/Up}",
        ),
        ("Name: !Ref Up", "Parameters: {Up: {Type: String, Default: up}}", "arn:aws:s3:::up"),
        (
            "Name: !Sub '${Bucket}/*'",
            "",
            "arn:aws:s3:::${parent.yaml/Bucket}/*",
        ),
        ("Name: !Ref AWS::Region", "", "arn:aws:s3:::${AWS::Region}"),
        ("Name: !Ref AWS::StackName", "", "arn:aws:s3:::${parent.yaml/AWS::StackName}"),
        ("Name: '{{resolve:ssm:/x}}'", "", "arn:aws:s3:::{{resolve:ssm:/x}}"),
    ],
)
def test_parameters_are_passed_through(passed: str, sections: str, expected: str) -> None:
    write("child.yaml", CHILD)
    (policy,) = policies(parent(passed, sections, BUCKET))
    assert resource(policy) == expected


def test_a_value_of_the_parent_is_another_than_one_of_the_same_name_in_the_child() -> None:
    write(
        "child.yaml",
        CHILD.replace("${Name}", "${Name}${Bucket}") + "  Bucket: {Type: AWS::S3::Bucket}\n",
    )
    (policy,) = policies(parent("Name: !Ref Bucket", resources=BUCKET))
    assert resource(policy) == "arn:aws:s3:::${parent.yaml/Bucket}${Bucket}"
    one, other = policy.assumptions
    assert one.stand_in != other.stand_in


def test_values_of_the_user_are_for_the_parent_alone_but_for_pseudo_parameters() -> None:
    write("child.yaml", CHILD.replace("${Name}", "${Name}${AWS::Region}"))
    (policy,) = policies(parent(""), Name="user", **{"AWS::Region": "eu-west-1"})
    assert resource(policy) == "arn:aws:s3:::owneu-west-1"
    (policy,) = policies("child.yaml", Name="user", **{"AWS::Region": "eu-west-1"})
    assert resource(policy) == "arn:aws:s3:::usereu-west-1"


def test_a_list_is_passed_with_commas() -> None:
    write(
        "child.yaml",
        """
        Parameters: {Names: {Type: CommaDelimitedList}}
        Resources:
          Policy:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument: {Statement: {Effect: Allow, Action: a:b, Resource: !Ref Names}}
        """,
    )
    passed = "Names: !Join [',', [a, !Ref Bucket, b]]"
    (policy,) = policies(parent(passed, resources=BUCKET))
    assert resource(policy).startswith("['a', DeferredText")
    assert isinstance(policy.document, dict)
    statement = policy.document["Statement"]
    assert isinstance(statement, dict)
    listed = statement["Resource"]
    assert isinstance(listed, list)
    assert [str(item) for item in listed] == ["a", "${parent.yaml/Bucket}", "b"]


CONDITIONAL = """
    Parameters: {Env: {Type: String, Default: dev}}
    Conditions: {IsProd: !Equals [!Ref Env, prod]}
    Resources:
      Policy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Statement: {Effect: Allow, Action: a:b, Resource: !If [IsProd, prod, other]}
    """


@pytest.mark.parametrize(
    ("passed", "sections", "expected"),
    [
        ("", "", {"other": ""}),
        ("Env: prod", "", {"prod": ""}),
        (
            "Env: !Ref Up",
            "Parameters: {Up: {Type: String, Default: prod}}",
            {"prod": "", "other": "Env other than prod"},
        ),
        (
            "Env: !Ref Up",
            "Parameters: {Up: {Type: String}}",
            {"other": "Env other than prod", "prod": "Env = prod"},
        ),
        ("Env: !GetAtt Bucket.Arn", "", {"other": ""}),
        (
            "Env: !If [C, prod, dev]",
            "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}",
            {"prod": "P = x", "other": "P other than x"},
        ),
    ],
)
def test_conditions_of_a_nested_stack_see_what_is_passed(
    passed: str, sections: str, expected: dict[str, str]
) -> None:
    write("child.yaml", CONDITIONAL)
    found = policies(parent(passed, sections, BUCKET))
    assert {resource(policy): policy.world for policy in found} == expected


def test_worlds_of_both_stacks_are_told() -> None:
    write("child.yaml", CONDITIONAL)
    sections = """
        Parameters: {P: {Type: String}, Q: {Type: String}}
        Conditions: {C: !Equals [!Ref P, x]}
        """
    found = policies(parent("Env: !If [C, !Ref Q, dev]", sections))
    assert {(resource(policy), policy.world) for policy in found} == {
        ("prod", "P = x, Env = prod"),
        ("other", "P = x, Env other than prod"),
        ("other", "P other than x"),
    }


def test_outputs_of_nested_stacks_come_back() -> None:
    write(
        "child.yaml",
        """
        Parameters: {Name: {Type: String}}
        Resources: {Bucket: {Type: AWS::S3::Bucket}}
        Outputs:
          Arn: {Value: !GetAtt Bucket.Arn}
          Name: {Value: !Ref Name}
        """,
    )
    one_output = """
        {}:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument: {{Statement: {{Effect: Allow, Action: "a:b", Resource: {}}}}}
        """
    resources = "".join(
        dedent(one_output).format(name, value)
        for name, value in {
            "One": "!GetAtt Child.Outputs.Arn",
            "Two": '!Sub "x-${Child.Outputs.Name}"',
            "Three": "!GetAtt Child.Outputs.None",
        }.items()
    )
    one, two, three = policies(parent("Name: passed", resources=resources))
    assert resource(one) == "arn:${AWS::Partition}:s3:::${parent.yaml/Child/Bucket}"
    assert resource(two) == "x-passed"
    assert resource(three) == "${Child.Outputs.None}"


def test_stacks_that_need_each_others_outputs_are_refused() -> None:
    write("child.yaml", CHILD + "Outputs: {Out: {Value: !Ref Name}}\n")
    write(
        "parent.yaml",
        """
        Resources:
          A:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yaml, Parameters: {Name: !GetAtt B.Outputs.Out}}
          B:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: child.yaml, Parameters: {Name: !GetAtt A.Outputs.Out}}
        """,
    )
    assert [message for _, message in refusals("parent.yaml")] == [
        "this cannot be resolved: circular reference: B → A → B",
        "this cannot be resolved: circular reference: A → B → A",
    ]


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("AWS::CloudFormation::StackSet", "Parameters: [{ParameterKey: Name, ParameterValue: p}]"),
        ("AWS::CloudFormation::ChangeSet", "Parameters: [{ParameterKey: Name, ParameterValue: p}]"),
        (
            "AWS::Config::ConformancePack",
            "ConformancePackInputParameters: [{ParameterName: Name, ParameterValue: p}]",
        ),
        (
            "AWS::Config::OrganizationConformancePack",
            "ConformancePackInputParameters: [{ParameterName: Name, ParameterValue: p}]",
        ),
    ],
)
@pytest.mark.parametrize("style", ["|", ">-", '"'])
def test_a_template_that_is_a_text_is_read_at_its_place(
    kind: str, parameters: str, style: str
) -> None:
    body = dedent(CHILD).strip()
    if style == '"':
        written = '"' + body.replace('"', '\\"').replace("\n", "\\n") + '"'
    else:
        written = f"{style}\n{indent(body, ' ' * 8)}"
    text = (
        f"Resources:\n  Set:\n    Type: {kind}\n    Properties:\n      {parameters}\n"
        f"      TemplateBody: {written}\n"
    )
    write("parent.yaml", text)

    (policy,) = policies("parent.yaml")

    assert policy.identity[:2] == ("parent.yaml", "Set/Policy")
    assert resource(policy) == "arn:aws:s3:::p"
    place = policy.sources.locate(("Statement", "Action"))
    assert shown(text, place).strip('\\"') == "s3:GetObject"


def test_a_stack_set_is_deployed_elsewhere_with_values_of_its_own() -> None:
    body = dedent(CHILD).replace("${Name}", "${Name}-${AWS::AccountId}").replace("\n", "\n      ")
    write(
        "parent.yaml",
        f"""\
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      Parameters: [{{ParameterKey: Name, ParameterValue: !Ref AWS::AccountId}}]
      TemplateBody: |
        {body.replace(chr(10), chr(10) + "  ")}
""",
    )
    (policy,) = policies("parent.yaml", **{"AWS::AccountId": "111122223333"})
    assert resource(policy) == "arn:aws:s3:::111122223333-${AWS::AccountId}"

    overrides = "      StackInstancesGroup: [{ParameterOverrides: [{ParameterKey: Name}]}]\n"
    text = (
        Path("parent.yaml")
        .read_text()
        .replace("      TemplateBody", f"{overrides}      TemplateBody")
    )
    write("parent.yaml", text)
    (policy,) = policies("parent.yaml")
    assert resource(policy) == "arn:aws:s3:::${Name}-${AWS::AccountId}"


def test_a_text_that_deployment_decides_is_not_analysed() -> None:
    write(
        "parent.yaml",
        """
        Resources:
          Set:
            Type: AWS::CloudFormation::StackSet
            Properties: {TemplateBody: !Sub "Resources: {Role: {Type: '${AWS::StackId}'}}"}
        """,
    )
    ((place, message),) = refusals("parent.yaml")
    assert place == "parent.yaml:5"
    assert message == "deployment decides parts of this template: ${AWS::StackId}"


def test_sam_applications_by_path_are_followed_and_others_not_looked_up() -> None:
    write("apps/child.yaml", CHILD)
    write(
        "parent.yaml",
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Local:
            Type: AWS::Serverless::Application
            Properties: {Location: ./apps/child.yaml, Parameters: {Name: passed}}
          Remote:
            Type: AWS::Serverless::Application
            Properties: {Location: {ApplicationId: arn:x, SemanticVersion: 1.0.0}}
        """,
    )
    found = of("parent.yaml")
    assert [resource(policy) for policy in found.policies] == ["arn:aws:s3:::passed"]
    assert refusals("parent.yaml") == [
        ("parent.yaml:9", "what Location leads to is not part of this project")
    ]


def test_transforms_of_nested_templates_are_done() -> None:
    write(
        "child.yaml",
        """
        Transform: [AWS::Serverless-2016-10-31, Own]
        Parameters: {Name: {Type: String}}
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: python3.12
              Handler: a.b
              CodeUri: .
              Policies: [{S3ReadPolicy: {BucketName: !Ref Name}}]
        """,
    )
    found = of(parent("Name: passed"))
    assert {policy.identity.resource_address for policy in found.policies} == {"Child/FRole"}
    assert "arn:${AWS::Partition}:s3:::passed/*" in str(
        [str(text) for policy in found.policies for text in _texts(policy.document)]
    )
    (macro,) = [item for item in found.not_checked if item.reason is ReasonCode.NOT_ANALYSED]
    assert macro.identity[:3] == ("child.yaml", "Child", "Own")


def _texts(value: object) -> list[object]:
    if isinstance(value, dict):
        return [text for child in value.values() for text in _texts(child)]
    if isinstance(value, list):
        return [text for child in value for text in _texts(child)]
    return [value]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("missing.yaml", "the template 'missing.yaml' cannot be read: No such file or directory"),
        ("../outside.yaml", "the template '../outside.yaml' is outside of the project"),
        ("link.yaml", "the template 'link.yaml' is outside of the project"),
        ("/etc/passwd", "the template '/etc/passwd' is outside of the project"),
        ("folder", "the template 'folder' cannot be read: this is not a regular file"),
        ("https://s3.amazonaws.com/b/child.yaml", "is not a file of this project"),
        ("s3://b/child.yaml", "is not a file of this project"),
        ("file:///etc/passwd", "is not a file of this project"),
        ("!Sub 'https://${AWS::Region}.x/child.yaml'", "is not a file of this project"),
        ("''", "is not a file of this project"),
        ("[a]", "what TemplateURL leads to is not part of this project"),
        (f"{'x' * 5000}", "cannot be read"),
        ('"a\\0b"', "cannot be read"),
        ("binary.yaml", "this is a binary file"),
        ("large.yaml", "this file is larger than 5 MB"),
        ("broken.yaml", "expected"),
        ("words.yaml", "it has no Resources section"),
        ("parent.yaml", "nest each other without end: parent.yaml → parent.yaml"),
    ],
)
def test_what_cannot_be_followed_is_told_with_its_place(url: str, message: str) -> None:
    write("../outside.yaml", CHILD)
    Path("link.yaml").symlink_to("../outside.yaml")
    Path("folder").mkdir()
    Path("binary.yaml").write_bytes(b"Resources:\0")
    Path("large.yaml").write_text(" " * 5_000_001)
    write("broken.yaml", "Resources: {A: [}")
    write("words.yaml", "words: x")
    ((place, told),) = refusals(parent("", url=url))
    assert message in told
    assert place == {"broken.yaml": "broken.yaml:1", "words.yaml": "words.yaml:1"}.get(
        url, "parent.yaml:5"
    )


def test_circles_and_deep_nesting_come_to_an_end() -> None:
    for number in range(15):
        write(f"t{number}.yaml", CHILD)
        text = Path(f"t{number}.yaml").read_text()
        text += STACK.format(f"t{number + 1}.yaml")
        write(f"t{number}.yaml", text)
    messages = [message for _, message in refusals("t0.yaml")]
    assert messages == ["more than 10 stacks inside each other are not followed"]
    assert len(of("t0.yaml").policies) == 11


def test_many_stacks_inside_each_other_are_bounded() -> None:
    for number in range(4):
        nested = "".join(
            f"  N{index}: {{Type: AWS::CloudFormation::Stack, Properties:"
            f" {{TemplateURL: t{number + 1}.yaml, Parameters: {{Name: '{index}'}}}}}}\n"
            for index in range(20)
        )
        write(f"t{number}.yaml", dedent(CHILD) + nested)
    write("t4.yaml", CHILD)
    found = of("t0.yaml")
    assert "takes too many steps" in found.not_checked[-1].message
    assert len(found.policies) < 2_000


def test_a_template_met_by_searching_that_another_nests_is_part_of_that_one() -> None:
    write("child.yaml", CHILD)
    parent("Name: passed")
    assert [resource(policy) for policy in policies(".")] == ["arn:aws:s3:::passed"]
    named = {policy.identity[1]: resource(policy) for policy in policies(".", "child.yaml")}
    assert named == {"Policy": "arn:aws:s3:::own", "Child/Policy": "arn:aws:s3:::passed"}


def test_a_template_that_is_read_as_a_part_only_is_named() -> None:
    write("child.yaml", CHILD)
    parent("Name: passed")

    (note,) = map(str, of(".").notes)

    assert "child.yaml of parent.yaml" in note
    assert of("parent.yaml", "child.yaml").notes == ()


def test_a_template_that_is_only_nested_where_nothing_is_made_is_read_on_its_own() -> None:
    write("child.yaml", CHILD)
    sections = "Conditions: {Never: !Equals [a, b]}"
    text = Path(parent("", sections)).read_text()
    write("parent.yaml", text.replace("Type:", "Condition: Never\n    Type:"))
    found = of(".")
    assert [policy.identity[1] for policy in found.policies] == ["Policy"]


def test_of_templates_that_nest_each_other_none_is_lost() -> None:
    for name, other in (("a", "b"), ("b", "a")):
        write(f"{name}.yaml", dedent(CHILD) + STACK.format(f"{other}.yaml"))
    found = of(".")
    assert {policy.identity[:2] for policy in found.policies} == {
        ("a.yaml", "Policy"),
        ("b.yaml", "N/Policy"),
    }
    assert gate_json("run").status == 2


def test_the_same_template_twice_is_checked_with_both_values() -> None:
    write("child.yaml", CHILD)
    text = Path(parent("Name: one")).read_text()
    write(
        "parent.yaml",
        text + text.replace("Resources:\n", "").replace("one", "two").replace("Child", "Other"),
    )
    found = {policy.identity[1]: resource(policy) for policy in policies(".")}
    assert found == {"Child/Policy": "arn:aws:s3:::one", "Other/Policy": "arn:aws:s3:::two"}
