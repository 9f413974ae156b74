#!/usr/bin/env python3
"""ReferenceServer's edge by its options: certificates that are exchanged while it runs, proxies, pages' origins, limits by address.

    edge_test.py --bin .build/debug --artifacts artifacts
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from harness import TIMEOUT, Arguments, Checks, Server, Users, parse_arguments, require, require_equal

CLIENT = "203.0.113.7"  # RFC 5737's, for documentation
PAGE = "https://chat.example"


class CertificateFiles:
    """A certificate for 127.0.0.1 and its key, where a server reads them; made anew by `renew`."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.certificate = folder / "edge-certificate.pem"
        self.key = folder / "edge-key.pem"
        self.renew()

    def renew(self) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
             "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(self.key), "-out", str(self.certificate)],
            check=True, capture_output=True)

    @property
    def der(self) -> bytes:
        return ssl.PEM_cert_to_DER_cert(self.certificate.read_text())


class EdgeTest:
    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments

    async def run(self, checks: Checks) -> None:
        for check in (
            self.certificates_are_exchanged_without_dropping_connections, self.a_proxy_protocol_header_is_wanted_and_read,
            self.only_the_page_may_connect_from_a_browser, self.a_trusted_proxy_tells_whom_a_connection_counts_for,
            self.there_is_an_event_loop_a_processor_that_it_may_use,
        ):
            await checks.run(check.__name__.replace("_", " "), check)

    async def certificates_are_exchanged_without_dropping_connections(self) -> str:
        return await asyncio.to_thread(self._exchange_certificates)

    def _exchange_certificates(self) -> str:
        files = CertificateFiles(self.arguments.artifacts)
        with Server(self.arguments, "edge-tls", "--tls-certificate", str(files.certificate), "--tls-key", str(files.key)) as server:
            first = files.der
            context = ssl.create_default_context(cafile=str(files.certificate))
            old = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=TIMEOUT, context=context)
            require_equal(health(old), 200, "the answer with the first certificate")
            files.renew()
            require_equal(presented(server.port), first, "the certificate before the server is told")
            server.process.send_signal(signal.SIGHUP)
            started = time.monotonic()
            while presented(server.port) != files.der:
                require(time.monotonic() - started < TIMEOUT, "the new certificate is not presented")
                time.sleep(0.02)
            require_equal(health(old), 200, "the answer on the connection from before")
            context = ssl.create_default_context(cafile=str(files.certificate))
            require_equal(health(http.client.HTTPSConnection("127.0.0.1", server.port, timeout=TIMEOUT, context=context)), 200, "the answer")
            # One that cannot be read changes nothing.
            files.certificate.write_text("no certificate")
            second = presented(server.port)
            server.process.send_signal(signal.SIGHUP)
            server.output.wait_for("the certificate cannot be reloaded")
            require_equal(presented(server.port), second, "the certificate after one that is none")
            server.require_running()
        return "and one that is none is refused"

    async def a_proxy_protocol_header_is_wanted_and_read(self) -> None:
        with Server(self.arguments, "edge-proxy", "--proxy-protocol") as server:
            request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            require_equal(await exchange(server.port, request), b"", "the answer without a header")
            for header in (f"PROXY TCP4 {CLIENT} 127.0.0.1 1234 443\r\n".encode(), proxy_version_two()):
                answer = await exchange(server.port, header + request)
                require(answer.startswith(b"HTTP/1.1 200 "), f"with {header[:16]!r} the answer is {answer[:60]!r}")

    async def only_the_page_may_connect_from_a_browser(self) -> None:
        with Server(self.arguments, "edge-origin", "--origin", PAGE) as server:
            require_equal(await status(server, {"Origin": "https://elsewhere.example"}), 403, "the answer to another page")
            require_equal(await status(server, {"Origin": PAGE}), 401, "the answer to the page, without a token")
            require_equal(await status(server, {}), 401, "the answer to who is no browser, without a token")

    async def a_trusted_proxy_tells_whom_a_connection_counts_for(self) -> None:
        options = ("--trusted-proxy", "127.0.0.0/8", "--max-connections-per-address", "1")
        with Server(self.arguments, "edge-forwarded", *options) as server:
            users = Users(server)
            await asyncio.to_thread(users.sign_up, "alice")
            token = (await asyncio.to_thread(users.sign_in, "alice"))["AccessToken"]
            headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": CLIENT}
            async with connect(server.web_socket_url, additional_headers=headers, proxy=None):
                require_equal(await status(server, headers), 429, "the answer to a second connection of one address")
                async with connect(server.web_socket_url, additional_headers={**headers, "X-Forwarded-For": "203.0.113.8"}, proxy=None):
                    pass

    async def there_is_an_event_loop_a_processor_that_it_may_use(self) -> str:
        allowed = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(allowed)})  # what a process is started with, it keeps
        try:
            with Server(self.arguments, "edge-one-processor") as server:
                require_equal(event_loops(server), 1, "event loops on one processor")
            with Server(self.arguments, "edge-event-loops", "--event-loops", "3") as server:
                require_equal(event_loops(server), 3, "event loops, as asked for")
        finally:
            os.sched_setaffinity(0, allowed)
        with Server(self.arguments, "edge-every-processor") as server:
            count = event_loops(server)
        require(1 <= count <= len(allowed), f"{count} event loops on {len(allowed)} processors")
        return f"{count} on {len(allowed)} processors"


def event_loops(server: Server) -> int:
    """How many threads of the server are SwiftNIO's event loops, by their names."""
    threads = pathlib.Path(f"/proc/{server.process.pid}/task").glob("*/comm")
    return sum(name.read_text().startswith("NIO-SGLTN") for name in threads)


def health(connection: http.client.HTTPSConnection) -> int:
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    response.read()
    return response.status


def presented(port: int) -> bytes:
    """The certificate that a new connection gets, whatever it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as plain, context.wrap_socket(plain) as tls:
        return tls.getpeercert(binary_form=True) or b""


def proxy_version_two() -> bytes:
    """PROXY protocol, version 2: a proxied TCP connection over IPv4."""
    addresses = socket.inet_aton(CLIENT) + socket.inet_aton("127.0.0.1") + (1234).to_bytes(2) + (443).to_bytes(2)
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes((0x21, 0x11)) + len(addresses).to_bytes(2) + addresses


async def exchange(port: int, data: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.closing(writer):
        writer.write(data)
        with contextlib.suppress(ConnectionResetError):
            return await reader.read()
    return b""


async def status(server: Server, headers: dict[str, str]) -> int:
    """How a handshake is refused; 101 if it is not."""
    try:
        async with connect(server.web_socket_url, additional_headers=headers, proxy=None):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


async def run(arguments: Arguments) -> int:
    checks = Checks()
    await EdgeTest(arguments).run(checks)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(asyncio.run(run(parse_arguments(__doc__))))
