"""Short answers to questions as journalists ask them, in sentences as officials say them; all written for this test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answernouns import AnswerType
from qa.shortanswer import NEUTRAL, candidates, fits, short_answer
from tests.strategies import texts

ANSWERED = [
    ("How many pandas live in zoos abroad?", "At present 58 pandas live in zoos in 18 countries abroad.", "58"),
    (
        "How many countries has China sent vaccines to?",
        "As of today, China has sent vaccines to 69 countries and two international organizations.",
        "69",
    ),
    (
        "number of fentanyl variants controlled 2018",
        "By the end of 2018, 25 fentanyl variants had been controlled in our country.",
        "25",
    ),
    (
        "How much has the United Kingdom pledged to Covax?",
        "The United Kingdom has pledged £548 million to Covax, and we ask others to do the same.",
        "£548 million",
    ),
    (
        "What did the second stretch of the railway cost?",
        "The second stretch of the railway cost around 1.3 billion US dollars.",
        "around 1.3 billion US dollars",
    ),
    (
        "What percentage of electricity comes from renewables in Kenya?",
        "In Kenya more than 90 per cent of our electricity comes from renewables.",
        "more than 90 per cent",
    ),
    (
        "What share of the members voted for the resolution?",
        "Two-thirds of the members voted for the resolution.",
        "Two-thirds",
    ),
    (
        "How large an area of forest burned in the north?",
        "In the north some 340,000 hectares of forest burned within a month.",
        "some 340,000 hectares",
    ),
    (
        "How long will the inspectors keep the cameras running?",
        "The inspectors will keep the cameras running for up to three months.",
        "up to three months",
    ),
    (
        "How old was the youngest delegate at the climate summit?",
        "The youngest delegate at the climate summit was 14 years old.",
        "14 years old",
    ),
    (
        "How often do the two foreign ministers meet?",
        "The two foreign ministers meet twice a year, in turn in each capital.",
        "twice a year",
    ),
    (
        "When will the moratorium on evictions end?",
        "The moratorium on evictions will end on 31 July 2021.",
        "31 July 2021",
    ),
    (
        "China's lunar probe landed on what date?",
        "The lunar probe landed on January 3, 2019, on the far side of the Moon.",
        "January 3, 2019",
    ),
    (
        "In which year did the two countries establish diplomatic relations?",
        "The two countries established diplomatic relations in 1972.",
        "1972",
    ),
    (
        "Since when has the embassy been closed?",
        "The embassy has been closed since last August.",
        "last August",
    ),
    (
        "When should the withdrawal of troops be complete?",
        "The withdrawal of troops should be complete by the end of December 2020.",
        "the end of December 2020",
    ),
    (
        "When did the glaciers begin to retreat?",
        "The glaciers began to retreat in the 1990s.",
        "the 1990s",
    ),
    (
        "At what time does the curfew begin in the capital?",
        "The curfew begins in the capital at 9 p.m. on weekdays.",
        "9 p.m.",
    ),
    (
        "Who chaired the meeting of the Security Council?",
        "The meeting of the Security Council was chaired by Foreign Minister Retno Marsudi.",
        "Retno Marsudi",
    ),
    (
        "Who will lead the delegation to Glasgow?",
        "Special Envoy John Kerry will lead the delegation to Glasgow.",
        "John Kerry",
    ),
    (
        "By whom was the ceasefire brokered?",
        "The ceasefire was brokered by Abdel Fattah el-Sisi.",
        "Abdel Fattah el-Sisi",
    ),
    (
        "Which country holds the presidency of the council?",
        "The presidency of the council is held by Slovenia.",
        "Slovenia",
    ),
    (
        "Where will the next round of talks take place?",
        "The next round of talks will take place in Vienna.",
        "Vienna",
    ),
    (
        "The ship with the grain docked in which port?",
        "The ship with the grain docked in the port of Djibouti.",
        "Djibouti",
    ),
    (
        "Which treaty bans nuclear tests?",
        "Nuclear tests are banned by the Comprehensive Nuclear-Test-Ban Treaty.",
        "Comprehensive Nuclear-Test-Ban Treaty",
    ),
    (
        "Which organisation approved the vaccine for emergency use?",
        "The World Health Organization approved the vaccine for emergency use.",
        "World Health Organization",
    ),
    (
        "How many megawatts will the new wind farm add?",
        "The new wind farm will add 310 megawatts to the grid.",
        "310 megawatts",
    ),
    (
        "How many children are out of school because of the conflict?",
        "Because of the conflict, two million children are out of school.",
        "two million",
    ),
    (
        "Did the minister say how many soldiers were wounded?",
        "The minister said that eleven soldiers were wounded.",
        "eleven",
    ),
    (
        "What is the length of the new bridge?",
        "The new bridge has a length of 55 kilometres.",
        "55 kilometres",
    ),
]
UNANSWERED = [
    ("What did Wang Yi say about vaccines?", "Wang Yi said on 11 September 2020 that vaccines are a public good."),
    ("Why did the government close the border with Laos?", "The border with Laos was closed because of the outbreak."),
    ("Will the president visit Warsaw in 2022?", "The president will visit Warsaw in March 2022."),
    ("How many pandas live in zoos abroad?", "Pandas live in zoos abroad, and we are happy that they are loved there."),
    ("When did the talks in Geneva begin?", "The talks in Geneva began in a good atmosphere."),
    ("Who chaired the meeting in Moscow?", "The meeting in Moscow was chaired in a spirit of friendship."),
    ("How did Moscow respond to the sanctions?", "Moscow responded to the sanctions on 3 May with some of its own."),
    ("How many of the 69 countries have replied?", "We wrote to 69 countries."),
    ("Which ships were attacked on 12 May?", "Four ships were attacked on 12 May off the coast of Fujairah."),
    ("How many dead were there in Beirut and Tripoli?", "There were 12 in one city and 40 in the other that day."),
]


@pytest.mark.parametrize(("question", "sentence", "answer"), ANSWERED)
def test_the_words_that_answer_are_found_verbatim(question: str, sentence: str, answer: str) -> None:
    span = short_answer(question, sentence)
    assert span is not None
    assert sentence[span.start : span.end] == answer


@pytest.mark.parametrize(("question", "sentence"), UNANSWERED)
def test_nothing_is_given_where_nothing_short_answers(question: str, sentence: str) -> None:
    assert short_answer(question, sentence) is None


CANDIDATES = [
    (
        AnswerType.COUNT,
        "Some 340,000 farmers, two-thirds of them women, sold twenty-five tons to 36 buyers between 2019 and 2020.",
        ["Some 340,000", "two-thirds", "twenty-five tons", "36"],
    ),
    (AnswerType.MONEY, "It cost $1.3 billion, €5, or 40 million yuan.", ["$1.3 billion", "€5", "40 million yuan"]),
    (
        AnswerType.PERCENT,
        "Around 60%, then 5.5 per cent, 1% to 3%, a third.",
        ["Around 60%", "5.5 per cent", "1% to 3%", "a third"],
    ),
    (
        AnswerType.DATE,
        "On 11 September 2020, in March 2019, last August, by the end of December 2020 and in the 1990s.",
        ["11 September 2020", "March 2019", "last August", "the end of December 2020", "the 1990s"],
    ),
    (AnswerType.YEAR, "Of 1500 people in 1972, 12 were left by mid-2020.", ["1500", "1972", "mid-2020"]),
    (AnswerType.TIME, "It began at 9:30 a.m. and not at noon.", ["9:30 a.m.", "noon"]),
    (
        AnswerType.DURATION,
        "A 15-year plan, after two and a half years, for up to 90 days.",
        ["15-year", "two and a half years", "up to 90 days"],
    ),
    (AnswerType.FREQUENCY, "Every two years, and then twice a year.", ["Every two years", "twice a year"]),
    (
        AnswerType.PERSON,
        "However, Foreign Minister Wang Yi met J. B. Pritzker’s envoy and Charles de Gaulle.",
        ["Wang Yi", "J. B. Pritzker", "Charles de Gaulle"],
    ),
    (AnswerType.PLACE, "In April the U.S. and Italy met in New York.", ["U.S.", "Italy", "New York"]),
    (AnswerType.REASON, "Because it rained in Rome in 1999.", []),
    (AnswerType.YES_NO, "Yes, on 3 May, in Rome.", []),
]


@pytest.mark.parametrize(("type", "text", "spans"), CANDIDATES)
def test_what_can_be_an_answer_is_found_with_what_belongs_to_it(type: AnswerType, text: str, spans: list[str]) -> None:
    assert [text[span.start : span.end] for span in candidates(text, type)] == spans


@given(texts(), st.sampled_from(AnswerType))
def test_candidates_are_spans_of_their_text_in_order(text: str, type: AnswerType) -> None:
    spans = candidates(text, type)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)


@given(st.sampled_from([question for question, _, _ in ANSWERED]), texts())
def test_a_fit_is_a_probability_and_a_short_answer_is_part_of_the_text(question: str, text: str) -> None:
    assert 0 <= fits(question, text) <= 1
    span = short_answer(question, text)
    assert span is None or text[span.start : span.end].strip()


@pytest.mark.parametrize("piece", ["1,", "one ", "A. ", "the early ", "a", "1 ", "Al-", "one hundred and ", "10-"])
def test_a_text_without_end_is_read_in_linear_time(piece: str) -> None:
    """The square of this length would take minutes."""
    for question in ("How many are there?", "When was it?", "Who led them?"):
        assert 0 <= fits(question, piece * 4000) <= 1


def test_a_sentence_that_offers_what_is_asked_fits_better_than_one_that_does_not() -> None:
    question = "How many countries has China sent vaccines to?"
    offers = fits(question, "China has sent vaccines to 69 countries.")
    assert offers > fits(question, "China has sent vaccines to many countries.")
    assert offers > fits(question, "The exhibition has 69 rooms.")


def test_what_the_question_states_itself_is_no_answer() -> None:
    assert fits("How many of the 69 countries have replied?", "We wrote to 69 countries.") == 0
    assert fits("Which country is an ally of the United States?", "It is a close ally of the US.") == 0
    assert fits("Which country is an ally of the US?", "It is a close ally of the United States.") == 0
    assert fits("Which country is ruled by a woman?", "A woman now rules Oman.") > 0


def test_a_reason_fits_a_question_for_one() -> None:
    question = "Why was the border closed?"
    assert fits(question, "It was closed because of the outbreak.") > fits(question, "It was closed on 3 May.")


@pytest.mark.parametrize("question", ["What did Wang Yi say about vaccines?", "Will the talks go on?"])
def test_a_question_for_no_type_fits_every_sentence_alike(question: str) -> None:
    assert fits(question, "Wang Yi said on 11 September 2020 that they will.") == fits(question, "No.") == NEUTRAL


def test_who_is_to_have_said_it_need_not_stand_beside_the_answer() -> None:
    text, topic = "At the expo, 69 were set up for the vaccines of friends.", "how many stands had vaccines"
    question = "According to Geng Shuang of the Foreign Ministry in Beijing, how many stands had vaccines?"
    assert fits(question, text, topic) > fits(question, text)
