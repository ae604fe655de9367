"""What a question asks for: who must have said it, when, and on what."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.types import Speaker
from qa.people import Directory
from qa.question import interpret
from qa.request import parse_request
from qa.topic import topic_of
from qa.types import Query
from tests.qa.making import TODAY, understood

PEOPLE = (
    Speaker("Wang Yi"),
    Speaker("Wang Wenbin"),
    Speaker("Xi Jinping", ("President Xi",)),
    Speaker("Sergey Lavrov"),
    Speaker("Jen Psaki", ("Psaki",)),
    Speaker("Joseph R. Biden", ("Biden", "Joe Biden")),
    Speaker("Theresa May"),
    Speaker("Condoleezza Rice"),
    Speaker("António Guterres"),
    Speaker("Angela Merkel"),
)


def ask(question: str, *history: str, **fields: object) -> Query:
    return understood(question, PEOPLE, history, **fields)


@pytest.mark.parametrize(
    ("question", "speakers"),
    [
        ("What did Wang Yi say about vaccines?", ["Wang Yi"]),
        ("What did Lavrov say about vaccines?", ["Sergey Lavrov"]),
        ("What did Sergey Lavrov say about vaccines?", ["Sergey Lavrov"]),
        ("What did Xi say about vaccines?", ["Xi Jinping"]),
        ("What did Jinping say about vaccines?", ["Xi Jinping"]),
        ("What did Joe Biden say about vaccines?", ["Joseph R. Biden"]),
        ("What did President Biden say about vaccines?", ["Joseph R. Biden"]),
        ("What did Press Secretary Jen Psaki say about vaccines?", ["Jen Psaki"]),
        ("What did António Guterres say about vaccines?", ["António Guterres"]),
        ("What is Biden's position on vaccines?", ["Joseph R. Biden"]),
        ("What is Biden’s position on vaccines?", ["Joseph R. Biden"]),
        ("What are Wang Yi's views on vaccines?", ["Wang Yi"]),
        ("What did Mr. Lavrov say about vaccines?", ["Sergey Lavrov"]),
        ("According to Merkel, vaccines", ["Angela Merkel"]),
        ("Wang Yi on vaccines", ["Wang Yi"]),
        ("What did May say about vaccines?", ["Theresa May"]),
        ("what did wang yi say about vaccines", ["Wang Yi"]),
        ("what did psaki say about vaccines", ["Jen Psaki"]),
        ("what did xi say about vaccines", ["Xi Jinping"]),
        ("what is biden's position on vaccines", ["Joseph R. Biden"]),
        ("WHAT DID WANG YI SAY ABOUT VACCINES?", ["Wang Yi"]),
    ],
)
def test_a_person_is_known_by_any_of_their_names(question: str, speakers: list[str]) -> None:
    query = ask(question)
    assert list(query.speakers) == speakers
    assert query.unknown_speakers == ()
    assert query.topic.lower() == "vaccines"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What did Xi say about Xinjiang?", "Xinjiang"),
        ("What did Xi say about Mexico?", "Mexico"),
        ("What did Biden say about Bidenomics?", "Bidenomics"),
        ("What did Biden say about the first state visit?", "first state visit"),
        ("Which US states border Mexico?", "Which US states border Mexico"),
        ("Which member states joined the union?", "Which member states joined the union"),
        ("What did Xi say about the deployment of 2000 troops?", "deployment of 2000 troops"),
    ],
)
def test_words_that_only_look_like_a_name_a_verb_or_a_year_stay_in_the_topic(question: str, topic: str) -> None:
    query = ask(question)
    assert query.topic == topic
    assert (query.earliest, query.since, query.until) == (False, None, None)


@pytest.mark.parametrize("year", ["in 1918", "(1918)"])
@pytest.mark.parametrize("where", ["the United States", "France"])
def test_a_year_in_a_question_for_a_fact_restricts_nothing(year: str, where: str) -> None:
    query = ask(f"How many people died in {where} {year}?")
    assert (query.since, query.until) == (None, None)
    assert "1918" in query.topic


def test_two_people_may_be_asked_for_at_once() -> None:
    query = ask("What did Psaki and Lavrov say about arms?")
    assert query.speakers == ("Jen Psaki", "Sergey Lavrov")


def test_a_stranger_may_be_asked_for_beside_a_known_person() -> None:
    query = ask("What did Angela Merkel and Emmanuel Macron say about arms?")
    assert (query.speakers, query.unknown_speakers) == (("Angela Merkel",), ("Emmanuel Macron",))
    assert query.topic == "arms"


def test_a_name_that_several_share_means_them_all() -> None:
    assert set(ask("What did Wang say about vaccines?").speakers) == {"Wang Yi", "Wang Wenbin"}


def test_a_full_name_does_not_mean_who_shares_a_part_of_it() -> None:
    assert ask("What did Wang Wenbin say about vaccines?").speakers == ("Wang Wenbin",)


def test_a_first_name_stands_for_its_person_only_where_it_is_nobodys_last() -> None:
    people = [Speaker("Martin Scholz"), Speaker("Steve Martin")]
    assert understood("What did Martin say about art?", people).speakers == ("Steve Martin",)


@pytest.mark.parametrize(
    ("question", "speaker", "topic"),
    [
        ("What did Psaki say about Biden?", "Jen Psaki", "Biden"),
        ("what did psaki say about biden", "Jen Psaki", "biden"),
        ("What did Biden say about Psaki?", "Joseph R. Biden", "Psaki"),
        ("What did Merkel say about President Biden?", "Angela Merkel", "Biden"),
        ("What did Lavrov tell Wang Yi about trade?", "Sergey Lavrov", "Wang Yi"),
        ("What did Lavrov say to Wang Yi about trade?", "Sergey Lavrov", "Wang Yi"),
        ("What is Merkel's opinion of Xi?", "Angela Merkel", "Xi"),
    ],
)
def test_who_is_spoken_of_or_to_is_no_speaker_and_stays_in_the_topic(question: str, speaker: str, topic: str) -> None:
    query = ask(question)
    assert query.speakers == (speaker,)
    assert topic in query.topic


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did Macron say about vaccines?", "Macron"),
        ("What did Emmanuel Macron say about vaccines?", "Emmanuel Macron"),
        ("What has Ursula von der Leyen said about vaccines?", "Ursula von der Leyen"),
        ("According to Macron, vaccines?", "Macron"),
        ("Macron on vaccines", "Macron"),
        ("What is Macron's position on vaccines?", "Macron"),
    ],
)
def test_a_person_who_speaks_nowhere_is_told_apart(question: str, name: str) -> None:
    query = ask(question)
    assert query.unknown_speakers == (name,)
    assert query.speakers == ()
    assert name not in query.topic
    assert "vaccines" in query.topic


@pytest.mark.parametrize(
    "who",
    [
        "China", "Japan", "South Africa", "the United States", "the Foreign Ministry", "China's foreign ministry",
        "the White House", "NATO", "Moscow", "Beijing", "the European Commission", "the Security Council",
    ],
)  # fmt: skip
def test_places_and_institutions_are_nobody(who: str) -> None:
    query = ask(f"What did {who} say about vaccines?")
    assert (query.speakers, query.unknown_speakers) == ((), ())


@pytest.mark.parametrize(
    "question", ["What may be done about rice prices in China?", "what may we do", "How does China grow rice?"]
)
def test_a_word_that_is_also_a_name_is_none_in_small_letters(question: str) -> None:
    assert ask(question).speakers == ()


@pytest.mark.parametrize("question", ["Who spoke about vaccines?", "vaccines", "Are vaccines a public good?"])
def test_where_nobody_is_named_everybody_may_have_said_it(question: str) -> None:
    query = ask(question)
    assert (query.speakers, query.unknown_speakers) == ((), ())
    assert "vaccines" in query.topic


@pytest.mark.parametrize(
    ("phrase", "since", "until"),
    [
        ("in 2020", "2020", "2020"),
        ("during 2020", "2020", "2020"),
        ("in September 2020", "2020-09", "2020-09"),
        ("in Sept. 2020", "2020-09", "2020-09"),
        ("in May 2020", "2020-05", "2020-05"),
        ("on 11 September 2020", "2020-09-11", "2020-09-11"),
        ("on 11th September 2020", "2020-09-11", "2020-09-11"),
        ("on September 11, 2020", "2020-09-11", "2020-09-11"),
        ("on 2020-09-11", "2020-09-11", "2020-09-11"),
        ("since 2019", "2019", None),
        ("since March 2019", "2019-03", None),
        ("from 2019", "2019", None),
        ("until 2020-09", None, "2020-09"),
        ("till 5 May 2020", None, "2020-05-05"),
        ("between 2019 and 2020", "2019", "2020"),
        ("between March 2019 and 5 May 2020", "2019-03", "2020-05-05"),
        ("from 2019 to 2020", "2019", "2020"),
        ("from 1 May 2019 until 2 May 2019", "2019-05-01", "2019-05-02"),
        ("September 2020", "2020-09", "2020-09"),
        ("11 September 2020", "2020-09-11", "2020-09-11"),
    ],
)
def test_a_time_is_taken_out_of_the_question(phrase: str, since: str | None, until: str | None) -> None:
    query = ask(f"What did Lavrov say about vaccines {phrase}?")
    assert (query.since, query.until) == (since, until)
    assert query.topic == "vaccines"
    assert query.speakers == ("Sergey Lavrov",)


def test_a_time_may_stand_anywhere_in_the_question() -> None:
    query = ask("In September 2020, what did Lavrov say about vaccines?")
    assert (query.since, query.until) == ("2020-09", "2020-09")
    assert ask("What did Lavrov say in 2020 about vaccines?").topic == "vaccines"


@pytest.mark.parametrize("compared", ["Chinese aid compare to American aid", "iced tea in Canada compared to ours"])
def test_what_is_compared_stays_in_the_topic(compared: str) -> None:
    assert topic_of(f"How does {compared}?").endswith(compared)


@pytest.mark.parametrize(
    "question", ["vaccines on 31 February 2020", "the 2030 agenda", "20 million vaccines", "COP26"]
)
def test_what_is_no_time_stays_in_the_topic(question: str) -> None:
    query = ask(question)
    assert (query.since, query.until) == (None, None)
    assert query.topic.removeprefix("the ") == question.removeprefix("the ")


@pytest.mark.parametrize(
    "question",
    [
        "What was Biden's latest statement on vaccines?",
        "What did Biden most recently say about vaccines?",
        "What is the most recent statement on vaccines?",
        "When did Biden last speak about vaccines?",
        "what did biden last say about vaccines",
    ],
)
def test_what_was_said_last_may_be_asked_for(question: str) -> None:
    query = ask(question)
    assert query.latest
    assert "latest" not in query.topic
    assert "recent" not in query.topic
    assert "vaccines" in query.topic


@pytest.mark.parametrize("question", ["What did Biden say about vaccines?", "What did Biden say at last?"])
def test_otherwise_no_order_in_time_is_asked_for(question: str) -> None:
    assert not ask(question).latest


def test_a_speaker_in_its_field_wins_over_one_in_the_question() -> None:
    query = ask("What did Psaki say about vaccines?", speaker="Wang Yi")
    assert query.speakers == ("Wang Yi",)
    assert query.topic == "vaccines"


@pytest.mark.parametrize("name", ["Wang Yi", "wang yi", "  Wang Yi ", "Foreign Minister Wang Yi"])
def test_a_name_in_its_field_is_read_as_in_a_question(name: str) -> None:
    assert ask("vaccines", speaker=name).speakers == ("Wang Yi",)


def test_several_speakers_may_be_given_and_unknown_ones_are_told_apart() -> None:
    query = ask("vaccines", speaker=["Xi", "Lavrov", "Nobody Known"])
    assert query.speakers == ("Xi Jinping", "Sergey Lavrov")
    assert query.unknown_speakers == ("Nobody Known",)


def test_a_known_speaker_in_its_field_leaves_no_unknown_one_of_the_question() -> None:
    query = ask("What did Macron say about vaccines?", speaker="Lavrov")
    assert (query.speakers, query.unknown_speakers) == (("Sergey Lavrov",), ())


def test_times_in_their_fields_win_over_those_in_the_question() -> None:
    query = ask("vaccines between 2019 and 2020", since="2021", until="2022-03")
    assert (query.since, query.until) == ("2021", "2022-03")


def test_one_time_in_its_field_is_not_mixed_with_one_of_the_question() -> None:
    assert ask("vaccines since 2020", until="2019").since is None
    assert ask("vaccines until 2019", since="2020").until is None


def test_the_source_is_taken_over() -> None:
    assert ask("vaccines", source="*.html").source == "*.html"


@pytest.mark.parametrize(
    ("follow_up", "speakers", "topic"),
    [
        ("And on climate?", ["Wang Yi"], "climate"),
        ("and on climate?", ["Wang Yi"], "climate"),
        ("And about climate?", ["Wang Yi"], "climate"),
        ("What about climate?", ["Wang Yi"], "climate"),
        ("How about climate change?", ["Wang Yi"], "climate change"),
        ("what about Japan?", ["Wang Yi"], "Japan"),
        ("So what about sanctions?", ["Wang Yi"], "sanctions"),
        ("What did he say about climate?", ["Wang Yi"], "climate"),
        ("what did he say about climate", ["Wang Yi"], "climate"),
        ("Did she mention climate?", ["Wang Yi"], "climate"),
    ],
)
def test_a_question_that_leans_on_the_one_before_stands_alone(follow_up: str, speakers: list[str], topic: str) -> None:
    query = ask(follow_up, "What did Wang Yi say about vaccines?")
    assert query.question == follow_up
    assert query.standalone != follow_up
    assert "Wang Yi" in query.standalone
    assert list(query.speakers) == speakers
    assert query.topic == topic


def test_a_standalone_question_means_the_same_without_the_history() -> None:
    query = ask("And on climate?", "What did Wang Yi say about vaccines?")
    alone = ask(query.standalone)
    assert (alone.speakers, alone.topic) == (query.speakers, query.topic)


def test_questions_may_lean_on_each_other_in_a_row() -> None:
    query = ask("And on trade?", "What did Wang Yi say about vaccines?", "And on climate?")
    assert (query.speakers, query.topic) == (("Wang Yi",), "trade")


def test_the_newest_question_is_the_one_leant_on() -> None:
    query = ask("And on trade?", "What did Wang Yi say about vaccines?", "What did Merkel say about cars?")
    assert (query.speakers, query.topic) == (("Angela Merkel",), "trade")


@pytest.mark.parametrize(
    "question",
    ["What did Lavrov say about vaccines?", "What does the Paris Agreement ask from rich countries in 2030?"],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert ask(question, "What did Wang Yi say about trade?").standalone == question
    assert ask(question).standalone == question


def test_a_follow_up_on_nobodys_words_keeps_their_topic() -> None:
    query = ask("And on trade?", "How are vaccines made?")
    assert "vaccines" in query.topic
    assert "trade" in query.topic


def test_the_topic_is_never_empty() -> None:
    assert ask("What did Wang Yi say?").topic
    assert ask("?").topic == "?"


def test_a_topic_can_be_had_without_an_index() -> None:
    assert topic_of("What did the minister say about vaccines?") == "vaccines"
    assert topic_of("?") == ""


def test_in_an_index_where_nobody_speaks_every_name_is_unknown() -> None:
    query = understood("What did Wang Yi say about vaccines?", [])
    assert (query.speakers, query.unknown_speakers) == ((), ("Wang Yi",))


WORDS = """what did does say said about and on in since until between latest he she Wang Yi Xi Lavrov Macron May rice
    vaccines China 2020 September 11 2020-09-11 ? ’s , ( [ * \\ É 🙂""".split()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join) | st.text(min_size=1, max_size=60),
    st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=2),
)
def test_every_question_can_be_interpreted(question: str, history: list[str]) -> None:
    if not question.strip():
        return
    turns = [{"question": earlier} for earlier in history]
    query = interpret(parse_request({"question": question, "history": turns}), Directory(PEOPLE), TODAY)
    assert query.topic.strip()
    assert query.standalone.strip()
    assert set(query.speakers) <= {person.name for person in PEOPLE}
    assert len(set(query.speakers)) == len(query.speakers)


@pytest.mark.parametrize("follow_up", ["And this week?", "And yesterday?", "And last winter?"])
def test_a_follow_up_may_be_a_time_that_counts_from_today(follow_up: str) -> None:
    query = ask(follow_up, "What did Wang Yi say about vaccines?")
    assert query.speakers == ("Wang Yi",)
    assert query.since is not None


def test_a_long_history_makes_no_longer_question() -> None:
    query = ask("And Lavrov?", *["and it " * 2000] * 40)
    assert len(query.standalone) <= 1000
