"""Across documents: who is meant by a surname, who is nobody, and what offices people are named with."""

from collections import Counter

import pytest

from index.paragraphs import split_paragraphs
from index.speakers import REPORTER, Collection, attribute
from index.speakers.countries import common_name
from index.speakers.offices import named_in, office_words, offices_of
from index.types import Document, Role, Speaker

Named = list[tuple[str, str, str | None]]


def people(*texts: str | Document) -> dict[str, Speaker | None]:
    """Whom each name means that speaks in documents, given as texts or whole."""
    collection = Collection()
    for number, text in enumerate(texts):
        document = text if isinstance(text, Document) else Document(f"id{number}", "A note", text, f"{number}.txt")
        collection.add(document, attribute(document, split_paragraphs(document)))
    return collection.people()


def names(*texts: str | Document) -> set[str]:
    return {speaker.name for speaker in people(*texts).values() if speaker}


def roles(name: str, *texts: str | Document) -> list[tuple[str, str | None]]:
    found = [speaker for speaker in people(*texts).values() if speaker and speaker.name == name]
    return [(role.words, role.country) for role in found[0].roles]


def named(text: str) -> Named:
    return [
        (" ".join(n.name), " ".join(office_words(" ".join(n.office))), n.country) for n in named_in(text, Counter())
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Press Secretary Jen Psaki", ("Jen Psaki", "press secretary", None)),
        ("CDC Director Dr. Rochelle Walensky", ("Rochelle Walensky", "cdc director", None)),
        ("State Councilor and Foreign Minister Wang Yi", ("Wang Yi", "state councillor foreign minister", None)),
        ("the British prime minister Theresa May", ("Theresa May", "prime minister", "United Kingdom")),
        ("India's Prime Minister Narendra Modi", ("Narendra Modi", "prime minister", "India")),
        ("Prime Minister Suga of Japan", ("Suga", "prime minister", "Japan")),
        ("Foreign Ministry Spokesperson Lu Kang's Regular", ("Lu Kang", "foreign ministry spokesperson", None)),
        ("Secretary of Labor and Trade Ann Archer", ("Ann Archer", "secretary labor trade", None)),
        ("Michael Regan, Administrator of the EPA, spoke", ("Michael Regan", "administrator epa", None)),
        ("the EPA Administrator, Michael Regan.", ("Michael Regan", "epa administrator", None)),
    ],
)  # fmt: skip
def test_an_office_is_read_where_it_stands_beside_a_name(text: str, expected: tuple[str, str, str | None]) -> None:
    assert expected in named(text)


def test_who_serves_a_president_is_no_president() -> None:
    assert ("Xi", "president", None) in named("Special Envoy of President Xi")
    assert all("envoy" not in office for _, office, _ in named("Special Envoy of President Xi"))


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("Islamic Republic of Afghanistan", "Afghanistan"),
        ("Iran, Islamic Republic of", "Iran"),
        ("Russian Federation", "Russia"),
        ("Viet Nam", "Vietnam"),
        ("Netherlands (Kingdom of the)", "Netherlands"),
        ("Kyrgyz Republic", "Kyrgyzstan"),
        ("Republic of Korea", "South Korea"),
        ("Democratic People's Republic of Korea", "North Korea"),
        ("Democratic Republic of the Congo", "Democratic Republic of the Congo"),
        ("Gondor", None),
    ],
)
def test_a_country_has_one_common_name(name: str, common: str | None) -> None:
    assert common_name(name) == common


def test_a_record_may_give_several_offices() -> None:
    found = list(offices_of("Prime Minister and Minister for Arts, Culture and Heritage of New Zealand"))
    assert found == [
        (("prime", "minister"), "New Zealand"),
        (("minister", "arts", "culture", "heritage"), "New Zealand"),
    ]


def test_offices_are_kept_with_their_days() -> None:
    texts = [
        Document(f"d{day}", "Briefing by Press Secretary Jen Psaki", "MS. PSAKI: Hello. We act.", f"{day}.md", day)
        for day in ("2021-03-05", "2021-01-20")
    ]
    (psaki,) = {speaker for speaker in people(*texts).values() if speaker}
    assert psaki.roles == (Role("press secretary", None, "2021-01-20", "2021-03-05", 2),)


