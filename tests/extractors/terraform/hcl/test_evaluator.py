"""What expressions give, and where each part of it is written."""

from __future__ import annotations

import json
import string
from pathlib import Path

import hcl2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.extractors.terraform.assumptions import any_value, step_into
from policy_gate.extractors.terraform.hcl.blocks import expanded_blocks
from policy_gate.extractors.terraform.hcl.budget import Budget
from policy_gate.extractors.terraform.hcl.documents import document_of, structure_of
from policy_gate.extractors.terraform.hcl.evaluator import evaluate
from policy_gate.extractors.terraform.hcl.references import heads_of, references_of
from policy_gate.extractors.terraform.hcl.scope import Steps
from policy_gate.extractors.terraform.hcl.syntax import Block, read_blocks
from policy_gate.extractors.terraform.hcl.types import converted
from policy_gate.extractors.terraform.values import Located, Place, located, plain
from policy_gate.model import DeferredText
from policy_gate.syntax.source import Source


class Names:
    """A scope with a few variables and one file; anything else is unknown."""

    def __init__(self, files: dict[str, str] | None = None, **variables: object) -> None:
        self.variables = variables
        self.files = files or {}

    def reference(self, steps: Steps, place: Place) -> Located:
        if steps[0] == "var" and steps[1] in self.variables:
            value = located(self.variables[str(steps[1])], place)
            return step_into(value, steps[2:], "var", place)
        return any_value(".".join(map(str, steps)), "it is known after apply", place)

    def file(self, path: str) -> Source | None:
        return Source(path, self.files[path]) if path in self.files else None


def block_of(text: str) -> Block:
    return read_blocks(Source("main.tf", text))[0]


def value_of(expression: str, scope: Names | None = None) -> Located:
    block = block_of(f"locals {{\n  x = {expression}\n}}\n")
    return evaluate(block.attributes["x"], scope or Names(), Budget())


def shown(value: object) -> object:
    if isinstance(value, dict):
        return {key: shown(child) for key, child in value.items()}
    if isinstance(value, list):
        return [shown(child) for child in value]
    return str(value) if isinstance(value, DeferredText) else value


