from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings

from index.paragraphs import split_paragraphs
from index.sources import read_folder
from index.speakers import REPORTER, answered_questions, attribute, same_people
from index.speakers.names import without_titles
from index.types import Basis, Document, Paragraph, Sentence, Speaker, Speech
from tests.conftest import SAMPLE
from tests.index.saying import BRIEFING, evidence, said, sentences, who
from tests.strategies import texts

# Labels


def test_labels_name_who_speaks_until_the_next_label() -> None:
    text = "MS. PSAKI: Good afternoon. We have news.\n\nIt is good.\n\nQ: What is it?\n\nMS. PSAKI: Vaccines."
    assert said(text, BRIEFING) == [
        ("MS. PSAKI: Good afternoon.", "Jen Psaki", "label"),
        ("We have news.", "Jen Psaki", "carried"),
        ("It is good.", "Jen Psaki", "carried"),
        ("Q: What is it?", REPORTER, "label"),
        ("MS. PSAKI: Vaccines.", "Jen Psaki", "label"),
    ]


def test_the_evidence_of_a_label_and_of_what_it_carries_is_the_label() -> None:
    text = "MS. PSAKI: Good afternoon. We have news.\n\nQ  Thank you."
    assert evidence(text, BRIEFING) == ["MS. PSAKI", "MS. PSAKI", "Q"]


def test_an_answer_is_that_of_the_spokesperson_in_the_title() -> None:
    text = "Q: What of trade?\n\nA: It grows. We welcome that."
    title = "Foreign Ministry Spokesperson Geng Shuang's Regular Press Conference"
    assert said(text, title) == [
        ("Q: What of trade?", REPORTER, "label"),
        ("A: It grows.", "Geng Shuang", "label"),
        ("We welcome that.", "Geng Shuang", "carried"),
    ]


def test_an_answer_where_nobody_is_said_to_answer_is_nobodys() -> None:
    assert who("Q: What of trade?\n\nA: It grows. We welcome that.", "Transcript") == [REPORTER, None, None]


@pytest.mark.parametrize("question", ["Q    Thank you, Jen.", "Q\xa0\xa0Thank you, Jen.", "Q Thank you, Jen."])
def test_a_question_without_a_colon_is_a_reporters(question: str) -> None:
    text = f"MS. PSAKI: Hello.\n\n{question}  What of vaccines?\n\nMS. PSAKI: They work."
    assert who(text, BRIEFING) == ["Jen Psaki", REPORTER, REPORTER, "Jen Psaki"]


def test_the_president_of_a_transcript_is_the_one_of_its_title() -> None:
    text = "THE PRESIDENT: Hello, folks. Sit down.\n\nQ    Mr. President, what now?\n\nTHE PRESIDENT: Later."
    title = "Remarks by President Joe Biden on the Economy"
    assert who(text, title) == ["Joe Biden", "Joe Biden", REPORTER, "Joe Biden"]


def test_a_known_person_is_a_label_the_first_time() -> None:
    text = "Foreign Minister Wang Yi met the press.\n\nWang Yi: We agree. All is well."
    assert who(text) == [None, "Wang Yi", "Wang Yi"]


def test_a_word_before_a_colon_is_not_a_label() -> None:
    text = "The ministers met.\n\nNote: this is a list.\n\nMoscow: a city.\n\nThe result: nothing."
    assert who(text) == [None] * 4


def test_a_label_in_the_middle_of_a_line_is_none() -> None:
    assert set(who("The sign read MS. PSAKI: Hello.", "A note")) == {None}


def test_two_people_with_labels_are_told_apart_whatever_the_record_says() -> None:
    text = "GENG SHUANG: We regret it.\n\nJEN PSAKI: We do not.\n\nGENG SHUANG: We wait."
    assert who(text, speaker="Somebody Else") == ["Geng Shuang", "Jen Psaki", "Geng Shuang"]


@pytest.mark.parametrize("aside", ["(Laughter.)", "(Applause.)", "[Laughter]", "(Speaks in French.)"])
def test_a_stage_direction_is_nobodys_and_ends_nothing(aside: str) -> None:
    text = f"MS. PSAKI: Hello.\n\n{aside}\n\nWe have news."
    assert who(text, BRIEFING) == ["Jen Psaki", None, "Jen Psaki"]


