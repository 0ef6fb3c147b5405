"""Who may link what: the core no AWS at all, a function no SDK that it has no use for. Says so where it is not kept."""

from __future__ import annotations

import subprocess
import sys

from settings import ROOT

# Each SDK costs size, and memory and time at a cold start; what cannot be called needs no rights.
FORBIDDEN = {
    "support-core": ("aws-", "lambda_", "tokio", "hyper"),
    "cancel": ("aws-sdk-cognito", "aws-sdk-ses"),
    "recover-password": ("aws-sdk-ses",),
    "recovery-worker": ("aws-sdk-dynamodb", "aws-sdk-secretsmanager", "aws-sdk-sqs"),
    "close-verification": ("aws-sdk-cognito",),
    "introspect-session": ("aws-sdk-cognito", "aws-sdk-ses", "aws-sdk-kms"),
    "receipts": ("aws-sdk-dynamodb", "aws-sdk-cognito", "aws-sdk-ses", "aws-sdk-secretsmanager"),
    "support-grant": ("aws-sdk-kms", "aws-sdk-sqs"),
    "activity": ("aws-sdk-cognito", "aws-sdk-ses", "aws-sdk-secretsmanager"),
}


def linked(package: str) -> list[str]:
    """The crates that end up in `package`, by name."""
    tree = subprocess.run(
        ["cargo", "tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    if tree.returncode != 0:
        sys.exit(f"`cargo tree` failed for {package}.")  # It has said why.
    return sorted({line.split()[0] for line in tree.stdout.splitlines() if line})


def sdks(package: str) -> list[str]:
    """The AWS services that a package links a client of."""
    return [crate.removeprefix("aws-sdk-") for crate in linked(package) if crate.startswith("aws-sdk-")]


def main() -> int:
    wrong = [
        f"{package} links {crate}"
        for package, prefixes in FORBIDDEN.items()
        for crate in linked(package)
        if crate.startswith(prefixes) or crate.replace("-", "_").startswith(prefixes)
    ]
    print("\n".join(wrong) or f"{', '.join(FORBIDDEN)} link nothing that they should not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
