"""A run on the workers of a Dask cluster gives what a run on this machine gives, or an error."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip(
    "distributed", reason="Dask is not installed here: `make test-dask` installs it and tests it"
)

from policy_gate.api import run_gate
from policy_gate.commands import run as run_command
from policy_gate.executors import dask_cluster
from policy_gate.executors.dask_cluster import DaskWorkers
from policy_gate.executors.in_order import in_order
from policy_gate.executors.interface import ExecutorError
from policy_gate.executors.registry import workers_of
from policy_gate.reporters.json_report import report_object
from tests.command_line import Ran, allow, gate_json, template
from tests.executors.cluster import ROOT, START, Cluster


@pytest.fixture(name="cluster")
def _cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path / "machines") as cluster:
        yield cluster


@pytest.fixture(name="machines", scope="module")
def _machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three that no test may harm."""
    with Cluster(tmp_path_factory.mktemp("dask") / "machines") as cluster:
        cluster.add(count=3)
        yield cluster


@pytest.fixture(autouse=True)
def _working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT", START)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def far(cluster: Cluster, *paths: str) -> Ran:
    return gate_json("run", *paths, "--executor", "dask", "--scheduler", cluster.address)


def write_templates(count: int = 200) -> None:
    for number in range(count):
        statement = allow(["s3:GetObject", "iam:CreateUser"][number % 2], f"arn:aws:s3:::b{number}")
        Path(f"{number}.json").write_text(template(statement))


def on_first_answer(what: Callable[[], None]) -> Callable[[int, int], None]:
    """Progress during which something happens, once."""

    def progress(done: int, total: int) -> None:
        if done == 1:
            assert total > 100
            what()

    return progress


def test_the_report_is_the_same_byte_for_byte(
    machines: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Templates, cloud assemblies and plans with their sources, which the workers do not have.
    monkeypatch.chdir(ROOT)

    assert far(machines, "tests/data", "examples") == gate_json("run", "tests/data", "examples")


def test_templates_that_lead_to_others_are_read_here(machines: Cluster) -> None:
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "child.json"}}
    Path("parent.json").write_text(json.dumps({"Resources": {"Child": stack}}))
    Path("child.json").write_text(template(allow("iam:CreateUser")))

    ran = far(machines, ".")

    assert ran == gate_json("run", ".")
    addresses = {item["policy"]["resource_address"] for item in ran.report["results"]}
    assert addresses == {"Child/Policy"}


def test_a_worker_that_is_killed_on_the_way_costs_nothing(cluster: Cluster) -> None:
    cluster.add(count=3)
    write_templates()

    with workers_of("dask", cluster.address) as workers:
        kill = on_first_answer(lambda: cluster.kill(cluster.workers[0]))
        report = run_gate(["."], progress=kill, workers=workers)

    assert cluster.workers[0].returncode == -signal.SIGKILL
    assert report_object(report) == report_object(run_gate(["."]))
    assert report.coverage.found == 200


def doubled_or_killed(number: int) -> int:
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def lost(number: int) -> int:
    return -number


def test_an_item_that_kills_every_worker_costs_only_itself(tmp_path: Path) -> None:
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with Cluster(tmp_path / "others", environment=once) as cluster:
        cluster.add(count=4)
        with workers_of("dask", cluster.address) as workers:
            found = list(in_order(doubled_or_killed, range(20), 20, lost, workers))

    assert found == [-7 if number == 7 else 2 * number for number in range(20)]


