"""Replaces the key of the hashes of codes, handoffs and tokens, so that nothing that is live is lost.

    python operations/hash_key.py begin     # makes a new key and tells every function of it
    python operations/hash_key.py switch    # the new key makes hashes; those of the old one still match
    python operations/hash_key.py finish    # forgets the old key, two days later

The secret holds the key that makes hashes in its first line and, meanwhile, the other one in its second. Each step ends with a change of
every function's settings, after which Lambda starts them anew and they read the secret again.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from deployed import Stack, command, stack_of

# The longest life of what is hashed: a support grant (`GrantMaxMinutes` at most).
LONGEST = 48 * 3600
LENGTH = 64
# As in template.yaml.
ALIAS = "live"


class Refused(Exception):
    """The step does not come now."""


def keys(stack: Stack) -> list[str]:
    secret = stack.session.client("secretsmanager").get_secret_value(SecretId=stack.resources["HashKey"])
    return secret["SecretString"].splitlines()


def begin(stack: Stack) -> None:
    known = keys(stack)
    if len(known) != 1:
        raise Refused("The key is being replaced already: switch, or finish.")
    manager = stack.session.client("secretsmanager")
    new = manager.get_random_password(PasswordLength=LENGTH, ExcludeCharacters="\"'\\/@ ")["RandomPassword"]
    _put(stack, [known[0], new])


def switch(stack: Stack) -> None:
    known = keys(stack)
    if len(known) != 2:
        raise Refused("There is no new key yet: begin.")
    _put(stack, known[::-1])


def finish(stack: Stack, now: float) -> None:
    known = keys(stack)
    if len(known) != 2:
        raise Refused("There is no other key to forget.")
    changed = stack.session.client("secretsmanager").describe_secret(SecretId=stack.resources["HashKey"])["LastChangedDate"]
    if (left := changed.timestamp() + LONGEST - now) > 0:
        raise Refused(f"Support grants made with the old key may be live for {left / 3600:.0f} hours more.")
    _put(stack, known[:1])


def _put(stack: Stack, lines: list[str]) -> None:
    functions = stack.session.client("lambda")
    if any(_alias(functions, name).get("RoutingConfig", {}).get("AdditionalVersionWeights") for name in _functions(stack)):
        raise Refused("A deployment is under way: wait until it has ended.")
    stack.session.client("secretsmanager").put_secret_value(SecretId=stack.resources["HashKey"], SecretString="\n".join(lines))
    restart(stack)


def restart(stack: Stack) -> None:
    """Has Lambda start anew every function that reads the secret."""
    functions = stack.session.client("lambda")
    for name in _functions(stack):
        variables: dict[str, Any] = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        if "HASH_KEY_SECRET" in variables:
            changed = variables | {"HASH_KEY_CHANGED": str(int(time.time()))}
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
            functions.get_waiter("function_updated_v2").wait(FunctionName=name)
            if _alias(functions, name)["FunctionVersion"] != "$LATEST":
                version = functions.publish_version(FunctionName=name)["Version"]
                functions.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version)


def _functions(stack: Stack) -> list[str]:
    return [name for logical, name in stack.resources.items() if logical.endswith("Function")]


def _alias(functions: Any, name: str) -> dict[str, Any]:
    """What is called when anything calls the function: a version of it."""
    return functions.get_alias(FunctionName=name, Name=ALIAS)


def main() -> int:
    parser = command(__doc__)
    parser.add_argument("step", choices=["begin", "switch", "finish"])
    arguments = parser.parse_args()
    stack = stack_of(arguments)
    try:
        match arguments.step:
            case "begin":
                begin(stack)
            case "switch":
                switch(stack)
            case "finish":
                finish(stack, time.time())
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    print("Done: every function knows.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
