"""The keys of `.policy-gate.yml` itself, and of its section `embedded`."""

from __future__ import annotations

from policy_gate.config.key import Key, Keys

TOP_KEYS: Keys = {
    "checks": Key("a mapping", "required", "the checks to run, with their settings"),
    "inputs": Key(
        "a list of paths and patterns; `**` is any folders",
        "the working directory",
        "what `run` reads where the command line names no path",
    ),
    "analyzer": Key(
        "`embedded`, `aws`, `auto` or `both`", "`embedded`", "who answers; see [asking AWS](aws.md)"
    ),
    "embedded": Key("a mapping", "none", "settings of the embedded analyzer"),
    "aws": Key("a mapping", "none", "settings of the analyzers that ask AWS"),
    "unknown": Key("`block` or `report`", "`block`", "does what could not be decided block?"),
    "parameters": Key(
        "a mapping from names to texts, numbers or lists of texts",
        "none",
        "values of template parameters, and of pseudo parameters as `AWS::AccountId`",
    ),
    "parameters-file": Key(
        "a file", "none", "more values of parameters; what stands under `parameters` goes before it"
    ),
    "parameter-defaults": Key(
        "`explore` or `trust`",
        "`explore`",
        "look at conditions that only a default decides both ways, or trust the defaults",
    ),
    "terraform-roots": Key(
        "a list of folders",
        "found beside and above the plan",
        "where the `.tf` files of plans are",
    ),
    "managed-policies": Key(
        "`inform` or `block`",
        "`inform`",
        "does an attached managed policy block whose document is not at hand?",
    ),
    "managed-policy-documents": Key(
        "a folder", "none", "documents of [managed policies](inputs.md#managed-policies)"
    ),
    "new-access": Key(
        "`inform` or `block`",
        "`inform` in pull requests, else nothing is compared",
        "what [access that a change adds](base.md) does",
    ),
    "baseline": Key(
        "a file, or `base`",
        "none",
        "[findings from before](accepting.md#baseline), which do not block; `base` takes those of"
        " the base revision",
    ),
    "waivers": Key(
        "a file, or a list of waivers",
        "`.policy-gate/waivers.yml`",
        "[accepted findings](accepting.md#waivers)",
    ),
    "inline-waivers": Key(
        "`true` or `false`",
        "`false`",
        "do [waivers in the code](accepting.md#waivers-in-the-code) count?",
    ),
    "markdown-template": Key(
        "a file",
        "that of policy-gate",
        "the [template](reports.md#markdown-templates) of Markdown reports",
    ),
    "publish": Key("a mapping", "none", "what people see in the pull request"),
}

EMBEDDED_KEYS: Keys = {
    "approximate": Key(
        "`true` or `false`",
        "`false`",
        "also run the checks of ValidatePolicy that report too much without tables of AWS",
    ),
    "service-data-days": Key(
        "a whole number from 0",
        "90",
        "beyond this age of the data about AWS services, a name that it does not know is a note",
    ),
}
