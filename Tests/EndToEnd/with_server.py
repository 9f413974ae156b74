#!/usr/bin/env python3
"""Runs a command beside a ReferenceServer of its own, which keeps nothing.

    with_server.py --bin .build/debug --artifacts artifacts NAME [--auto-confirm] -- COMMAND…

In COMMAND, {url} stands for the server's address and {log} for its log. The exit code is the command's.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys

from harness import Arguments, Server


def main() -> int:
    own, command = split(sys.argv[1:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=pathlib.Path, help="the folder that has ReferenceServer")
    parser.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for logs")
    parser.add_argument("--auto-confirm", action="store_true", help="users need no code")
    parser.add_argument("name", help="of the server's log")
    parsed = parser.parse_args(own)
    parsed.artifacts.mkdir(parents=True, exist_ok=True)
    arguments = Arguments(parsed.bin.resolve(), parsed.artifacts.resolve())
    with Server(arguments, parsed.name, auto_confirm=parsed.auto_confirm) as server:
        filled = [part.replace("{url}", server.url).replace("{log}", str(server.log_path)) for part in command]
        return subprocess.run(filled, check=False).returncode


def split(arguments: list[str]) -> tuple[list[str], list[str]]:
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:end], arguments[end + 1:]


if __name__ == "__main__":
    sys.exit(main())