def test_nothing_after_the_end_of_a_transcript_is_the_last_speakers() -> None:
    assert who("MS. PSAKI: Bye.\n\nEND 2:30 P.M. EST\n\nA footnote.", BRIEFING)[1:] == [None, None]


# Cues


def test_a_cue_before_the_words() -> None:
    text = "Foreign Minister Wang Yi said that trade grew."
    assert said(text) == [(text, "Wang Yi", "cue")]


def test_a_cue_after_the_words() -> None:
    assert said("Trade is growing fast, Sergey Lavrov stressed.")[0][1:] == ("Sergey Lavrov", "cue")
    assert said("“Trade is growing,” said Sergey Lavrov.")[0][1:] == ("Sergey Lavrov", "cue")
    assert said("“Trade is growing,” Sergey Lavrov said.")[0][1:] == ("Sergey Lavrov", "cue")


def test_according_to_is_a_cue() -> None:
    assert said("According to Antony Blinken, the talks were frank.")[0][1:] == ("Antony Blinken", "cue")
    assert said("The talks were frank, according to Secretary Antony Blinken.")[0][1:] == ("Antony Blinken", "cue")


def test_the_evidence_of_a_cue_is_the_name_and_its_verb() -> None:
    assert evidence("Rain fell. In Moscow, Sergey Lavrov also stressed peace. He went.") == [
        None,
        "Sergey Lavrov also stressed",
        "Sergey Lavrov also stressed",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The report said that prices rose.",
        "China said it would act.",
        "Moscow warned of war.",
        "The European Union said no.",
        "The White House announced talks.",
        "According to the United Nations, prices rose.",
        "On Monday it was said that prices rose.",
        "They said so.",
        "He said nothing.",
    ],
)
def test_what_no_person_says_is_nobodys(text: str) -> None:
    assert who(text) == [None]


def test_a_mention_is_not_speech() -> None:
    assert who("Foreign Minister Wang Yi met Sergey Lavrov. They spoke of Jen Psaki.") == [None, None]


def test_a_pronoun_with_a_verb_is_whoever_was_the_subject_before() -> None:
    text = "Sergey Lavrov arrived in the morning. He said the treaty stands."
    assert said(text) == [
        ("Sergey Lavrov arrived in the morning.", None, None),
        ("He said the treaty stands.", "Sergey Lavrov", "cue"),
    ]


def test_a_surname_is_the_person_whom_the_document_names_in_full() -> None:
    text = "Russian Foreign Minister Sergey Lavrov came.\n\nLavrov said that trade grew.\n\nLAVROV: We agree."
    assert who(text) == [None, "Sergey Lavrov", "Sergey Lavrov"]


def test_a_surname_that_the_document_gives_two_people_is_nobodys() -> None:
    text = "President Joe Biden met First Lady Jill Biden.\n\nBiden said hello."
    assert who(text) == [None, None]


def test_a_surname_of_nobody_named_in_full_is_nobodys() -> None:
    assert who("Lavrov said hello.") == [None]


# Statements carried on


def test_a_statement_goes_on_to_the_end_of_its_paragraph_and_through_an_enumeration() -> None:
    text = (
        "Wang Yi said trade must grow. There are two areas.\n\nFirst, more grain. It is needed.\n\nSecond, more gas."
        "\n\nLast but not least, vaccines."
    )
    assert said(text)[1:] == [
        ("There are two areas.", "Wang Yi", "carried"),
        ("First, more grain.", "Wang Yi", "carried"),
        ("It is needed.", "Wang Yi", "carried"),
        ("Second, more gas.", "Wang Yi", "carried"),
        ("Last but not least, vaccines.", "Wang Yi", "carried"),
    ]
    assert set(evidence(text)) == {"Wang Yi said"}


def test_a_narrators_paragraph_ends_a_statement_for_good() -> None:
    text = "Wang Yi said trade must grow.\n\nThe ministers signed a treaty.\n\nSecond, rain fell."
    assert who(text) == ["Wang Yi", None, None]


def test_an_enumeration_that_nobody_opened_is_nobodys() -> None:
    assert who("Two things happened.\n\nFirst, rain fell.") == [None, None]


