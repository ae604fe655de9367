"""People asked for by what they are, or by a name with a slip in it."""

import pytest

from index.types import Role, Speaker
from qa.types import Query
from tests.qa.making import understood


def role(
    words: str, country: str | None, first: str = "2015-09-01", last: str = "2020-09-30", mentions: int = 5
) -> Role:
    return Role(words, country, first, last, mentions)


PEOPLE = (
    Speaker("Wang Yi", (), (role("state councillor foreign minister", "China", mentions=90),)),
    Speaker("Hua Chunying", (), (role("foreign ministry spokesperson", "China", mentions=90),)),
    Speaker("Lu Kang", (), (role("foreign ministry spokesperson", "China", mentions=90),)),
    Speaker("Jen Psaki", ("Psaki",), (role("press secretary", "United States"),)),
    Speaker("Karine Jean-Pierre", (), (role("principal deputy press secretary", "United States"),)),
    Speaker("Joe Biden", ("Biden",), (role("president", "United States"),)),
    Speaker(
        "Michael Regan", (), (role("administrator environmental protection agency", "United States"),), ("reagan",)
    ),
    Speaker("Rochelle Walensky", (), (role("cdc director", "United States"),)),
    Speaker("Janet Yellen", (), (role("secretary treasury", "United States"),)),
    Speaker("Mike Duggan", (), (role("detroit mayor", "United States"),)),
    Speaker("Theresa May", (), (role("prime minister", "United Kingdom", "2016-09-01", "2019-07-01"),)),
    Speaker("Boris Johnson", (), (role("prime minister", "United Kingdom", "2019-07-24", "2021-06-01"),)),
    Speaker("Mark Rutte", (), (role("prime minister minister general affairs", "Netherlands"),)),
    Speaker("Lotay Tshering", (), (role("prime minister", "Bhutan"),)),
    Speaker("King Abdullah II", (), (role("king", "Jordan"),)),
    Speaker("Erlan Abdyldayev", (), (role("minister foreign affairs", "Kyrgyzstan"),)),
    Speaker("Narendra Modi", (), (role("prime minister", "India"),)),
    Speaker("Micheál Martin", (), (role("prime minister", "Ireland"),)),
    Speaker("Sergey Lavrov", (), (role("minister foreign affairs", "Russia"),)),
    Speaker("Volodymyr Zelenskyy", (), (role("president", "Ukraine"),)),
    Speaker("Jacinda Ardern", (), (role("prime minister", "New Zealand"),)),
    Speaker("Imran Khan", (), (role("prime minister", "Pakistan"),)),
    Speaker("Pedro Sánchez Pérez-Castejón", (), (role("president government", "Spain"),)),
)


def ask(question: str, *history: str) -> Query:
    return understood(question, PEOPLE, history)


@pytest.mark.parametrize(
    ("who", "speakers"),
    [
        ("the press secretary", {"Jen Psaki"}),
        ("Biden's press secretary", {"Jen Psaki"}),
        ("the White House spokeswoman", {"Jen Psaki"}),
        ("China's foreign minister", {"Wang Yi"}),
        ("the Chinese foreign minister", {"Wang Yi"}),
        ("Chinese Foreign Minister Wang Yi", {"Wang Yi"}),
        ("the EPA chief", {"Michael Regan"}),
        ("EPA Administrator Regan", {"Michael Regan"}),
        ("the CDC director", {"Rochelle Walensky"}),
        ("the head of the CDC", {"Rochelle Walensky"}),
        ("the CDC", {"Rochelle Walensky"}),
        ("the treasury secretary", {"Janet Yellen"}),
        ("Detroit's mayor", {"Mike Duggan"}),
        ("the mayor of Detroit", {"Mike Duggan"}),
        ("Bhutan's prime minister", {"Lotay Tshering"}),
        ("the prime minister of Bhutan", {"Lotay Tshering"}),
        ("the king of Jordan", {"King Abdullah II"}),
        ("the Dutch premier", {"Mark Rutte"}),
        ("the Dutch PM", {"Mark Rutte"}),
        ("the Taoiseach", {"Micheál Martin"}),
        ("Kyrgyzstan's minister", {"Erlan Abdyldayev"}),
        ("Jordan's leader", {"King Abdullah II"}),
        ("the Indian leader", {"Narendra Modi"}),
        ("the British prime minister", {"Theresa May", "Boris Johnson"}),
        ("the Chinese foreign ministry", {"Wang Yi", "Hua Chunying", "Lu Kang"}),
        ("the Chinese spokeswoman", {"Hua Chunying", "Lu Kang"}),
        ("the foreign ministry spokesperson", {"Hua Chunying", "Lu Kang"}),
        ("Bhutan", {"Lotay Tshering"}),
        ("Moscow", {"Sergey Lavrov"}),
    ],
)
def test_people_are_asked_for_by_what_they_are(who: str, speakers: set[str]) -> None:
    query = ask(f"What did {who} say about vaccines?")
    assert set(query.speakers) == speakers
    assert query.unknown_speakers == ()
    assert query.topic == "vaccines"