UNTOLD = object()
"""What is not evaluated to anything but any value."""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('try(tolist("a"), ["*"])', UNTOLD),
        ('can(tolist("a")) || can(tomap("a")) || can(tostring(["a"]))', UNTOLD),
        ('try("arn:${ {}.b }/x", "*")', UNTOLD),
        ("try([{}.b], ['*'])".replace("'", '"'), UNTOLD),
        ("can([{}.b])", UNTOLD),
        ('can(format("%d", "abc"))', UNTOLD),
        ('try({}.a, [][0], try([{}.b][1], "x"))', "x"),
        ('try([try({}.a, "x")], "y")', ["x"]),
    ],
)
def test_an_error_deep_inside_is_not_overlooked(expression: str, expected: object) -> None:
    found = value_of(expression)
    assert found.is_unknown if expected is UNTOLD else shown(plain(found)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[] == []", UNTOLD),
        ('["a"] == ["a"]', UNTOLD),
        ("{a = 1} == {a = 1}", UNTOLD),
        ('["a"] == ["b"]', False),
        ('["1"] == [2]', False),
        ("[true] == [1]", False),
        ("[] == null", False),
        ("null == null", True),
        ('"" == null', False),
        ('"1" == 1', UNTOLD),
        ('"true" == true', UNTOLD),
        ('"2" == 1', False),
        ("1 == 1.0", True),
        ("true == 1", False),
        ('contains(["1"], 1)', UNTOLD),
    ],
)
def test_what_is_equal_only_by_type_is_not_told(expression: str, expected: object) -> None:
    found = value_of(expression)
    assert found.is_unknown if expected is UNTOLD else found.value is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('title("a_b c.d s3:get/x-y")', "A_b C.D S3:Get/X-Y"),
        ('upper("straße")', UNTOLD),
        ('lower("İ")', UNTOLD),
        ('length("e\u0301")', UNTOLD),
        ('format("%q", "a")', '"a"'),
        (r'format("%q", "a\"b")', UNTOLD),
        ('format("%d", 1.5)', UNTOLD),
        ('"${0.1 + 0.2} ${10 / 4} ${-7 % 3}"', "0.3 2.5 -1"),
        ("10 / 3", UNTOLD),
        ("[{a = [1, 2]}, {a = [3]}].*.a[0]", [1, 2]),
        ("[{a = [1, 2]}, {a = [3]}][*].a[0]", [1, 3]),
        ('[for i, v in tolist(toset(["b", "a"])) : i]', [0, 1]),
        ("toset([3, 1, 10])", [1, 3, 10]),
        ('toset(["a", true])', UNTOLD),
        ('setsubtract([1, 2], ["1"])', UNTOLD),
    ],
)
def test_what_python_does_otherwise_than_terraform(expression: str, expected: object) -> None:
    found = value_of(expression)
    assert found.is_unknown if expected is UNTOLD else shown(plain(found)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"a${1 + 2}b"', "a3b"),
        (r'"\"q\" \\ \u00e9 $${x} %%{y}"', '"q" \\ é ${x} %{y}'),
        ('"${var.list}"', ["a", "b"]),
        ("<<E\n  one\n    two\nE", "  one\n    two\n"),
        ("<<-E\n    one\n      two\n  E", "one\n  two\n"),
        ('"%{ if var.yes }y%{ else }n%{ endif }"', "y"),
        ('"%{ for i, v in var.list ~} ${i}${v} %{~ endfor }"', "0a1b"),
        ('"${aws_x.y.arn}/*"', "${aws_x.y.arn}/*"),
        ("{ a = 1, \"b c\" = null, (var.name) = [] }", {"a": 1, "b c": None, "n": []}),
        ("[for k, v in { b = 2, a = 1 } : \"${k}${v}\" if v > 1]", ["b2"]),
        ("{ for v in var.list : v => upper(v) }", {"a": "A", "b": "B"}),
        ("{ for v in [\"aa\", \"ab\"] : substr(v, 0, 1) => v... }", {"a": ["aa", "ab"]}),
        ("var.objects[*].id", [1, 2]),
        ("var.objects.*.id", [1, 2]),
        ("var.objects[1].id", 2),
        ("var.yes ? 1 : 2", 1),
        ("!var.yes || 2 * 3 == 6", True),
        ("-(5 - 2) % 2", -1),
        ("concat([1], [2, 3])", [1, 2, 3]),
        ("merge({ a = 1 }, { a = 2, b = 3 })", {"a": 2, "b": 3}),
        ("flatten([[1], [[2]], 3])", [1, 2, 3]),
        ("toset([\"b\", \"a\", \"b\"])", ["a", "b"]),
        ("[for k, v in toset([\"s\"]) : k]", ["s"]),
        ("format(\"%s-%d%%\", \"a\", 3)", "a-3%"),
        ("formatlist(\"arn:%s\", var.list)", ["arn:a", "arn:b"]),
        ("join(\",\", [\"a\", aws_x.y.arn])", "a,${aws_x.y.arn}"),
        ("jsondecode(jsonencode({ a = [1, true] }))", {"a": [1, True]}),
        ("try({ a = 1 }.b, \"none\")", "none"),
        ("can({ a = 1 }.b)", False),
        ("lookup({ a = 1 }, \"z\", 9)", 9),
        ("compact([\"a\", \"\", null])", ["a"]),
        ("setproduct([\"a\"], [\"x\", \"y\"])", [["a", "x"], ["a", "y"]]),
        ("zipmap([\"a\"], [1])", {"a": 1}),
        ("contains([\"a\"], \"a\")", True),
        ("coalesce(\"\", null, \"z\")", "z"),
        ("element([1, 2], 3)", 2),
        ("max([1, 3]...)", 3),
        ("replace(\"a.b\", \".\", \"\")", "ab"),
        ("base64decode(base64encode(\"x\"))", "x"),
        ("[for s in distinct([\"a\", \"a\"]) : s]", ["a"]),
    ],
)  # fmt: skip
def test_values(expression: str, expected: object) -> None:
    scope = Names(list=["a", "b"], yes=True, name="n", objects=[{"id": 1}, {"id": 2}])

    assert shown(plain(value_of(expression, scope))) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "sensitive(\"secret\")",
        "aws_x.y.ready ? [\"a\"] : [\"b\"]",
        "[for v in aws_x.y.list : v]",
        "replace(aws_x.y.arn, \"a\", \"b\")",
        "concat([\"a\"], aws_x.y.list)",
        "md5(\"x\")",
        "yamldecode(\"a: 010\")",
        "provider::aws::arn_parse(\"x\")",
        "contains([\"a\", aws_x.y.arn], \"b\")",
        "length(aws_x.y.list) > 1",
        "compact([aws_x.y.arn])",
        "try(aws_x.y.arn, \"b\")",
        "range(0, 100000000)",
        "[for a in range(9999) : [for b in range(9999) : a]]",
        "replace(\"aaa\", \"/(a+)+$/\", \"\")",
        "1 / 0",
        "{ (aws_x.y.arn) = 1 }",
    ],
)  # fmt: skip
def test_what_is_not_known_is_any_value(expression: str) -> None:
    value = value_of(expression)

    assert value.is_unknown
    assert "secret" not in str(value.value) or "sensitive" in str(value.value)


