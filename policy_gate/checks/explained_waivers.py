"""The documentation of what is found about waivers themselves."""

from __future__ import annotations

from policy_gate.explanations import Explanation

_FIX = "None: who accepts what, and until when, is for people to say."
_POLICIES = "the waivers that the configuration names, and those in the code where it says so"

WAIVERS = (
    Explanation(
        "WAIVER_EXPIRED",
        "waivers",
        "WARNING",
        "Reports a waiver whose last day is over. It blocks if what the waiver covered blocks.",
        "What was accepted until a day is not accepted after it: the finding that the waiver"
        " covered counts again.",
        "a mended policy; or another waiver with a later day, by somebody who may accept it.",
        "no",
        _FIX,
        _POLICIES,
        "waiver",
    ),
    Explanation(
        "WAIVER_INVALID",
        "waivers",
        "ERROR",
        "Reports a waiver in the code that cannot be read, so that it counts for nothing.",
        "Somebody believes that it is in force. A mistyped code or day must not be found out by"
        " the finding that comes back.",
        "the form that docs/accepting.md shows, or no waiver.",
        "no",
        _FIX,
        "the waivers in metadata of templates, comments of Terraform and metadata of constructs",
        "waiver",
    ),
    Explanation(
        "WAIVER_UNUSED",
        "waivers",
        "NOTE",
        "Reports a waiver that covers nothing which this run found.",
        "A waiver of what is mended waits for the next finding of its kind, which nobody has"
        " accepted.",
        "no waiver; unless what it is about is not among the paths of the run.",
        "no",
        _FIX,
        _POLICIES,
        "waiver",
    ),
)
