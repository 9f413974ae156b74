"""A user pool that some host has: sign-up, confirmation and SRP sign-in, by boto3 and pycognito."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from pycognito.aws_srp import AWSSRP

from harness import PASSWORD, TIMEOUT


@dataclasses.dataclass(frozen=True)
class PoolUser:
    name: str
    subject: str
    access_token: str
    id_token: str
    refresh_token: str


class UserPool:
    """
    `confirm` is how users are confirmed: `auto` (they are so at once), `admin` (AdminConfirmSignUp, with the credentials of the
    environment), `code:123456` (a code that is known), or a function that finds a user's code.
    """

    def __init__(self, endpoint: str, pool_id: str, client_id: str, confirm: str | Callable[[str], str]) -> None:
        self.pool_id = pool_id
        self.client_id = client_id
        self._confirm = confirm
        self._endpoint = endpoint
        self.client = self._make_client(signature_version=UNSIGNED)

    def _make_client(self, **options: Any) -> Any:
        return boto3.client(
            "cognito-idp", endpoint_url=self._endpoint, region_name=self.pool_id.split("_")[0],
            config=Config(connect_timeout=TIMEOUT, read_timeout=TIMEOUT, proxies={}, retries={"total_max_attempts": 1}, **options))

    def sign_up(self, name: str, password: str = PASSWORD) -> str:
        """The new user's subject."""
        return self.client.sign_up(
            ClientId=self.client_id, Username=name, Password=password,
            UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}])["UserSub"]

    def confirm(self, name: str) -> None:
        if self._confirm == "admin":
            self._make_client().admin_confirm_sign_up(UserPoolId=self.pool_id, Username=name)
        elif self._confirm != "auto":
            code = self._confirm.removeprefix("code:") if isinstance(self._confirm, str) else self._confirm(name)
            self.client.confirm_sign_up(ClientId=self.client_id, Username=name, ConfirmationCode=code)

    def sign_in(self, name: str, password: str = PASSWORD) -> dict[str, Any]:
        """By SRP, with a client that others wrote."""
        srp = AWSSRP(username=name, password=password, pool_id=self.pool_id, client_id=self.client_id, client=self.client)
        return srp.authenticate_user()["AuthenticationResult"]

    def make(self, name: str) -> PoolUser:
        subject = self.sign_up(name)
        self.confirm(name)
        tokens = self.sign_in(name)
        return PoolUser(name, subject, tokens["AccessToken"], tokens["IdToken"], tokens["RefreshToken"])

    def outcomes(self, user: PoolUser) -> dict[str, str]:
        """What the operations that a chat client uses answer: the names of the errors, and which members a result has."""
        return {
            "sign-up with a name that is taken": self._outcome(lambda: self.sign_up(user.name)),
            "sign-up with a weak password": self._outcome(lambda: self.sign_up(f"{user.name}-weak", "weak")),
            "sign-in with a wrong password": self._outcome(lambda: self.sign_in(user.name, "Wrong-Horse-7")),
            "sign-in": self._outcome(lambda: self.sign_in(user.name)),
            "sign-in with a refresh token": self._outcome(lambda: self.client.initiate_auth(
                ClientId=self.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": user.refresh_token},
            )["AuthenticationResult"]),
            "sign-in with a refresh token that is none": self._outcome(lambda: self.client.initiate_auth(
                ClientId=self.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": "none"})),
            "GetUser": self._outcome(lambda: self._who(user)),
            "GetUser with a token that is none": self._outcome(lambda: self.client.get_user(AccessToken="none")),
        }

    def _who(self, user: PoolUser) -> dict[str, str]:
        """Which of what a chat client reads is as it should be; pools add members of their own."""
        found = self.client.get_user(AccessToken=user.access_token)
        attributes = {attribute["Name"]: attribute["Value"] for attribute in found["UserAttributes"]}
        expected = {"Username": user.name, "sub": user.subject, "email": f"{user.name}@example.com"}
        return {name: value for name, value in {"Username": found["Username"], **attributes}.items() if expected.get(name) == value}

    @staticmethod
    def _outcome(call: Any) -> str:
        try:
            result = call()
        except ClientError as error:
            return error.response["Error"]["Code"]
        return f"members {', '.join(sorted(result))}" if isinstance(result, dict) else "done"
