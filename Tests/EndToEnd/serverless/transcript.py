"""What a session looked like to its clients, in a form in which two runs, and two hosts, can be compared line by line.

What differs from run to run is replaced by a symbol; the same value is the same symbol in a whole transcript:

| value | symbol |
| --- | --- |
| `messageId`, `connectionId`, `requestId` | `m1`, `c1`, `r1`, … in the order of their appearance |
| `epoch` | `general:epoch1`, …: counted for each room, for the protocol compares epochs of one room only |
| `sequence` | `general+3`: after the sequence that the room had when the session first joined it |
| `sentAt` | `time(m1)`: the time of that message. It has to be the same wherever the message is shown, and well-formed |
| `sender.id` | `user(alice)`: the `UserSub` that sign-up gave |
| names of users and rooms | without the run's own suffix: `alice-1f0c9a` is `alice` |
| strings over 200 bytes | their length and the start of their SHA-256 |

Everything else is compared as it came: names and order of members, their values, the sentence of an error.

Order. The protocol promises, for one connection: a sender's `messageAccepted` before the `message` itself; a room's messages in the
order of their sequences, without a gap from `joined` on; nothing of what follows a `joinRoom` before it was carried out. It does not
promise the order of an answer and other people's messages, of two rooms, of two answers to requests sent without waiting, nor anything
between two connections. So, within a step, a client's answers stand first (in the order of the requests), then its messages, room by
room, each room in the order of arrival. What is promised and not kept stands in the transcript as a line that begins with `!`.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import pathlib
import re

from harness import JSON, Failure, require

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
LONGEST_STRING = 200  # bytes
HEADING = "== "


class Symbols:
    """What stands for the values that no two runs share."""

    def __init__(self, suffix: str) -> None:
        self._suffix = f"-{suffix}"
        self._names: dict[str, dict[str, str]] = {}
        self._subjects: dict[str, str] = {}
        self._bases: dict[str, int] = {}
        self._times: dict[str, str] = {}

    def add_user(self, name: str, subject: str) -> None:
        self._subjects[subject] = f"user({self.plain(name)})"

    def base(self, room: str) -> int:
        """The sequence that the room had when the session first joined it."""
        require(room in self._bases, f"the session has not joined {self.plain(room)}")
        return self._bases[room]

    def learn(self, event: JSON) -> None:
        if event.get("type") == "joined" and isinstance(event.get("sequence"), int):
            self._bases.setdefault(event.get("room", ""), event["sequence"])

    def plain(self, text: str) -> str:
        return text.replace(self._suffix, "")

    def rendered(self, frame: str) -> str:
        """A frame as it stands in the transcript."""
        try:
            value = json.loads(frame)
        except json.JSONDecodeError:
            return f"(no JSON) {json.dumps(self._string(frame), ensure_ascii=False)}"
        compact = json.dumps(self._value(value, {}), ensure_ascii=False, separators=(",", ":"))
        same = json.dumps(value, ensure_ascii=False, separators=(",", ":")) == frame
        return compact if same else f"{compact} (spaced or escaped otherwise)"

    def _value(self, value: object, context: JSON) -> object:
        if isinstance(value, dict):
            return {name: self._member(name, member, value) for name, member in value.items()}
        if isinstance(value, list):
            return [self._value(element, context) for element in value]
        return self._string(value) if isinstance(value, str) else value

    def _member(self, name: str, value: object, owner: JSON) -> object:
        room = owner.get("room", "general")
        match name, value:
            case "messageId", str(): return self._symbol("m", value)
            case "connectionId", str(): return self._symbol("c", value)
            case "requestId", str(): return self._symbol("r", value)
            case "epoch", str(): return self._symbol(f"{self.plain(room)}:epoch", value)
            case "sequence", int() if room in self._bases: return f"{self.plain(room)}+{value - self._bases[room]}"
            case "sentAt", str(): return self._time(value, owner)
            case "sender", {"id": str() as subject}:
                return {**self._value(value, owner), "id": self._subjects.get(subject, f"unknown user {subject}")}
        return self._value(value, owner)

    def _symbol(self, kind: str, value: str) -> str:
        names = self._names.setdefault(kind, {})
        return names.setdefault(value, f"{kind}{len(names) + 1}")

    def _time(self, value: str, owner: JSON) -> str:
        if not TIME.match(value):
            return f"malformed time {value}"
        first = self._times.setdefault(owner.get("messageId", ""), value)
        name = f"time({self._symbol('m', owner.get('messageId', ''))})"
        return name if value == first else f"{name} changed from {first} to {value}"

    def _string(self, value: str) -> str:
        value = self.plain(value)
        data = value.encode("utf-8", "surrogatepass")
        if len(data) <= LONGEST_STRING:
            return value
        return f"{value[:10]}… ({len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:12]})"


class Transcript:
    """The steps of a session, each with its lines, in their order."""

    def __init__(self) -> None:
        self.steps: dict[str, list[str]] = {}

    def add(self, step: str, lines: list[str]) -> None:
        require(step not in self.steps, f"there are two steps {step!r}")
        self.steps[step] = lines

    def write(self, path: pathlib.Path) -> None:
        blocks = ("\n".join([HEADING + step, *lines]) for step, lines in self.steps.items())
        # A surrogate alone, which a request may hold, is written as an escape.
        path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8", errors="backslashreplace")

    @classmethod
    def read(cls, path: pathlib.Path) -> Transcript:
        transcript = cls()
        lines: list[str] | None = None
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith(HEADING):
                lines = []
                transcript.add(line.removeprefix(HEADING), lines)
            elif line:
                if lines is None:
                    raise Failure(f"{path} is no transcript")
                lines.append(line)
        return transcript


def read_known(path: pathlib.Path | None) -> dict[str, str]:
    """Steps whose difference is known, and why: lines `step | reason`; `#` begins a comment."""
    known: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path else []:
        if line.strip() and not line.startswith("#"):
            step, separator, reason = line.partition(" | ")
            require(separator and reason.strip(), f"{path}: {line!r} is not `step | reason`")
            known[step] = reason.strip()
    return known


def compare(first: Transcript, second: Transcript, names: tuple[str, str], known: dict[str, str]) -> int:
    """Prints a line a step, with a diff where they differ. Returns the exit code: 0 if only known steps differ, and all of those do."""
    passed = failed = 0
    absent = ["(no such step)"]
    for step in dict.fromkeys([*first.steps, *second.steps, *known]):
        one, other = first.steps.get(step, absent), second.steps.get(step, absent)
        difference = list(difflib.unified_diff(one, other, *names, lineterm="", n=2))
        if difference and step in known:
            print(f"known   {step}: {known[step]}")
        elif difference:
            failed += 1
            print(f"FAILED  {step}: differs", *difference, sep="\n    ")
        elif step in known:
            failed += 1
            print(f"FAILED  {step}: is said to differ, and does not")
        else:
            passed += 1
            print(f"ok      {step}")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0