def test_another_cue_takes_over() -> None:
    text = "Wang Yi said trade must grow. Sergey Lavrov stressed peace. It matters.\n\nSecond, more gas."
    assert who(text) == ["Wang Yi", "Sergey Lavrov", "Sergey Lavrov", "Sergey Lavrov"]


# Metadata


def test_a_record_that_names_its_speaker_speaks_every_sentence() -> None:
    assert said("Hello all. We agree.\n\nFirst, thanks.", speaker="Mr. Abdullah Abdullah") == [
        ("Hello all.", "Abdullah Abdullah", "metadata"),
        ("We agree.", "Abdullah Abdullah", "metadata"),
        ("First, thanks.", "Abdullah Abdullah", "metadata"),
    ]


@pytest.mark.parametrize(
    "title",
    [
        "Remarks by President Joe Biden on Vaccines",
        "Statement of Joe Biden",
        "Opening Remarks by Joe Biden",
        "President Joe Biden's Speech at the Summit",
    ],
)
def test_a_title_that_says_whose_words_they_are_speaks_every_sentence(title: str) -> None:
    assert said("Hello all. We agree.", title) == [
        ("Hello all.", "Joe Biden", "metadata"),
        ("We agree.", "Joe Biden", "metadata"),
    ]


def test_a_title_about_somebody_says_nothing_of_who_speaks() -> None:
    assert who("Rain fell. Nobody came.", "President Joe Biden visits Moscow") == [None, None]


# Any text


@given(texts())
@settings(max_examples=60, deadline=None)
def test_attribution_changes_no_span_and_its_evidence_lies_in_the_text(text: str) -> None:
    text = f"MS. PSAKI: Yes.\n\nQ  Why?\n\nSergey Lavrov said no. {text}\n\nFirst, {text}"
    document = Document("id", BRIEFING, text, "a.txt")
    paragraphs = split_paragraphs(document)
    attributed = attribute(document, paragraphs)
    assert [(p.start, p.end, [(s.start, s.end) for s in p.sentences]) for p in attributed] == [
        (p.start, p.end, [(s.start, s.end) for s in p.sentences]) for p in paragraphs
    ]
    for sentence in (sentence for paragraph in attributed for sentence in paragraph.sentences):
        if sentence.speech and sentence.speech.evidence:
            start, end = sentence.speech.evidence
            assert 0 <= start < end <= sentence.end
            assert sentence.speech.speaker.strip()


# Across documents


def test_a_surname_alone_is_the_one_person_who_has_it() -> None:
    psaki = Speaker("Jen Psaki", ("Psaki",))
    assert same_people({"Psaki": 9, "Jen Psaki": 1, "Sergey Lavrov": 2}) == {
        "Psaki": psaki,
        "Jen Psaki": psaki,
        "Sergey Lavrov": Speaker("Sergey Lavrov"),
    }


def test_two_people_of_one_surname_are_not_merged_and_the_surname_is_neithers() -> None:
    found = same_people({"Joe Biden": 5, "Jill Biden": 2, "Biden": 9})
    assert found["Joe Biden"] == Speaker("Joe Biden")
    assert found["Jill Biden"] == Speaker("Jill Biden")
    assert found.get("Biden", Speaker("Biden")) == Speaker("Biden")


def test_a_middle_initial_makes_no_other_person_and_the_commoner_form_is_kept() -> None:
    found = same_people({"Joseph R. Biden": 2, "Joseph Biden": 5})
    assert found["Joseph R. Biden"] == found["Joseph Biden"] == Speaker("Joseph Biden", ("Joseph R. Biden",))


def test_a_reporter_is_nobody_else() -> None:
    found = same_people({REPORTER: 10, "Jen Psaki": 5})
    assert found.get(REPORTER, Speaker(REPORTER)) == Speaker(REPORTER)


def test_people_do_not_depend_on_the_order_of_the_documents() -> None:
    names = {"Psaki": 1, "Jen Psaki": 3, "Jen R. Psaki": 3, "Lavrov": 2}
    assert same_people(names) == same_people(dict(reversed(names.items())))


def test_nobody_is_nobody() -> None:
    assert same_people({}) == {}


# Real documents


def about(documents: Sequence[Document], word: str) -> list[tuple[str, Basis]]:
    """Who speaks the sentences with a word, and how we know."""
    return [
        (s.speech.speaker, s.speech.basis)
        for document in documents
        for s in sentences(document)
        if s.speech and word in document.text[s.start : s.end].lower()
    ]


