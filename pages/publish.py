"""Uploads the console and the consent page to where a deployed stack serves them, each with the address of its API.

    python3 pages/publish.py --stack-name support-access

Needs boto3 and the console built: `make publish` brings both.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
import sys
from pathlib import Path
from typing import Any

import boto3

ROOT = Path(__file__).resolve().parent.parent
CONSOLE, CONSENT = ROOT / "console" / "dist", ROOT / "pages" / "consent"
# The console's assets are named after their content. Everything else is small and often replaced, so browsers ask for it each time.
FOREVER, EACH_TIME = "public, max-age=31536000, immutable", "no-cache"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack-name", default="support-access")
    parser.add_argument("--region", help="the stack's, if it is not the profile's")
    arguments = parser.parse_args()
    session = boto3.Session(region_name=arguments.region)
    (stack,) = session.client("cloudformation").describe_stacks(StackName=arguments.stack_name)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    parameters = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack["Parameters"]}
    if "PagesBucket" not in outputs:
        print("This stack does not serve the pages: deploy it with the parameter PagesCertificate.", file=sys.stderr)
        return 1
    if not (CONSOLE / "index.html").is_file():
        print("The console is not built: make console.", file=sys.stderr)
        return 1
    publish(session.client("s3"), session.region_name, outputs, parameters)
    print(f"{parameters['ConsoleOrigin']} and {parameters['ConsentPageOrigin']} are up to date.")
    return 0


def publish(s3: Any, region: str, outputs: dict[str, str], parameters: dict[str, str]) -> None:
    """Uploads each file after those that it refers to, so that no visitor finds half a page."""
    bucket = outputs["PagesBucket"]
    both = {"apiUrl": outputs["ApiUrl"], "consentMode": parameters.get("ConsentMode", "both")}
    console = both | {
        "region": region,
        "agentPoolId": outputs["AgentPoolId"],
        "agentClientId": outputs["AgentClientId"],
        "consentUrl": parameters["ConsentPageUrl"],
    }
    # Without an app client of their own, customers cannot offer access, and the page for it says so.
    if outputs["CustomerClientId"] != "none":
        console |= {"customerPoolId": outputs["CustomerPoolId"], "customerClientId": outputs["CustomerClientId"]}
    for prefix, directory, config in (("console", CONSOLE, console), ("consent", CONSENT, both)):
        _put(s3, bucket, f"{prefix}/config.json", json.dumps(config).encode(), EACH_TIME)
        for file in in_order(directory):
            name = file.relative_to(directory).as_posix()
            _put(s3, bucket, f"{prefix}/{name}", file.read_bytes(), FOREVER if name.startswith("assets/") else EACH_TIME)


def in_order(directory: Path) -> list[Path]:
    """The files, each after those that it names: a script after its modules, the pages last."""
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    parts = [path for path in files if path.suffix != ".html"]
    ordered: list[Path] = []
    met: set[Path] = set()

    def place(file: Path) -> None:
        if file in met:
            return
        met.add(file)  # before its parts: two chunks of a bundle may name each other
        content = file.read_bytes()
        for part in parts:
            if part.name.encode() in content:
                place(part)
        ordered.append(file)

    for file in [*parts, *(path for path in files if path.suffix == ".html")]:
        place(file)
    return ordered


def _put(s3: Any, bucket: str, key: str, body: bytes, cached: str) -> None:
    kinds = {".js": "text/javascript", ".woff2": "font/woff2"}  # not in every machine's list
    kind = kinds.get(Path(key).suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind, CacheControl=cached)


if __name__ == "__main__":
    sys.exit(main())