def test_a_condition_that_is_not_known_gives_one_of_two_texts() -> None:
    value = value_of('aws_x.y.ready ? "s3:Get*" : "s3:Put*"').value

    assert isinstance(value, DeferredText)
    assert value.assumptions()[0].allowed == ("s3:Get*", "s3:Put*")


POLICY = """
locals {
  a = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "é:*"]
      Resource = "${aws_s3_bucket.b.arn}/*"
    }]
  })
  b = <<-E
    {"Version": "2012-10-17",
     "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "é:*"],
                    "Resource": "${aws_s3_bucket.b.arn}/*"}]}
  E
}
"""


@pytest.mark.parametrize(("name", "line"), [("a", 7), ("b", 13)])
def test_parts_of_documents_stand_where_they_are_written(name: str, line: int) -> None:
    expression = block_of(POLICY).attributes[name]

    document, sources = document_of(evaluate(expression, Names(), Budget()))

    statement = document["Statement"][0]  # type: ignore[index,call-overload] # a policy
    assert shown(statement) == {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "é:*"],
        "Resource": "${aws_s3_bucket.b.arn}/*",
    }
    place = sources.locate(("Statement", 0, "Action", 1))
    written = POLICY.split("\n")[place.line - 1][place.column - 1 : place.end_column - 1]
    assert (place.line, written) == (line, '"é:*"')
    key = sources.locate_key(("Statement", 0, "Resource"))
    assert "Resource" in POLICY.split("\n")[key.line - 1][key.column - 1 : key.end_column - 1]


def test_template_files_have_places_of_their_own() -> None:
    template = '{\n  "Statement": [\n%{ for a in actions ~}\n    "${a}",\n%{ endfor ~}\n    "x"]}\n'
    scope = Names({"t.tftpl": template})

    value = structure_of(value_of('templatefile("t.tftpl", { actions = ["a", "b"] })', scope))

    assert plain(value) == {"Statement": ["a", "b", "x"]}
    document, sources = document_of(value)
    assert document
    assert str(sources.locate(("Statement", 1))) == "t.tftpl:4:5"
    assert str(sources.locate(("Statement", 2))) == "t.tftpl:6:5"


def test_dynamic_blocks_are_repeated() -> None:
    block = block_of(
        """
        data "x" "y" {
          item { name = "first" }
          dynamic "item" {
            for_each = { b = 2, a = 1 }
            iterator = it
            content { name = "${it.key}${it.value}" }
          }
          dynamic "item" {
            for_each = aws_x.y.list
            content { name = item.value }
          }
        }
        """
    )

    found = expanded_blocks(block, "item", Names(), Budget(), 5)

    names = [
        str(plain(evaluate(item[0].attributes["name"], item[1], Budget())))
        for item in found
        if item is not None
    ]
    assert names == ["first", "a1", "b2", "${item.value}", "${item.value}"]
    assert expanded_blocks(block, "item", Names(), Budget(), 2) == [None, None]


def test_types_give_defaults_to_what_is_left_out() -> None:
    block = block_of(
        """
        variable "v" {
          type = list(object({
            actions = list(string)
            effect  = optional(string, "Deny")
            note    = optional(string)
          }))
        }
        """
    )
    given_value = located([{"actions": ["a"]}], block.place)

    value = converted(given_value, block.attributes["type"], Names(), Budget())

    assert plain(value) == [{"actions": ["a"], "effect": "Deny", "note": None}]


def test_references_are_those_that_plans_list() -> None:
    text = """
    locals {
      x = [for k, v in var.m : { k = v, z = aws_a.b[each.key].c["d"] }
           if data.aws_r.h.name != local.n]
    }
    """
    references = ["var.m", "aws_a.b", "each.key", "each", "data.aws_r.h.name", "data.aws_r.h"]

    assert references_of(block_of(text).attributes["x"]) == heads_of([*references, "local.n"])
    assert heads_of(['module.m["a.b"].out', "module.m"]) == {"module.m"}


TEXTS = st.text(st.sampled_from(string.ascii_letters + ' $%{}"\\/*:é\n~'), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
).filter(lambda value: not isinstance(value, str))  # the text of JSON in JSON is read too


def as_hcl(value: object) -> str:
    if isinstance(value, dict):
        items = (f"{as_hcl(key)} = {as_hcl(child)}" for key, child in value.items())
        return f"{{ {', '.join(items)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_hcl, value))}]"
    if isinstance(value, str):
        quoted = json.dumps(value, ensure_ascii=False)
        return quoted.replace("${", "$${").replace("%{", "%%{")
    return json.dumps(value)


