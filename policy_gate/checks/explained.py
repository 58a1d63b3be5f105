"""The documentation of the access checks and of disagreements, as rules have it of theirs."""

from __future__ import annotations

from policy_gate.explanations import Example, Explanation
from policy_gate.linting.rule import example

_API = "https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_"
_NO_FIX = "None: the finding says which statement, and shows a request that it allows."
_LOGS = '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'
_SHARED = (
    '{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject",\n'
    '     "Resource": "arn:aws:s3:::logs/*"}'
)

ACCESS_CHECKS = (
    Explanation(
        "CHECK_NO_NEW_ACCESS",
        "no-new-access",
        "SECURITY_WARNING",
        "Reports a statement that allows a request which the reference policy does not allow.",
        "The reference says what is agreed. The finding comes with one such request, and tells the"
        " Deny of the reference that it meets, if there is one.",
        "actions, resources and conditions within those of the reference; or the reference with"
        " this access added, if it is meant.",
        "no",
        _NO_FIX,
        "the policies that `applies-to` names, by default identity policies",
        "proof",
        (
            Example("The reference policy", example(_LOGS.replace("GetObject", "*"))),
            Example("A policy with this finding", example(_LOGS.replace("logs/*", "*"))),
            Example("Without it", example(_LOGS)),
        ),
        f"{_API}CheckNoNewAccess.html",
    ),
    Explanation(
        "CHECK_ACCESS_NOT_GRANTED",
        "access-not-granted",
        "SECURITY_WARNING",
        "Reports a statement that grants one of the sensitive actions, or access to one of the"
        " sensitive resources, that the configuration names.",
        "Some actions make their caller an administrator, as `iam:CreateAccessKey` of another"
        " user. A wildcard grants them without a word.",
        "the actions and resources that are needed, or a Deny of the sensitive ones.",
        "no",
        _NO_FIX,
        "the policies that `applies-to` names, by default all that the check can ask about",
        "proof",
        (
            Example(
                "A policy with this finding, where `iam:CreateAccessKey` is sensitive",
                example('{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}'),
            ),
            Example(
                "Without it",
                example(
                    '{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}'
                ),
            ),
        ),
        f"{_API}CheckAccessNotGranted.html",
    ),
    Explanation(
        "CHECK_NO_PUBLIC_ACCESS",
        "no-public-access",
        "SECURITY_WARNING",
        "Reports a statement of a resource policy that gives access to anyone.",
        "Everybody in the world, or every AWS account, can do what the statement allows.",
        "the principals that need access; or a condition with fixed values on the organization,"
        " the account or the network, as `aws:PrincipalOrgID`.",
        "no",
        _NO_FIX,
        "resource policies and trust policies of the resource types that CheckNoPublicAccess knows",
        "proof",
        (
            Example(
                "A policy with this finding",
                example(_SHARED.replace('{"AWS": "111122223333"}', '"*"')),
            ),
            Example("Without it", example(_SHARED)),
        ),
        f"{_API}CheckNoPublicAccess.html",
    ),
    Explanation(
        "EXTERNAL_PRINCIPAL",
        "no-external-access",
        "SECURITY_WARNING",
        "Reports a statement of a resource policy or trust policy that lets in a principal outside"
        " the zone of trust: by default the account that the policy belongs to, and AWS services.",
        "Whoever is outside can do what the statement allows; an `sts:ExternalId` does not make"
        " anybody a part of the zone.",
        "the principals of the zone; or a condition that confines the statement to it, as"
        " `aws:PrincipalOrgID`; or, where the access is meant, an entry in `zone-of-trust`.",
        "no",
        _NO_FIX,
        "resource policies and trust policies of roles",
        "proof",
        (
            Example(
                "A policy with this finding, in the account 444455556666",
                example(_SHARED.replace("111122223333", "777788889999")),
            ),
            Example(
                "Without it",
                example(_SHARED.replace("111122223333", "444455556666")),
            ),
        ),
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html",
    ),
)

DISAGREEMENT = Explanation(
    "ANALYZERS_DISAGREE",
    "--analyzer both",
    "NOTE",
    "Reports a point in which the embedded analyzer answers differently from AWS: another verdict,"
    " or a finding that only one of the two has.",
    "One of the two is wrong about this policy. AWS decides, and the note does not block; but where"
    " the embedded analyzer answers alone, as in pull requests without credentials, the answer"
    " would be the other one.",
    "the answer of AWS. Newer service data may settle it: AWS may know an action that the data do"
    " not have yet. Otherwise please report it, with the policy and both answers.",
    "no",
    "None: it is not about the policy but about who judges it.",
    "the policies that any check of the run is asked about, except for no-external-access, which"
    " is always decided offline",
    "comparison",
    (
        Example(
            "A policy with this finding, if AWS knows the action and the service data do not",
            example('{"Effect": "Allow", "Action": "s3:GetNewThing", "Resource": "*"}'),
        ),
        Example("Without it", example(_LOGS)),
    ),
    "https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Operations.html",
)

ADDED = Explanation(
    "NEW_ACCESS",
    "--base",
    "SECURITY_WARNING",
    "Reports a statement that allows more than the same policy did in the base of the change. Only"
    " with `new-access: block`; otherwise the report says it and nothing blocks.",
    "Somebody is to look at access before it is there, not after. A Deny statement or a permissions"
    " boundary that is gone counts too: what it kept out is possible where others allow it.",
    "a narrower change; or, where the access is meant, a waiver that says who accepted it.",
    "no",
    _NO_FIX,
    "all policies that have a base: another revision, another cloud assembly, or what a plan says"
    " was there before",
    "proof",
    (
        Example("What the base has", example(_LOGS)),
        Example("A policy with this finding", example(_LOGS.replace("Get", "*"))),
        Example("Without it", example(_LOGS)),
    ),
    "https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html",
)