def read(folder: Path, name: str) -> list[Document]:
    return [item for item in read_folder(folder) if isinstance(item, Document) and name in item.source]


def test_in_the_sample_release_the_words_on_vaccines_are_wang_yis_carried_on() -> None:
    documents = read(SAMPLE, "2020-09-11-wang-yi-lavrov-moscow")
    assert about(documents, "vaccine") == [("Wang Yi", Basis.CARRIED)]
    assert ("Sergey Lavrov", Basis.CUE) in about(documents, "start")


def test_in_the_sample_release_the_four_areas_are_wang_yis_and_the_joint_statement_nobodys() -> None:
    (document,) = read(SAMPLE, "2020-09-11-wang-yi-lavrov-moscow")
    speakers = {document.text[s.start : s.end].split()[0]: s.speech and s.speech.speaker for s in sentences(document)}
    assert {speakers[word] for word in ("First,", "Second,", "Third,", "Fourth,")} == {"Wang Yi"}
    assert document.text.endswith("The ministers issued a joint statement after the talks.")
    assert sentences(document)[-1].speech is None


@pytest.mark.parametrize(
    ("name", "officials"),
    [
        ("2019-05-13-geng-shuang", {"Geng Shuang"}),
        ("2021-02-03-wang-wenbin", {"Wang Wenbin"}),
        ("2021-04-06-psaki", {"Jen Psaki"}),
        ("2021-01-21-psaki-fauci", {"Jen Psaki", "Anthony Fauci"}),
    ],
)
def test_in_the_sample_transcripts_only_officials_and_reporters_speak(name: str, officials: set[str]) -> None:
    (document,) = read(SAMPLE, name)
    assert {s.speech.speaker for s in sentences(document) if s.speech} == officials | {REPORTER}


@pytest.mark.corpus
def test_in_the_real_release_the_words_on_vaccines_are_wang_yis_carried_on(shared: Path) -> None:
    found = about(read(shared / "corpus" / "seed", "china-russia-four-areas"), "vaccine")
    assert found
    assert set(found) == {("Wang Yi", Basis.CARRIED)}


# In doubt, nobody


@pytest.mark.parametrize(
    ("title", "speaker"),
    [
        ("Remarks by Joe Biden, Washington", "Joe Biden"),
        ("Remarks by President Joe Biden, Washington", "Joe Biden"),
        ("Remarks by Joe Biden and Jill Biden", None),
        ("Remarks by Secretary Antony Blinken and Secretary Janet Yellen", None),
    ],
)
def test_the_words_of_a_title_with_two_speakers_are_nobodys_and_a_place_is_none(title: str, speaker: str) -> None:
    assert who("We will act.", title) == [speaker]


@pytest.mark.parametrize(
    "text",
    [
        "Prime Minister Narendra Modi met President Emmanuel Macron.\n\nModi and Macron said they agree.",
        "President Joe Biden met Dr. Jill Biden.\n\nBiden said hello.",
        "We saw Joe Biden and Jill Biden.\n\nBiden said hello.",
        "Wang Yi met Sergey Lavrov.\n\nThe claim that Wang Yi said so is false.",
    ],
)
def test_what_two_people_may_have_said_or_somebody_is_claimed_to_have_is_nobodys(text: str) -> None:
    assert who(text)[-1] is None


def test_a_surname_is_the_person_whom_the_document_names_far_more_often() -> None:
    text = (
        "President Joe Biden spoke. President Joe Biden met Jill Biden. President Joe Biden left.\n\nBiden said hello."
    )
    assert who(text)[-1] == "Joe Biden"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Geng Shuang: No.\n\nReuters: What next?\n\nGeng Shuang: We will see.", "Reuters"),
        ("Mr. Smith: No.\n\nMs. Jones: Yes.\n\nMr. Smith: Still no.", "Jones"),
    ],
)
def test_a_label_seen_once_ends_the_turn_of_another(text: str, speaker: str) -> None:
    assert who(text)[1] == speaker


def test_a_heading_with_a_colon_does_not_end_a_turn() -> None:
    text = "MS. PSAKI: Crime is up.\n\nTake St. Louis: it rose there too.\n\nWe act."
    assert who(text, BRIEFING) == ["Jen Psaki", "Jen Psaki", "Jen Psaki"]


