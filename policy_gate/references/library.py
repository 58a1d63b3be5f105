"""The library that policy-gate brings along: `builtin:NAME`."""

from __future__ import annotations

from pathlib import Path

BUILTIN = "builtin:"
POLICY, ACTIONS, META = "policy.json", "actions.txt", "meta.yml"

_PACKAGE = Path(__file__).parent.parent


def library_folder() -> Path:
    """A wheel has it inside the package, a checkout beside it."""
    inside = _PACKAGE / "reference-policies"
    return inside if inside.is_dir() else _PACKAGE.parent / "reference-policies"


def is_builtin(name: str) -> bool:
    return name.startswith(BUILTIN)


def is_reference_folder(folder: Path) -> bool:
    """Does it hold a reference policy or a list of sensitive actions?"""
    return any((folder / name).is_file() for name in (POLICY, ACTIONS))


def builtin_folders(file_name: str) -> dict[str, Path]:
    """The folders of the library that hold such a file, by `builtin:NAME`, in order."""
    files = sorted(library_folder().glob(f"*/{file_name}"))
    return {f"{BUILTIN}{file.parent.name}": file.parent for file in files}
