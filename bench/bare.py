"""A route that only sends bytes, under the same server: the limit of what a gateway could answer.

python -m bench.bare PORT FILE
"""

import sys
from pathlib import Path
from typing import Any

import uvicorn


def main() -> None:
    port, body = int(sys.argv[1]), Path(sys.argv[2]).read_bytes()
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    uvicorn.run(app, port=port, log_level="warning", access_log=False, lifespan="off", server_header=False)


if __name__ == "__main__":
    main()
