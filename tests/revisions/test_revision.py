"""A revision is read from git's objects, whatever the checkout and its configuration hold."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from policy_gate.revisions.revision import RevisionError, base_revision, open_revision
from tests.repositories import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.write("a/one.yaml", "first\n")
    made.write("two.yaml", "two\n")
    made.commit("first")
    return made


def test_a_file_is_as_the_revision_has_it(repository: Repository) -> None:
    repository.write("a/one.yaml", "second\n")
    repository.commit("second")
    revision = open_revision(repository.folder, "HEAD~1")
    assert revision.read(repository.folder / "a" / "one.yaml") == b"first\n"
    assert revision.read(repository.folder / "a" / "none.yaml") is None
    assert revision.read(repository.folder.parent / "two.yaml") is None
    assert sorted(revision.files) == ["a/one.yaml", "two.yaml"]


def test_written_files_are_gone_afterwards_and_the_checkout_is_as_it_was(
    repository: Repository,
) -> None:
    before = (
        repository.git("status", "--porcelain"),
        (repository.folder / ".git/index").read_bytes(),
    )
    with open_revision(repository.folder, "main").written() as folder:
        assert (folder / "a" / "one.yaml").read_text() == "first\n"
    assert not folder.exists()
    after = repository.git("status", "--porcelain"), (repository.folder / ".git/index").read_bytes()
    assert before == after


def test_what_is_compared_with_is_where_the_branches_part(repository: Repository) -> None:
    parted = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "-q", "-b", "change")
    repository.write("two.yaml", "changed\n")
    repository.commit("change")
    repository.git("checkout", "-q", "main")
    repository.write("later.yaml", "later\n")
    repository.commit("later")
    repository.git("checkout", "-q", "change")
    assert base_revision(repository.folder, "main").commit == parted


def test_a_branch_of_origin_will_do(repository: Repository, tmp_path: Path) -> None:
    clone = repository.clone(tmp_path / "clone")
    clone.git("checkout", "-q", "-b", "change")
    clone.git("branch", "-q", "-D", "main")
    revision = open_revision(clone.folder, "main")
    assert revision.commit == repository.git("rev-parse", "main")
    assert revision.notes == ("main is not here, so the one of origin was taken.",)


def test_a_revision_that_is_not_there_says_what_to_do(repository: Repository) -> None:
    with pytest.raises(RevisionError, match="no revision 'release' here: `git fetch origin rel"):
        open_revision(repository.folder, "release")


@pytest.mark.parametrize("name", ["", "-h", "--all", "HEAD:two.yaml", "a..b", "x\ny", "x\0y", "@{"])
def test_odd_names_are_no_revisions(repository: Repository, name: str) -> None:
    with pytest.raises(RevisionError):
        open_revision(repository.folder, name)


def test_a_shallow_clone_says_how_to_fetch_more(repository: Repository, tmp_path: Path) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.write("two.yaml", "second\n")
    repository.commit("second")
    clone = repository.clone(tmp_path / "clone", "--depth=1")
    with pytest.raises(RevisionError, match=r"this clone is shallow.*fetch-depth: 0"):
        base_revision(clone.folder, first)


def test_branches_without_a_common_commit(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "other")
    repository.commit("other")
    with pytest.raises(RevisionError, match="no common commit"):
        base_revision(repository.folder, "main")


def test_a_folder_in_no_repository(tmp_path: Path) -> None:
    with pytest.raises(RevisionError, match="is in no git repository"):
        open_revision(tmp_path, "main")


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    empty = Repository(tmp_path)
    with pytest.raises(RevisionError, match="there is no revision 'main'"):
        base_revision(empty.folder, "main")


def test_without_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RevisionError, match="install git"):
        open_revision(repository.folder, "main")


def test_links_inside_are_followed_and_others_are_left_out(repository: Repository) -> None:
    (repository.folder / "inside.yaml").symlink_to("a/one.yaml")
    (repository.folder / "outside.yaml").symlink_to("/etc/hostname")
    (repository.folder / "circle.yaml").symlink_to("circle.yaml")
    repository.commit("links")
    revision = open_revision(repository.folder, "HEAD")
    assert revision.read(repository.folder / "inside.yaml") == b"first\n"
    assert revision.read(repository.folder / "outside.yaml") is None
    assert revision.read(repository.folder / "circle.yaml") is None
    with revision.written() as folder:
        assert (folder / "inside.yaml").read_text() == "first\n"
        assert not os.path.lexists(folder / "outside.yaml")


def test_what_git_calls_is_not_called(repository: Repository, tmp_path: Path) -> None:
    """Filters, text conversions, monitors and hooks would all be programs of the checkout."""
    trace = tmp_path / "called"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {trace}\ncat\n")
    program.chmod(0o755)
    repository.write(".gitattributes", "* filter=evil diff=evil\n")
    repository.commit("attributes")
    for key in ("filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "core.fsmonitor"):
        repository.git("config", key, str(program))
    shutil.copy(program, repository.folder / ".git/hooks/post-checkout")
    revision = open_revision(repository.folder, "HEAD")
    with revision.written() as folder:
        assert (folder / "two.yaml").read_text() == "two\n"
    assert not trace.exists()


def test_variables_lead_git_to_no_other_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    other.write("two.yaml", "other\n")
    other.commit("other")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    revision = open_revision(repository.folder, "main")
    assert revision.read(repository.folder / "two.yaml") == b"two\n"


def test_a_bare_repository_inside_of_the_checkout_is_none(repository: Repository) -> None:
    inner = repository.folder / "inner"
    repository.git("clone", "-q", "--bare", ".", str(inner))
    with pytest.raises(RevisionError, match="bare"):
        open_revision(inner, "main")


def test_submodules_are_told_apart(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},module")
    repository.git("commit", "-q", "-m", "module")
    revision = open_revision(repository.folder, "HEAD")
    assert revision.submodules == {"module"}
    assert "module" not in revision.files


def test_odd_names_of_files(repository: Repository) -> None:
    for name in ("ä b.yaml", "new\nline.yaml", 'quote".yaml', "-r.yaml"):
        repository.write(name, "odd\n")
    repository.commit("odd")
    revision = open_revision(repository.folder, "HEAD")
    assert revision.read(repository.folder / "new\nline.yaml") == b"odd\n"
    with revision.written() as folder:
        assert (folder / "ä b.yaml").read_text() == "odd\n"
        assert (folder / "-r.yaml").read_text() == "odd\n"


def test_large_files_are_not_read(repository: Repository) -> None:
    repository.write("large.yaml", "x" * 2000)
    repository.commit("large")
    revision = open_revision(repository.folder, "HEAD")
    with pytest.raises(RevisionError, match="larger than"):
        revision.read(repository.folder / "large.yaml", limit=1000)
    with revision.written(limit=1000) as folder:
        assert len((folder / "large.yaml").read_text()) == 1001
        assert (folder / "two.yaml").read_text() == "two\n"


def test_an_object_that_is_missing_is_said(repository: Repository) -> None:
    name = repository.git("rev-parse", "HEAD:two.yaml")
    (repository.folder / ".git/objects" / name[:2] / name[2:]).unlink()
    revision = open_revision(repository.folder, "HEAD")
    with pytest.raises(RevisionError, match="missing here"), revision.written():
        pass