@pytest.mark.parametrize(
    "who",
    [
        "the prime minister",  # of many countries, none of them clearly meant
        "Bhutan's foreign minister",  # nobody, and not China's
        "the finance minister",
        "Iceland",
        "Tokyo",
    ],
)
def test_an_office_that_nobody_in_the_index_holds_is_no_filter(who: str) -> None:
    query = ask(f"What did {who} say about vaccines?")
    assert (query.speakers, query.unknown_speakers) == ((), ())


def test_an_office_beside_a_strangers_name_is_that_stranger() -> None:
    query = ask("What did Prime Minister Shinzo Abe say about whales?")
    assert query.speakers == ()
    assert query.unknown_speakers == ("Prime Minister Shinzo Abe",)


def test_the_holder_at_the_time_asked_about_is_meant() -> None:
    assert ask("What did Britain's prime minister say in 2017 about crime?").speakers == ("Theresa May",)
    assert ask("What did Britain's prime minister say since 2020 about crime?").speakers == ("Boris Johnson",)


@pytest.mark.parametrize(
    "question",
    ["What did Biden say about China's foreign minister?", "What did Biden tell the Dutch premier about ships?"],
)
def test_an_office_that_is_spoken_of_or_to_says_nothing(question: str) -> None:
    assert ask(question).speakers == ("Joe Biden",)


@pytest.mark.parametrize(
    "question",
    ["What did China do about smog?", "Which president said that peace is near?", "Trade with China in 2019"],
)
def test_a_country_that_does_not_speak_and_an_office_that_is_asked_for_are_nobody(question: str) -> None:
    assert ask(question).speakers == ()


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("hungarian whales", None),
        ("the king of jordan on whales", "King Abdullah II"),
        ("what did the russian foreign minister say about whales", "Sergey Lavrov"),
        ("dutch prime minister rutte whales", "Mark Rutte"),
        ("first thing psaki said about whales", "Jen Psaki"),
    ],
)
def test_without_capitals_offices_are_known_as_well(question: str, speaker: str | None) -> None:
    assert ask(question).speakers == ((speaker,) if speaker else ())


def test_a_country_and_a_year_may_stand_after_a_name() -> None:
    query = ask("What did Wang Yi of China (2017) say about the Korean Peninsula?")
    assert query.speakers == ("Wang Yi",)
    assert (query.since, query.until) == ("2017", "2017")
    assert query.topic == "Korean Peninsula"


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        ("Lavrof", "Sergey Lavrov"),
        ("Psaky", "Jen Psaki"),
        ("Zelensky", "Volodymyr Zelenskyy"),
        ("Jancinda Ardern", "Jacinda Ardern"),
        ("Jean Pierre", "Karine Jean-Pierre"),
        ("Micheal Martin", "Micheál Martin"),
        ("Pedro Sanchez", "Pedro Sánchez Pérez-Castejón"),
    ],
)
def test_a_name_with_a_slip_in_it_is_the_one_it_is_clearly_meant_for(name: str, speaker: str) -> None:
    query = ask(f"What did {name} say about whales?")
    assert (query.speakers, query.unknown_speakers) == ((speaker,), ())


@pytest.mark.parametrize("name", ["Reagan", "Merkel", "Irfan Khan", "Robert Rutte", "Wang Li"])
def test_another_persons_name_is_not_a_slip(name: str) -> None:
    query = ask(f"What did {name} say about whales?")
    assert (query.speakers, query.unknown_speakers) == ((), (name,))


