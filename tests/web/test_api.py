"""What programs are answered."""

from flask.testing import FlaskClient

from tests.web.fakes import FakeAnswerer
from tests.web.samples import BRIEFING, DOCUMENTS, PACT

QUESTION = "What did Wang Yi say about vaccines for developing countries?"


def test_an_answer_has_the_shape_of_the_contract(client: FlaskClient) -> None:
    body = client.post("/ask", json={"question": QUESTION}).get_json()
    assert list(body) == [
        "question", "interpreted", "answered", "confidence", "answer", "quotes", "others", "passages", "index",
        "took_ms",
    ]  # fmt: skip
    assert set(body["interpreted"]) == {
        "standalone", "topic", "speakers", "since", "until", "latest", "unknown_speakers",
    }  # fmt: skip
    assert set(body["quotes"][0]) == {"text", "speaker", "basis", "date", "passage", "start", "end", "short"}
    assert set(body["passages"][0]) == {
        "rank", "score", "text", "speakers", "title", "date", "document", "source", "publisher", "page",
        "start", "end", "url", "copies",
    }  # fmt: skip


def test_a_quote_names_its_speaker_and_is_a_slice_of_the_document_served(client: FlaskClient) -> None:
    body = client.post("/ask", json={"question": QUESTION}).get_json()
    quote = body["quotes"][0]
    assert quote["text"] == "We will first provide vaccines to developing countries that need them most."
    assert (quote["speaker"], quote["basis"], quote["date"]) == ("Wang Yi", "carried", "2020-09-11")
    passage = body["passages"][quote["passage"] - 1]
    document = client.get(f"/documents/{passage['document']}?format=json").get_json()
    assert document["text"][quote["start"] : quote["end"]] == quote["text"]
    assert document["text"][passage["start"] : passage["end"]] == passage["text"]


def test_a_short_answer_stands_before_the_words_and_points_into_the_document(client: FlaskClient) -> None:
    body = client.post("/ask", json={"question": "How many kitchens have joined the pact?"}).get_json()
    quote = body["quotes"][0]
    assert body["answer"] == f"36 — Lu Kang, 12 April 2019: “{quote['text']}”"
    short = quote["short"]
    assert PACT.text[short["start"] : short["end"]] == short["text"] == "36"


def test_the_address_of_a_passage_can_be_opened(client: FlaskClient) -> None:
    passage = client.post("/ask", json={"question": QUESTION}).get_json()["passages"][0]
    assert passage["url"] == f"/documents/{passage['document']}#{passage['start']}-{passage['end']}"
    assert client.get(passage["url"]).status_code == 200


def test_what_is_not_on_record_is_said_plainly_beside_what_others_said(client: FlaskClient) -> None:
    body = client.post("/ask", json={"question": "What did Kerry say about vaccines in Moscow?"}).get_json()
    assert body["answered"] is False
    assert body["quotes"] == []
    assert "Kerry" in body["answer"]
    assert "Wang Yi" in [other["speaker"] for other in body["others"]]
    assert body["passages"]


def test_get_asks_the_same_as_post(client: FlaskClient) -> None:
    fields = {"question": "vaccines in Moscow", "limit": 2, "speaker": ["Lavrov", "Wang Yi"], "since": "2020"}
    posted = client.post("/ask", json=fields).get_json()
    got = client.get("/ask?question=vaccines+in+Moscow&limit=2&speaker=Lavrov&speaker=Wang+Yi&since=2020").get_json()
    assert got | {"took_ms": 0} == posted | {"took_ms": 0}
    assert got["interpreted"]["speakers"] == ["Lavrov", "Wang Yi"]
    assert len(got["passages"]) == 2


def test_history_reaches_the_answerer(client: FlaskClient) -> None:
    history = [{"question": "What did Wang Yi say about vaccines?", "answer": "A public good."}]
    body = client.post("/ask", json={"question": "Which countries need them?", "history": history}).get_json()
    assert body["interpreted"]["standalone"].startswith("What did Wang Yi say about vaccines?")
    assert body["quotes"][0]["speaker"] == "Wang Yi"


def test_text_is_sent_as_it_is_and_not_in_escapes(client: FlaskClient) -> None:
    response = client.get("/ask", query_string={"question": "Which noodle treaty 🍜 stands?"})
    assert "Ōno" in response.get_data(as_text=True)
    assert response.get_json()["question"] == "Which noodle treaty 🍜 stands?"


def test_readiness_names_the_index_and_counts_it(client: FlaskClient) -> None:
    answerer = FakeAnswerer(DOCUMENTS)
    assert client.get("/readyz").get_json() == {
        "status": "ready",
        "index": answerer.index,
        "documents": len(DOCUMENTS),
        "paragraphs": answerer.paragraphs,
        "refused": None,
    }


def test_a_document_as_json_is_whole(client: FlaskClient) -> None:
    assert client.get("/documents/briefing?format=json").get_json() == {
        "id": "briefing",
        "title": BRIEFING.title,
        "date": BRIEFING.date,
        "url": BRIEFING.url,
        "source": BRIEFING.source,
        "publisher": None,
        "language": "en",
        "text": BRIEFING.text,
    }


def test_answers_are_not_kept_by_caches(client: FlaskClient) -> None:
    for path in ("/ask?question=Vaccines", "/ask", "/healthz", "/readyz", "/nothing"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
