"""Checks which crates are linked: the core links no AWS crate, and each function exactly the SDKs that it needs."""

from __future__ import annotations

import subprocess
import sys

from settings import ROOT

# Each SDK costs size, memory and time at a cold start; and what is not linked cannot be called.
SDKS = {
    "activity": ["dynamodb"],
    "cancel": ["dynamodb"],
    "close-verification": ["dynamodb", "kms", "secretsmanager", "ses"],
    "cognito-triggers": ["dynamodb", "secretsmanager"],
    "customer-consent": ["dynamodb", "secretsmanager"],
    "email-events": ["dynamodb"],
    "introspect-session": ["dynamodb", "secretsmanager"],
    "issue-session": ["cognitoidentityprovider", "dynamodb", "secretsmanager", "ses"],
    "receipts": ["kms"],
    "recover-password": ["cognitoidentityprovider", "dynamodb", "secretsmanager", "sqs"],
    "recovery-worker": ["cognitoidentityprovider", "ses"],
    "redeem-handoff": ["dynamodb", "secretsmanager"],
    "send-mfa": ["dynamodb", "secretsmanager", "ses"],
    "start-verification": ["cognitoidentityprovider", "dynamodb"],
    "support-grant": ["cognitoidentityprovider", "dynamodb", "secretsmanager", "ses"],
    "verify-code": ["cognitoidentityprovider", "dynamodb", "secretsmanager"],
    "verify-receipt": [],
}
NOT_IN_THE_CORE = ("aws-", "aws_", "lambda_", "lambda-", "tokio", "hyper")


def linked(package: str) -> list[str]:
    """Returns the names of the crates that `package` links."""
    tree = subprocess.run(
        ["cargo", "tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"],
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    if tree.returncode != 0:
        sys.exit(f"`cargo tree` failed for {package}.")  # It has said why.
    return sorted({line.split()[0] for line in tree.stdout.splitlines() if line})


def sdks(package: str) -> list[str]:
    """Returns the AWS services whose clients a package links."""
    return [crate.removeprefix("aws-sdk-") for crate in linked(package) if crate.startswith("aws-sdk-")]


def main() -> int:
    wrong = [f"support-core links {crate}" for crate in linked("support-core") if crate.startswith(NOT_IN_THE_CORE)]
    wrong += [
        f"{package} links the clients of {found} and not of {SDKS.get(package)}"
        for package in {path.name for path in (ROOT / "functions").iterdir()} | SDKS.keys()
        if (found := sdks(package)) != SDKS.get(package)
    ]
    print("\n".join(sorted(wrong)) or f"support-core links nothing of AWS, and {len(SDKS)} packages just the clients that they need")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
