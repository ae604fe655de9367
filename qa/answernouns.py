"""The nouns by which a question says what type of answer it asks for."""

from enum import StrEnum

from index.speakers.vocabulary import INSTITUTIONS


class AnswerType(StrEnum):
    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    MEASURE = "measure"
    DURATION = "duration"
    FREQUENCY = "frequency"
    DATE = "date"
    YEAR = "year"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    NAME = "name"
    REASON = "reason"
    YES_NO = "yes-no"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNITS = {
    AnswerType.DURATION: _words("second minute hour day night week month year decade century millennium"),
    AnswerType.MONEY: _words("money dollar euro pound yuan renminbi rmb rouble ruble rupee yen franc usd cent"),
    AnswerType.PERCENT: _words("percent percentage per-cent"),
    AnswerType.MEASURE: _words(
        "mile kilometer kilometre km meter metre foot feet inch acre hectare ton tonne kilogram kg gram litre liter "
        "gallon barrel megawatt gigawatt watt degree"
    ),
}
_NOUNS = {
    AnswerType.COUNT: _words("number total quantity toll population tally"),
    AnswerType.MONEY: _words(
        "price cost salary budget revenue fee fine wage income worth sum money profit debt deficit loan funding gdp"
    ),
    AnswerType.PERCENT: _words("percentage percent share proportion fraction portion rate"),
    AnswerType.MEASURE: _words(
        "height width depth distance size weight mass speed temperature altitude elevation volume capacity amount "
        "diameter radius thickness range value density"
    ),
    AnswerType.DURATION: _words("length duration age lifespan"),
    AnswerType.FREQUENCY: _words("frequency"),
    AnswerType.DATE: _words("date day month decade century era season deadline period weekday birthday"),
    AnswerType.YEAR: _words("year"),
    AnswerType.TIME: _words("time hour"),
    AnswerType.PLACE: _words(
        "country city state town village place location region province continent island river mountain lake ocean sea "
        "port county street district area nation capital venue airport building site territory neighborhood borough "
        "neighbourhood hometown headquarters prefecture municipality valley desert peninsula suburb planet stadium "
        "base border republic kingdom colony archipelago park campus square bridge strait"
    ),
    AnswerType.PERSON: _words(
        "person man woman author actor actress singer artist writer player poet engineer explorer architect inventor "
        "founder teacher composer philosopher mathematician scientist physicist chemist historian politician diplomat "
        "designer producer musician painter lawyer scholar theologian monk saint ruler conqueror bishop archbishop "
        "duke son daughter wife husband brother sister father mother individual celebrity researcher quarterback coach "
        "journalist activist economist astronaut candidate winner successor predecessor emperor monarch king queen "
        "prince princess pope sultan emir sheikh president premier minister chancellor governor mayor senator "
        "congressman congresswoman lawmaker leader director chairman chairwoman chairperson ceo secretary ambassador "
        "envoy commissioner commander admiral general captain lieutenant officer official spokesman spokeswoman "
        "spokesperson speaker representative judge justice doctor professor editor reporter manager coordinator "
        "treasurer"
    ),
    AnswerType.ORGANISATION: (
        INSTITUTIONS
        # "Which groups", "which school of thought", "what network of roads"
        - _words(
            "family foundation group movement network project report review school service super supporters voters"
        )
    )
    | _words(
        "company firm body airline publisher government troupe manufacturer band channel corporation ngo regulator "
        "developer studio squad coalition bloc laboratory"
    ),
    AnswerType.NAME: _words(
        "name language religion treaty agreement law act award ship vaccine programme program mission probe satellite "
        "film movie book song album war battle event festival nationality title project initiative document "
        "currency brand dynasty holiday virus app summit conference newspaper magazine prize declaration convention "
        "protocol accord charter operation rocket spacecraft ethnicity tribe denomination church"
    ),
}
BY_NOUN: dict[str, AnswerType] = {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns} | {
    "people": AnswerType.NAME
}
"""What a noun in the singular asks for: "which port", "the price of"."""
BY_UNIT: dict[str, AnswerType] = {unit: kind for kind, units in _UNITS.items() for unit in units}
"""What is counted in a unit: "how many dollars"."""
STATES = _words("country countries nation nations state states")