def test_a_pronoun_follows_a_subject_with_a_long_title() -> None:
    assert who("Secretary of State Antony Blinken arrived. He said talks go on.")[1] == "Antony Blinken"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Secretary of Energy Jennifer Granholm", "Jennifer Granholm"),
        ("State Councilor and Foreign Minister Wang Yi", "Wang Yi"),
        ("Foreign Ministry Spokesperson Geng Shuang", "Geng Shuang"),
        ("Doctors Fauci", "Fauci"),
        ("MS. JEAN-PIERRE", "Jean-Pierre"),
    ],
)
def test_a_title_is_no_part_of_a_name(label: str, name: str) -> None:
    assert without_titles(label) == name


def test_the_person_of_a_title_is_not_a_namesake_whom_the_text_names_without_one() -> None:
    text = "THE PRESIDENT: President Biden is my name. My son Beau Biden served. Thank you."
    assert set(who(text, "Remarks by President Biden at the Pentagon")) == {"Biden"}


def test_the_words_after_a_name_in_a_headline_are_no_part_of_it() -> None:
    text = "Today, President Biden signed the law. We will build."
    assert who(text, "Statement by President Biden Announces")[-1] == "Biden"


def test_a_name_of_a_headline_is_not_cut_at_a_part_that_the_text_gives_another_person() -> None:
    text = "Q: What of Canada?\n\nA: Ambassador Lu Shaye spoke of it. We agree."
    title = "Foreign Ministry Spokesperson Lu Kang's Regular Press Conference"
    assert who(text, title) == [REPORTER, "Lu Kang", "Lu Kang"]


def test_the_label_of_an_office_is_not_a_namesake_without_one() -> None:
    text = "PRESIDENT BIDEN: My son Beau Biden served.\n\nPRIME MINISTER MARTIN: Thank you."
    assert who(text, "Remarks before a Meeting") == ["Biden", "Martin"]


def test_a_name_that_ends_like_a_verb_is_a_name() -> None:
    title = "Foreign Ministry Spokesperson Hua Chunying's Regular Press Conference"
    assert who("A: We object. Spokesperson Hua spoke.", title) == ["Hua Chunying", "Hua Chunying"]


def paragraphs_by(*speakers: str) -> list[Paragraph]:
    """Paragraphs of sentences one character long; each letter is who speaks one: R a reporter, _ nobody."""
    names = {"R": REPORTER, "A": "Ann Archer", "B": "Bea Baker"}
    found, at = [], 0
    for letters in speakers:
        speeches = [Speech(names[letter], Basis.LABEL) if letter in names else None for letter in letters]
        sentences = tuple(Sentence(at + i, at + i + 1, speech) for i, speech in enumerate(speeches))
        found.append(Paragraph(at, at + max(1, len(letters)), sentences))
        at += len(letters) + 2
    return found


@pytest.mark.parametrize(
    ("speakers", "answers"),
    [
        ([], []),
        (["A", "_"], [None, None]),
        (["R", "A"], [None, 0]),
        (["A", "R", "A", "B", "_"], [None, None, 1, 1, 1]),
        (["R", "R", "A"], [None, None, 1]),
        (["R", "A", "R", "A"], [None, 0, None, 2]),
        (["RRA", "A"], [None, 0]),
        (["RA", "A"], [None, None]),
        (["R", "RA", "A"], [None, 0, 0]),
        (["R", ""], [None, 0]),
    ],
)
def test_a_paragraph_answers_the_last_that_mostly_a_reporter_speaks(
    speakers: list[str], answers: list[int | None]
) -> None:
    assert answered_questions(paragraphs_by(*speakers)) == answers


def test_an_answer_ends_after_ten_paragraphs() -> None:
    assert answered_questions(paragraphs_by("R", *["A"] * 12)) == [None, *[0] * 10, None, None]


def test_the_answers_of_a_briefing_point_to_their_questions() -> None:
    text = "MS. PSAKI: Good morning.\n\nQ Is it so?\n\nMS. PSAKI: It is.\n\nIt was.\n\nQ And you?\n\nMS. PSAKI: No."
    document = Document("id", BRIEFING, text, "a.txt")
    assert answered_questions(attribute(document, split_paragraphs(document))) == [None, None, 1, 1, None, 4]
