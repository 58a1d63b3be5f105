"""YAML to nodes with exact positions; nothing is constructed, and growth is bounded."""

from __future__ import annotations

import string

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.syntax.node import MAX_DEPTH, Node, ReadError
from policy_gate.syntax.yaml_reader import read_yaml
from tests.properties import examples


def long_form(tag: str, node: Node) -> Node:
    return Node({tag: node}, node.start, node.end)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("No", False),
        ("'no'", "no"),
        ("12", 12),
        ("-7", -7),
        ("1.5", 1.5),
        ("0123", "0123"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("190:20:30", "190:20:30"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("2012-10-17", "2012-10-17"),
        ("=", "="),
        ("!!str 5", "5"),
        ("{a: 1, 2: b, null: c}", {"a": 1, "2": "b", "null": "c"}),
        ("- a\n- [b, c]", ["a", ["b", "c"]]),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("a: >-\n  x\n  y\n", {"a": "x y"}),
        ('"\\u00e9\\x41"', "éA"),
        ("a: &x 1\nb: *x", {"a": 1, "b": 1}),
        ("&k a: 1\nb: *k\nc: {*k : 2}", {"a": 1, "b": "a", "c": {"a": 2}}),
        ("&k 80: x", {"80": "x"}),
        ("! 12", 12),
        ("!!int '5'", 5),
        ("!!null x", None),
        ("!!bool ON", True),
        ("!!float 1.5", 1.5),
        ("!!timestamp 2012-10-17", "2012-10-17"),
        ("{<<: {a: 1, b: 2}, b: 3}", {"a": 1, "b": 3}),
        ("{<<: [{a: 1}, {a: 2, c: 3}]}", {"a": 1, "c": 3}),
        ("!Ref x", {"Ref": "x"}),
        ("[!Sub [a, {b: !Ref c}]]", [{"Sub": ["a", {"b": {"Ref": "c"}}]}]),
    ],
)
def test_values(text: str, value: object) -> None:
    assert read_yaml(text, long_form).plain() == value


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("a: 1\na: 2", "duplicate key 'a'", 5),
        ("{a: 1, 'a': 2}", "duplicate key 'a'", 7),
        ("a: !Ref b", "unknown tag !Ref", 3),
        ("a: !!python/name:os.system x", "unknown tag", 3),
        ("a: !!binary eA==", "unknown tag", 3),
        ("a:\n\t- b", "tabs", 3),
        ("? [a]\n: b", "a key must be a plain string", 2),
        ("<<: text", "a merge key takes a mapping", 4),
        ("a: *b", "undefined alias", 3),
        ("a: &x 1\nb: &x 2", "the anchor 'x' is there already", 11),
        ("a: &x [1]\n*x : 2", "a key must be a plain string", 10),
        ("a: b\n---\nc: d", "another document", 5),
        ("a: 'b", "end of stream", 5),
        ("a: \x01", "a character that YAML does not allow", 3),
    ],
)
def test_errors_say_what_and_where(text: str, message: str, offset: int) -> None:
    with pytest.raises(ReadError) as caught:
        read_yaml(text)
    assert message in caught.value.message
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("!x [", "]")]
)
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5_000, 100_000])
def test_nesting_is_bounded(opening: str, closing: str, depth: int) -> None:
    with pytest.raises(ReadError) as caught:
        read_yaml(opening * depth + "x" + closing * depth, long_form)
    assert "inside each other" in caught.value.message
    assert caught.value.offset <= 1000


def test_nesting_up_to_the_bound_is_read() -> None:
    read_yaml("[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH)


def test_many_flow_collections_beside_each_other_are_read() -> None:
    assert len(read_yaml("[" + "[{a: b}]," * 5_000 + "]").plain()) == 5_000  # type: ignore[arg-type] # a list


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "a: &a {b: *a}",
        "a: &a {<<: *a}",
        "a: &a0 [x]\n" + "".join(f"b{i}: &a{i + 1} [*a{i}]\n" for i in range(200)),
    ],
)
def test_aliases_count_for_the_nesting(text: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_yaml(text)
    assert "inside each other" in caught.value.message


def test_an_alias_bomb_is_refused() -> None:
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)
    )
    with pytest.raises(ReadError) as caught:
        read_yaml(text)
    assert "aliases" in caught.value.message


def test_positions_of_keys_and_values() -> None:
    text = (
        "one: 'x'   # comment\n"
        "two:\n"
        "  - &a long text\n"
        "  - {b: 1}\n"
        "# comment\n"
        "\n"
        "three: |\n"
        "  block\n"
        "\n"
        "\n"
        "four: !Ref abc\n"
        "five:\n"
    )
    root = read_yaml(text, long_form)

    def written(node: Node) -> str:
        return text[node.start : node.end]

    entries = root.entries
    assert written(entries["one"]) == "'x'"
    assert written(entries["two"]) == "- &a long text\n  - {b: 1}"
    assert written(entries["three"]) == "|\n  block"
    assert written(entries["four"]) == "!Ref abc"
    assert written(entries["five"]) == ""
    assert {text[slice(*span)] for span in root.keys.values()} == set(entries)
    assert root.start == 0


def test_an_alias_is_at_its_anchor_and_ends_no_collection() -> None:
    text = "a: &x [1, 2]\nb:\n  c: *x\nd: 1\n"
    entries = read_yaml(text).entries
    inner = entries["b"].entries["c"]
    assert text[inner.start : inner.end] == "&x [1, 2]"
    assert entries["b"].start < entries["b"].end <= text.index("d:")


plain = st.text(string.ascii_letters + string.digits + "-_:/*' \n\"\\#é€", max_size=12)
trees = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4),
    max_leaves=15,
)


@given(trees, st.sampled_from([True, False, None]), st.sampled_from([None, "'", '"', "|", ">"]))
@examples(80)
def test_what_is_written_is_read(tree: object, flow: bool | None, style: str | None) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, default_style=style, allow_unicode=True)
    if style is None:
        assert read_yaml(text).plain() == tree
    else:
        assert strings(read_yaml(text).plain()) == strings(yaml.safe_load(text))


def strings(value: object) -> object:
    """A tree with text for scalars: with a style, PyYAML writes numbers as `!!int "5"`."""
    if isinstance(value, dict):
        return {str(key): strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [strings(item) for item in value]
    return str(value).lower()


@given(st.text(string.printable + "\x85\u2028é\U000f0000", max_size=60))
@examples(150)
def test_any_text_is_a_tree_or_a_read_error(text: str) -> None:
    try:
        node = read_yaml(text, long_form)
    except ReadError as error:
        offset = error.offset
    else:
        offset = node.end
    assert 0 <= offset <= len(text) + 1
