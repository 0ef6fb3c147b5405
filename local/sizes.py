"""Prints each function's size as deployed, zipped, and its SDKs. Fails if one is too large: a cold start loads it all."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

from links import sdks
from settings import ENVIRONMENTS, ROOT
from terminal import Failed, call, step

MOST = 6_000_000


def released(*programs: str) -> Path:
    """Builds these programs as they are deployed, or all, and returns the directory with `<name>/bootstrap` and its archive for each."""
    target = ROOT / "target" / "released"
    env = os.environ | {
        "PATH": os.pathsep.join([str(ENVIRONMENTS / "sam/bin"), os.environ["PATH"]]),
        "CARGO_LAMBDA_COMPILER": "cargo",
    }
    with step("Building all functions as they are released"):
        call(
            [
                "cargo",
                "lambda",
                "build",
                "--release",
                "--output-format",
                "zip",
                "--lambda-dir",
                target,
                *(f"--bin={name}" for name in programs),
            ],
            target / "build.log",
            "The build failed",
            env=env,
            cwd=ROOT,
        )
    for archive in target.glob("*/bootstrap.zip"):
        with zipfile.ZipFile(archive) as packed:
            program = Path(packed.extract("bootstrap", archive.parent))
        program.chmod(0o755)
    return target


def main() -> int:
    packages = sorted(path.name for path in (ROOT / "functions").iterdir())
    target = released()
    sizes = {package: (target / package / "bootstrap.zip").stat().st_size for package in packages}
    for package, size in sizes.items():
        print(f"{package:20} {size / 1e6:5.2f} MB  {', '.join(sdks(package))}")
    heavy = [package for package, size in sizes.items() if size > MOST]
    if heavy:
        raise Failed(f"Heavier than {MOST / 1e6:.0f} MB: {', '.join(heavy)}.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
