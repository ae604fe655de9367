from email.message import EmailMessage
from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources import SOURCES, base, mail
from index.sources.base import PARSER_ERRORS
from index.types import Document, Origin, Skipped
from tests.damage import damaged
from tests.index.pdfs import column, pdf

READER = next(source for source in SOURCES if ".eml" in source.suffixes)


def read(folder: Path, data: bytes, name: str = "post/talks.eml") -> list[Document | Skipped]:
    path = folder / f"file{Path(name).suffix}"
    path.write_bytes(data)
    return list(READER.read(path, name))


def message(text: str = "We agreed on trade.", **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def facts(item: Document | Skipped) -> tuple[str, str]:
    return (item.title, item.text) if isinstance(item, Document) else (item.source, item.reason)


def test_a_message_becomes_a_document_whose_sender_is_not_its_speaker(tmp_path: Path) -> None:
    made = message(
        "Dear all,\n\nthe minister said\nthat talks go on.\n",
        Subject="Statement: Señor Muñoz",
        Date="Fri, 28 May 2021 23:30:00 -0400",
        From='"Press Office" <press@example.org>',
        Archived_At="<https://example.org/a/1>",
    )
    assert read(tmp_path, made.as_bytes()) == [
        Document(
            base.document_id("post/talks.eml"),
            "Statement: Señor Muñoz",
            "Dear all,\n\nthe minister said that talks go on.",
            "post/talks.eml",
            "2021-05-28",
            "https://example.org/a/1",
            title_origin=Origin.METADATA,
            date_origin=Origin.METADATA,
            publisher="Press Office",
        )
    ]


def test_plain_text_is_preferred_and_html_is_read_where_it_is_alone(tmp_path: Path) -> None:
    both = message("Plain.", Subject="S")
    both.add_alternative("<p>Rich.</p>", subtype="html")
    assert [facts(item) for item in read(tmp_path, both.as_bytes())] == [("S", "Plain.")]
    rich = EmailMessage()
    rich["Subject"] = "S"
    rich.set_content("<style>p {}</style><p>One <b>two</b>.</p><p>Three.</p><script>four()</script>", subtype="html")
    assert [facts(item) for item in read(tmp_path, rich.as_bytes())] == [("S", "One two.\n\nThree.")]


@pytest.mark.parametrize("html", ["<title>T</title>", "<frameset><noframes><p>No frames.</p></noframes></frameset>"])
def test_html_without_a_body_is_no_text_and_costs_the_message_none(tmp_path: Path, html: str) -> None:
    alone = EmailMessage()
    alone["Subject"] = "S"
    alone.set_content(f"<html>{html}</html>", subtype="html")
    assert [facts(item) for item in read(tmp_path, alone.as_bytes())] == [("post/talks.eml", "no text in it")]
    beside = EmailMessage()
    beside["Subject"] = "S"
    beside.set_content("<p>We agreed.</p>", subtype="html")
    beside.add_attachment(f"<html>{html}</html>", subtype="html", disposition="inline")
    assert [facts(item) for item in read(tmp_path, beside.as_bytes())] == [("S", "We agreed.")]


def test_what_is_quoted_from_another_message_stays_marked_and_apart(tmp_path: Path) -> None:
    text = "I agree.\n> We should\n> go on.\n>\n> > Should we?\nIndeed."
    (document,) = read(tmp_path, message(text, Subject="S").as_bytes())
    assert isinstance(document, Document)
    assert document.text.split("\n\n") == ["I agree.", "> We should go on.", "> Should we?", "Indeed."]


def test_attachments_are_read_by_their_readers_or_named(tmp_path: Path) -> None:
    made = message(Subject="S")
    made.add_attachment(pdf([column(["Attached words."])]), maintype="application", subtype="pdf", filename="a.pdf")
    made.add_attachment(b"PK", maintype="application", subtype="zip", filename="../../b.zip")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="c.pdf")
    made.add_attachment("Notes.", filename="notes.txt")
    made.add_attachment(b"GIF", maintype="image", subtype="gif", cid="<logo>")
    _, attached, unread, broken, notes = read(tmp_path, made.as_bytes())
    assert isinstance(attached, Document)
    assert (attached.source, attached.text, attached.page(0)) == ("post/talks.eml/a.pdf", "Attached words.", 1)
    assert facts(unread) == ("post/talks.eml/b.zip", "attached, and no reader for .zip files")
    assert facts(broken) == ("post/talks.eml/c.pdf", "damaged, or no PDF")
    assert facts(notes) == ("Notes", "Notes.")


