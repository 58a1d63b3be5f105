from __future__ import annotations

import pytest

from policy_gate.linting.validate import validate_policy
from tests.linting.shape import spanned
from tests.linting.test_rules import one_statement, statement_codes

PUBLIC, PRIVATE = "203.0.113.0/24", "10.0.0.0/8"


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("IpAddress", PUBLIC, []),
        ("IpAddress", PRIVATE, ["PRIVATE_IP_ADDRESS"]),
        ("IpAddress", [PRIVATE, "172.31.0.0/16", "192.168.1.5"], ["PRIVATE_IP_ADDRESS"]),
        ("IpAddressIfExists", "fd00::/8", ["PRIVATE_IP_ADDRESS"]),
        ("IpAddress", [PRIVATE, PUBLIC], ["PRIVATE_IP_ADDRESS_SUBSET"]),
        ("IpAddress", ["0.0.0.0/0", "10.0.0.0/7", "172.0.0.0/8", "fc00::/6"], []),
        ("IpAddress", ["127.0.0.1", "169.254.0.0/16", "100.64.0.0/10", "fe80::/10"], []),
        ("IpAddress", [PRIVATE, "nowhere"], ["TYPE_MISMATCH_IP_RANGE"]),
        ("NotIpAddress", PRIVATE, ["PRIVATE_NOT_IP_ADDRESS"]),
        ("NotIpAddress", [PUBLIC, "192.168.0.0/16"], ["PRIVATE_NOT_IP_ADDRESS_SUBSET"]),
        ("NotIpAddress", PUBLIC, []),
    ],
)
def test_private_addresses(operator: str, values: object, expected: list[str]) -> None:
    assert statement_codes(Condition={operator: {"AWS:SourceIp": values}}) == expected


def test_private_addresses_are_fine_within_a_vpc() -> None:
    condition = {
        "IpAddress": {"aws:VpcSourceIp": PRIVATE},
        "StringEquals": {"aws:SourceVpc": "vpc-0abc12de"},
    }
    assert statement_codes(Condition=condition) == []


def test_the_private_ones_among_others_are_located() -> None:
    values = [PRIVATE, PUBLIC, "192.168.0.0/16"]
    text = one_statement(Condition={"IpAddress": {"aws:SourceIp": values}})
    [finding] = validate_policy(text, "IDENTITY_POLICY")
    assert [spanned(text, location) for location in finding["locations"]] == [
        f'"{PRIVATE}"',
        '"192.168.0.0/16"',
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("203.0.113.7", []),
        ("203.0.113.7/32", []),
        ("2001:db8::/32", []),
        ("2001:DB8:0::1", []),
        ("0.0.0.0/0", []),
        ("203.0.113.7/24", ["IMPROVE_IP_RANGE"]),
        ("2001:db8::1/32", ["IMPROVE_IP_RANGE"]),
        ("203.0.113.0/33", ["TYPE_MISMATCH_IP_RANGE"]),
        ("203.0.113.0/255.255.255.0", ["TYPE_MISMATCH_IP_RANGE"]),
        ("203.0.113", ["TYPE_MISMATCH_IP_RANGE"]),
        ("203.0.113.*", ["TYPE_MISMATCH_IP_RANGE"]),
        (" 203.0.113.7", ["TYPE_MISMATCH_IP_RANGE"]),
        ("fe80::1%eth0", ["TYPE_MISMATCH_IP_RANGE"]),
        ("", ["TYPE_MISMATCH_IP_RANGE"]),
        (203, ["TYPE_MISMATCH_IP_RANGE"]),
    ],
)
def test_addresses_and_ranges(value: object, expected: list[str]) -> None:
    assert statement_codes(Condition={"IpAddress": {"aws:SourceIp": value}}) == expected


def test_the_range_that_is_meant_is_named() -> None:
    text = one_statement(Condition={"IpAddress": {"aws:SourceIp": "2001:db8::1/32"}})
    [finding] = validate_policy(text, "IDENTITY_POLICY")
    assert '"2001:db8::/32" for the block, or "2001:db8::1"' in finding["findingDetails"]


def test_many_addresses_have_a_bounded_answer() -> None:
    condition = {"IpAddress": {"aws:SourceIp": ["10.0.0.1/8"] * 12_000}}
    found = validate_policy(one_statement(Condition=condition), "IDENTITY_POLICY")
    assert {finding["issueCode"] for finding in found} >= {"PRIVATE_IP_ADDRESS", "IMPROVE_IP_RANGE"}
    assert len(found) < 1_010
