"""`run --base` says what access a change adds, and where it cannot, says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policy_gate.reporters import json_report
from tests.command_line import Ran, gate
from tests.repositories import Repository

SCHEMA = Path(json_report.__file__).with_name("gate-report.schema.json").read_text(encoding="utf-8")
CONFIGURATION = "checks: {no-public-access: true}\n"
BLOCKING = f"{CONFIGURATION}new-access: block\n"


def role(*statements: dict[str, Any], name: str = "Role", **properties: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    inline = [{"PolicyName": "inline", "PolicyDocument": document}] if statements else []
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    held = {"AssumeRolePolicyDocument": trust, "Policies": inline, **properties}
    return {name: {"Type": "AWS::IAM::Role", "Properties": held}}


def allow(action: Any, resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def deny(action: Any, resource: Any = "*") -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource}


def template(*resources: dict[str, Any], **sections: Any) -> str:
    held = {name: body for resource in resources for name, body in resource.items()}
    return json.dumps({**sections, "Resources": held}, indent=1)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """One whose first commit has a template and that is on the branch `change`."""
    made = Repository(tmp_path / "repository")
    made.write(".policy-gate.yml", CONFIGURATION)
    made.write("t.json", template(role(allow("dynamodb:GetItem"))))
    made.commit("first")
    made.git("checkout", "-q", "-b", "change")
    monkeypatch.chdir(made.folder)
    return made


def run(*arguments: str) -> Ran:
    ran = gate("run", "--format", "json", *arguments)
    jsonschema.validate(ran.report, json.loads(SCHEMA))
    return ran


def compared(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = run("--base", "main", *arguments).report["comparison"]
    return found


def actions(comparison: dict[str, Any], key: str = "added") -> list[str]:
    return [item["action"] for change in comparison["changes"] for item in change[key]]


def test_what_is_added_and_removed_is_listed_by_policy(repository: Repository) -> None:
    repository.write(
        "t.json", template(role(allow("dynamodb:PutItem")), role(allow("s3:*"), name="Other"))
    )
    changed, new = (c for c in compared()["changes"] if c["policy"]["kind"] == "IDENTITY")
    assert (changed["kind"], new["kind"]) == ("changed", "new")
    assert [item["action"] for item in changed["added"]] == ["dynamodb:PutItem"]
    assert [item["action"] for item in changed["removed"]] == ["dynamodb:GetItem"]
    (added,) = changed["added"]
    assert added["access_level"] == "Write"
    assert added["statementIndex"] == 0
    assert added["witness"]["action"] == "dynamodb:PutItem"
    assert len(new["added"]) > 100


def test_the_console_says_it_in_plain_words(repository: Repository) -> None:
    repository.write(
        "t.json", template(role(allow(["dynamodb:GetItem", "dynamodb:*Table"]), deny("iam:*")))
    )
    ran = gate("run", "--base", "main")
    assert ran.status == 0
    told = " ".join(ran.out.split())
    assert "Access since main (" in told
    assert "1 policy adds access" in told
    assert "DynamoDB: +DeleteTable and 5 more writes on every table, statement 0, t.json:" in told
    assert "The identity can call dynamodb:DeleteTable on" in told


def test_a_move_of_lines_and_files_changes_nothing(repository: Repository) -> None:
    repository.git("mv", "t.json", "moved.json")
    text = (repository.folder / "moved.json").read_text(encoding="utf-8")
    repository.write("moved.json", f"\n\n\n{text}")
    comparison = compared()
    assert comparison["changes"] == []
    assert (comparison["unchanged"], comparison["moved"]) == (2, 2)


def test_a_change_in_a_moved_file_is_found(repository: Repository) -> None:
    repository.git("rm", "-q", "t.json")
    repository.write("in/folder/new.json", template(role(allow("dynamodb:*Item"))))
    (change,) = compared()["changes"]
    assert change["moved_from"] == "t.json"
    assert "dynamodb:GetItem" not in [item["action"] for item in change["added"]]
    assert change["removed"] == []


def test_a_move_that_is_not_clear_is_taken_for_new(repository: Repository) -> None:
    repository.git("rm", "-q", "t.json")
    for name in ("one.json", "two.json"):
        repository.write(name, template(role(allow("dynamodb:GetItem"))))
    report = run("--base", "main").report
    kinds = [change["kind"] for change in report["comparison"]["changes"]]
    assert kinds.count("new") == 4
    assert any("not clear, so it is taken for new" in note for note in report["notes"])


def test_policies_of_one_name_are_told_apart_by_what_they_say(repository: Repository) -> None:
    first, second, third = (
        {"PolicyName": "same", "PolicyDocument": {"Statement": [allow(action)]}}
        for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket")
    )
    repository.write("t.json", template(role(Policies=[first, second])))
    repository.commit("two of one name")
    repository.git("branch", "-q", "-f", "main")
    repository.write("t.json", template(role(Policies=[third, first, second])))
    assert actions(compared()) == ["s3:ListBucket"]


def test_a_deny_that_is_gone_is_added_access(repository: Repository) -> None:
    repository.write("t.json", template(role(allow("dynamodb:GetItem"), deny("iam:PassRole"))))
    repository.commit("deny")
    repository.git("branch", "-q", "-f", "main")
    repository.write("t.json", template(role(allow("dynamodb:GetItem"))))
    ((item,),) = (change["added"] for change in compared()["changes"])
    assert (item["action"], item["statementIndex"]) == ("iam:PassRole", None)
    assert item["noLongerDeniedBy"] == 1
    assert "possible where other policies allow it" in " ".join(
        gate("run", "--base", "main").out.split()
    )


def test_a_deleted_policy_with_a_deny_is_added_access(repository: Repository) -> None:
    repository.write("t.json", template(role(deny("iam:PassRole"), allow("s3:GetObject"))))
    repository.commit("deny")
    repository.git("branch", "-q", "-f", "main")
    repository.write("t.json", template(role()))
    (change,) = compared()["changes"]
    assert change["kind"] == "removed"
    assert [item["action"] for item in change["added"]] == ["iam:PassRole"]
    assert [item["action"] for item in change["removed"]] == ["s3:GetObject"]


def test_a_deny_that_an_scp_loses_is_added_access(repository: Repository) -> None:
    def scp(*statements: dict[str, Any]) -> dict[str, Any]:
        content = {"Version": "2012-10-17", "Statement": list(statements)}
        properties = {"Type": "SERVICE_CONTROL_POLICY", "Name": "scp", "Content": content}
        return {"Scp": {"Type": "AWS::Organizations::Policy", "Properties": properties}}

    repository.write("t.json", template(scp(deny(["iam:PassRole", "s3:DeleteBucket"]))))
    repository.commit("scp")
    repository.git("branch", "-q", "-f", "main")
    repository.write("t.json", template(scp(deny("iam:PassRole"))))
    assert actions(compared()) == ["s3:DeleteBucket"]


BOUNDARY = "arn:aws:iam::111122223333:policy/boundary"
OWN = {
    "Own": {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Statement": [allow("s3:*")]}},
    }
}


@pytest.mark.parametrize(
    ("before", "after", "lifted", "undecided"),
    [
        (BOUNDARY, None, True, False),
        ({"Ref": "Own"}, None, True, False),
        (BOUNDARY, BOUNDARY, False, False),
        (BOUNDARY, {"Ref": "Own"}, False, True),
        (None, BOUNDARY, False, False),
    ],
    ids=["removed", "own removed", "kept", "exchanged", "added"],
)
def test_a_permissions_boundary_that_is_gone_is_added_access(
    repository: Repository, before: Any, after: Any, lifted: bool, undecided: bool
) -> None:
    for boundary in (before, after):
        limits = {} if boundary is None else {"PermissionsBoundary": boundary}
        repository.write("t.json", template(role(allow("s3:*"), **limits), OWN))
        if boundary is before:
            repository.commit("boundary")
            repository.git("branch", "-q", "-f", "main")
    found = compared()["changes"]
    assert any(change["lifted"] for change in found) is lifted
    assert any(change["undecided"] for change in found) is undecided


def test_a_role_that_goes_with_its_boundary_adds_nothing(repository: Repository) -> None:
    repository.write("t.json", template(role(allow("s3:Get*"), PermissionsBoundary=BOUNDARY), OWN))
    repository.commit("boundary")
    repository.git("branch", "-q", "-f", "main")
    repository.write("t.json", template(OWN))
    assert not any(change["lifted"] or change["added"] for change in compared()["changes"])


def test_it_informs_unless_it_is_to_block(repository: Repository) -> None:
    repository.write("t.json", template(role(allow(["dynamodb:GetItem", "dynamodb:PutItem"]))))
    assert run("--base", "main").status == 0
    repository.write(".policy-gate.yml", BLOCKING)
    ran = run("--base", "main")
    assert ran.status == 2
    (finding,) = (f for result in ran.report["results"] for f in result["findings"])
    assert finding["code"] == "NEW_ACCESS"
    assert "DynamoDB: +PutItem (write) on every table" in finding["message"]
    assert finding["locations"][0]["path"] == "t.json"
    assert finding["witness"]["action"] == "dynamodb:PutItem"
    repository.write("t.json", template(role(allow("dynamodb:GetItem"))))
    assert run("--base", "main").status == 0


def test_what_is_undecided_blocks_too(repository: Repository) -> None:
    repository.write(".policy-gate.yml", BLOCKING)
    odd = {"StringMatches": {"aws:PrincipalTag/team": "x"}}
    repository.write("t.json", template(role(allow("dynamodb:*Item", Condition=odd))))
    ran = run("--base", "main")
    assert ran.status == 2
    assert ran.verdicts()["inline", "new-access"] == "UNKNOWN"


def test_a_policy_that_is_attached_and_not_at_hand_is_undecided(repository: Repository) -> None:
    arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
    repository.write("t.json", template(role(ManagedPolicyArns=[arn])))
    attached = [change for change in compared()["changes"] if change["undecided"]]
    assert [change["policy"]["policy_name"] for change in attached] == ["AmazonS3FullAccess"]
    repository.commit("attached")
    repository.git("branch", "-q", "-f", "main")
    assert compared()["changes"] == []


def test_an_administrator_who_is_attached_is_all_of_aws(repository: Repository) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    repository.write("t.json", template(role(allow("dynamodb:GetItem"), ManagedPolicyArns=[arn])))
    assert len(actions(compared())) > 10_000


def test_parameters_are_those_of_the_revision(repository: Repository) -> None:
    """A change of the values that the configuration gives is a change of access."""
    parameters = {"Action": {"Type": "String"}}
    text = template(role(allow({"Ref": "Action"})), Parameters=parameters)
    repository.write("t.json", text)
    repository.write(".policy-gate.yml", f"{CONFIGURATION}parameters: {{Action: 's3:GetObject'}}\n")
    repository.commit("parameters")
    repository.git("branch", "-q", "-f", "main")
    repository.write(".policy-gate.yml", f"{CONFIGURATION}parameters: {{Action: 's3:PutObject'}}\n")
    assert actions(compared()) == ["s3:PutObject"]


def test_the_same_unknown_in_both_revisions_is_no_news(repository: Repository) -> None:
    def widened(*names: str) -> str:
        resource = {"Fn::Sub": "arn:aws:dynamodb:*:${Account}:table/${Table}"}
        parameters = {"Account": {"Type": "String"}, "Table": {"Type": "String"}}
        return template(role(allow(list(names), resource)), Parameters=parameters)

    repository.write("t.json", widened("dynamodb:GetItem"))
    repository.commit("parameters")
    repository.git("branch", "-q", "-f", "main")
    repository.write("t.json", widened("dynamodb:GetItem", "dynamodb:PutItem"))
    comparison = compared()
    assert actions(comparison) == ["dynamodb:PutItem"]
    assert comparison["changes"][0]["undecided"] == []
    assert "${Table}" in comparison["changes"][0]["added"][0]["witness"]["resource"]


def test_each_world_of_a_condition_is_compared(repository: Repository) -> None:
    def conditional(other: Any) -> str:
        action = {"Fn::If": ["IsDev", "s3:GetObject", other]}
        return template(
            role(allow(action)),
            Parameters={"Env": {"Type": "String", "Default": "dev"}},
            Conditions={"IsDev": {"Fn::Equals": [{"Ref": "Env"}, "dev"]}},
        )

    repository.write("t.json", conditional("s3:ListBucket"))
    repository.commit("worlds")
    repository.git("branch", "-q", "-f", "main")
    repository.write("t.json", conditional("s3:DeleteBucket"))
    ((item,),) = (change["added"] for change in compared()["changes"])
    assert (item["action"], item["world"]) == ("s3:DeleteBucket", "Env other than dev")


def test_a_revision_that_cannot_be_had_is_an_error(repository: Repository) -> None:
    ran = run("--base", "release")
    assert ran.status == 1
    (error,) = (r for r in ran.report["results"] if r["verdict"] == "ERROR")
    assert "there is no revision 'release' here: `git fetch origin release`" in error["message"]
    assert ran.report["comparison"]["error"] == error["message"]


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text(template(role(allow("s3:GetObject"))))
    ran = run("--base", "main")
    assert ran.status == 1
    assert "is in no git repository" in ran.out


def test_a_template_that_the_base_breaks_is_undecided(repository: Repository) -> None:
    good = template(role(allow("dynamodb:GetItem")))
    repository.write("t.json", f"<<<<<<< ours\n{good}\n=======\n{good}\n>>>>>>> theirs\n")
    repository.commit("conflict")
    repository.git("branch", "-q", "-f", "main")
    repository.write("t.json", good)
    messages = [item["message"] for change in compared()["changes"] for item in change["undecided"]]
    assert messages
    assert all(message.endswith("it holds the marks of a merge conflict") for message in messages)


def test_a_template_that_the_change_breaks_is_undecided(repository: Repository) -> None:
    repository.write("t.json", '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {')
    comparison = compared()
    assert actions(comparison, "removed") == []
    assert all(change["undecided"] for change in comparison["changes"])


def test_a_broken_template_that_stays_as_it_is_says_nothing_new(repository: Repository) -> None:
    repository.write("broken.json", '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {')
    repository.commit("broken")
    repository.git("branch", "-q", "-f", "main")
    assert compared()["changes"] == []


def test_files_that_are_not_in_git_are_said(repository: Repository) -> None:
    repository.write("new.json", template(role(allow("s3:GetObject"), name="New")))
    report = run("--base", "main").report
    assert "s3:GetObject" in actions(report["comparison"])
    assert any("Not in git, and so compared with nothing: new.json" in n for n in report["notes"])


def test_files_of_a_submodule_are_undecided(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},module")
    repository.git("commit", "-q", "-m", "module")
    repository.git("branch", "-q", "-f", "main")
    repository.write("module/in.json", template(role(allow("s3:GetObject"), name="In")))
    found = compared()["changes"]
    assert {change["undecided"][0]["message"] for change in found} == {
        "it could not be read in main ("
        + repository.git("rev-parse", "--short=12", "HEAD")
        + "): it is in the submodule module, whose files are in another repository"
    }


def test_binary_files_in_the_base_do_no_harm(repository: Repository) -> None:
    (repository.folder / "image.png").write_bytes(b"\x89PNG\r\n\0" * 100)
    repository.commit("binary")
    repository.git("branch", "-q", "-f", "main")
    assert compared()["changes"] == []


def test_paths_above_the_working_directory(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.folder / "sub").mkdir()
    monkeypatch.chdir(repository.folder / "sub")
    repository.write("t.json", template(role(allow(["dynamodb:GetItem", "dynamodb:PutItem"]))))
    for path in ("../t.json", str(repository.folder / "t.json"), ".."):
        comparison = compared(path)
        assert actions(comparison) == ["dynamodb:PutItem"], path
        assert comparison["changes"][0]["moved_from"] is None


def test_nested_templates_are_those_of_the_revision(repository: Repository) -> None:
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "child.json"}}
    repository.write("t.json", template({"Child": child}))
    repository.write("child.json", template(role(allow("s3:GetObject"))))
    repository.commit("nested")
    repository.git("branch", "-q", "-f", "main")
    repository.write("child.json", template(role(allow("s3:PutObject"))))
    comparison = compared("t.json")
    assert actions(comparison) == ["s3:PutObject"]
    assert actions(comparison, "removed") == ["s3:GetObject"]


def test_what_came_to_the_base_meanwhile_is_no_part_of_the_change(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.write("t.json", template(role(allow("dynamodb:*"))))
    repository.commit("meanwhile")
    repository.git("checkout", "-q", "change")
    assert compared()["changes"] == []


def test_nothing_is_compared_where_nobody_asks(repository: Repository) -> None:
    assert run().report["comparison"] is None
    repository.write(".policy-gate.yml", BLOCKING)
    report = run().report
    assert report["comparison"] is None
    assert any("new-access compares with nothing here" in note for note in report["notes"])
