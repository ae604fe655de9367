"""Which openings of lines are labels, and whose turn they open."""

import pytest

from index.speakers import REPORTER
from tests.index.saying import BRIEFING, evidence, said, who

LINES = "\n\n".join(f"Point {number} of the plan costs little." for number in "abcdefghijkl")

# Labels seen seldom


@pytest.mark.parametrize(
    ("label", "speaker"), [("MODERATOR", "Moderator"), ("LAYLA SALAS", "Layla Salas"), ("PSAKI", "Jen Psaki")]
)
def test_a_label_in_capitals_seen_once_ends_the_turn_of_another(label: str, speaker: str) -> None:
    text = f"MS. PSAKI: Good.\n\nQ  Why?\n\n{label}: All right. Next, please.\n\nMS. PSAKI: Well. {LINES}"
    assert who(text, BRIEFING)[1:5] == [REPORTER, speaker, speaker, "Jen Psaki"]


@pytest.mark.parametrize("heading", ["COVID-19", "NATO", "NOTE", "IN SHORT"])
def test_a_heading_in_capitals_ends_no_turn(heading: str) -> None:
    text = f"MS. PSAKI: We act.\n\n{heading}: cases fall.\n\nQ  Why?"
    assert who(text, BRIEFING) == ["Jen Psaki", "Jen Psaki", REPORTER]


@pytest.mark.parametrize("opening", ["First", "Now", "But then"])
def test_an_ordinal_before_a_question_is_no_reporter(opening: str) -> None:
    text = f"MR. PRICE: There are two.\n\n{opening}: is it legal?\n\nIt is.\n\nQ: Thanks."
    assert who(text) == ["Price", "Price", "Price", REPORTER]


def test_a_newspaper_that_asks_once_is_a_label() -> None:
    assert who("Geng Shuang: No.\n\nGlobal Times: What next?\n\nGeng Shuang: We see.")[1] == "Global Times"


# Headings


@pytest.mark.parametrize(
    "heading",
    ["Judge Ketanji Brown Jackson: Nominee for a court.", "Security: more of it.", "Economic Cooperation: it grows."],
)
def test_a_line_in_small_letters_that_begins_with_a_title_is_no_label(heading: str) -> None:
    assert set(who(f"{heading} She was born here.\n\n{LINES}")) == {None}


@pytest.mark.parametrize("heading", ["HEALTH CARE", "PRESS CONTACT"])
def test_a_heading_in_capitals_that_is_no_office_is_no_label(heading: str) -> None:
    assert set(who(f"{heading}: it costs less.\n\n{LINES}")) == {None}


@pytest.mark.parametrize(
    "line", ["GENERAL MILLEY: We left.", "JUSTICE MILLEY: We left.", "Ambassador Milley: “We left.”"]
)
def test_a_title_in_capitals_or_before_a_quotation_is_a_label_the_first_time(line: str) -> None:
    assert said(f"{line} It rained.\n\n{LINES}")[0] == (line, "Milley", "label")


def test_whom_the_press_may_ask_says_nothing() -> None:
    text = "Today we lost a friend. I will miss him.\n\nHe served well.\n\nMedia Inquiries: press@example.org"
    assert set(said(text, "Statement by President Biden on a Friend")[i][1:] for i in range(3)) == {
        ("Biden", "metadata")
    }


def test_a_note_with_a_label_leaves_a_statement_with_whom_its_title_names() -> None:
    text = "Today we lost a friend.\n\nJane Roe: translator."
    assert who(text, "Statement by President Biden on a Friend") == ["Biden", "Jane Roe"]


def test_what_stands_before_the_one_label_of_the_speaker_is_nobodys() -> None:
    text = "South Court Auditorium\n\nTHE PRESIDENT: Hello, folks. Sit down."
    assert who(text, "Remarks by President Biden on Jobs") == [None, "Biden", "Biden"]


# Salutations


@pytest.mark.parametrize(
    "salutation", ["Mr. President", "Madam Speaker", "Excellencies", "Your Excellency", "Mr. President of the Assembly"]
)
def test_a_salutation_takes_no_words_from_the_speaker(salutation: str) -> None:
    text = f"{salutation}: I thank you. We will act."
    assert set(who(text, speaker="Wang Yi")) == {"Wang Yi"}
    assert set(who(text, "Statement by Foreign Minister Wang Yi")) == {"Wang Yi"}


# What stands beside a name


