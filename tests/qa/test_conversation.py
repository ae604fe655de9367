"""Follow-ups: what a question means after the ones before it."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexicon import terms
from index.types import Role, Speaker
from qa.conversation import follow_up
from qa.people import Directory
from qa.question import interpret
from qa.request import parse_request
from qa.types import Continuation, Query, Turn
from tests.qa.making import TODAY

# Words that ask, and say nothing of what is looked for.
ASKING = set(terms("who what which when where why how did do does about"))


def role(words: str, country: str) -> tuple[Role, ...]:
    return (Role(words, country, "2015-01-01", "2021-11-01", 90),)


PEOPLE = (
    Speaker("Wang Yi", (), role("state councillor foreign minister", "China")),
    Speaker("Hua Chunying", (), role("foreign ministry spokesperson", "China")),
    Speaker("Xi Jinping", ("President Xi",), role("president", "China")),
    Speaker("Sergey Lavrov", (), role("minister foreign affairs", "Russia")),
    Speaker("Jen Psaki", ("Psaki",), role("press secretary", "United States")),
    Speaker("Joe Biden", ("Biden",), role("president", "United States")),
    Speaker("Theresa May", (), role("prime minister", "United Kingdom")),
    Speaker("Shinzo Abe", (), role("prime minister", "Japan")),
    Speaker("Justin Trudeau", (), role("prime minister", "Canada")),
    Speaker("Jacinda Ardern", (), role("prime minister", "New Zealand")),
    Speaker("Angela Merkel", (), role("chancellor", "Germany")),
    Speaker("António Guterres", ()),
)
MINISTRY = {"Wang Yi", "Hua Chunying"}
CHINA = {"Wang Yi", "Hua Chunying", "Xi Jinping"}

VACCINES = ("What did Wang Yi say about vaccines?", "Wang Yi, 11 September 2020: “Vaccines ought to be a public good.”")
VACCINES_2020 = ("What did Wang Yi say about vaccines in 2020?", VACCINES[1])
YEMEN = ("What did Biden say about Yemen in 2018?", "Joe Biden, 3 May 2018: “The war has to end.”")
PIPELINE = ("What did Psaki say about the pipeline?", "Jen Psaki, 3 May 2021: “It is a bad deal.”")
NOTHING = "Not on record: these documents do not answer this."


@dataclass(frozen=True)
class Case:
    """Earlier questions with their answers, a follow-up, and what it has to mean; `topic` are the words looked up."""

    turns: list[tuple[str, str] | str]
    asked: str
    standalone: str
    speakers: set[str]
    topic: str
    since: str | None = None
    until: str | None = None


def ask(turns: list[tuple[str, str] | str], question: str) -> Query:
    pairs = [(turn, NOTHING) if isinstance(turn, str) else turn for turn in turns]
    history = [{"question": earlier, "answer": answer} for earlier, answer in pairs]
    return interpret(parse_request({"question": question, "history": history}), Directory(PEOPLE), TODAY)


def name(case: Case) -> str:
    return f"{case.asked} → {case.standalone}"


def check(case: Case) -> Query:
    query = ask(case.turns, case.asked)
    assert query.standalone == case.standalone
    assert set(query.speakers) == case.speakers
    assert set(terms(query.topic)) - ASKING == set(terms(case.topic)) - ASKING
    assert (query.since, query.until) == (case.since, case.until)
    return query


WANG, LAVROV, PSAKI, BIDEN, MERKEL = {"Wang Yi"}, {"Sergey Lavrov"}, {"Jen Psaki"}, {"Joe Biden"}, {"Angela Merkel"}


@pytest.mark.parametrize(
    "case",
    [
        Case([VACCINES_2020], "and on climate?", "What did Wang Yi say about climate in 2020?",
             WANG, "climate", "2020", "2020"),
        Case(["What did Angela Merkel say about migration?"], "what about trade?",
             "What did Angela Merkel say about trade?", MERKEL, "trade"),
        Case(["What is Lavrov's position on Syria?"], "anything on Taiwan?", "What is Lavrov's position on Taiwan?",
             LAVROV, "Taiwan"),
        Case(["Wang Yi on vaccines"], "and on the South China Sea?", "Wang Yi on the South China Sea?",
             WANG, "South China Sea"),
        Case(["How did Psaki justify the strikes on Syria?"], "and the tariffs?", "How did Psaki justify the tariffs?",
             PSAKI, "tariffs"),
        Case(["What did the Chinese foreign minister say about Iran?"], "And Myanmar?",
             "What did the Chinese foreign minister say about Myanmar?", WANG, "Myanmar"),
        Case(["What did Theresa May say about Brexit at the 2018 General Debate?"], "how about the Irish border?",
             "What did Theresa May say about the Irish border at the 2018 General Debate?",
             {"Theresa May"}, "Irish border", "2018", "2018"),
        Case(["What did Psaki say about the minimum wage?", "and on inflation?"], "and unemployment?",
             "What did Psaki say about unemployment?", PSAKI, "unemployment"),
        Case(["What does Ardern think of whaling?"], "and nuclear tests?", "What does Ardern think of nuclear tests?",
             {"Jacinda Ardern"}, "nuclear tests"),
        Case(["Did Biden mention Cuba?"], "or Venezuela?", "Did Biden mention Venezuela?", BIDEN, "Venezuela"),
        Case(["What did Guterres tell the General Assembly about hunger in 2019?"], "Anything about refugees?",
             "What did Guterres tell the General Assembly about refugees in 2019?",
             {"António Guterres"}, "refugees", "2019", "2019"),
        Case([VACCINES], "Did he mention Africa?", "Did Wang Yi mention Africa?", WANG, "Africa"),
        Case(["what did lavrov say about nato"], "and ukraine", "what did lavrov say about ukraine?",
             LAVROV, "ukraine"),
        Case(["Did Lavrov mention the Skripal case?"], "What did he say about it?",
             "What did Lavrov say about the Skripal case?", LAVROV, "Skripal case"),
        Case(["How is rice grown in China?"], "and in Japan?", "How is rice grown in Japan?",
             set(), "rice grown Japan"),
        Case([YEMEN], "and on Iran, in 2020?", "What did Biden say about Iran in 2020?", BIDEN, "Iran", "2020", "2020"),
    ],
    ids=name,
)  # fmt: skip
def test_another_topic_keeps_who_speaks_and_when(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    [
        Case([VACCINES_2020], "and Lavrov?", "What did Lavrov say about vaccines in 2020?",
             LAVROV, "vaccines", "2020", "2020"),
        Case([VACCINES_2020], "what did Merkel say?", "What did Merkel say about vaccines in 2020?",
             MERKEL, "vaccines", "2020", "2020"),
        Case(["What did Biden say about the filibuster?"], "did Psaki agree?", "Did Psaki agree on the filibuster?",
             PSAKI, "filibuster"),
        Case(["What did Britain's prime minister say about ships in 2017?"], "what about Japan's?",
             "What did Japan's prime minister say about ships in 2017?", {"Shinzo Abe"}, "ships", "2017", "2017"),
        Case(["What is Britain's position on fishing?"], "what about Germany's?",
             "What is Germany's position on fishing?", MERKEL, "fishing"),
        Case(["What did Russia say about sanctions?"], "And China?", "What did China say about sanctions?",
             CHINA, "sanctions"),
        Case(["What did Emmanuel Macron say about farming?"], "and Merkel?", "What did Merkel say about farming?",
             MERKEL, "farming"),
        Case([VACCINES], "Has Xi said anything?", "Has Xi said anything about vaccines?", {"Xi Jinping"}, "vaccines"),
        Case(["What did Trudeau say about wheat?"], "and what was Biden's response?",
             "What was Biden's response to wheat?", BIDEN, "wheat"),
        Case(["What did Lavrov say about arms control in 2019?"], "And the press secretary?",
             "What did the press secretary say about arms control in 2019?", PSAKI, "arms control", "2019", "2019"),
        Case(["What did Merkel say about the pipeline?"], "and did Biden object?", "Did Biden object to the pipeline?",
             BIDEN, "pipeline"),
        Case([VACCINES], "What about May?", "What did May say about vaccines?", {"Theresa May"}, "vaccines"),
        Case([VACCINES], "and Xi on climate?", "What did Xi say about climate?", {"Xi Jinping"}, "climate"),
        Case([VACCINES], "Any reaction from Merkel?", "Any reaction from Merkel to vaccines?",
             MERKEL, "any reaction from vaccines"),
        Case(["What did Psaki say about wages?"], "did May say the same?", "Did May say the same about wages?",
             {"Theresa May"}, "same wages"),
        Case([VACCINES, "and on climate?"], "And Lavrov and Merkel?", "What did Lavrov and Merkel say about climate?",
             LAVROV | MERKEL, "climate"),
    ],
    ids=name,
)  # fmt: skip
def test_another_speaker_keeps_the_topic_and_when(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    "case",
    [
        Case([YEMEN], "and in 2019?", "What did Biden say about Yemen in 2019?", BIDEN, "Yemen", "2019", "2019"),
        Case([YEMEN], "and the year before?", "What did Biden say about Yemen in 2017?",
             BIDEN, "Yemen", "2017", "2017"),
        Case(["What did Biden say about Yemen on 6 July 2018?"], "three days later?",
             "What did Biden say about Yemen on 9 July 2018?", BIDEN, "Yemen", "2018-07-09", "2018-07-09"),
        Case([VACCINES], "more recently?", "What did Wang Yi say about vaccines after 11 September 2020?",
             WANG, "vaccines", "2020-09-12", None),
        Case(["What did Lavrov say about arms in 2019?"], "and since then?",
             "What did Lavrov say about arms after 2019?", LAVROV, "arms", "2020-01-01", None),
        Case([VACCINES], "and a year earlier?", "What did Wang Yi say about vaccines in 2019?",
             WANG, "vaccines", "2019", "2019"),
        Case(["What did Merkel say about Libya in 2017?", "and Trudeau?"], "and a year later?",
             "What did Trudeau say about Libya in 2018?", {"Justin Trudeau"}, "Libya", "2018", "2018"),
        Case([VACCINES], "and earlier?", "What did Wang Yi say about vaccines before 11 September 2020?",
             WANG, "vaccines", None, "2020-09-10"),
        Case(["What did Guterres say about hunger in 2016?"], "and on climate in 2018?",
             "What did Guterres say about climate in 2018?", {"António Guterres"}, "climate", "2018", "2018"),
        Case(["What did Psaki say about inflation?"], "and this year?", "What did Psaki say about inflation this year?",
             PSAKI, "inflation", "2021", "2021"),
        Case([YEMEN], "And in the following year?", "What did Biden say about Yemen in 2019?",
             BIDEN, "Yemen", "2019", "2019"),
        Case([VACCINES], "what about in March?", "What did Wang Yi say about vaccines in March 2020?",
             WANG, "vaccines", "2020-03", "2020-03"),
        Case(["Who won the 2020 election?"], "and in 2016?", "Who won the 2016 election?", set(), "won 2016 election"),
        Case([YEMEN], "and before that?", "What did Biden say about Yemen before 2018?",
             BIDEN, "Yemen", None, "2017-12-31"),
    ],
    ids=name,
)  # fmt: skip
def test_another_time_keeps_who_speaks_and_the_topic(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("asked", ["the latest?", "and most recently?", "What's the latest?"])
def test_the_latest_may_be_asked_for(asked: str) -> None:
    query = check(Case([VACCINES_2020], asked, "What did Wang Yi say about vaccines most recently?", WANG, "vaccines"))
    assert query.latest


@pytest.mark.parametrize(
    "case",
    [
        Case([VACCINES], "when was that?", "When did Wang Yi speak about vaccines?", WANG, "vaccines"),
        Case([VACCINES_2020], "where?", "Where did Wang Yi speak about vaccines in 2020?",
             WANG, "vaccines", "2020", "2020"),
        Case(["Did Biden meet the Japanese prime minister?"], "when was that?",
             "When did Biden meet the Japanese prime minister?", set(), "Biden meet Japanese prime minister"),
        Case([("Are vaccines a public good?", VACCINES[1])], "who said so?",
             "Are vaccines a public good, and who said so?", set(), "vaccines public good"),
        Case(["What did Biden say about the troops in Afghanistan?"], "how many?",
             "How many troops in Afghanistan, according to Biden?", BIDEN, "how many troops Afghanistan"),
        Case([PIPELINE], "how much will it cost?", "How much will the pipeline cost, according to Psaki?",
             PSAKI, "how much will the pipeline cost"),
        Case([PIPELINE], "Is it dead?", "Is the pipeline dead, according to Psaki?", PSAKI, "pipeline dead"),
        Case(["Did Xi congratulate Biden?"], "why?", "Why did Xi congratulate Biden?", {"Xi Jinping"}, "Biden"),
        Case(["What did Lavrov say about the treaty?"], "why?", "Why did Lavrov say that about the treaty?",
             LAVROV, "treaty"),
        Case(["What did Biden say about refugees in 2021?"], "did he give a number?",
             "Did Biden give a number on refugees in 2021?", BIDEN, "give a number refugees", "2021", "2021"),
        Case(["What did Psaki say about the flood in Henan?"], "did Xi write to anyone about it?",
             "Did Xi write to anyone about the flood in Henan?", {"Xi Jinping"}, "flood Henan"),
        Case([("Who attacked the port of Hodeidah?",
               "António Guterres, 3 May 2019: “On Sunday the Houthi movement attacked the port of Hodeidah again.”")],
             "did they apologise?", "Did the Houthi movement apologise?", set(), "Houthi movement apologise"),
        Case([("Who spoke about the oil spill?", "Jen Psaki, 3 May 2021: “It is being cleaned up.”")], "who is she?",
             "Who is Jen Psaki?", set(), "Jen Psaki"),
        Case([("Who said that the spill is being cleaned up?", "Jen Psaki, 3 May 2021: “It is being cleaned up.”")],
             "what did she say about the cost?", "What did Jen Psaki say about the cost?", PSAKI, "cost"),
        Case(["What did Psaki say about the summit?"], "where will it be held?",
             "Where will the summit be held, according to Psaki?", PSAKI, "summit held"),
        Case(["How many people died in the flood in Henan?"], "when did it happen?",
             "When did the flood in Henan happen?", set(), "flood Henan happen"),
        Case(["What did Psaki say about Merkel's visit?"], "when will she arrive?",
             "When will Merkel arrive, according to Psaki?", PSAKI, "Merkel arrive"),
        Case(["What did Hua Chunying say about Canada?"], "and what does the country owe China?",
             "What does Canada owe China, according to Hua Chunying?", {"Hua Chunying"}, "Canada owe China"),
        Case(["What did China's foreign ministry say about the balloon?"], "did the ministry apologise?",
             "Did China's foreign ministry apologise about the balloon?", MINISTRY, "apologise balloon"),
        Case([VACCINES], "Which countries need them?", "Which countries need vaccines, according to Wang Yi?",
             WANG, "countries need vaccines"),
        Case([VACCINES_2020, "and on climate?", "and Merkel?"], "when was that?",
             "When did Merkel speak about climate in 2020?", MERKEL, "climate", "2020", "2020"),
        Case([("Who spoke about the oil spill?", "Jen Psaki, 3 May 2021: “It is being cleaned up.”")], "when was that?",
             "When did Jen Psaki speak about the oil spill?", PSAKI, "oil spill"),
        Case([("Who spoke about the oil spill?", "Jen Psaki, 3 May 2021: “It is being cleaned up.”"), "and who is she?",
              "Thanks!"], "did Biden mention it?", "Did Biden mention the oil spill?", BIDEN, "oil spill"),
        Case([PIPELINE, "how much will it cost?"], "does Merkel agree?", "Does Merkel agree on the pipeline?",
             MERKEL, "pipeline"),
        Case(["How are vaccines made in the U.S.?"], "and in Japan?", "How are vaccines made in Japan?",
             set(), "how are vaccines made in Japan"),
        Case([VACCINES], "WHAT DID HE SAY ABOUT TRADE?", "WHAT DID Wang Yi SAY ABOUT TRADE?", WANG, "TRADE"),
        Case([VACCINES], "tell me about trade", "What did Wang Yi say about trade?", WANG, "trade"),
        Case([PIPELINE], "what are the risks?", "What are the risks of the pipeline, according to Psaki?",
             PSAKI, "risks of the pipeline"),
        Case(["What did Lavrov say about the treaty?"], "Did he say it in Moscow?",
             "On the treaty, did Lavrov say it in Moscow?", LAVROV, "treaty it in Moscow"),
        Case(["What did Merkel say about refugees?"], "how many came?",
             "On refugees, how many came, according to Merkel?", MERKEL, "refugees how many came"),
        Case(["Did Biden speak with Xi in February 2021?"], "did they talk about Taiwan?",
             "Did Biden and Xi talk about Taiwan in February 2021?",
             BIDEN | {"Xi Jinping"}, "talk about Taiwan", "2021-02", "2021-02"),
        Case(["How many people live in Yemen?"], "and who governs the country?", "Who governs Yemen?",
             set(), "governs Yemen"),
        Case([("Who called for a ceasefire in Yemen?", "António Guterres, 23 March 2020: “I call for a ceasefire.”")],
             "did he say why?", "On a ceasefire in Yemen, did António Guterres say why?",
             {"António Guterres"}, "ceasefire in Yemen why"),
        Case(["Who signed the treaty?"], "and when?", "When was the treaty signed?", set(), "treaty signed"),
    ],
    ids=name,
)  # fmt: skip
def test_a_fact_may_be_asked_for_in_addition(case: Case) -> None:
    check(case)


AFTER = "What did Wang Yi say next after speaking about vaccines?"
BEFORE = "What did Wang Yi say just before speaking about vaccines?"
MORE = "What else did Wang Yi say about vaccines?"
FURTHER = "Wang Yi, 11 September 2020: “Nobody is safe alone.”"


@pytest.mark.parametrize(
    ("turns", "asked", "standalone"),
    [
        (["How many Indian soldiers are in India?"], "And in China?", "How many Indian soldiers are in China?"),
        (["How many Nigerians live in Niger?"], "And in Chad?", "How many Nigerians live in Chad?"),
        (["What did Xi say about trade?"], "Why is it bad for Xinjiang?",
         "Why is trade bad for Xinjiang, according to Xi?"),
        ([VACCINES], "Thanks! What about Lavrov?", "What did Lavrov say about vaccines?"),
        ([VACCINES], "Thank you very much. And on climate?", "What did Wang Yi say about climate?"),
        ([VACCINES, "Thanks. What did he say about trade?"], "And Lavrov?", "What did Lavrov say about trade?"),
        ([VACCINES, "Thanks for that!"], "And Lavrov?", "What did Lavrov say about vaccines?"),
        ([VACCINES_2020], "And no day after that?", "What did Wang Yi say about no day after that in 2020?"),
    ],
)  # fmt: skip
def test_only_whole_words_are_changed_and_thanks_are_passed_over(
    turns: list[tuple[str, str] | str], asked: str, standalone: str
) -> None:
    assert ask(turns, asked).standalone == standalone


@pytest.mark.parametrize("time", ["the day before the summit", "a year after the war"])
def test_a_time_counted_from_something_else_is_not_counted_from_the_answer(time: str) -> None:
    assert time in ask([VACCINES_2020], f"What did he say {time}?").standalone


@pytest.mark.parametrize(
    ("asked", "standalone"),
    [
        ("And the same year?", "What did Wang Yi say about vaccines in 2020?"),
        ("And the same month?", "What did Wang Yi say about vaccines in September 2020?"),
        ("And the day after?", "What did Wang Yi say about vaccines on 12 September 2020?"),
    ],
)
def test_a_time_is_as_exact_as_it_is_asked_for(asked: str, standalone: str) -> None:
    assert ask([VACCINES], asked).standalone == standalone


def test_a_relative_time_of_the_question_before_is_the_answers_day() -> None:
    """Nothing is counted from a day that nobody asked on."""
    query = ask([("What did Wang Yi say about vaccines last week?", VACCINES[1])], "And the day before?")
    assert query.standalone == "What did Wang Yi say about vaccines on 10 September 2020?"


@pytest.mark.parametrize("title", ["Remarks on “Clean Air”", "A title " * 40])
def test_going_on_finds_the_words_behind_any_title(title: str) -> None:
    query = ask([("What is said on air?", f"{title.strip()}, 3 May 2021: “Air was cleaned.”")], "Go on")
    assert (query.continues, query.quoted) == ("next", "Air was cleaned.")


def test_words_that_are_none_are_not_gone_on_from() -> None:
    assert ask([("What is said on vaccines?", "X: “ ”")], "Go on").quoted == ""


@pytest.mark.parametrize(
    ("turns", "asked", "expected", "continues"),
    [
        ([VACCINES], "what did he say next?", AFTER, "next"),
        ([VACCINES], "And after that?", AFTER, "next"),
        ([VACCINES], "go on", AFTER, "next"),
        ([VACCINES], "Continue.", AFTER, "next"),
        ([VACCINES], "What did he say after that?", AFTER, "next"),
        ([VACCINES], "and before that?", BEFORE, "previous"),
        ([VACCINES], "What did he say just before?", BEFORE, "previous"),
        ([VACCINES], "more about that", MORE, "more"),
        ([VACCINES], "tell me more", MORE, "more"),
        ([VACCINES], "what else?", MORE, "more"),
        ([VACCINES], "What else did he say about it?", MORE, "more"),
    ],
)
def test_what_stands_beside_the_words_quoted_may_be_asked_for(
    turns: list[tuple[str, str] | str], asked: str, expected: str, continues: Continuation
) -> None:
    query = check(Case(turns, asked, expected, WANG, "vaccines"))
    assert query.continues == continues
    assert (query.quoted, query.quoted_day) == ("Vaccines ought to be a public good.", "2020-09-11")


def test_going_on_twice_goes_on_from_the_newest_words() -> None:
    query = check(Case([VACCINES, ("go on", FURTHER)], "go on", AFTER, WANG, "vaccines"))
    assert (query.continues, query.quoted) == ("next", "Nobody is safe alone.")


def test_a_topic_may_change_after_going_on() -> None:
    query = check(
        Case([VACCINES, ("go on", FURTHER)], "and on trade?", "What did Wang Yi say about trade?", WANG, "trade")
    )
    assert query.continues is None


def test_where_nothing_stands_beside_them_the_words_before_are_still_the_last() -> None:
    query = ask(
        [VACCINES, ("go on", "Not on record: Wang Yi says nothing after that in this document.")], "before that?"
    )
    assert (query.continues, query.quoted) == ("previous", "Vaccines ought to be a public good.")


def test_a_short_answer_before_a_name_is_no_part_of_it() -> None:
    answer = "two billion — Xi Jinping, 5 August 2021: “We will provide two billion doses.”"
    question = "How many doses will be provided?"
    assert ask([(question, answer)], "Who is he?").standalone == "Who is Xi Jinping?"
    assert ask([(question, answer)], "What did he say next?").quoted == "We will provide two billion doses."
    title = "Minutes — Xi Jinping, 5 August 2021: “We will provide two billion doses.”"
    assert "Xi Jinping" not in ask([(question, title)], "Who is he?").standalone


def test_more_leaves_out_all_that_the_conversation_quoted() -> None:
    first = (VACCINES[0], f"{VACCINES[1]}\n\n“Nobody is safe alone.”\n\n“Doses are few and")
    query = ask([first, ("and Xi?", "Xi Jinping, 2021: “We will help.”"), VACCINES], "tell me more")
    assert query.heard == (
        "Vaccines ought to be a public good.", "Nobody is safe alone.", "Doses are few and", "We will help.",
    )  # fmt: skip
    assert query.quoted == "Vaccines ought to be a public good."
    assert ask([first], "go on").heard == ()
    flood = (VACCINES[0], "\n\n".join([VACCINES[1], *(f"“Words {number}.”" for number in range(500))]))
    assert len(ask([flood], "tell me more").heard) == 30


def test_where_nothing_was_quoted_there_is_nothing_to_go_on_from() -> None:
    query = ask([(VACCINES[0], NOTHING)], "go on")
    assert (query.continues, query.quoted) == (None, "")
    assert query.speakers == ("Wang Yi",)


@pytest.mark.parametrize(
    "asked", ["who else?", "Anybody else?", "Who else said something about it?", "and who else said so?"]
)
def test_who_else_leaves_out_whose_words_were_given(asked: str) -> None:
    query = check(Case([VACCINES], asked, "Who besides Wang Yi spoke about vaccines?", set(), "vaccines"))
    assert query.besides == ("Wang Yi",)


def test_who_else_again_leaves_out_everybody_who_was_given() -> None:
    further = "Jen Psaki, 6 April 2021: “Doses are free.”"
    turns: list[tuple[str, str] | str] = [VACCINES, ("who else?", further)]
    query = check(
        Case(turns, "who else?", "Who besides Jen Psaki and Wang Yi spoke about vaccines?", set(), "vaccines")
    )
    assert query.besides == ("Jen Psaki", "Wang Yi")


def test_who_else_asks_the_same_again_where_nobody_was_given() -> None:
    turns: list[tuple[str, str] | str] = [("Who spoke about vaccines?", NOTHING)]
    check(Case(turns, "who else?", "Who spoke about vaccines?", set(), "vaccines"))


@pytest.mark.parametrize(
    "question",
    [
        "Who besides Wang Yi and Jen Psaki spoke about vaccines?",
        "Who other than Wang Yi, Jen Psaki spoke about vaccines?",
        "Who spoke about vaccines apart from Wang Yi or Psaki?",
    ],
)
def test_what_is_looked_up_is_without_who_is_left_out(question: str) -> None:
    query = ask([], question)
    assert (query.topic, query.besides, query.speakers) == ("vaccines", ("Wang Yi", "Jen Psaki"), ())


@pytest.mark.parametrize(
    "question",
    [
        "What did Biden say about the pipeline and its cost?",
        "Is there a hotline between Moscow and Washington?",
        "How does the treaty protect whales, and who signed it?",
        "Why did Lavrov say that NATO is a threat?",
        "Who said that vaccines are a public good?",
        "When the minister said that tariffs hurt, what did he mean by it?",
        "What did Merkel say when she met Xi in 2019?",
        "What did Merkel say about her visit to China?",
        "Who wrote the law?",
        "How many countries are there in the world?",
        "What happened at the summit that Biden hosted?",
        "And what did Lavrov say about arms control in 2021?",
        "What did Psaki say about that report on wages?",
        "Wang Wenbin on trade",
        "Is it true that Iran enriches uranium?",
        "When did Theresa May resign, and why?",
        "Is Vesak celebrated in the United States?",
        'Who wrote "She Loves You"?',
        "Does the size of the fleet change the price of it?",
        "What may be added to a vaccine to make it last?",
    ],
)
@pytest.mark.parametrize("turn", [VACCINES_2020, PIPELINE, ("Who signed the treaty?", NOTHING)])
def test_a_question_that_stands_alone_is_left_as_it_is(turn: tuple[str, str], question: str) -> None:
    query, alone = ask([turn], question), ask([], question)
    assert query == alone
    assert query.standalone == question


def test_only_the_last_few_turns_are_looked_at() -> None:
    turns: list[tuple[str, str] | str] = [VACCINES, *["Who wrote the law?"] * 3, *["and it?"] * 10]
    assert "Wang Yi" not in ask(turns, "and on trade?").standalone


WORDS = """what did does say said about and on in next before that it he she they else more go who when where Wang Yi
    Lavrov China Germany's 2020 later vaccines the ministry ? ’s , “ ” : (""".split()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join),
    st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), min_size=1, max_size=3),
    st.sampled_from([NOTHING, VACCINES[1], "", "Wang Yi: “”"]),
)
def test_what_stands_alone_is_no_follow_up_any_more(question: str, earlier: list[str], answer: str) -> None:
    """It is never empty, and does not depend on anything but its arguments."""
    turns = [Turn(question=each, answer=answer) for each in earlier]
    people = Directory(PEOPLE)
    found = follow_up(question, turns, people)
    assert found.standalone.strip()
    assert found == follow_up(question, turns, people)