def test_messages_within_messages_are_read_to_a_depth(tmp_path: Path) -> None:
    made = message("Words 0.", Subject="0")
    for number in range(1, mail.MAX_DEPTH + 3):
        outer = message(f"Words {number}.", Subject=str(number))
        outer.add_attachment(made)
        made = outer
    *documents, skipped = read(tmp_path, made.as_bytes())
    assert len(documents) == mail.MAX_DEPTH + 1
    assert len({item.source for item in documents}) == len(documents)
    assert isinstance(skipped, Skipped)
    assert skipped.reason == f"a message in more than {mail.MAX_DEPTH} others"


def test_a_part_in_an_old_or_unknown_or_wrong_encoding_is_read(tmp_path: Path) -> None:
    words = "El señor Muñoz dijo que no habrá más reuniones este año."
    for charset, encoding in [("iso-8859-1", "latin-1"), ("x-unknown", "utf-8"), ("us-ascii", "cp1252")]:
        data = f"Subject: S\nContent-Type: text/plain; charset={charset}\n\n".encode() + words.encode(encoding)
        assert [facts(item) for item in read(tmp_path, data)] == [("S", words)]


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (b"=?x-odd*en?Q?Caf=E9?= =?utf-8?Q?_talks?=", "Caf\ufffd talks"),
        (b"=?idna?Q?Caf=E9_talks?=", "Caf\ufffd talks"),
        (b"=?undefined?B?VGFsa3M=?= resumed", "Talks resumed"),
        (b"=?iso-8859-1?Q?=93Talks=94?=", "“Talks”"),
        (b"=?utf-8\xff?Q?Talks?= resumed", "Talks resumed"),
        (b"=?utf-32?B?AGFiYw==?= talks", "=?utf-32?B?AGFiYw==?= talks"),
        ("Café talks".encode(), "Café talks"),
        (b"Caf\xe9 talks", "Caf\ufffd talks"),
    ],
)
def test_a_header_is_read_as_far_as_its_encoding_goes(tmp_path: Path, subject: bytes, title: str) -> None:
    data = b"Subject: " + subject + b"\n\nWe agreed on trade."
    assert [facts(item) for item in read(tmp_path, data)] == [(title, "We agreed on trade.")]


CHARSETS = [
    "idna",
    "punycode",
    "undefined",
    "x-odd",
    "utf-32",
    "utf-16",
    "rot13",
    "hex",
    "cp037",
    "",
    "a" * 300,
    "\xff",
]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/plain; charset={}",
        "Content-Type: text/plain; charset*=utf-8''{}",
        "From: =?{}?Q?Caf=E9?= <a@b.org>",
        "Date: =?{}?Q?a=E9?=",
        "Message-ID: <=?{}?Q?a=E9?=>",
        "Content-Disposition: inline; name*={}''caf%E9.txt",
    ],
)
def test_no_name_of_an_encoding_costs_a_message(tmp_path: Path, header: str, charset: str) -> None:
    text = "The café where both ministers met for an hour is closed, they said."
    data = header.format(charset).encode("latin-1") + b"\nX-Sent: yes\n\n" + text.encode("cp1252")
    (item,) = read(tmp_path, data)
    assert isinstance(item, Document), item
    assert item.text.replace("\ufffd", "é") == text


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "x-odd", "utf-32", "rot13", "hex", "\xff"])
def test_a_file_attached_under_a_name_in_an_odd_encoding_is_read(tmp_path: Path, charset: str) -> None:
    head = f"Content-Disposition: attachment; filename*={charset}''caf%E9%20talks.txt\n\n"
    data = (
        b'Subject: S\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n'
        + head.encode("latin-1")
        + b"Trade.\n--x--\n"
    )
    assert [item.text for item in read(tmp_path, data) if isinstance(item, Document)] == ["Trade."]


