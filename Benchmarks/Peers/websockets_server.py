"""Python's websockets as its documentation has it: what a client sends goes to everybody, the sender too."""

import asyncio

from websockets.asyncio.server import broadcast, serve

connections = set()


async def handle(connection):
    connections.add(connection)
    try:
        async for message in connection:
            broadcast(connections, message)
    finally:
        connections.discard(connection)


async def main():
    async with serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None, backlog=4096) as server:
        host, port = server.sockets[0].getsockname()
        print(f"listening on {host}:{port}", flush=True)
        await server.serve_forever()


asyncio.run(main())
