"""A Markdown template in the immutable sandbox of jinja2, in which every value is escaped.

As a program it renders a template that it does not trust, given on standard input: see `render`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from policy_gate.reporters.interface import ReportError
from policy_gate.reporters.markdown_text import Markdown, block, code, prose

MAX_SECONDS = 10
"""Seconds that a template of somebody else may take."""

MAX_MEMORY = 1 << 30
"""Bytes of address space that a template of somebody else may use."""

MAX_OUTPUT = 10_000_000
"""Characters that such a template may write."""

_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from policy_gate.reporters.markdown_template import main; main()"
)


class MarkdownTemplate:
    """A template of this package, or one of the user, which is rendered in a process of its own."""

    def __init__(self, text: str, name: str, *, is_trusted: bool = False) -> None:
        self.text = text
        self.name = name
        self.is_trusted = is_trusted

    def render(self, variables: dict[str, Any]) -> str:
        """The Markdown. Raises ReportError."""
        if self.is_trusted:
            return _render(self.text, variables)
        return _render_apart(self, variables)


def _render(text: str, variables: dict[str, Any]) -> str:
    environment = ImmutableSandboxedEnvironment(
        finalize=prose,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    environment.filters.update(code=code, block=block, link=_link)
    return environment.from_string(text).render(variables)


def _link(text: object) -> Markdown:
    """The address of a page as a link; any other text stays text."""
    address = str(text)
    is_link = address.startswith("https://") and not set(address) & set("<>\\ \"'`")
    if is_link and address.isascii() and address.isprintable() and len(address) < 500:
        return Markdown(f"<{address}>")
    return prose(address)


def _render_apart(template: MarkdownTemplate, variables: dict[str, Any]) -> str:
    """In a process with limits, for a loop or a power has no end that this one could set."""
    root = str(Path(__file__).parents[2])
    question = json.dumps({"text": template.text, "variables": variables})
    try:
        ran = subprocess.run(  # noqa: S603 - it runs this module
            [sys.executable, "-I", "-c", _PROGRAM, root],
            input=question.encode(),
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReportError(f"{template.name}: it takes longer than {MAX_SECONDS} seconds") from None
    try:
        answer = json.loads(ran.stdout)
    except ValueError:
        limit = MAX_MEMORY >> 20
        raise ReportError(
            f"{template.name}: it needs more than {limit} MB of memory, or more time than it has"
        ) from None
    if "fault" in answer:
        line = f":{answer['line']}" if answer["line"] else ""
        raise ReportError(f"{template.name}{line}: {answer['fault']}")
    return str(answer["text"])


def main() -> None:
    """Reads a text and variables, and writes what becomes of them, both as JSON."""
    _limit()
    question = json.load(sys.stdin.buffer)
    try:
        text = _render(question["text"], question["variables"])
        if len(text) > MAX_OUTPUT:
            answer = _fault(f"it writes more than {MAX_OUTPUT} characters")
        else:
            answer = {"text": text}
    except TemplateSyntaxError as error:
        answer = _fault(error.message or "it is no template", error.lineno)
    except MemoryError:
        answer = _fault(f"it needs more than {MAX_MEMORY >> 20} MB of memory")
    except RecursionError:
        answer = _fault("it is nested too deeply")
    except TemplateError as error:
        answer = _fault(str(error), _line(error))
    except Exception as error:  # noqa: BLE001 - a template may do anything to the values it has
        answer = _fault(f"{type(error).__name__}: {error}", _line(error))
    sys.stdout.write(json.dumps(answer))


def _fault(message: str, line: int = 0) -> dict[str, Any]:
    return {"fault": message[:500], "line": line}


def _line(error: BaseException) -> int:
    """The line of the template that an error is from; jinja2 puts it into the traceback."""
    lines = []
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return lines[-1] if lines else 0


def _limit() -> None:
    """Time and memory, where the system has such limits."""
    try:
        import resource
    except ImportError:
        return
    for limit, most in ((resource.RLIMIT_CPU, MAX_SECONDS), (resource.RLIMIT_AS, MAX_MEMORY)):
        # macOS has the names and refuses some; the time limit of the caller stays.
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, (most, most))
