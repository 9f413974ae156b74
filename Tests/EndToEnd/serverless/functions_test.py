#!/usr/bin/env python3
"""The functions' zips, as Lambda would start them: built by build.sh with its checks, and how long each takes to its first `next`.

    functions_test.py --output .build/lambda

That Amazon Linux 2023 has what they need is build.sh's to find out (readelf); it fails otherwise. The time is from the start of the
process to its first question for an event, on this machine, with nothing read from disk for the first time.
"""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import Checks, Failure, require, require_equal  # noqa: E402
from programs import REGION, clean_environment  # noqa: E402

BUILD = pathlib.Path(__file__).resolve().parent.parent.parent.parent / "Examples" / "Serverless" / "build.sh"
FUNCTIONS = ("ConnectAuthorizer", "ConnectHandler", "DisconnectHandler", "MessageHandler")
BUILD_TIMEOUT = 1200.0
START_TIMEOUT = 30.0
STARTS = 7
MAXIMUM_ZIP = 50 * 2**20  # what Lambda takes in one request; from S3, 250 MiB unpacked


class FunctionsTest:
    def __init__(self, output: pathlib.Path) -> None:
        self.output = output

    async def run(self, checks: Checks) -> None:
        await checks.run("functions: built, with nothing newer than Amazon Linux 2023 has", self.they_are_built, BUILD_TIMEOUT)
        if checks.failed:
            return
        for function in FUNCTIONS:
            await checks.run(f"functions: {function} starts", lambda function=function: self.it_starts(function), START_TIMEOUT * STARTS)

    async def they_are_built(self) -> str:
        build = await asyncio.to_thread(
            subprocess.run, [str(BUILD), "--output", str(self.output)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if build.returncode != 0:
            raise Failure(f"build.sh ended with {build.returncode}: {(build.stdout + build.stderr)[-2000:]}")
        return "; ".join(line.strip() for line in build.stdout.splitlines() if "zipped" in line)

    async def it_starts(self, function: str) -> str:
        archive = self.output / f"{function}.zip"
        require(archive.stat().st_size <= MAXIMUM_ZIP, f"{archive} has {archive.stat().st_size} bytes")
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(archive) as file:
                require_equal(file.namelist(), ["bootstrap"], "what is in the zip")
                file.extractall(folder)
            bootstrap = pathlib.Path(folder) / "bootstrap"
            bootstrap.chmod(0o755)
            times = [await self.start(bootstrap) for _ in range(STARTS)]
        return f"{statistics.median(times) * 1000:.0f} ms to the first next, {min(times) * 1000:.0f} at best"

    async def start(self, bootstrap: pathlib.Path) -> float:
        """Seconds to the first `next`; then it is told to end, and has to."""
        asked = asyncio.get_running_loop().create_future()

        async def runtime_api(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = await reader.readline()
            if not asked.done():
                asked.set_result((line.decode(), time.monotonic()))
            await reader.read()  # Until the function ends; there is no event.
            writer.close()

        async with await asyncio.start_server(runtime_api, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            environment = clean_environment(
                AWS_LAMBDA_RUNTIME_API=f"127.0.0.1:{port}", AWS_REGION=REGION, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test",
                CONNECTIONS_TABLE="c", MESSAGES_TABLE="m", USER_POOL_ID=f"{REGION}_test", USER_POOL_CLIENT_ID="client")
            started = time.monotonic()
            process = await asyncio.create_subprocess_exec(bootstrap, env=environment, stdin=subprocess.DEVNULL)
            try:
                async with asyncio.timeout(START_TIMEOUT):
                    line, at = await asked
                    require_equal(line.split(" HTTP")[0], "GET /2018-06-01/runtime/invocation/next", "the first call of the Runtime API")
                    process.terminate()
                    require_equal(await process.wait(), 0, "how it ends when it is told to")
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return at - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, type=pathlib.Path, help="the folder for the zips")
    checks = Checks()
    asyncio.run(FunctionsTest(parser.parse_args().output.resolve()).run(checks))
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