def test_a_text_that_cannot_be_read_is_no_reason_against_what_is_attached(tmp_path: Path) -> None:
    made = message("Words.", Subject="S")
    made.add_attachment("Attached words.", filename="a.txt")
    data = made.as_bytes().replace(b"Words.", b"W\0\0\0\1\2\3\4")
    first, second = read(tmp_path, data)
    assert facts(first) == ("post/talks.eml", "binary, not text")
    assert facts(second)[1] == "Attached words."


def test_words_in_no_encoding_are_kept_but_for_the_odd_bytes(tmp_path: Path) -> None:
    (item,) = read(tmp_path, b"Subject: S\n\n" + b"\x81\x8d\x8f\x90\x9d hello " * 5)
    assert isinstance(item, Document)
    assert item.text.split().count("hello") == 5


def test_a_stray_nul_costs_no_message(tmp_path: Path) -> None:
    (item,) = read(tmp_path, b"Subject: Talks\nX-Sent: " + b"yes " * 40 + b"\n\n" + b"Trade grew. " * 10 + b"\0\n")
    assert facts(item) == ("Talks", " ".join(["Trade grew."] * 10))


@pytest.mark.parametrize("data", [b"", b"\0\1\2", b"\n\nNo headers at all.", b"Just a sentence of words."])
def test_what_is_no_message_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError, match=r"no headers in it|binary"):
        read(tmp_path, data)


def mailbox(*messages: bytes) -> bytes:
    return b"".join(b"From a@example.org Fri May 28 23:30:00 2021\n" + one + b"\n" for one in messages)


def test_the_messages_of_a_mailbox_are_documents_named_by_their_ids(tmp_path: Path) -> None:
    made = [
        message("One.\n\nFrom the minister came no word.", Subject="A", Message_ID="<1@example.org>").as_bytes(),
        message("Two.", Subject="B").as_bytes().replace(b"Two.", b">From now on.\n>>From then."),
        message("Again.", Subject="C", Message_ID="<1@example.org>").as_bytes(),
        b"no header\n",
        message("Five.").as_bytes(),
    ]
    first, second, again, bad, last = read(tmp_path, mailbox(*made), "post/all.mbox")
    assert facts(first) == ("A", "One.\n\nFrom the minister came no word.")
    assert facts(second) == ("B", "From now on.\n\n> From then.")
    assert facts(again) == ("post/all.mbox message 3", "its Message-ID is that of message 1")
    assert bad.source == "post/all.mbox message 4"
    assert facts(last) == ("All, message 5", "Five.")
    assert [item.source for item in (first, second, last)] == [
        "post/all.mbox#1@example.org",
        "post/all.mbox:2",
        "post/all.mbox:5",
    ]


def test_a_message_beyond_the_limit_is_skipped_without_holding_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "MAX_BYTES", 2000)
    data = mailbox(*(message(text, Subject="S").as_bytes() for text in ("One.", "word \n" * 1000, "Three.")))
    first, skipped, last = read(tmp_path, data, "a.mbox")
    assert [facts(item)[1] for item in (first, last)] == ["One.", "Three."]
    assert facts(skipped) == ("a.mbox message 2", "more than the 2,000 bytes that a message may have")


@pytest.mark.parametrize("seeds", [range(150), pytest.param(range(150, 5000), marks=pytest.mark.slow)])
def test_a_damaged_message_is_read_or_refused(tmp_path: Path, seeds: range) -> None:
    made = message("Plain é.", Subject="Señor", Date="Fri, 28 May 2021 23:30:00 -0400", From="A <a@example.org>")
    made.add_alternative("<p>Rich.</p>", subtype="html")
    made.add_attachment(b"id,text\n1,One.\n", maintype="text", subtype="csv", filename="a.csv")
    made.add_attachment(message("Inner.", Subject="I"))
    data = made.as_bytes()
    for seed in seeds:
        broken = damaged(data, seed, most=20, cut=False)
        for name in ("a.eml", "a.mbox"):
            wrapped = broken if name == "a.eml" else mailbox(broken, data)
            try:
                items = read(tmp_path, wrapped, name)
            except (SourceError, *PARSER_ERRORS):
                assert name == "a.eml"
            else:
                assert all(isinstance(item, Document | Skipped) for item in items)
