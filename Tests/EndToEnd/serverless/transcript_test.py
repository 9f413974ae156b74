#!/usr/bin/env python3
"""The comparison of transcripts finds what it has to find, and nothing else.

    transcript_test.py
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import Checks, require, require_equal  # noqa: E402
from session_client import place  # noqa: E402
from transcript import Symbols, Transcript, compare, read_known  # noqa: E402

SUFFIX = "1f0c9a"


def event(**changes: object) -> str:
    value = {
        "type": "message", "room": f"swift-{SUFFIX}", "sequence": 8, "messageId": "0d7b", "sender": {"id": "s-1", "name": f"alice-{SUFFIX}"},
        "message": "hi", "sentAt": "2026-11-24T07:00:01.000Z", **changes,
    }
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def symbols() -> Symbols:
    made = Symbols(SUFFIX)
    made.add_user(f"alice-{SUFFIX}", "s-1")
    made.learn({"type": "joined", "room": f"swift-{SUFFIX}", "sequence": 5})
    return made


async def what_no_two_runs_share_becomes_a_symbol() -> None:
    expected = ('{"type":"message","room":"swift","sequence":"swift+3","messageId":"m1","sender":{"id":"user(alice)","name":"alice"},'
                '"message":"hi","sentAt":"time(m1)"}')
    made = symbols()
    require_equal(made.rendered(event()), expected, "the frame")
    require_equal(made.rendered(event()), expected, "the same frame")
    other = symbols()
    require_equal(other.rendered(event(messageId="ffff", sentAt="2027-01-01T00:00:00.000Z")), expected, "the frame of another run")


async def everything_else_stays_as_it_came() -> None:
    made = symbols()
    plain = made.rendered(event())
    for name, frame in {
        "another message id": event(messageId="0d7c"), "another sequence": event(sequence=9),
        "another time": event(sentAt="2026-11-24T07:00:01.001Z"),
        "a malformed time": event(messageId="e", sentAt="yesterday"), "another sender": event(sender={"id": "s-2", "name": f"alice-{SUFFIX}"}),
        "another text": event(message="ho"), "a member more": event(more=None), "a sequence that is a string": event(sequence="8"),
        "spaces": event().replace(",", ", "), "another escape": event().replace("hi", "h\\u0069"), "another order": event().replace(
            '"type":"message",', "").replace('"message":"hi"', '"type":"message","message":"hi"'),
    }.items():
        require(made.rendered(frame) != plain, f"{name} is rendered as the frame without it")


async def answers_stand_before_messages_and_messages_by_room_and_sequence() -> None:
    frames = [{"type": "message", "room": "b", "sequence": 1}, {"type": "pong", "ref": "2"}, {"type": "message", "room": "a", "sequence": 2},
              {"type": "pong", "ref": "1"}, {"type": "message", "room": "a", "sequence": 1}]
    ordered = sorted(frames, key=lambda frame: place(frame, ["1", "2"]))
    require_equal(ordered, [frames[3], frames[1], frames[4], frames[2], frames[0]], "the order")


def outcome(first: dict[str, list[str]], second: dict[str, list[str]], known: dict[str, str] | None = None) -> tuple[int, str]:
    transcripts = []
    for steps in (first, second):
        transcript = Transcript()
        for name, lines in steps.items():
            transcript.add(name, lines)
        transcripts.append(transcript)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = compare(*transcripts, ("first", "second"), known or {})
    return code, output.getvalue()


async def a_difference_is_found_and_shown() -> None:
    steps = {"one": ["> a", "< b"], "two": ["< c"]}
    require_equal(outcome(steps, steps), (0, "ok      one\nok      two\n2 passed, 0 failed\n"), "the outcome for equal ones")
    for name, other in {
        "another line": {"one": ["> a", "< x"], "two": ["< c"]}, "a line more": {"one": ["> a", "< b", "< x"], "two": ["< c"]},
        "a step less": {"one": ["> a", "< b"]}, "a step more": {**steps, "x": ["< x"]},
    }.items():
        code, text = outcome(steps, other)
        require(code == 1 and "1 failed" in text, f"{name} is not found: {text}")
        require(name == "a step less" or "< x" in text, f"{name} is not shown: {text}")


async def a_known_difference_is_borne_while_it_is_there() -> None:
    steps, other = {"one": ["a"], "two": ["b"]}, {"one": ["a"], "two": ["x"]}
    require_equal(outcome(steps, other, {"two": "why"})[0], 0, "the exit code with a known difference")
    for known in ({"one": "why", "two": "why"}, {"two": "why", "none": "why"}, {"one": "why"}):
        require_equal(outcome(steps, other, known)[0], 1, f"the exit code with {known}")


async def a_transcript_is_read_as_it_was_written() -> None:
    made = Transcript()
    made.add("one", ["> a", '< {"message":"\ud800 \u2028 \u0085"}'])
    made.add("two", [])
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "transcript.txt"
        made.write(path)
        read = Transcript.read(path)
        require_equal(read.steps, {"one": ["> a", '< {"message":"\\ud800 \u2028 \u0085"}'], "two": []}, "what is read")
        known = pathlib.Path(folder) / "known.txt"
        known.write_text("# comment\n\nframe: an array | a reason: with colons\n")
        require_equal(read_known(known), {"frame: an array": "a reason: with colons"}, "what is known")


async def run() -> int:
    checks = Checks()
    for check in (
        what_no_two_runs_share_becomes_a_symbol, everything_else_stays_as_it_came, answers_stand_before_messages_and_messages_by_room_and_sequence,
        a_difference_is_found_and_shown, a_known_difference_is_borne_while_it_is_there, a_transcript_is_read_as_it_was_written,
    ):
        await checks.run(check.__name__.replace("_", " "), check)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(run()))
