#!/usr/bin/env python3
"""Topology: every box of the serverless system as a process of this machine, and the same session as on ReferenceServer.

    topology_test.py --bin .build/debug --artifacts artifacts
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pathlib
import re
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import Checks, require, require_equal  # noqa: E402
from programs import Program, clean_environment, eventually, some_port  # noqa: E402
from session import TIMEOUT, record, record_on_reference_server  # noqa: E402
from transcript import Transcript, compare  # noqa: E402
from user_pool import UserPool  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
FUNCTIONS = {"ConnectAuthorizer", "ConnectHandler", "DisconnectHandler", "MessageHandler"}
CHECK_TIMEOUT = 300.0


class DynamoDB(Program):
    """moto, one request after the other: see dynamodb_server.py."""

    def __init__(self, artifacts: pathlib.Path) -> None:
        super().__init__(
            "topology-dynamodb", [sys.executable, "-u", str(HERE.parent / "dynamodb_server.py")], artifacts, clean_environment())

    def start(self) -> None:
        super().start()
        self.endpoint = f"http://127.0.0.1:{self.output.wait_for(r'^([0-9]+)$').group(1)}"


class Topology(Program):
    def __init__(self, bin: pathlib.Path, artifacts: pathlib.Path, dynamodb: str, *options: str, name: str = "topology") -> None:
        self.gateway_port = some_port()
        super().__init__(name, [
            str(bin / "Topology"), "--dynamodb", dynamodb, "--template", str(ROOT / "Examples/Serverless/template.yaml"), "--port", "0",
            "--gateway-port", str(self.gateway_port), "--certificates", str(artifacts / f"{name}-certificates"), *options,
        ], artifacts, clean_environment())

    def start(self) -> None:
        super().start()
        self.boxes = {name: self.output.wait_for(rf"^{name}: (\S+) \(process ([0-9]+)\)") for name in ("user pool", "gateway", "site")}
        self.websocket = self.output.wait_for(r"^WebSocket: (\S+)").group(1)
        ids = self.output.wait_for(r"^user pool id: (\S+), client id: (\S+)")
        self.pool = UserPool(self.boxes["user pool"].group(1), ids.group(1), ids.group(2), "auto")
        self.output.wait_for(r"^(ready|done)")


def processes() -> dict[int, tuple[int, str]]:
    """Parent and command of every process there is."""
    found = {}
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()
                command = (folder / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
            except OSError:
                continue
            if state[0] != "Z":
                found[int(folder.name)] = int(state[1]), command
    return found


def family(root: int) -> dict[int, str]:
    """A process and all that it started, directly or not, with their commands."""
    there = processes()
    members = {root}
    while more := {pid for pid, (parent, _) in there.items() if parent in members} - members:
        members |= more
    return {pid: there[pid][1] for pid in members if pid in there}


class TopologyTest:
    def __init__(self, topology: Topology, bin: pathlib.Path, artifacts: pathlib.Path, dynamodb: str) -> None:
        self.topology = topology
        self.dynamodb = dynamodb
        self.bin = bin
        self.artifacts = artifacts

    async def run(self, checks: Checks) -> None:
        for check in (
            self.it_chats_through_itself, self.every_box_is_a_process, self.the_site_has_the_page, self.the_session_is_that_of_reference_server,
            self.over_tls_it_chats_too, self.nothing_is_left_when_it_ends,
        ):
            await checks.run(f"Topology: {check.__name__.replace('_', ' ')}", check, CHECK_TIMEOUT)

    async def it_chats_through_itself(self) -> None:
        self.topology.output.wait_for(r'^bob: alice says "hello, topology"')
        self.topology.output.wait_for(r"^bob: the history ends with number [0-9]+")

    async def every_box_is_a_process(self) -> str:
        pids = {match.group(2) for match in self.topology.boxes.values()}
        require_equal(len(pids), 3, "the number of processes of user pool, gateway and site")
        running = {pathlib.Path(command).name for command in family(self.topology.pid).values()}
        require(running >= FUNCTIONS, f"of the functions only {sorted(running & FUNCTIONS)} run")
        return f"{len(family(self.topology.pid))} processes"

    async def the_site_has_the_page(self) -> None:
        url = self.topology.boxes["site"].group(1)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url}/", timeout=TIMEOUT) as answer:
            require(b"<html" in answer.read().lower(), "the site has no page")
            policy = answer.headers["Content-Security-Policy"]
        with opener.open(f"{url}/config.json", timeout=TIMEOUT) as answer:
            configuration = json.load(answer)
        require_equal(configuration["webSocketPath"], self.topology.websocket, "where the page finds the WebSocket")
        for origin in (configuration["userPoolEndpoint"], re.match(r"wss?://[^/]+", self.topology.websocket).group()):
            require(origin in policy, f"the page may not connect to {origin}: {policy}")

    async def the_session_is_that_of_reference_server(self) -> None:
        ours = self.artifacts / "session-topology.txt"
        code, reference = await asyncio.to_thread(record_on_reference_server, self.bin, self.artifacts, "session-reference")
        require(code == 0, "the session on ReferenceServer did not go as it should")
        code = await record(self.topology.websocket, self.topology.pool, ours, "header", None, TIMEOUT)
        require(code == 0, "the session on Topology did not go as it should")
        code = compare(Transcript.read(reference), Transcript.read(ours), (reference.name, ours.name), {})
        require(code == 0, "the transcripts differ: see above")

    async def over_tls_it_chats_too(self) -> None:
        """With the development certificate, which the functions trust as well: they post over https."""
        def once() -> None:
            with Topology(self.bin, self.artifacts, self.dynamodb, "--tls", "--once", name="topology-tls") as topology:
                require(topology.websocket.startswith("wss:"), f"the WebSocket is at {topology.websocket}")
                topology.output.wait_for(r'^bob: alice says "hello, topology"')

        await asyncio.to_thread(once)

    async def nothing_is_left_when_it_ends(self) -> str:
        before = family(self.topology.pid)
        await asyncio.to_thread(self.topology.stop)
        await eventually(lambda: not set(before) & set(processes()), "all that it started ends with it")
        return f"{len(before)} processes ended"


async def run(parsed: argparse.Namespace) -> int:
    checks = Checks()
    artifacts = parsed.artifacts.resolve()
    with DynamoDB(artifacts) as dynamodb, Topology(parsed.bin.resolve(), artifacts, dynamodb.endpoint) as topology:
        await TopologyTest(topology, parsed.bin.resolve(), artifacts, dynamodb.endpoint).run(checks)
    return checks.finish()


def main() -> int:
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="the folder that has Topology, ReferenceServer and the functions")
    parser.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for logs and transcripts")
    parsed = parser.parse_args()
    parsed.artifacts.mkdir(parents=True, exist_ok=True)
    return asyncio.run(run(parsed))


if __name__ == "__main__":
    sys.exit(main())
