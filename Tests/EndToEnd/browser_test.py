#!/usr/bin/env python3
"""The page and the terminal client in one chat, through a running ReferenceServer.

    browser_test.py --url http://127.0.0.1:8080 --chat .build/debug/chat --artifacts artifacts [--code-log server.log]

The server is one that nobody has signed up with yet. Without --code-log it was started with --auto-confirm; with it, the
confirmation codes are read from its log (`chat.code=123456`, `chat.username=NAME`). Needs Playwright (PyPI) and Chromium.
"""

import argparse
import contextlib
import json
import pathlib
import queue
import re
import subprocess
import sys
import threading
import time
import urllib.request

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect, sync_playwright

ALICE = "browser-alice"
BOB = "terminal-bob"
PASSWORD = "Correct-Horse-7"
TRICKY = '<b>x</b> & "quotes" 🎉'
FLOOD = 30  # messages from either side, together more than a page of history
LAST = f"terminal {FLOOD}"
TIMEOUT = 20  # seconds, for anything that is waited for


class Failure(Exception):
    """Something was not as it has to be."""


def require(condition, message):
    if not condition:
        raise Failure(message)


class Lines:
    """The lines of a stream as they come, each to be read within a deadline."""

    def __init__(self, stream, name):
        self.name = name
        self.seen = []
        self.queue = queue.Queue()
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream):
        for line in stream:
            self.queue.put(line.rstrip("\r\n"))
        self.queue.put(None)

    def wait_for(self, matches, what):
        """The next line that matches; those before it are passed over."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                line = self.queue.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failure(f"{self.name} did not print {what} within {TIMEOUT} s. It printed: {self.seen}") from None
            if line is None:
                raise Failure(f"{self.name} ended before it printed {what}. It printed: {self.seen}")
            self.seen.append(line)
            if matches(line):
                return line


class CodeLog:
    """Confirmation codes from the server's log."""

    def __init__(self, path):
        # -F, since the log may be made after this starts.
        self.process = subprocess.Popen(
            ["tail", "-n", "+1", "-F", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8")
        self.lines = Lines(self.process.stdout, "the server's log")

    def code(self, username):
        name = re.compile(rf'chat\.username="?{re.escape(username)}"?(?:\s|,|\]|$)')
        code = re.compile(r'chat\.code="?(\d{6})\b')
        line = self.lines.wait_for(lambda line: name.search(line) and code.search(line), f"a code for {username}")
        return code.search(line).group(1)

    def close(self):
        self.process.kill()


class Terminal:
    """The terminal client, its standard input and output in our hands."""

    def __init__(self, arguments, artifacts, sign_up):
        command = [arguments.chat, "--url", arguments.url, "--username", BOB, "--password", PASSWORD]
        self.errors = open(artifacts / "browser-terminal.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            command + (["--sign-up"] if sign_up else []), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            text=True, encoding="utf-8", bufsize=1)
        self.lines = Lines(self.process.stdout, "the terminal client")

    def send(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def wait_for_message(self, sender, text):
        expected = f"[general] {sender}: {text}"
        return self.lines.wait_for(lambda line: line.endswith(expected), repr(expected))

    def times_printed(self, text):
        return sum(1 for line in self.lines.seen if line.endswith(f": {text}"))

    def close(self):
        self.process.kill()
        self.process.wait()
        self.errors.close()


class Faults:
    """Whatever a page complains of: errors of the console and of scripts, breaches of the content security policy."""

    def __init__(self):
        self.seen = []
        self.tolerated = None

    def watch(self, page):
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', (event) =>"
            " console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`))")
        page.on("console", lambda message: message.type == "error" and self.note(f"{message.text} ({message.location.get('url')})"))
        page.on("pageerror", lambda error: self.note(f"uncaught: {error}"))

    def note(self, text):
        if not (self.tolerated and re.search(self.tolerated, text)):
            self.seen.append(text)

    @contextlib.contextmanager
    def tolerating(self, pattern):
        """For what is provoked: a browser reports every answer of 400 in its console."""
        self.tolerated = pattern
        yield
        self.tolerated = None

    def require_none(self, page):
        page.evaluate("1")  # Whatever the page said before this has been heard after it.
        require(not self.seen, f"the page complained: {self.seen}")


class WebSocketFaults:
    """Stands between a page and the server, and loses what it is told to."""

    def __init__(self, page):
        self.link = None
        self.loses_requests = False
        self.loses_answers = False
        self.lost = queue.Queue()
        page.route_web_socket(re.compile(r"/ws$"), self._connected)

    def _connected(self, link):
        server = link.connect_to_server()
        self.link, self.server = link, server

        def from_page(message):
            if self.loses_requests and '"sendMessage"' in message:
                self.lost.put(message)
            else:
                server.send(message)

        def from_server(message):
            if self.loses_answers and json.loads(message)["type"] in ("message", "messageAccepted"):
                self.lost.put(message)
            else:
                link.send(message)

        link.on_message(from_page)
        server.on_message(from_server)

    def wait_lost(self, page, count):
        # The handlers run while Playwright waits for the page, so the page has to be asked something.
        deadline = time.monotonic() + TIMEOUT
        while self.lost.qsize() < count:
            require(time.monotonic() < deadline, "the page did not send what was to be lost")
            page.evaluate("new Promise((resolve) => requestAnimationFrame(resolve))")

    def cut(self):
        self.loses_requests = self.loses_answers = False
        self.server.close()
        self.link.close(code=1001)


class BrowserTest:
    def __init__(self, arguments, artifacts, browser):
        self.arguments = arguments
        self.artifacts = artifacts
        self.browser = browser
        self.faults = Faults()
        self.codes = CodeLog(arguments.code_log) if arguments.code_log else None
        self.terminal = None
        self.passed = 0
        self.page = self.new_page()

    def new_page(self):
        page = self.browser.new_context(viewport={"width": 1100, "height": 760}).new_page()
        page.set_default_timeout(TIMEOUT * 1000)
        self.faults.watch(page)
        return page

    def run(self):
        for check in (
            self.page_loads_under_a_strict_policy,
            self.signs_up_in_the_page,
            self.a_wrong_password_is_refused,
            self.signs_in_in_the_page,
            self.a_message_reaches_the_page_from_the_terminal,
            self.a_message_reaches_the_terminal_from_the_page,
            self.markup_and_symbols_stay_text_both_ways,
            self.a_reload_keeps_the_session_and_the_history,
            self.many_messages_keep_their_order,
            self.scrolling_up_loads_older_messages,
            self.another_room_is_apart,
            self.a_lost_connection_loses_and_doubles_nothing,
            self.signs_out,
        ):
            print(f"- {check.__name__.replace('_', ' ')}", flush=True)
            check()
            self.faults.require_none(self.page)
            self.passed += 1

    # Signing up and in

    def page_loads_under_a_strict_policy(self):
        response = self.page.goto(self.arguments.url)
        require(response.status == 200, f"the page answered {response.status}")
        policy = response.headers.get("content-security-policy", "")
        require("default-src 'self'" in policy, f"the content security policy is {policy!r}")
        require("unsafe" not in policy, f"the content security policy is {policy!r}")
        expect(self.page.locator("#sign-in")).to_be_visible()
        expect(self.page.locator("#username")).to_be_focused()
        self.page.screenshot(path=self.artifacts / "browser-sign-in.png")

    def signs_up_in_the_page(self):
        page = self.page
        page.click("#show-sign-up")
        page.fill("#new-username", ALICE)
        page.fill("#new-email", "alice@example.com")
        page.fill("#new-password", PASSWORD)
        page.click("#sign-up")
        if self.codes:
            page.fill("#confirm-code", self.codes.code(ALICE))
            page.click("#confirm")
        self.expect_chat(page)

    def a_wrong_password_is_refused(self):
        page = self.page
        page.click("#sign-out")
        page.fill("#username", ALICE)
        page.fill("#password", PASSWORD + "!")
        with self.faults.tolerating(r"the server responded with a status of 400"):
            page.press("#password", "Enter")
            expect(page.locator("#sign-in-form [role=alert]")).to_have_text("The user name or the password is wrong.")
            page.evaluate("1")

    def signs_in_in_the_page(self):
        self.sign_in(self.page)

    def sign_in(self, page):
        page.fill("#username", ALICE)
        page.fill("#password", PASSWORD)
        page.click("#sign-in")
        self.expect_chat(page)

    def expect_chat(self, page):
        expect(page.locator("#status")).to_have_text("Connected", timeout=TIMEOUT * 1000)
        expect(page.locator("#own-name")).to_have_text(ALICE)
        expect(page.locator("#room-name")).to_have_text("general")
        expect(page.locator("#account")).to_be_hidden()

    # Both ways

    def a_message_reaches_the_page_from_the_terminal(self):
        if self.codes:
            self.sign_up_terminal()
        self.terminal = Terminal(self.arguments, self.artifacts, sign_up=not self.codes)
        self.terminal.send("hello from the terminal")
        message = self.message(self.page, "hello from the terminal")
        expect(message).to_have_count(1, timeout=TIMEOUT * 1000)
        expect(message.locator(".sender")).to_have_text(BOB)
        expect(message).not_to_have_class(re.compile(r"\bown\b"))
        expect(message.locator("time")).to_have_attribute("datetime", re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z$"))

    def sign_up_terminal(self):
        """The terminal client asks nobody for a code in this script, so its user is made through the user pool's API."""
        self.call("SignUp", Username=BOB, Password=PASSWORD)
        self.call("ConfirmSignUp", Username=BOB, ConfirmationCode=self.codes.code(BOB))

    def call(self, operation, **parameters):
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        }
        body = json.dumps({"ClientId": "chatlocal", **parameters}).encode()
        with urllib.request.urlopen(urllib.request.Request(self.arguments.url, body, headers), timeout=TIMEOUT) as response:
            return json.load(response)

    def a_message_reaches_the_terminal_from_the_page(self):
        self.send(self.page, "hello from the browser")
        self.terminal.wait_for_message(ALICE, "hello from the browser")
        self.expect_own(self.page, "hello from the browser")

    def markup_and_symbols_stay_text_both_ways(self):
        self.send(self.page, f"page: {TRICKY}")
        self.terminal.wait_for_message(ALICE, f"page: {TRICKY}")
        self.expect_own(self.page, f"page: {TRICKY}")
        self.terminal.send(f"terminal: {TRICKY}")
        expect(self.message(self.page, f"terminal: {TRICKY}")).to_have_count(1)
        expect(self.page.locator("#messages b")).to_have_count(0)

    def many_messages_keep_their_order(self):
        numbers = range(1, FLOOD + 1)
        for number in numbers:
            self.send(self.page, f"page {number}")
        for number in numbers:
            self.terminal.wait_for_message(ALICE, f"page {number}")
        for number in numbers:
            self.terminal.send(f"terminal {number}")
        expect(self.message(self.page, LAST)).to_have_count(1)
        self.expect_own(self.page, f"page {FLOOD}")
        expected = [f"{side} {number}" for side in ("page", "terminal") for number in numbers]
        texts = self.texts(self.page)[-2 * FLOOD:]
        require(texts == expected, f"the page shows {texts}")
        expect(self.message(self.page, LAST)).to_be_in_viewport()

    def scrolling_up_loads_older_messages(self):
        page = self.page
        every = self.texts(page)
        page.reload()
        expect(self.message(page, LAST)).to_be_in_viewport()
        newest = self.texts(page)
        require(newest == every[-50:], f"after a reload the page shows {newest}")
        page.locator("#messages").evaluate("(messages) => (messages.scrollTop = 0)")
        expect(page.locator("#messages li .text")).to_have_text(every)
        # What was being read has stayed in view.
        expect(self.message(page, newest[0])).to_be_in_viewport()
        expect(page.locator("#older")).to_be_hidden()

        self.terminal.send("while you read above")
        expect(page.locator("#newest")).to_be_visible()
        expect(self.message(page, "while you read above")).not_to_be_in_viewport()
        page.click("#newest")
        expect(self.message(page, "while you read above")).to_be_in_viewport()
        expect(page.locator("#newest")).to_be_hidden()
        overflow = page.evaluate("document.documentElement.scrollHeight - innerHeight")
        require(overflow == 0, f"the page itself scrolls, by {overflow} pixels; only the messages may")

    def a_reload_keeps_the_session_and_the_history(self):
        before = self.texts(self.page)
        self.page.reload()
        self.expect_chat(self.page)
        # The messages of before the reload, no more and no less, in their order.
        expect(self.page.locator("#messages li .text")).to_have_text(before)
        self.page.screenshot(path=self.artifacts / "browser-chat.png")

    def another_room_is_apart(self):
        page = self.page
        page.fill("#join-room", "swift")
        page.click("#join")
        expect(page.locator("#room-name")).to_have_text("swift")
        self.send(page, "only here")
        self.expect_own(page, "only here")
        page.get_by_role("button", name="general", exact=True).click()
        expect(self.message(page, LAST)).to_be_visible()
        expect(self.message(page, "only here")).to_be_hidden()
        page.click("button[aria-label='Leave swift']")
        expect(self.message(page, "only here")).to_have_count(0)

    def a_lost_connection_loses_and_doubles_nothing(self):
        page = self.new_page()
        link = WebSocketFaults(page)
        page.goto(self.arguments.url)
        self.sign_in(page)
        expect(self.message(page, LAST)).to_have_count(1)

        link.loses_requests = True
        self.send(page, "lost on the way there")
        link.wait_lost(page, 1)
        link.cut()
        self.expect_own(page, "lost on the way there")
        self.terminal.wait_for_message(ALICE, "lost on the way there")
        expect(page.locator("#status")).to_have_text("Connected")

        link.loses_answers = True
        self.send(page, "lost on the way back")
        link.wait_lost(page, 3)  # the receipt and the message; the one before was the request
        self.terminal.wait_for_message(ALICE, "lost on the way back")
        self.terminal.send("missed meanwhile")
        link.wait_lost(page, 4)
        link.cut()
        self.expect_own(page, "lost on the way back")
        expect(self.message(page, "missed meanwhile")).to_have_count(1)

        # What follows comes after anything that would have been sent twice.
        self.send(page, "after the storm")
        self.terminal.wait_for_message(ALICE, "after the storm")
        self.expect_own(page, "after the storm")
        expected = ["lost on the way there", "lost on the way back", "missed meanwhile", "after the storm"]
        for one in (page, self.page):
            expect(self.message(one, "after the storm")).to_have_count(1)
            texts = self.texts(one)
            require(texts[-4:] == expected, f"the page shows {texts[-4:]}")
            require(all(texts.count(text) == 1 for text in expected), f"a message is there twice: {texts[-8:]}")
        for text in ("lost on the way there", "lost on the way back", "after the storm"):
            require(self.terminal.times_printed(text) == 1, f"the terminal client printed {text!r} more than once")
        self.faults.require_none(page)
        page.context.close()

    def signs_out(self):
        self.page.click("#sign-out")
        expect(self.page.locator("#sign-in")).to_be_visible()
        expect(self.page.locator("#messages li")).to_have_count(0)
        self.page.reload()
        expect(self.page.locator("#sign-in")).to_be_visible()

    # What the checks share

    def message(self, page, text):
        return page.locator("#messages li").filter(has=page.get_by_text(text, exact=True))

    def texts(self, page):
        return page.locator("#messages ol:not([hidden]) li .text").all_text_contents()

    def send(self, page, text):
        page.fill("#composer", text)
        page.press("#composer", "Enter")

    def expect_own(self, page, text):
        """An own message that the server has kept: it has its number."""
        own = page.locator("#messages li.own[data-sequence]").filter(has=page.get_by_text(text, exact=True))
        expect(own).to_have_count(1, timeout=TIMEOUT * 1000)

    def close(self):
        if self.terminal:
            self.terminal.close()
        if self.codes:
            self.codes.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="where the server is, http://HOST:PORT")
    parser.add_argument("--chat", required=True, help="the terminal client")
    parser.add_argument("--artifacts", required=True, type=pathlib.Path, help="the folder for screenshots")
    parser.add_argument("--code-log", help="the server's log, if it wants confirmation codes")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    arguments.url = arguments.url.rstrip("/")
    arguments.artifacts.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=TIMEOUT * 1000)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox"])
        test = BrowserTest(arguments, arguments.artifacts, browser)
        try:
            test.run()
        except (Failure, AssertionError, PlaywrightError, OSError) as error:
            print(f"FAILED: {error}", file=sys.stderr)
            if test.faults.seen:
                print(f"The page complained: {test.faults.seen}", file=sys.stderr)
            with contextlib.suppress(PlaywrightError):
                test.page.screenshot(path=arguments.artifacts / "browser-failure.png")
            print(f"{test.passed} passed, 1 failed")
            return 1
        finally:
            test.close()
            browser.close()
    print(f"{test.passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