def test_the_record_of_a_speech_says_as_what_it_was_held() -> None:
    speech = Document("d", "Debate", "We agree.", "a.jsonl#1", "2016-09", None, "King Tupou VI", "King of Tonga")
    assert roles("King Tupou VI", speech) == [("king", "Tonga")]


def test_a_surname_is_whom_another_document_names_in_full_with_the_title_of_the_label() -> None:
    briefing = "DR. WALENSKY: Cases fall. Deaths fall.\n\nMR. ZIENTS: Good. Thank you."
    news = "CDC Director Dr. Rochelle Walensky came.\n\nCoordinator Jeff Zients came."
    assert names(briefing, news) == {"Rochelle Walensky", "Jeff Zients"}


def test_a_surname_that_two_people_have_is_the_one_of_the_office_in_the_label() -> None:
    said = "SURGEON GENERAL MURTHY: We care. We do."
    news = "Surgeon General Vivek Murthy came.\n\nSenator Chris Murthy left.\n\nSenator Chris Murthy sat."
    assert names(said, news) == {"Vivek Murthy"}


def test_a_surname_that_may_be_anybodys_stays_a_surname() -> None:
    said = "MS. SMITH: We care. We do."
    news = "Minister Kamina Smith came.\n\nSenator Tina Smith left."
    assert names(said, news) == {"Smith"}


def test_a_doctor_is_not_the_president_of_that_surname() -> None:
    text = "President Joe Biden and Dr. Jill Biden came.\n\nDR. BIDEN: Schools matter. They do."
    assert names(text) == {"Jill Biden"}


def test_two_people_of_one_surname_are_two() -> None:
    text = "WANG YI: We agree. So be it.\n\nWANG WENBIN: We regret it. We do.\n\nWANG YI: Yes."
    assert names(text) == {"Wang Yi", "Wang Wenbin"}


def test_a_name_in_capitals_is_spelt_as_the_documents_do() -> None:
    assert names("SECRETARY MCDONOUGH: We care. We do.", "Secretary Denis McDonough came.") == {"Denis McDonough"}


def test_a_slip_in_a_title_or_a_surname_makes_no_other_person() -> None:
    news = "Acting Administrator Andy Slavitt came."
    many = "ACTING ADMINISTRATOR SLAVITT: " + "We act. " * 30
    assert names(news, many, "ACTING ADMINSTRATOR SLAVITT: We act.", "ACTING ADMINISTRATOR SLAVTIT: Yes.") == {
        "Andy Slavitt"
    }


def test_accents_and_the_order_of_words_make_no_other_person() -> None:
    texts = [
        Document(f"d{number}", "Debate", "We agree. We do.", f"a.jsonl#{number}", "2018", None, name, role)
        for number, (name, role) in enumerate(
            [
                ("Mr. Recep Tayyip Erdoğan", "President of Turkey"),
                ("Recep Tayyip Erdogan", "President of Turkey"),
                ("Mr. Yoshihide Suga", "Prime Minister of Japan"),
                ("Suga Yoshihide", "Prime Minister of Japan"),
                ("Ms. Jacinda Ardern", "Prime Minister of New Zealand"),
                ("Ms.Jacinda Arden", "Prime Minister of New Zealand"),
                ("Scott Morrison, MP", "Prime Minister of Australia"),
            ]
        )
    ]
    assert len(names(*texts)) == 4
    assert "Scott Morrison" in names(*texts)


def test_headings_before_a_colon_are_nobody() -> None:
    text = "The growth of trade and of security is good.\n\nSecurity: We act.\n\nSecurity: We go on acting."
    assert names(text) == set()


@pytest.mark.parametrize("label", ["Journalist", "Follow-up", "Q"])
def test_who_asks_is_a_reporter(label: str) -> None:
    assert names(f"{label}: What now?\n\nLu Kang: We wait.\n\n{label}: And then?\n\nLu Kang: We go on.") == {
        REPORTER,
        "Lu Kang",
    }


def test_an_office_without_a_name_is_whom_the_documents_call_so() -> None:
    known = "THE VICE PRESIDENT: Hello. We act.\n\nVice President Kamala Harris smiled."
    assert names(known) == {"Kamala Harris"}


def test_a_name_that_is_somebody_elses_is_remembered_beside_the_one_it_is_like() -> None:
    found = people("JOHN KERRY: We act. We do.\n\nJOHN KERRY: Yes.", "Senator Bob Kerrey left.")
    assert [speaker.lookalikes for speaker in found.values() if speaker] == [("kerrey",)]
