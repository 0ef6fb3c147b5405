"""The receipt: checked offline, with our tool and with others, and signed by the closing functions alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature

from client import Mail
from settings import ROOT
from support.introspection import role_keys
from support.journey import Journey
from support.receipts import Verify, attached, unpadded
from support.stack import Stack
from support.sweep import SWEEP

pytestmark = pytest.mark.usefixtures("schedule")


def test_the_receipt_in_the_mail_checks_offline(
    stack: Stack, closed_session: tuple[Journey, bytes, Mail], verify_receipt: Verify
) -> None:  # P12
    journey, file, mail = closed_session
    key = stack.api.get("/receipts/key")
    assert key.status == 200
    code, sentence = verify_receipt(file, key.body)
    assert code == 0, sentence
    assert journey.agent.name in sentence
    assert journey.customer.name in sentence
    names = [part.get_filename() for part in attached(mail)]
    assert names == [f"receipt-{journey.id}.json", f"receipt-{journey.id}.html"]

    signed = json.loads(file)
    receipt = signed["receipt"]
    assert (receipt["verification"], receipt["ticket"], receipt["outcome"]) == (journey.id, "WZ-1042", "ended")
    assert receipt["agent"] == {"id": journey.agent.sub, "name": journey.agent.name}
    assert receipt["customer"] == {"id": journey.customer.sub, "name": journey.customer.name}
    assert receipt["ecosystem"] == {"id": journey.customer.ecosystem, "name": "Test & Co"}
    assert receipt["environments"] == ["store", "web", "app", "rcm"]
    assert receipt["app_qr_given_to"] == "agent"
    assert receipt["session"]["expires_at"] == journey.session["expires_at"]
    record = journey.record()["steps"]
    until = [step["action"] for step in record].index("ended") + 1
    assert [(s["seq"], s["action"], s["hash"]) for s in receipt["steps"]] == [(s["seq"], s["action"], s["hash"]) for s in record[:until]]
    assert receipt["head"] == record[until - 1]["hash"]
    redeemed = [step["detail"] for step in receipt["steps"] if step["action"] == "handoff-redeemed"]
    assert redeemed == [{"kind": "environment", "environment": name} for name in ("web", "store")]
    assert (receipt["version"], receipt["steps"][0]["detail"]) == (2, None)
    told = sentence.splitlines()
    assert told[1] == "" and len(told) == 2 + len(receipt["steps"]), "the record follows, in words"


def test_anybody_can_check_a_receipt_with_other_tools(stack: Stack, closed_session: tuple[Journey, bytes, Mail]) -> None:  # P12
    """As docs/receipt.md says: nothing of ours is needed."""
    _, file, _ = closed_session
    key_file = stack.api.get("/receipts/key").body
    (block,) = re.findall(r"(?ms)^```python\n(.*?)^```$", (ROOT / "docs" / "receipt.md").read_text())
    example: dict[str, Any] = {}
    exec(compile(block, "docs/receipt.md", "exec"), example)
    receipt = example["check"](file, key_file)
    canonical = json.dumps(receipt, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert canonical in file, "what is signed stands in the file as it is"
    with pytest.raises(InvalidSignature):
        example["check"](file.replace(b"WZ-1042", b"WZ-1043"), key_file)
    key, signed = json.loads(key_file), json.loads(file)
    thumbprint = json.dumps({name: key[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    assert unpadded(key["kid"]) == hashlib.sha256(thumbprint.encode()).digest()
    assert signed["signature"]["key"] == key["kid"]
    # The chain, as well.
    previous = ""
    for step in signed["receipt"]["steps"]:
        facts = [previous, signed["receipt"]["verification"], *(step[name] for name in ("seq", "at", "actor", "action", "detail"))]
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        previous = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        assert step["hash"] == previous
    assert signed["receipt"]["head"] == previous


def test_one_byte_changed_is_refused(stack: Stack, closed_session: tuple[Journey, bytes, Mail], verify_receipt: Verify) -> None:  # P12
    """A sample of the bytes, on the stack's own receipt; the unit tests change each."""
    _, file, _ = closed_session
    key = stack.api.get("/receipts/key").body
    for at in {*range(0, len(file), 61), 0, 1, len(file) - 1}:
        changed = bytearray(file)
        changed[at] ^= 1
        code, sentence = verify_receipt(bytes(changed), key)
        assert (code, len(sentence.splitlines())) == (1, 1), (at, sentence)
    bad = {
        "cut off": (file[: len(file) // 2], "cut off"),
        "of another version": (file.replace(b'"version":2', b'"version":3'), "version 3"),
        "no receipt": (b"%PDF-1.7", "not a receipt"),
        "altered": (file.replace(b"WZ-1042", b"WZ-1043"), "was altered"),
        "by another step": (file.replace(b'"environment":"web"', b'"environment":"rcm"'), "step "),
    }
    for what, (content, says) in bad.items():
        code, sentence = verify_receipt(content, key)
        assert code == 1 and says in sentence, (what, code, sentence)


def test_no_role_but_the_closing_ones_may_sign(stack: Stack) -> None:  # P12
    key, digest = stack.facts["resources"]["ReceiptKey"], hashlib.sha256(b"forged").digest()
    asked = {"KeyId": key, "Message": digest, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    for function in stack.functions():
        kms = stack.aws_as(function, "kms")
        if function == SWEEP:
            assert kms.sign(**asked)["Signature"]
            continue
        with pytest.raises(ClientError) as refused:
            kms.sign(**asked)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException", function
    # Not even a principal whose own policies allow everything: the key's policy leaves signing to none of them.
    keys = role_keys(stack, "administrator", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    kms = boto3.client(
        "kms", endpoint_url=stack.facts["endpoint"], region_name=stack.facts["region"], aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key, aws_session_token=keys.token,
    )  # fmt: skip
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeySpec"] == "ECC_NIST_P256"
    for forbidden in (
        lambda: kms.sign(**asked),
        lambda: kms.create_grant(KeyId=key, GranteePrincipal="arn:aws:iam::000000000000:root", Operations=["Sign"]),
    ):
        with pytest.raises(ClientError) as refused:
            forbidden()
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_the_keys_policy_names_the_one_role_that_signs(stack: Stack) -> None:  # P12
    """Read out of the template, and held against what is deployed."""
    resources = yaml.load((ROOT / "template.yaml").read_text(), Loader=Template)["Resources"]
    key = resources["ReceiptKey"]["Properties"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    managing, signing = key["KeyPolicy"]["Statement"]
    assert signing == {
        "Effect": "Allow",
        "Principal": {"AWS": {"GetAtt": f"{SWEEP}Role.Arn"}},
        "Action": "kms:Sign",
        "Resource": "*",
    }
    allowed = set(managing["Action"])
    assert managing["Principal"] == {"AWS": {"Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    for action in ("kms:Sign", "kms:CreateGrant", "kms:*", "*"):
        assert action not in allowed
        assert not any(action.startswith(each.rstrip("*")) for each in allowed if each.endswith("*")), action
    # Nobody else gets the right from a policy of their own, either.
    signers = [name for name, resource in resources.items() if "kms:Sign" in json.dumps(resource) and name != "ReceiptKey"]
    assert signers == ["CloseVerificationSigns"]
    assert resources["CloseVerificationSigns"]["Properties"]["Roles"] == [{"Ref": f"{SWEEP}Role"}]
    deployed = json.loads(stack.aws("kms").get_key_policy(KeyId=stack.facts["resources"]["ReceiptKey"], PolicyName="default")["Policy"])
    role = stack.aws("iam").get_role(RoleName=stack.facts["resources"][f"{SWEEP}Role"])["Role"]["Arn"]
    assert [(s["Principal"], s["Action"]) for s in deployed["Statement"] if "kms:Sign" in s["Action"]] == [({"AWS": role}, "kms:Sign")]


class Template(yaml.SafeLoader):
    """Reads a template with its functions as plain values."""


Template.add_multi_constructor(
    "!",
    lambda loader, name, node: {
        name: {
            yaml.ScalarNode: loader.construct_scalar,
            yaml.SequenceNode: lambda n: loader.construct_sequence(n, deep=True),
            yaml.MappingNode: lambda n: loader.construct_mapping(n, deep=True),
        }[type(node)](node)
    },
)
