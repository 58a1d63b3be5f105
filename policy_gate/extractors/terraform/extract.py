"""A plan in, its policies out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy_gate.extractors.cloudformation.policies import SYNTHESISED
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.terraform.actions import REMOVED, action_of
from policy_gate.extractors.terraform.attached import attached_policies
from policy_gate.extractors.terraform.changes import value_at
from policy_gate.extractors.terraform.comments import Comments
from policy_gate.extractors.terraform.contained import contained_policies
from policy_gate.extractors.terraform.deployments import Deployments
from policy_gate.extractors.terraform.hcl.sources import SourceTree
from policy_gate.extractors.terraform.paths import concrete_paths
from policy_gate.extractors.terraform.permitted import permission_policy
from policy_gate.extractors.terraform.plan_places import PlanPlaces
from policy_gate.extractors.terraform.planned import Plan
from policy_gate.extractors.terraform.policies import policies_of
from policy_gate.extractors.terraform.reading import PlanText
from policy_gate.extractors.terraform.removed import exchanged_boundaries, removed_policies
from policy_gate.extractors.terraform.resources import Found, Resource
from policy_gate.extractors.terraform.roots import source_tree
from policy_gate.extractors.terraform.scope import Evaluation
from policy_gate.extractors.terraform.tables import (
    attachments,
    containers,
    other_grammar,
    policy_attributes,
)
from policy_gate.fault import fault
from policy_gate.model import (
    Boundary,
    Extraction,
    InvalidWaiver,
    Location,
    NotChecked,
    Policy,
    PolicyIdentity,
    ReasonCode,
    Waiver,
)
from policy_gate.syntax.source import Source

_ERRORED = "the plan is errored, so it is not all that would change: mend that and plan again"
_INCOMPLETE = (
    "the plan is not complete (complete: false): what Terraform defers to a later plan"
    " is not all here"
)
_UNCLEAR = "this change cannot be read: it is not as the format of plans has it"


def plan_extraction(source: Source, plan_text: PlanText, settings: ExtractSettings) -> Extraction:
    """Everything in one plan of a file."""
    plan = Plan(plan_text.plan)
    tree = source_tree(plan, source.path, settings)
    places = PlanPlaces(source, plan_text.start)
    evaluation = Evaluation(plan, tree, places, Deployments(plan, settings).of)
    notes: list[str] = []
    found: list[Found] = list(_partial(plan, places))
    parts: list[Extraction] = []
    headers: list[tuple[Policy, Location]] = []
    boundaries: list[Boundary] = []
    for change in plan.changes:
        if change.mode == "managed" and _holds_policies(change.type):
            resource = Resource(evaluation, change)
            try:
                after = list(_after(resource))
                found += after
                place = resource.place.location
                headers += [(item, place) for item in after if isinstance(item, Policy)]
                parts += contained_policies(resource, settings)
                boundaries += exchanged_boundaries(resource)
                for gone in removed_policies(resource):
                    found.append(gone)
                    notes += [f"{gone.identity}: {gone.message}."] if gone.is_limit else []
            except Exception as error:  # noqa: BLE001 - a fault of ours must not hide the others
                message = f"policy-gate failed on this resource ({fault(error)}): please report it"
                found.append(resource.not_checked("", ReasonCode.NOT_ANALYSED, message))
    policies = [item for item in found if isinstance(item, Policy)]
    policies += [policy for part in parts for policy in part.policies]
    not_checked = [item for item in found if isinstance(item, NotChecked)]
    not_checked += [item for part in parts for item in part.not_checked]
    notes += _notes(evaluation, policies)
    waivers = [*_waivers(tree, headers), *(waiver for part in parts for waiver in part.waivers)]
    return Extraction(
        tuple(policies),
        tuple(not_checked),
        notes=tuple(notes),
        boundaries=tuple(boundaries),
        waivers=tuple(waivers),
    )


def _waivers(
    tree: SourceTree | None, headers: Iterable[tuple[Policy, Location]]
) -> Iterator[Waiver | InvalidWaiver]:
    """Those in comments, given where the resources of policies are declared."""
    comments = Comments({source.path: source for source in tree.read}.values() if tree else ())
    for policy, header in headers:
        comments.attach(policy, header)
    return comments.waivers()


def _notes(evaluation: Evaluation, policies: list[Policy]) -> Iterator[str]:
    path = evaluation.places.source.path
    if policies and evaluation.tree is None:
        yield (
            f"The sources of {path} are not at hand, so findings name the plan and the address of"
            " the resource, and inline policies of dynamic blocks that are known after apply are"
            " not seen: name the folder of its root module with --terraform-root."
        )
    for address, place in evaluation.differing.items():
        location = place.location
        yield (
            f"{location.path}:{location.line} does not say of {address} what {path} says:"
            " make the plan anew from these sources."
        )


def _holds_policies(kind: str) -> bool:
    return bool(
        policy_attributes(kind) or attachments(kind) or containers(kind) or other_grammar(kind)
    )


def _partial(plan: Plan, places: PlanPlaces) -> Iterator[NotChecked]:
    """What keeps the plan from being all that would change."""
    file = places.source.path
    location = places.whole.location
    for message in [_ERRORED] * plan.is_errored + [_INCOMPLETE] * plan.is_incomplete:
        identity = PolicyIdentity(file, "", "", "")
        yield NotChecked(identity, ReasonCode.NOT_ANALYSED, message, location)
    for address in plan.unclear:
        identity = PolicyIdentity(file, address, "", "")
        yield NotChecked(identity, ReasonCode.NOT_ANALYSED, _UNCLEAR, location)


def _after(resource: Resource) -> Iterator[Found]:
    """What the resource has after the plan."""
    change = resource.change
    if action_of(change) in REMOVED or change.deposed:
        return
    for row in policy_attributes(change.type):
        if row.inside is not None:
            continue
        if row.kind in SYNTHESISED:
            yield from permission_policy(resource, row)
        else:
            yield from policies_of(resource, row)
    for attaching in attachments(change.type):
        yield from attached_policies(resource, attaching)
    yield from _other_grammars(resource)


def _other_grammars(resource: Resource) -> Iterator[NotChecked]:
    change = resource.change
    for other in other_grammar(change.type):
        for path in concrete_paths(change.after, change.after_unknown, other.path):
            if value_at(change.after, path):
                name = ".".join(map(str, path))
                message = f"{name} is not written in the IAM policy language ({other.grammar})"
                yield resource.not_checked(name, ReasonCode.NOT_APPLICABLE, message)
