"""Writes tests/data/aws-role/*.plan.json: what Terraform plans for examples/aws-role.

    python tools/make_aws_role_plans.py [NAME ...]

NAME.tfvars.json holds the variables of NAME.plan.json. `terraform` is the one of PATH, and has to
find the provider hashicorp/aws. No account is needed: who asks is answered here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "aws-role"
PLANS = ROOT / "tests" / "data" / "aws-role"
SUFFIX = ".tfvars.json"
REGIONS = {"gov": "us-gov-west-1"}

CALLER = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:{partition}:iam::111122223333:user/maker</Arn>
<UserId>AIDAEXAMPLE</UserId><Account>111122223333</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""


class Sts(BaseHTTPRequestHandler):
    """Answers GetCallerIdentity, the only question of a plan that creates everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        # The signature names the region; the provider takes the partition from the answer.
        is_gov = "/us-gov-" in self.headers["Authorization"]
        body = CALLER.format(partition="aws-us-gov" if is_gov else "aws").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The questions are no news."""


def main() -> int:
    names = sys.argv[1:] or sorted(
        path.name.removesuffix(SUFFIX) for path in PLANS.glob(f"*{SUFFIX}")
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "example",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{server.server_port}",
    }
    with tempfile.TemporaryDirectory() as name:
        work = Path(name) / "aws-role"
        shutil.copytree(EXAMPLE, work)
        terraform(work, environment, "init", "-backend=false")
        for plan in names:
            region = REGIONS.get(plan, "us-east-1")
            variables = PLANS / f"{plan}{SUFFIX}"
            options = (f"-var-file={variables}", "-out=plan.bin")
            terraform(work, {**environment, "AWS_REGION": region}, "plan", *options)
            text = terraform(work, environment, "show", "-json", "plan.bin")
            (PLANS / f"{plan}.plan.json").write_text(text)
    return 0


def terraform(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        ["terraform", *arguments],  # noqa: S607
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
