import pytest

from qa.answernouns import AnswerType
from qa.answertype import Expected, expected

TYPES = [
    ("How many pandas live abroad?", AnswerType.COUNT, "pandas"),
    ("According to Lu Kang, how many countries have signed?", AnswerType.COUNT, "countries"),
    ("How many of the member states agree?", AnswerType.COUNT, "member states"),
    ("number of fentanyl variants controlled 2018", AnswerType.COUNT, "fentanyl variants"),
    ("What was the total number of doses?", AnswerType.COUNT, "number"),
    ("What is Kenya's population?", AnswerType.COUNT, "population"),
    ("How much did Norway pledge to pay?", AnswerType.MONEY, ""),
    ("How many dollars did the port cost?", AnswerType.MONEY, "dollars"),
    ("What does the bridge cost?", AnswerType.MONEY, ""),
    ("What percentage of the water is treated?", AnswerType.PERCENT, ""),
    ("What share of the vote did they win?", AnswerType.PERCENT, ""),
    ("How far is the village from the border?", AnswerType.MEASURE, ""),
    ("How big is the reserve?", AnswerType.MEASURE, ""),
    ("How long did the talks last?", AnswerType.DURATION, ""),
    ("How many years does the treaty run?", AnswerType.DURATION, "years"),
    ("How often do they meet?", AnswerType.FREQUENCY, ""),
    ("How old is the agreement?", AnswerType.DURATION, ""),
    ("When did the probe land?", AnswerType.DATE, ""),
    ("China's lunar probe landed on what date?", AnswerType.DATE, ""),
    ("Did Psaki say when the envoy would travel?", AnswerType.DATE, ""),
    ("date of the Moscow talks", AnswerType.DATE, ""),
    ("In which year was the pact signed?", AnswerType.YEAR, ""),
    ("At what time does the session open?", AnswerType.TIME, ""),
    ("Who chaired the meeting?", AnswerType.PERSON, ""),
    ("By whom was the deal brokered?", AnswerType.PERSON, ""),
    ("Which minister resigned?", AnswerType.PERSON, "minister"),
    ("What is the name of the ship?", AnswerType.NAME, "ship"),
    ("What is the name of the company that built it?", AnswerType.ORGANISATION, "company"),
    ("Where were the vaccines made?", AnswerType.PLACE, ""),
    ("The vaccines were made where?", AnswerType.PLACE, ""),
    ("In which port city did they land?", AnswerType.PLACE, "city"),
    ("What country hosts the summit?", AnswerType.PLACE, "country"),
    ("Which oil company owns the tanker?", AnswerType.ORGANISATION, "company"),
    ("Which treaty bans the tests?", AnswerType.NAME, "treaty"),
    ("What did Kerry say was the cost of the plan?", AnswerType.MONEY, ""),
    ("When the ministers met, how many agreements were signed?", AnswerType.COUNT, "agreements"),
    ("Why was the border closed?", AnswerType.REASON, ""),
    ("For what reason was the border closed?", AnswerType.REASON, ""),
    ("Will the talks go on?", AnswerType.YES_NO, ""),
]
UNTYPED = [
    "What did Wang Yi say about vaccines?",
    "What is Lavrov's view of sanctions?",
    "How did Moscow respond?",
    "Who said that vaccines are a public good?",
    "Who besides Wang Yi and Psaki said that vaccines are a public good?",
    "Which country's minister warned of a new cold war?",
    "Which minister called for a ceasefire?",
    "What was the Seven Years War?",
    "What kind of agreement was signed?",
    "vaccines for developing countries",
    "Wang Yi on climate",
    "",
    "? ! …",
]


@pytest.mark.parametrize(("question", "type", "head"), TYPES)
def test_the_grammar_of_a_question_says_what_it_asks_for(question: str, type: AnswerType, head: str) -> None:
    assert expected(question) == Expected(type, head)


@pytest.mark.parametrize("question", UNTYPED)
def test_what_somebody_said_and_who_said_it_have_no_short_answer(question: str) -> None:
    assert expected(question) is None