def test_without_a_scheduler_the_run_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT", 1)
    write_templates(2)

    ran = gate_json("run", ".", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:9")

    assert (ran.status, ran.out) == (1, "")
    assert "there is no Dask scheduler at tcp://127.0.0.1:9" in ran.err


def test_a_scheduler_that_never_answers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        ran = gate_json("run", ".", "--executor", "dask", "--scheduler", address)

    assert (ran.status, ran.out) == (1, "")
    assert f"there is no Dask scheduler at {address} (TimeoutError: no answer in" in ran.err


@pytest.mark.parametrize(
    "address", ["nonsense://x", "tcp://", "tcp://127.0.0.1:99999999", "[", "x y"]
)
def test_an_address_that_is_none_is_an_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT", 1)

    ran = gate_json("run", ".", "--executor", "dask", "--scheduler", address)

    assert (ran.status, ran.out) == (1, "")
    assert f"there is no Dask scheduler at {address}" in ran.err
    assert "Traceback" not in ran.err


def test_a_cluster_without_workers_is_an_error(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.wait()
    monkeypatch.setattr(dask_cluster, "CONNECT", 5)

    ran = far(cluster, ".")

    assert (ran.status, ran.out) == (1, "")
    assert f"the scheduler {cluster.address} has no worker that answers" in ran.err


def test_a_worker_that_hangs_is_an_error(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.add()
    with workers_of("dask", cluster.address):
        cluster.workers[0].send_signal(signal.SIGSTOP)
    monkeypatch.setattr(dask_cluster, "CONNECT", 5)

    ran = far(cluster, ".")

    assert (ran.status, ran.out) == (1, "")
    assert "has no worker that answers (TimeoutError: no answer in 5 seconds)" in ran.err


def test_a_scheduler_that_hangs_on_the_way_ends_the_run_without_a_report(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.add()
    write_templates()

    def stop() -> None:
        monkeypatch.setattr(dask_cluster, "CONNECT", 1)
        cluster.scheduler.send_signal(signal.SIGSTOP)

    with workers_of("dask", cluster.address) as workers, pytest.raises(ExecutorError) as caught:
        run_gate(["."], progress=on_first_answer(stop), workers=workers)

    assert "came to nothing" in str(caught.value)


def killing_the_scheduler(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int, int], None]:
    """On the first answer; who asks the scheduler after that is told soon."""

    def kill() -> None:
        monkeypatch.setattr(dask_cluster, "CONNECT", 5)
        cluster.kill(cluster.scheduler)

    return on_first_answer(kill)


def test_a_scheduler_that_goes_away_ends_the_run_without_a_report(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.add()
    write_templates()

    kill = killing_the_scheduler(cluster, monkeypatch)
    with workers_of("dask", cluster.address) as workers, pytest.raises(ExecutorError) as caught:
        run_gate(["."], progress=kill, workers=workers)

    assert "came to nothing" in str(caught.value)
    assert cluster.address in str(caught.value)


def test_workers_that_all_die_end_the_run_without_a_report(cluster: Cluster) -> None:
    cluster.add(count=2)
    write_templates()

    def kill_all() -> None:
        for worker in cluster.workers:
            cluster.kill(worker)

    workers = DaskWorkers(cluster.address, patience=0)
    with pytest.raises(ExecutorError) as caught:
        run_gate(["."], progress=on_first_answer(kill_all), workers=workers)
    workers.close()

    assert "has had no worker for 0 seconds" in str(caught.value)


def test_the_command_tells_of_a_cluster_that_fails_and_prints_no_report(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.add()
    write_templates()
    kill = killing_the_scheduler(cluster, monkeypatch)
    monkeypatch.setattr(
        run_command,
        "run_gate",
        lambda paths, config, _, workers: run_gate(paths, config, kill, workers),
    )

    ran = far(cluster, ".")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("policy-gate: error: the work on the cluster")
    assert len(ran.err.splitlines()) == 1


OTHER_VERSION = "import policy_gate; policy_gate.__version__ = '9.9'"
OTHER_DATA = """
from policy_gate.catalog.iam_data import IamDataCatalog, date
IamDataCatalog.data_date = date(2020, 1, 1)
"""
NO_POLICY_GATE = "import sys; sys.modules['policy_gate'] = None"


@pytest.mark.parametrize(
    ("preload", "complaint"),
    [
        (OTHER_VERSION, "policy-gate 0.1.0 and 9.9"),
        (OTHER_DATA, "and 2020-01-01"),
        (NO_POLICY_GATE, "cannot run policy-gate"),
    ],
    ids=["version", "data", "absent"],
)
def test_a_worker_that_is_another_program_is_refused(
    cluster: Cluster, tmp_path: Path, preload: str, complaint: str
) -> None:
    (tmp_path / "preload.py").write_text(preload)
    cluster.add("--preload", str(tmp_path / "preload.py"))
    write_templates(2)

    ran = far(cluster, ".")

    assert (ran.status, ran.out) == (1, "")
    assert complaint in ran.err


def test_a_worker_that_comes_later_and_is_another_program_is_refused_too(machines: Cluster) -> None:
    write_templates()

    with workers_of("dask", machines.address) as workers:
        assert isinstance(workers, DaskWorkers)
        # As those of here would be, had they been there before it.
        workers._versions = {**workers._versions, "policy-gate": "0.0.9"}
        with pytest.raises(
            ExecutorError, match=r"is not the policy-gate of here \(policy-gate 0\.0\.9"
        ):
            run_gate(["."], workers=workers)


def test_certificates_come_from_the_configuration_of_dask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=gate",
    ]
    try:
        subprocess.run(
            [*make, "-keyout", key, "-out", certificate], check=True, capture_output=True
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed here")
    security = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(certificate)}
    for who in ("SCHEDULER", "WORKER", "CLIENT"):
        security[f"DASK_DISTRIBUTED__COMM__TLS__{who}__CERT"] = str(certificate)
        security[f"DASK_DISTRIBUTED__COMM__TLS__{who}__KEY"] = str(key)
    write_templates(5)
    with Cluster(tmp_path / "machines", "tls", security) as cluster:
        cluster.add()
        program = ["-m", "policy_gate", "run", ".", "--format", "json"]
        ran = subprocess.run(
            [sys.executable, *program, "--executor", "dask", "--scheduler", cluster.address],
            env={**os.environ, **security, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        monkeypatch.setattr(dask_cluster, "CONNECT", 1)
        plain = gate_json("run", ".", "--executor", "dask", "--scheduler", cluster.address)

    assert (ran.returncode, ran.stdout, ran.stderr) == (2, gate_json("run", ".").out, "")
    assert (plain.status, plain.out) == (1, "")
