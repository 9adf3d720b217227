"""The second lock: with our own guard off, AWS itself refuses whatever the session policy does not list."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from pipeline.aws.read_list import ReadList
from pipeline.aws.role_session import RoleSession, role_of
from pipeline.aws.source_session import PATIENT
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS, READ_LIST
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import EXTERNAL_ID, connect
from tests.promises.plugin import PromiseCount

OPERATIONS = Session().get_service_model("iam").operation_names
POWERFUL = ["*"]


class Everything(ReadList):
    """The read list as a defect of ours would leave it: every call goes out."""

    @property
    def operations(self) -> frozenset[str]:
        return frozenset(f"iam:{operation}" for operation in OPERATIONS) | super().operations


class Unguarded(RoleSession):
    """A session that checks no parameter before it calls."""

    def _new_clients(self) -> dict[str, Any]:
        super()._new_clients()
        careless = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        return {"iam": self._session.create_client("iam", region_name=self.hub.region, config=careless)}


def answers(iam: Any) -> dict[str, str]:
    """By operation: `passed`, or the words in which AWS refused it. Anything but a refusal means it was let in."""
    found = {}
    for operation in OPERATIONS:
        try:
            getattr(iam, xform_name(operation))(**EXAMPLES.get(operation, {}))
            found[f"iam:{operation}"] = "passed"
        except ClientError as error:
            refused = error.response["Error"]["Code"] == "AccessDenied"
            found[f"iam:{operation}"] = error.response["Error"]["Message"] if refused else "passed"
    return found


ALICE, ADMINS, KEY = {"UserName": "alice"}, {"GroupName": "admins"}, "AKIA00000000EXAMPLE1"
EXAMPLES: dict[str, dict[str, Any]] = {
    "DeleteUser": {"UserName": "dave"},
    "CreateUser": {"UserName": "mallory"},
    "CreateAccessKey": ALICE,
    "DeleteLoginProfile": ALICE,
    "CreateLoginProfile": {**ALICE, "Password": "Correct-horse-9"},
    "UpdateLoginProfile": {**ALICE, "Password": "Correct-horse-9"},
    "AttachUserPolicy": {**ALICE, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    "PutUserPolicy": {**ALICE, "PolicyName": "all", "PolicyDocument": "{}"},
    "RemoveUserFromGroup": {**ALICE, **ADMINS},
    "DeleteGroup": ADMINS,
    "UpdateAccessKey": {**ALICE, "AccessKeyId": KEY, "Status": "Inactive"},
}
"""Parameters for the writes that would do most harm; the others are sent without any."""


@pytest.mark.promise("P17")
def test_of_all_iam_operations_aws_lets_only_the_read_list_through(
    aws: Emulator, account: EmulatedAccount, promise: PromiseCount
) -> None:
    full_account(account)
    before = account.truth()
    session = Unguarded(
        role_of(connect(aws, account, POWERFUL), "run", Everything(**vars(READ_LIST))),
        READ_LIST.recorder(),
        patience=PATIENT,
    )
    found = answers(session.clients["iam"])
    assert len(found) >= 180
    assert {action for action, answer in found.items() if answer == "passed"} == set(READ_ACTIONS)
    refusals = {action: answer for action, answer in found.items() if answer != "passed"}
    assert [
        action for action, answer in refusals.items() if f"no session policy allows the {action} action" not in answer
    ] == []
    assert account.truth() == before, "nothing was changed"
    sent = [call.action for call in aws.log if call.service == "iam"]
    assert set(sent) == set(found), "every one of them was really sent"
    promise.count("IAM operations", len(found))
    promise.count("refused", len(refusals))


def test_it_is_the_session_policy_that_refuses_and_not_the_role(aws: Emulator, account: EmulatedAccount) -> None:
    arn = account.role("Powerful", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn, policy=POWERFUL)
    hub = Session().create_client("sts", region_name="us-east-1")
    given = hub.assume_role(RoleArn=arn, RoleSessionName="without", ExternalId=EXTERNAL_ID)["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    iam = Session().create_client("iam", "us-east-1", None, None, None, None, *keys)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.delete_user(UserName="nobody-of-this-name")
