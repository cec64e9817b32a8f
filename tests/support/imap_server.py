"""A little of an IMAP server on the loopback: one account, one folder, what our mailbox asks of it."""

import re
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any

USER, PASSWORD, FOLDER = "replies", "p@ss/word", "Calendar replies"


@dataclass
class ImapServer:
    """`mails` by their UID, each with its flags; after `hangs_up_after` commands it hangs up. With `tls` each
    conversation is encrypted from its first byte."""

    mails: dict[int, bytes]
    flags: dict[int, str] = field(default_factory=dict)
    hangs_up_after: int | None = None
    tls: ssl.SSLContext | None = None
    _server: Any = None

    def __enter__(self) -> "ImapServer":
        kept = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                for number, line in enumerate(self.rfile):
                    if number == kept.hangs_up_after:
                        return
                    tag, _, command = line.decode().strip().partition(" ")
                    for part in kept.answers(command):
                        self.wfile.write(part)
                    refused = command.startswith(("LOGIN", "SELECT")) and not kept.knows(command)
                    self.wfile.write(f"{tag} {'NO refused' if refused else 'OK done'}\r\n".encode())

        self._server = _Server(("127.0.0.1", 0), Conversation)
        self._server.tls = self.tls
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def knows(self, command: str) -> bool:
        return (USER in command and f'"{PASSWORD}"' in command) or f'"{FOLDER}"' in command

    def answers(self, command: str) -> list[bytes]:
        if command == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if command == "UID SEARCH UNSEEN":
            unseen = " ".join(str(uid) for uid in self.mails if "Seen" not in self.flags.get(uid, ""))
            return [f"* SEARCH {unseen}\r\n".encode()]
        if found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            said = self.mails[int(found[1])][: int(found[2])]
            head = f"* {found[1]} FETCH (UID {found[1]} BODY[]<0> {{{len(said)}}}\r\n".encode()
            return [head, said, b")\r\n"]
        if found := re.fullmatch(r"UID STORE (\d+) \+FLAGS \((.*)\)", command):
            self.flags[int(found[1])] = found[2]
        return []


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[Any, Any]:
        taken, address = super().get_request()
        if self.tls:  # it shakes hands in the thread of the conversation
            taken = self.tls.wrap_socket(taken, server_side=True, do_handshake_on_connect=False)
        return taken, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever does not believe us hangs up: nothing to tell."""
