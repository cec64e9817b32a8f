"""Takes mail on 127.0.0.1:2525 and says how many it took: no more of SMTP (RFC 5321) than our own client needs."""

# ruff: noqa: T201 - what it says is read in `docker compose logs mailbox`

import asyncio

taken = 0


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    global taken
    answer = b"220 mailbox"
    while not answer.startswith(b"221"):
        writer.write(answer + b"\r\n")
        await writer.drain()
        match (await reader.readline())[:4].upper():
            case b"":
                break
            case b"QUIT":
                answer = b"221 bye"
            case b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                taken += 1
                print(f"mails taken: {taken}", flush=True)
                answer = b"250 taken"
            case _:
                answer = b"250 fine"
    writer.write(answer + b"\r\n")
    writer.close()


async def main() -> None:
    async with await asyncio.start_server(serve, "127.0.0.1", 2525, limit=10_000_000) as server:
        await server.serve_forever()


asyncio.run(main())