@pytest.mark.parametrize(
    "question",
    [
        "What did Biden first say about Yemen?",
        "When did Biden first mention Yemen?",
        "What was the first time Biden mentioned Yemen?",
        "What is Biden's earliest statement on Yemen?",
    ],
)
def test_what_was_said_first_may_be_asked_for(question: str) -> None:
    query = ask(question)
    assert query.earliest
    assert query.speakers == ("Joe Biden",)
    assert "first" not in query.topic
    assert "Yemen" in query.topic


@pytest.mark.parametrize(
    "question", ["What did Biden say in his first UN speech?", "What did Biden say of the first quarter?"]
)
def test_a_first_that_is_part_of_the_topic_is_no_order(question: str) -> None:
    assert not ask(question).earliest


@pytest.mark.parametrize(
    ("before", "after", "since"),
    [
        ("What did Biden say about Yemen on 6 July 2018?", "And three days later?", "2018-07-09"),
        ("What did Biden say about Yemen on 6 July 2018?", "two weeks before that?", "2018-06-22"),
        ("What did Biden say about Yemen on 6 July 2018?", "And the same day?", "2018-07-06"),
        ("What did Biden say about Yemen on 6 July 2018?", "And the next day?", "2018-07-07"),
        ("What did Biden say about Yemen in July 2018?", "And a month later?", "2018-08"),
        ("What did Biden say about Yemen in 2018?", "and a year later?", "2019"),
        ("What did Biden say about Yemen in 2018?", "the year after?", "2019"),
        ("What did Biden say about Yemen in 2018?", "And in 2020?", "2020"),
    ],
)
def test_a_follow_up_may_count_its_time_from_the_question_before(before: str, after: str, since: str) -> None:
    query = ask(after, before)
    assert (query.since, query.until) == (since, since)
    assert query.speakers == ("Joe Biden",)
    assert query.topic == "Yemen"


def test_a_follow_up_may_change_the_speaker_and_the_time_at_once() -> None:
    query = ask("and Pedro Sánchez, a year later?", "What did Lavrov say about Gibraltar in 2017?")
    assert query.standalone == "What did Pedro Sánchez say about Gibraltar in 2018?"
    assert query.speakers == ("Pedro Sánchez Pérez-Castejón",)


def test_a_follow_up_may_ask_for_the_same_office_of_another_country() -> None:
    query = ask("what about Bhutan's?", "What did the Dutch prime minister say about ships?")
    assert query.speakers == ("Lotay Tshering",)
    assert query.topic == "ships"


def test_a_follow_up_on_somebody_keeps_who_speaks() -> None:
    query = ask("and on Bob Hawke?", "What did Lu Kang say about Alan Garcia?")
    assert query.speakers == ("Lu Kang",)
    assert query.topic == "Bob Hawke"


def test_who_is_named_as_the_source_is_asked_for_before_anybody_else() -> None:
    query = ask("Where does Joe Biden stand on cannabis, according to his press secretary?")
    assert query.speakers == ("Jen Psaki",)
    assert ask("How did Lu Kang answer the story about chips in servers used by Apple?").speakers == ("Lu Kang",)
    assert ask("Imran Khan on Pakistan being labelled a backer of it by Washington").speakers == ("Imran Khan",)


def test_without_a_country_an_office_is_whose_it_mostly_is() -> None:
    presidents = (
        Speaker("Joe Biden", (), (role("president", "United States", mentions=900),)),
        Speaker("Gerald Ford", (), (role("president", "United States", mentions=3),)),
        Speaker("Jen Psaki", (), (role("press secretary", "United States", mentions=90),)),
    )
    assert understood("What did the president say about trade?", presidents).speakers == ("Joe Biden",)
    said = understood("What did the White House say about trade?", presidents).speakers
    assert set(said) == {"Joe Biden", "Jen Psaki"}


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What did Narendra Modi tell the General Assembly about Kashmir?", "Kashmir"),
        ("Theresa May at the General Debate on the single market", "single market"),
        ("How did Lu Kang respond when Trump backed the claim to the plateau?", "Trump backed"),
    ],
)
def test_to_whom_and_where_it_was_said_is_no_topic(question: str, topic: str) -> None:
    assert topic in ask(question).topic
    assert "General" not in ask(question).topic
