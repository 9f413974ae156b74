#!/usr/bin/env python3
"""The whole serverless system on an AWS that others wrote: MiniStack, with nothing but endpoint variables.

    ministack_test.py --ministack venv/bin/ministack --bin .build/debug --artifacts artifacts [-- DEPLOY_OPTION…]

deploy.sh (Examples/Serverless) deploys with the AWS CLI; users sign up and in by SRP at MiniStack's Cognito, and the session of session.py
is recorded on its API Gateway and compared with the one on ReferenceServer. MiniStack's own deviations are in
`ministack_known.txt`; a line there that is no longer so is a failure.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import Checks, Failure, require, require_equal  # noqa: E402
from programs import REGION, MiniStack, Socket, clean_environment, eventually, open_socket  # noqa: E402
from session import TIMEOUT, record, record_on_reference_server  # noqa: E402
from transcript import Transcript, compare, read_known  # noqa: E402
from user_pool import UserPool  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SERVERLESS = HERE.parent.parent.parent / "Examples" / "Serverless"
KNOWN = HERE / "ministack_known.txt"
STACK = "chat-test"
CODE = "123456"  # MiniStack's confirmation code for everybody
DEPLOY_TIMEOUT = 900.0
CHECK_TIMEOUT = 1200.0
CONNECT_TIME = 10.0  # APIGatewayConnectionsPort.connectTime


class Account:
    """What there is in MiniStack's account, kind by kind: a stack that is deleted must leave all of it as it was."""

    def __init__(self, ministack: MiniStack) -> None:
        self._client = ministack.client

    def resources(self) -> dict[str, set[str]]:
        client = self._client
        kinds: dict[str, Callable[[], Iterable[str]]] = {
            "stacks": lambda: names(client("cloudformation").describe_stacks()["Stacks"], "StackName"),
            "functions": lambda: names(client("lambda").list_functions()["Functions"], "FunctionName"),
            "APIs": lambda: names(client("apigatewayv2").get_apis()["Items"], "ApiId"),
            "tables": lambda: client("dynamodb").list_tables()["TableNames"],
            "user pools": lambda: names(client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"], "Id"),
            "buckets": lambda: names(client("s3").list_buckets()["Buckets"], "Name"),
            "distributions": lambda: names(client("cloudfront").list_distributions()["DistributionList"].get("Items", []), "Id"),
            "origin access controls": lambda: names(
                client("cloudfront").list_origin_access_controls()["OriginAccessControlList"].get("Items", []), "Id"),
            "response headers policies": lambda: names(
                [item["ResponseHeadersPolicy"] for item in
                 client("cloudfront").list_response_headers_policies(Type="custom")["ResponseHeadersPolicyList"].get("Items", [])], "Id"),
            "log groups": lambda: names(client("logs").describe_log_groups()["logGroups"], "logGroupName"),
            "roles": lambda: names(client("iam").list_roles()["Roles"], "RoleName"),
            "policies": lambda: names(client("iam").list_policies(Scope="Local")["Policies"], "Arn"),
            "dashboards": lambda: names(client("cloudwatch").list_dashboards()["DashboardEntries"], "DashboardName"),
            "alarms": lambda: names(client("cloudwatch").describe_alarms()["MetricAlarms"], "AlarmName"),
            "topics": lambda: names(client("sns").list_topics()["Topics"], "TopicArn"),
            "keys": lambda: names(client("kms").list_keys()["Keys"], "KeyId"),
        }
        return {kind: set(listed()) for kind, listed in kinds.items()}


def names(items: list[dict[str, Any]], name: str) -> list[str]:
    return [item[name] for item in items]


class MiniStackTest:
    def __init__(self, ministack: MiniStack, bin: pathlib.Path, artifacts: pathlib.Path, deploy: list[str]) -> None:
        self.ministack = ministack
        self.bin = bin
        self.artifacts = artifacts
        self.deploy_arguments = deploy
        self.account = Account(ministack)
        self.before = self.account.resources()
        self.outputs: dict[str, str] = {}

    async def run(self, checks: Checks) -> None:
        for check in (
            self.the_template_is_clean, self.tables_alone_can_be_made, self.deploy_makes_the_stack, self.the_page_is_published,
            self.a_second_deploy_changes_nothing, self.the_session_is_that_of_reference_server, self.disconnect_removes_the_rows,
            self.a_broadcast_removes_stale_rows, self.the_functions_log, self.destroy_leaves_nothing,
        ):
            await checks.run(f"MiniStack: {check.__name__.replace('_', ' ')}", check, CHECK_TIMEOUT)
            if check == self.deploy_makes_the_stack and not self.outputs:
                return

    # Deploying

    def deploy(self, log: str, *arguments: str) -> float:
        """Runs deploy.sh with the CLI's own variables, and nothing that says MiniStack. Returns the seconds it took."""
        environment = clean_environment(
            AWS_ENDPOINT_URL=self.ministack.endpoint, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_REGION=REGION,
            AWS_DEFAULT_REGION=REGION)
        started = time.monotonic()
        path = self.artifacts / log
        with path.open("w") as output:
            code = subprocess.run(
                [str(SERVERLESS / "deploy.sh"), "--stack", STACK, *arguments], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env=environment, timeout=DEPLOY_TIMEOUT, check=False).returncode
        if code != 0:
            raise Failure(f"deploy.sh {' '.join(arguments)} ended with {code}; {path} ends with {path.read_text().splitlines()[-10:]}")
        return time.monotonic() - started

    def stack(self) -> dict[str, Any]:
        (stack,) = self.ministack.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return stack

    def physical_ids(self) -> dict[str, str]:
        resources = self.ministack.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}

    def code_hashes(self) -> dict[str, tuple[str, str]]:
        functions = self.ministack.client("lambda").list_functions()["Functions"]
        return {function["FunctionName"]: (function["CodeSha256"], function["LastModified"]) for function in functions}

    async def the_template_is_clean(self) -> None:
        command = [str(pathlib.Path(sys.executable).parent / "cfn-lint"), str(SERVERLESS / "template.yaml")]
        lint = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        require(lint.returncode == 0, f"cfn-lint says: {lint.stdout}{lint.stderr}")

    async def tables_alone_can_be_made(self) -> None:
        """By setup-dynamodb.sh, which leaves those that are there as they are."""
        client = self.ministack.client("dynamodb")
        environment = clean_environment(
            AWS_ENDPOINT_URL=self.ministack.endpoint, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_REGION=REGION,
            AWS_DEFAULT_REGION=REGION)
        command = [str(SERVERLESS / "setup-dynamodb.sh"), "alone-"]
        outputs = []
        for _ in range(2):
            made = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True, check=False)
            require_equal(made.returncode, 0, f"setup-dynamodb.sh ({made.stderr[-500:]})")
            outputs.append(made.stdout)
        require_equal(outputs[1], outputs[0], "what it prints the second time")
        tables = [table for table in client.list_tables()["TableNames"] if table.startswith("alone-")]
        require_equal(sorted(tables), ["alone-Connections", "alone-Messages"], "the tables")
        for table in tables:
            require(table in outputs[0], f"it does not say {table}")
            client.delete_table(TableName=table)

    async def deploy_makes_the_stack(self) -> str:
        seconds = await asyncio.to_thread(self.deploy, "deploy.txt", *self.deploy_arguments)
        stack = self.stack()
        require(stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), f"the stack is in {stack['StackStatus']}")
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        return f"{len(self.physical_ids())} resources, {seconds:.0f} s"

    async def the_page_is_published(self) -> None:
        listed = self.ministack.client("s3").list_objects_v2(Bucket=self.outputs["SiteBucket"]).get("Contents", [])
        keys = {item["Key"] for item in listed}
        require("index.html" in keys, f"the site's bucket has {sorted(keys)}")

    async def a_second_deploy_changes_nothing(self) -> str:
        before = self.physical_ids(), self.code_hashes(), self.stack().get("LastUpdatedTime"), self.account.resources()
        seconds = await asyncio.to_thread(self.deploy, "deploy-again.txt", *self.deploy_arguments)
        after = self.physical_ids(), self.code_hashes(), self.stack().get("LastUpdatedTime"), self.account.resources()
        for what, old, new in zip(("resources", "functions' code", "time of the last update", "account"), before, after, strict=True):
            require_equal(new, old, f"the {what} after a second deploy")
        return f"{seconds:.0f} s"

    async def destroy_leaves_nothing(self) -> None:
        await asyncio.to_thread(self.deploy, "destroy.txt", "--destroy", "--yes")
        after = self.account.resources()
        left = {kind: sorted(there - self.before[kind]) for kind, there in after.items() if there - self.before[kind]}
        require(not left, f"after --destroy there are still {left}")

    # Chatting

    def pool(self) -> UserPool:
        return UserPool(self.outputs["UserPoolEndpoint"], self.outputs["UserPoolId"], self.outputs["UserPoolClientId"], f"code:{CODE}")

    async def the_session_is_that_of_reference_server(self) -> str:
        reference = self.artifacts / "session-reference.txt"
        ministack = self.artifacts / "session-ministack.txt"
        # An event loop of its own, in a thread: it runs one itself.
        code, recorded = await asyncio.to_thread(record_on_reference_server, self.bin, self.artifacts, "session-reference")
        require(code == 0 and recorded == reference, "the session on ReferenceServer did not go as it should")
        # What is missing or late on MiniStack shows in the comparison.
        await record(self.outputs["WebSocketUrl"], self.pool(), ministack, "header", None, TIMEOUT)
        known = read_known(KNOWN)
        code = compare(Transcript.read(reference), Transcript.read(ministack), (reference.name, ministack.name), known)
        require(code == 0, "the transcripts differ: see above")
        return f"{len(known)} known differences"

    def items(self) -> list[dict[str, Any]]:
        """The rows of connections. How far each room has been told is in that table, too, and stays."""
        pages = self.ministack.client("dynamodb").get_paginator("scan").paginate(TableName=self.outputs["ConnectionsTable"])
        return [item for page in pages for item in page["Items"] if not item["pk"]["S"].startswith("turn")]

    @contextlib.asynccontextmanager
    async def chat(self, token: str):
        async with open_socket(self.outputs["WebSocketUrl"], additional_headers={"Authorization": f"Bearer {token}"}) as socket:
            yield socket

    async def rows_of_a_connection(self, token: str) -> list[dict[str, Any]]:
        """Makes a connection and ends it. Returns the rows that it had meanwhile."""
        await eventually(lambda: not self.items(), "the rows of former connections are removed")
        async with self.chat(token) as socket:
            await joined(socket)
            rows = self.items()
            require(rows, "a connection has no row")
        return rows

    async def disconnect_removes_the_rows(self) -> str:
        user = await asyncio.to_thread(self.pool().make, f"gone-{os.urandom(3).hex()}")
        rows = await self.rows_of_a_connection(user.access_token)
        await eventually(lambda: not self.items(), "$disconnect removes the rows")
        return f"{len(rows)} rows"

    async def a_broadcast_removes_stale_rows(self) -> None:
        """Nobody may know what the rows look like: those of a connection that is gone are put back as they were."""
        user = await asyncio.to_thread(self.pool().make, f"stale-{os.urandom(3).hex()}")
        rows = await self.rows_of_a_connection(user.access_token)
        await eventually(lambda: not self.items(), "$disconnect removes the rows")
        dynamodb = self.ministack.client("dynamodb")
        # A connection that answers 410 may be one whose $connect has not returned yet: for that time it is kept.
        await asyncio.sleep(CONNECT_TIME)
        async with self.chat(user.access_token) as socket:
            await joined(socket)
            own = self.items()
            for row in rows:
                dynamodb.put_item(TableName=self.outputs["ConnectionsTable"], Item=row)
            require_equal(len(self.items()), len(own) + len(rows), "the number of rows with the stale ones")
            await socket.send(action="sendMessage", message="anybody?", ref="m")
            types = {(await socket.next_json())["type"], (await socket.next_json())["type"]}
            require_equal(types, {"messageAccepted", "message"}, "what the sender gets")
            await eventually(lambda: len(self.items()) == len(own), "the broadcast removes the stale rows")
            require_equal(sorted(map(repr, self.items())), sorted(map(repr, own)), "the rows that are left")

    async def the_functions_log(self) -> str:
        """Each function that ran has written to its own log group, and nothing in it is a token or a message."""
        logs = self.ministack.client("logs")
        groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
        text = ""
        written = 0
        for group in groups:
            events = logs.filter_log_events(logGroupName=group)["events"]
            written += bool(events)
            text += "\n".join(event["message"] for event in events)
        require(written, f"none of {groups} has an event")
        for secret in ("anybody?", "eyJ", "Correct-Horse-7"):
            require(secret not in text, f"the logs contain {secret!r}")
        return f"{written} of {len(groups)} log groups"


async def joined(socket: Socket) -> None:
    """The connection is in the default room."""
    answer = await socket.ask(action="joinRoom", room="general", ref="joined")
    require_equal(answer.get("type"), "joined", "the answer to joinRoom")


async def run(parsed: argparse.Namespace) -> int:
    checks = Checks()
    artifacts = parsed.artifacts.resolve()
    with MiniStack(parsed.ministack, artifacts) as ministack:
        await MiniStackTest(ministack, parsed.bin.resolve(), artifacts, parsed.deploy).run(checks)
    return checks.finish()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ministack", required=True, type=pathlib.Path, metavar="PROGRAM", help="the ministack of a virtual environment of its own")
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="the folder that has ReferenceServer")
    parser.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for logs and transcripts")
    parser.add_argument("deploy", nargs="*", help="more options for deploy.sh, after --, such as --functions FOLDER --arch x86_64")
    parsed = parser.parse_args()
    parsed.artifacts.mkdir(parents=True, exist_ok=True)
    return asyncio.run(run(parsed))


if __name__ == "__main__":
    sys.exit(main())