@given(VALUES)
def test_whatever_is_encoded_is_found_at_its_place(value: object) -> None:
    text = f"locals {{\n  x = jsonencode({as_hcl(value)})\n}}\n"
    expression = block_of(text).attributes["x"]

    document, sources = document_of(evaluate(expression, Names(), Budget()))

    assert document == value
    for path in sources.values:
        part = document
        for step in path:
            part = part[step]  # type: ignore[index] # paths lead to what is there
        place = sources.locate(path)
        lines = text.split("\n")
        written = lines[place.line - 1][place.column - 1 : place.end_column - 1]
        assert written == as_hcl(part)


@given(VALUES)
def test_whatever_stands_in_a_heredoc_is_read(value: object) -> None:
    encoded = json.dumps(value, ensure_ascii=False, indent=1)
    escaped = encoded.replace("${", "$${").replace("%{", "%%{")
    text = f"locals {{\n  x = <<-END\n{escaped}\n  END\n}}\n"

    document, _ = document_of(evaluate(block_of(text).attributes["x"], Names(), Budget()))

    assert document == value or (isinstance(document, str) and not isinstance(value, dict | list))


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    for block in read_blocks(Source("main.tf", f"locals {{\n  x = {text}\n}}\n")):
        for expression in block.attributes.values():
            evaluate(expression, Names(), Budget(10_000))
            references_of(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "[" * 5_000 + "]" * 5_000,
        "(" * 5_000 + "1" + ")" * 5_000,
        "-" * 10_000 + "1",
        '"${' * 2_000 + "1" + '}"' * 2_000,
        "f(" * 3_000 + ")" * 3_000,
        "a" + ".b" * 20_000,
        "a" + "[0]" * 20_000,
        '"%{ if true }' * 1_000,
    ],
)
def test_deep_expressions_end(expression: str) -> None:
    for block in read_blocks(Source("main.tf", f"locals {{\n  x = {expression}\n}}\n")):
        for found in block.attributes.values():
            evaluate(found, Names(), Budget())
            references_of(found)


def unquoted(value: object) -> object:
    """What python-hcl2 gives, which keeps the quotes of texts and keys."""
    if isinstance(value, dict):
        return {key.strip('"'): unquoted(child) for key, child in value.items()}
    if isinstance(value, list):
        return [unquoted(child) for child in value]
    return value.strip('"') if isinstance(value, str) else value


@pytest.mark.parametrize(
    "literal", ['"a b"', "7", "[1, 2.5, true]", '{ a = "b", "c" = [false, "d"] }']
)
def test_python_hcl2_reads_literals_alike(literal: str) -> None:
    text = f"locals {{\n  x = {literal}\n}}\n"

    theirs = unquoted(hcl2.loads(text)["locals"][0]["x"])

    assert plain(value_of(literal)) == theirs


def test_a_broken_block_costs_itself_only(tmp_path: Path) -> None:
    text = 'resource "a" "b" {\n  x = [1,\n}\n\nresource "c" "d" {\n  y = 2\n}\n'

    blocks = {block.labels: block for block in read_blocks(Source("main.tf", text))}

    assert "y" in blocks["c", "d"].attributes


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("set(string)", ["b", "a", "b"], ["a", "b"]),
        ("set(string)", [2, 1, 2], ["1", "2"]),
        ("number", "1", 1),
        ("bool", "true", True),
        ("object({n = number})", {"n": "1", "other": 2}, {"n": 1}),
        ("map(bool)", {"x": "false"}, {"x": False}),
    ],
)
def test_values_are_converted_to_the_types_of_variables(
    kind: str, value: object, expected: object
) -> None:
    constraint = block_of(f"variable v {{\n  type = {kind}\n}}\n").attributes["type"]
    given = located(value, constraint.place)
    assert plain(converted(given, constraint, Names(), Budget())) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a\n", "a\n"),
        ("", ""),
        ("a", "a"),
        ('a\n%{ for x in l ~}\n  "${x}",\n%{ endfor ~}\nend', 'a\n  "a",\n  "b",\nend'),
        ('a  \n  ${~ "b" ~}  \n c', "a  \nb c"),
        ("%{ if true ~}\n a\n%{~ else ~}\n b\n%{~ endif }\n", " a\n"),
        ("%{ for x in l ~}${x};%{ endfor ~}\n\nX", "a;b;\nX"),
    ],
)
def test_template_files_give_what_terraform_gives(written: str, expected: str) -> None:
    scope = Names({"t.tftpl": written})
    assert value_of('templatefile("t.tftpl", {l = ["a", "b"]})', scope).value == expected


def test_an_escape_that_the_parser_takes_for_an_interpolation_is_not_told() -> None:
    assert value_of('"$$${1}"').is_unknown
    assert value_of('"$${1}"').value == "${1}"


def test_jsonencode_escapes_what_terraform_does() -> None:
    assert value_of('jsonencode("<>&")').value == r'"\u003c\u003e\u0026"'
    assert value_of('jsondecode(jsonencode("<>&"))').value == "<>&"
