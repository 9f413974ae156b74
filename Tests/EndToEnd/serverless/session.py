#!/usr/bin/env python3
"""Records a chat session frame by frame on any host of the chat, and compares two recordings.

    session.py record --websocket URL --cognito URL --user-pool ID --client-id ID --output FILE
    session.py compare ONE OTHER [--known FILE]
    session.py self --bin .build/debug --artifacts artifacts      twice on ReferenceServer: it has to be like itself

The session is the same everywhere: `session_script.py` has what is done in it, `transcript.py` what is written down, and which
values and orders the comparison leaves out. A file of known differences has a line `step | reason` for each step that differs; a
step in it that does not differ is a failure.

On a host that keeps its rooms, users and rooms get names of their own at each run; only `general` is shared, and everything is
counted from where it stood. Nobody else may write to `general` meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pathlib
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import CLIENT_ID, POOL_ID, Arguments, Server, Users  # noqa: E402
from session_client import Recorder  # noqa: E402
from session_script import SessionScript  # noqa: E402
from transcript import Transcript, compare, read_known  # noqa: E402
from user_pool import UserPool  # noqa: E402

TIMEOUT = 15.0


async def record(url: str, pool: UserPool, output: pathlib.Path, auth: str, ca: str | None, timeout: float) -> int:
    suffix = os.urandom(3).hex()
    recorder = Recorder(suffix, timeout)
    users = {}
    for name in ("alice", "bob", "carol"):
        user = users[name] = await asyncio.to_thread(pool.make, f"{name}-{suffix}")
        recorder.symbols.add_user(user.name, user.subject)
    for step, outcome in (await asyncio.to_thread(pool.outcomes, users["alice"])).items():
        recorder.note(f"user pool: {step}", [outcome])
    tls = ssl.create_default_context(cafile=ca) if url.startswith("wss:") else None
    try:
        await SessionScript(recorder, url, users, suffix, auth, tls).run()
    except Exception as error:  # What was recorded until then is worth reading.
        recorder.note("the end of the session", [f"! {error!r}"])
    finally:
        recorder.transcript.write(output)
        for client in recorder.clients:
            await client.close()
    return recorder.finish()


def record_on_reference_server(bin: pathlib.Path, artifacts: pathlib.Path, name: str) -> tuple[int, pathlib.Path]:
    output = artifacts / f"{name}.txt"
    with Server(Arguments(bin.resolve(), artifacts.resolve()), name, auto_confirm=False) as server:
        pool = UserPool(server.url, POOL_ID, CLIENT_ID, Users(server).code)
        return asyncio.run(record(server.web_socket_url, pool, output, "header", None, TIMEOUT)), output


def record_twice(bin: pathlib.Path, artifacts: pathlib.Path) -> int:
    artifacts.mkdir(parents=True, exist_ok=True)
    codes, outputs = zip(*(record_on_reference_server(bin, artifacts, f"session-{number}") for number in (1, 2)), strict=True)
    compared = compare(*map(Transcript.read, outputs), tuple(map(str, outputs)), {})
    return max(*codes, compared)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("record", help="carry the session out, and write down what came")
    command.add_argument("--websocket", required=True, metavar="URL", help="ws:// or wss://, with the path or the stage")
    command.add_argument("--cognito", required=True, metavar="URL", help="the endpoint of the user pool")
    command.add_argument("--user-pool", required=True, metavar="ID")
    command.add_argument("--client-id", required=True, metavar="ID")
    command.add_argument("--confirm", default="admin", help="auto, admin or code:123456 (default: admin)")
    command.add_argument("--auth", choices=("header", "protocol", "query"), default="header", help="where the token goes")
    command.add_argument("--ca", metavar="FILE", help="certificates to trust, in PEM")
    command.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds to wait for what a step expects")
    command.add_argument("--output", required=True, type=pathlib.Path, metavar="FILE")
    command = commands.add_parser("compare", help="compare two transcripts")
    command.add_argument("one", type=pathlib.Path)
    command.add_argument("other", type=pathlib.Path)
    command.add_argument("--known", type=pathlib.Path, metavar="FILE", help="steps that may differ: lines `step | reason`")
    command = commands.add_parser("self", help="record twice on ReferenceServer, and compare")
    command.add_argument("--bin", required=True, type=pathlib.Path, help="the folder that has ReferenceServer")
    command.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for transcripts and logs")
    parsed = parser.parse_args()
    match parsed.command:
        case "record":
            pool = UserPool(parsed.cognito, parsed.user_pool, parsed.client_id, parsed.confirm)
            return asyncio.run(record(parsed.websocket, pool, parsed.output, parsed.auth, parsed.ca, parsed.timeout))
        case "compare":
            transcripts = Transcript.read(parsed.one), Transcript.read(parsed.other)
            return compare(*transcripts, (str(parsed.one), str(parsed.other)), read_known(parsed.known))
        case _:
            return record_twice(parsed.bin, parsed.artifacts)


if __name__ == "__main__":
    sys.exit(main())
