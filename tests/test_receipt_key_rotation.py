"""The key of receipts is replaced, as docs/operations.md says: both old and new receipts check, each with the key that it names."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from client import Mail
from support.journey import Journey
from support.receipts import Verify, receipts
from support.stack import Stack
from support.sweep import SWEEP, sweep, told

pytestmark = pytest.mark.usefixtures("schedule")

# Who may do what with the key, as template.yaml has it.
RIGHTS = {SWEEP: ["kms:Sign", "kms:GetPublicKey"], "ReceiptsFunction": ["kms:GetPublicKey"]}
NAME = "new-receipt-key"


@pytest.fixture
def replaced(stack: Stack) -> Iterator[str]:
    """A deployment with another key, and afterwards the one with the first again. Gives the new key."""
    iam = stack.aws("iam")
    made = stack.aws("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    for function, actions in RIGHTS.items():
        statement = {"Effect": "Allow", "Action": actions, "Resource": made["Arn"]}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=stack.facts["resources"][f"{function}Role"], PolicyName=NAME, PolicyDocument=document)
    with stack.configured(RECEIPT_KEY=made["KeyId"]):
        yield made["KeyId"]
    for function in RIGHTS:
        iam.delete_role_policy(RoleName=stack.facts["resources"][f"{function}Role"], PolicyName=NAME)


def receipt_of(stack: Stack) -> bytes:
    journey = stack.journey().through_session()
    assert journey.end().status == 200
    sweep(stack)
    (receipt,) = receipts(told(journey, "end"))
    return receipt


def test_receipts_of_before_and_after_check_each_with_its_own_key(
    stack: Stack, closed_session: tuple[Journey, bytes, Mail], verify_receipt: Verify, request: pytest.FixtureRequest
) -> None:  # P12
    _, old, _ = closed_session
    kept = stack.api.get("/receipts/key").body
    running = stack.journey().through_session()
    request.getfixturevalue("replaced")
    answered = stack.api.get("/receipts/key").body
    assert json.loads(answered)["kid"] != json.loads(kept)["kid"]
    new = receipt_of(stack)
    for receipt, key in ((old, kept), (new, answered)):
        assert verify_receipt(receipt, key)[0] == 0
        assert json.loads(receipt)["signature"]["key"] == json.loads(key)["kid"], "a receipt names its key"
    for receipt, key in ((old, answered), (new, kept)):
        code, sentence = verify_receipt(receipt, key)
        assert (code, len(sentence.splitlines())) == (1, 1), sentence
    # A session that ran meanwhile gets a receipt of the new key.
    assert running.end().status == 200
    sweep(stack)
    (receipt,) = receipts(told(running, "end"))
    assert verify_receipt(receipt, answered)[0] == 0
    # The old key may be disabled then: nothing asks for it any more.
    first = stack.facts["resources"]["ReceiptKey"]
    stack.aws("kms").disable_key(KeyId=first)
    try:
        assert verify_receipt(receipt_of(stack), answered)[0] == 0
        assert verify_receipt(old, kept)[0] == 0
    finally:
        stack.aws("kms").enable_key(KeyId=first)
