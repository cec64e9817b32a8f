"""Small files made by hand."""

import hashlib
import struct


def a_pdf(*pages: str, title: str = "") -> bytes:
    """A PDF with one line of text on each page, and a title in its metadata if there is one."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, text in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (5 + 2 * n)
        )
        objects.append(a_stream(b"BT /F1 12 Tf 72 700 Td (" + text.encode("cp1252") + b") Tj ET"))
    if not title:
        return pdf_of(objects)
    objects.append(b"<< /Title (" + title.encode("cp1252") + b") >>")
    return pdf_of(objects, b" /Info %d 0 R" % len(objects))


def a_stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalog. `trailer`: more entries of it."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R%s >>\n" % (len(objects) + 1, trailer)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def an_encrypted_pdf(text: str, password: str) -> bytes:
    """A PDF of one page that opens with a password alone: 40-bit RC4, revision 2 (ISO 32000-1, 7.6.3)."""
    key, owner, ident = *_keys(password), b"0123456789abcdef"

    def locked(number: int, data: bytes) -> bytes:
        return _rc4(_md5(key + struct.pack("<I", number)[:3] + b"\0\0")[:10], data)

    plain = b"BT /F1 12 Tf 72 700 Td (" + text.encode("cp1252") + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        b" /Contents 5 0 R >>",
        a_stream(locked(5, plain)),
    ]
    encrypt = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (
        owner.hex().encode(),
        _rc4(key, _PADDING).hex().encode(),
    )
    return pdf_of(objects, b" /Encrypt %s /ID [<%s> <%s>]" % (encrypt, *2 * [ident.hex().encode()]))


def _keys(password: str) -> tuple[bytes, bytes]:
    """The key of a file, and its entry O."""
    padded = (password.encode("cp1252") + _PADDING)[:32]
    owner = _rc4(_md5(padded)[:5], padded)
    return _md5(padded + owner + struct.pack("<i", -4) + b"0123456789abcdef")[:5], owner


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()  # what the format asks for
