"""PDFs written by hand: lines of Helvetica at given places, and facts about the file."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Put:
    """A line of text whose baseline begins `left` points from the left and `y` from the foot of an A4 page."""

    text: str
    y: float
    left: float = 72
    size: float = 11


def pdf(pages: Sequence[Sequence[Put] | bytes], *, encrypted: bool = False, **facts: str) -> bytes:
    """A whole file; a page given as bytes has them for its content."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    }
    for number, page in enumerate(pages):
        content = page if isinstance(page, bytes) else b"\n".join(map(_shown, page))
        objects[4 + 2 * number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>"
        ).encode()
        objects[5 + 2 * number] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    last = max(objects) + 1
    objects[last] = b"<< %s >>" % b" ".join(f"/{key} ".encode() + _string(value) for key, value in facts.items())
    # A password that is nobody's: its check is of zeros.
    locked = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>]" % (
        b"00" * 32,
        b"00" * 32,
    )
    written, places = b"%PDF-1.4\n", []
    for number, body in sorted(objects.items()):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info %d 0 R %s >>\n"
        % (
            last + 1,
            table,
            last + 1,
            last,
            locked if encrypted else b"",
        )
        + b"startxref\n%d\n%%%%EOF\n" % len(written)
    )


def column(
    lines: Sequence[str], *, top: float = 740, step: float = 14, left: float = 72, size: float = 11
) -> list[Put]:
    """Lines one below the other; an empty one leaves room."""
    return [Put(text, top - step * row, left, size) for row, text in enumerate(lines) if text]


def _shown(put: Put) -> bytes:
    return b"BT /F %g Tf %g %g Td %s Tj ET" % (put.size, put.left, put.y, _string(put.text))


def _string(text: str) -> bytes:
    return b"(" + text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"
