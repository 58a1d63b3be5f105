"""How `known_terraform_types.py` says what the attributes of a resource give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Texts = Mapping[str, str]

_PLACEHOLDER = re.compile(r"\$\{([a-z]\w*)")


@dataclass(frozen=True)
class Variant:
    """Texts of attributes, where other attributes have one of these values."""

    attributes: Texts
    when: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    """The empty text stands for an attribute that is not set; None for any value but that."""


@dataclass(frozen=True)
class Shapes:
    """One resource type."""

    variants: tuple[Variant, ...]
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Names that are made up where they are not set: with the attribute that says what they begin
    with, and what they begin with without it. Empty where there is none."""

    defaults: Texts = field(default_factory=dict)

    @property
    def attributes(self) -> set[str]:
        return {name for variant in self.variants for name in variant.attributes}

    @property
    def inputs(self) -> set[str]:
        """The attributes of the resource that its texts are made of."""
        used = {name for variant in self.variants for name in variant.when}
        for text in self.texts:
            used.update(_PLACEHOLDER.findall(text))
        return used | set(self.names) | {prefix for prefix, _ in self.names.values() if prefix}

    @property
    def texts(self) -> Iterator[str]:
        for variant in self.variants:
            yield from variant.attributes.values()

    @property
    def entry(self) -> dict[str, object]:
        variants = [
            {"when": variant.when} | {"attributes": variant.attributes}
            if variant.when
            else {"attributes": variant.attributes}
            for variant in self.variants
        ]
        entry = {"names": self.names, "defaults": self.defaults, "variants": variants}
        return {key: value for key, value in entry.items() if value}


def regional(service: str, resource: str) -> str:
    return f"arn:${{Partition}}:{service}:${{Region}}:${{Account}}:{resource}"


def in_account(service: str, resource: str) -> str:
    return f"arn:${{Partition}}:{service}::${{Account}}:{resource}"


def plain(attributes: Texts, name: str = "", prefix: str = "", start: str = "") -> Shapes:
    """A type with one variant; `name` is made up where it is not set, and begins with `start`."""
    return Shapes((Variant(attributes),), {name: (prefix, start)} if name else {})


def generated(attributes: Texts) -> Shapes:
    """A type with a name that the provider makes up: after a prefix, or `terraform-`."""
    return plain(attributes, "name", "name_prefix", "terraform-")


def arn_only(service: str, resource: str, attribute: str = "arn") -> Shapes:
    return plain({attribute: regional(service, resource)})


def arn_and_id(service: str, resource: str) -> Shapes:
    """A type whose id is its ARN."""
    arn = regional(service, resource)
    return plain({"arn": arn, "id": arn})


def identified(service: str, resource: str, identifier: str, *others: str) -> Shapes:
    """A type with an identifier that the service generates; `resource` holds it as `{}`."""
    texts = dict.fromkeys(("id", *others), identifier)
    return plain({"arn": regional(service, resource.format(identifier))} | texts)


def in_ec2(kind: str, prefix: str) -> Shapes:
    return identified("ec2", f"{kind}/{{}}", f"{prefix}-${{Id}}")


def with_path(kind: str, unique: tuple[str, str] | None, *, is_named: bool) -> Shapes:
    """An IAM resource that stands under a path; `unique` is its other id and how that begins."""
    texts = {"arn": in_account("iam", f"{kind}${{path}}${{name}}"), "id": "${name}"}
    if unique is not None:
        texts[unique[0]] = f"{unique[1]}${{UniqueId}}"
    names = {}
    if not is_named:
        names, texts["name"] = {"name": ("name_prefix", "terraform-")}, "${name}"
    return Shapes((Variant(texts),), names, {"path": "/"})


def first_in_first_out(attribute: str, texts: Texts) -> Shapes:
    """A type whose made-up names end in .fifo where the attribute is true."""
    known = {key: text.replace("${name}", "${name|known}") for key, text in texts.items()}
    return Shapes(
        (Variant(texts, {attribute: ("", "false")}), Variant(known, {attribute: ("true",)})),
        {"name": ("name_prefix", "terraform-")},
    )


def load_balancer() -> Shapes:
    kinds = {"application": "app", "network": "net", "gateway": "gwy"}
    variants = []
    for kind, short in kinds.items():
        suffix = f"{short}/${{name}}/${{Id}}"
        arn = regional("elasticloadbalancing", f"loadbalancer/{suffix}")
        texts = {"arn": arn, "id": arn, "arn_suffix": suffix, "name": "${name}"}
        variants.append(Variant(texts, {"load_balancer_type": (kind,)}))
    return Shapes(tuple(variants), {"name": ("name_prefix", "tf-lb-")})


def firewall(kind: str) -> Shapes:
    """A type of AWS WAF, which is regional or stands before CloudFront."""
    resource = f"{kind}/${{name|known}}/${{Id}}"
    everywhere = f"arn:${{Partition}}:wafv2:us-east-1:${{Account}}:global/{resource}"
    return Shapes(
        (
            Variant(
                {"arn": regional("wafv2", f"regional/{resource}"), "id": "${Id}"},
                {"scope": ("REGIONAL",)},
            ),
            Variant({"arn": everywhere, "id": "${Id}"}, {"scope": ("CLOUDFRONT",)}),
        )
    )


def only_when(name: str, values: tuple[str, ...], texts: Texts) -> Shapes:
    return Shapes((Variant(texts, {name: values}),))


def customer_key(*attributes: str) -> Shapes:
    """A KMS key, whose id tells whether it is a multi-Region key."""
    variants = []
    for values, start in ((("", "false"), ""), (("true",), "mrk-")):
        key = f"{start}${{KeyId}}"
        texts = dict.fromkeys(attributes, key) | {"arn": regional("kms", f"key/{key}")}
        variants.append(Variant(texts, {"multi_region": values}))
    return Shapes(tuple(variants))


NAME_IN_LOWER_CASE = "${name|known|lower}"