@pytest.mark.parametrize("beside", [" (via interpreter)", " [via interpreter]", " "])
def test_a_parenthesis_after_the_name_belongs_to_the_label(beside: str) -> None:
    text = f"PRESIDENT BIDEN: Thank you.\n\nPRESIDENT PUTIN{beside}: I agree. We act.\n\nPRESIDENT BIDEN: Good."
    assert who(text) == ["Biden", "Putin", "Putin", "Biden"]
    assert evidence(text)[1] == "PRESIDENT PUTIN"


def test_a_question_says_in_parentheses_for_whom() -> None:
    assert who("Wang Yi: No.\n\nQUESTION (Reuters): What next?\n\nWang Yi: We will see.")[1] == REPORTER


# Labels alone on their lines


def test_labels_may_stand_on_lines_of_their_own() -> None:
    text = "Q:\n\nWhat of it?\n\nMR. PRICE:\n\nWe condemn it. It is wrong.\n\nTHE PRESIDENT:\n\nYes."
    title = "Remarks by President Joe Biden"
    assert who(text, title) == [REPORTER, REPORTER, "Price", "Price", "Price", "Joe Biden", "Joe Biden"]


def test_a_label_stands_alone_where_it_is_one_elsewhere() -> None:
    text = "SECRETARY BLINKEN: Hello.\n\nQ  Why?\n\nSECRETARY BLINKEN:\n\nWe act."
    assert who(text) == ["Blinken", REPORTER, "Blinken", "Blinken"]


@pytest.mark.parametrize("heading", ["Geng Shuang:", "SECRETARY BLINKEN:", "THE AMERICAN PLAN:", "Excellency:"])
def test_a_heading_alone_on_its_line_is_no_label(heading: str) -> None:
    assert who(f"{heading}\n\nIt rained.\n\nIt snowed.") == [None] * 3


# Questions and answers


def test_an_answer_is_that_of_the_records_speaker() -> None:
    text = "Q: Will you act?\n\nA: Yes, we will. Soon."
    assert who(text, "Record", speaker="Mr. Wang Yi") == [REPORTER, "Wang Yi", "Wang Yi"]


@pytest.mark.parametrize(("question", "answer"), [("Q.", "A."), ("Q1:", "A:"), ("Q1:", "A1:"), ("Q1.", "A1.")])
def test_questions_and_answers_may_be_numbered_or_have_a_full_stop(question: str, answer: str) -> None:
    text = f"{question} What of trade? Does it grow?\n\n{answer} It grows. We welcome that."
    speakers = {part[0]: part[1] for part in said(text, "Interview with Foreign Minister Wang Yi")}
    assert speakers["Does it grow?"] == REPORTER
    assert speakers["We welcome that."] == "Wang Yi"


@pytest.mark.parametrize(
    "text", ["A. Trade grows.\n\nB. Rain falls.", "Q1: trade grew.\n\nQ2: it fell.", "A.M. is morning.\n\nP.M. is not."]
)
def test_the_letters_of_a_list_and_the_quarters_of_a_year_are_no_labels(text: str) -> None:
    assert set(who(text, "Statement by Foreign Minister Wang Yi")) == {"Wang Yi"}


def test_what_introduces_an_interview_is_not_the_words_of_whom_it_is_with() -> None:
    text = "Our correspondent met the minister. It took an hour.\n\nQ: Will you act?\n\nA: Yes, we will."
    title = "Interview with Foreign Minister Sergey Lavrov"
    assert who(text, title) == [None, None, REPORTER, "Sergey Lavrov"]


# The end


@pytest.mark.parametrize(
    "mark",
    [
        "###",
        "# # #",
        "***",
        "---",
        "END",
        "-END-",
        "END OF TRANSCRIPT",
        "END    2:30 P.M. EST",
        "Note: this was edited.",
        "Editor's Note: it was edited.",
    ],
)
def test_a_mark_or_a_note_ends_the_last_turn(mark: str) -> None:
    assert who(f"MS. PSAKI: Bye. Now.\n\n{mark}\n\nAbout us.", BRIEFING) == ["Jen Psaki", "Jen Psaki", None, None]


@pytest.mark.parametrize("words", ["END the war.", "10:30 A.M. tomorrow the Secretary will speak."])
def test_what_begins_like_an_end_and_goes_on_is_spoken(words: str) -> None:
    assert who(f"MS. PSAKI: Hello.\n\n{words}\n\nWe mean it.", BRIEFING) == ["Jen Psaki"] * 3


@pytest.mark.parametrize("clock", ["10:30 A.M. EDT", "9:05 PM", "1:15 P.M. (Local)"])
def test_the_time_of_day_is_nobodys_and_ends_nothing(clock: str) -> None:
    assert who(f"MS. PSAKI: Hello.\n\n{clock}\n\nWe mean it.", BRIEFING) == ["Jen Psaki", None, "Jen Psaki"]
