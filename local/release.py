"""Has the next deployment publish a new version of every function.

    python local/release.py

Callers call a function by an alias, which means one version of it. SAM publishes a version only when the template or a program has
changed. Without this, a new value of a parameter would reach no caller. `make deploy` runs it between `sam build` and `sam deploy`.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION = re.compile(r"^(    Type: AWS::Serverless::Function\n(?:    (?!Properties:).*\n)*    Properties:\n)", re.MULTILINE)
NAME = re.compile(r"^      AutoPublishCodeSha256: .*\n", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--template", type=Path, default=ROOT / ".aws-sam/build/template.yaml", help="what sam build made")
    template: Path = parser.parse_args().template
    if not template.is_file():
        print(f"{template} is not there: run sam build first.", file=sys.stderr)
        return 1
    release = time.strftime("%m%d%H%M%S", time.gmtime())  # SAM takes ten characters
    template.write_text(named(template.read_text(), release))
    print(f"This release is {release}.")
    return 0


def named(template: str, release: str) -> str:
    """A built template whose functions are published under the name of a release. SAM also writes it into each function's description,
    since Lambda publishes nothing where nothing has changed."""
    return FUNCTION.sub(rf"\g<1>      AutoPublishCodeSha256: '{release}'\n", NAME.sub("", template))


if __name__ == "__main__":
    sys.exit(main())
