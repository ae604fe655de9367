"""Which documents are one text, and which of their paragraphs are the same words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.duplicates import Duplicates, Facts, Part, find_duplicates, same_words, sketch
from tests.strategies import texts, words

RELEASE = (
    "The two ministers met in Moscow on Friday and spoke for three hours about trade and the climate.",
    "The minister said that the pandemic calls for solidarity and that vaccines must be within everyone's reach.",
    "Both sides agreed to raise trade between the two countries to 200 billion dollars by the year 2024.",
    "They will meet again in Beijing next spring, and their deputies will meet every month until then.",
)
OTHER = (
    "Farmers in the valley wait for rain, and the harvest will be smaller than in any of the last ten years.",
    "The river is lower than it was at this time of the year since anybody began to measure its height.",
    "No ferry has crossed since June, so that schools on the far bank teach from home for the time being.",
)


@dataclass(frozen=True)
class Written:
    """A document as a test writes it: a paragraph is one sentence, or several with " | " between them."""

    paragraphs: Sequence[str]
    facts: Facts
    speakers: frozenset[int] = frozenset()


class Shelf:
    def __init__(self, *documents: Written) -> None:
        self._documents = documents
        self.read: list[int] = []

    def facts(self) -> list[Facts]:
        return [document.facts for document in self._documents]

    def texts(self) -> list[str]:
        return ["\n\n".join(document.paragraphs).replace(" | ", " ") for document in self._documents]

    def parts(self, document: int) -> list[Part]:
        self.read.append(document)
        first = sum(len(each.paragraphs) for each in self._documents[:document])
        written = self._documents[document]
        return [
            Part(first + place, tuple(map(same_words, text.split(" | "))), written.speakers)
            for place, text in enumerate(written.paragraphs)
        ]


def written(paragraphs: Sequence[str], source: str, day: str | None = None, url: str | None = None) -> Written:
    return Written(paragraphs, Facts(source, url, day, day))


def found(*documents: Written) -> Duplicates:
    return find_duplicates(Shelf(*documents))


def test_the_same_release_on_two_sites_is_one_text_and_each_paragraph_a_copy() -> None:
    site = [text.upper().replace("'", "’") for text in RELEASE]
    both = found(written(RELEASE, "a.html"), written(["Home | News | Contact", *site, "All rights reserved"], "b.html"))
    assert both.groups == ((0, 1),)
    assert both.copies == ((0, 5), (1, 6), (2, 7), (3, 8))


def test_a_text_inside_one_three_times_as_long_is_found() -> None:
    long = [f"{text} {number} {text[::-1]}" for number in range(4) for text in OTHER]
    both = found(written([*long[:6], *RELEASE, *long[6:]], "long.html"), written(RELEASE, "short.html"))
    assert both.groups == ((0, 1),)
    assert both.copies == ((6, 16), (7, 17), (8, 18), (9, 19))


def test_a_corrected_figure_makes_another_paragraph_and_the_rest_is_the_same() -> None:
    corrected = [*RELEASE[:2], RELEASE[2].replace("200", "300"), RELEASE[3]]
    both = found(written(RELEASE, "a.html"), written(corrected, "b.html"))
    assert both.groups == ((0, 1),)
    assert both.copies == ((0, 4), (1, 5))


@pytest.mark.parametrize(
    "change",
    [("200", "20.0"), ("200", "-200"), ("dollars", "€"), ("200 billion", "200 million"), ("agreed", "agreed not")],
)
def test_a_change_that_matters_is_no_copy(change: tuple[str, str]) -> None:
    assert same_words(RELEASE[2]) != same_words(RELEASE[2].replace(*change))


@pytest.mark.parametrize(
    "text",
    ["“The  two—ministers’ talks…”", '"the two - ministers\' TALKS..."', "«The\ntwo\u2011minis\u00adters talks...»"],
)
def test_white_space_capitals_and_kinds_of_quotes_and_dashes_make_no_difference(text: str) -> None:
    assert same_words(text) == "the two - ministers talks..."


def test_daily_briefings_with_the_same_opening_and_end_are_two() -> None:
    opening = "Good afternoon, friends from the press, and welcome to the regular press conference of the ministry."
    end = "If there are no more questions, this concludes the press conference of today. Thank you all for coming."
    both = found(written([opening, *RELEASE, end], "monday.html"), written([opening, *OTHER, end], "tuesday.html"))
    assert both == Duplicates()


def test_a_form_filled_in_for_two_states_is_two() -> None:
    form = (
        "Today the President declared that an emergency exists in {} and ordered aid to the {} response of the region.",
        "He authorized the agency to coordinate all relief in {}, so that the hardship on its people is alleviated.",
        "Emergency protective measures for mass care will be provided to {} at 75 percent federal funding.",
        "Additional designations may be made at a later date if requested by the state and warranted by the results.",
    )
    filled = [written([text.format(name, name) for text in form], f"{name}.html") for name in ("Texas", "Ohio")]
    assert found(*filled) == Duplicates()


def test_a_short_paragraph_between_others_that_differ_is_no_copy() -> None:
    # "China voted against." says something else in the report of another vote.
    votes = [
        written(
            [*RELEASE, f"On resolution {number} of the assembly.", "China voted against.", f"So {number} failed."], name
        )
        for number, name in ((1, "a.html"), (2, "b.html"))
    ]
    both = found(*votes)
    assert both.groups == ((0, 1),)
    assert both.copies == ((0, 7), (1, 8), (2, 9), (3, 10))


def test_the_same_words_a_week_later_are_said_again() -> None:
    days = ("2020-02-28", "2020-03-03", "2020-03-06")
    dated = [written(RELEASE, f"{day}.html", day) for day in days]
    assert found(dated[0], dated[1]).groups == ((0, 1),)
    assert found(dated[0], dated[2]) == Duplicates()


def test_a_year_is_near_every_day_of_it_and_no_date_is_near_all() -> None:
    year = Written(RELEASE, Facts("year.jsonl", None, "2020-01-01", "2020-12-31"))
    assert found(year, written(RELEASE, "a.html", "2020-09-11")).groups == ((1, 0),)
    assert found(year, written(RELEASE, "b.html")).groups == ((0, 1),)


def test_two_years_that_an_undated_copy_holds_together_have_no_copies_of_each_other() -> None:
    three = found(written(RELEASE, "a", "2019-05-01"), written(RELEASE, "b", "2020-05-01"), written(RELEASE, "c"))
    assert three.groups == ((0, 1, 2),)
    assert [set(rows) for rows in three.copies] == [{0, 8}, {1, 9}, {2, 10}, {3, 11}]


def test_the_original_is_the_earliest_then_one_with_an_address_then_the_first_path() -> None:
    original = written(RELEASE, "z.html", "2020-09-11")
    later = [
        written(RELEASE, "a.html", "2020-09-12", "https://example.org/a"),
        written(RELEASE, "b.html", "2020-09-12"),
        written(RELEASE, "c.html", "2020-09-12"),
        written(RELEASE, "d.html", None, "https://example.org/d"),
    ]
    assert found(*reversed(later), original).groups == ((4, 3, 2, 1, 0),)


def test_a_paragraph_is_quoted_from_the_original_unless_only_a_copy_names_who_speaks() -> None:
    original, copy = written(RELEASE, "a.html", "2020-09-11"), written(RELEASE, "b.html", "2020-09-12")
    named = frozenset([7])
    assert found(original, replace(copy, speakers=named)).copies[0] == (4, 0)
    assert found(replace(original, speakers=named), copy).copies[0] == (0, 4)
    assert found(replace(original, speakers=named), replace(copy, speakers=named)).copies[0] == (0, 4)


def test_words_that_are_credited_to_two_people_stay_two() -> None:
    original, copy = written(RELEASE, "a.html"), written(RELEASE, "b.html")
    both = found(replace(original, speakers=frozenset([7])), replace(copy, speakers=frozenset([8])))
    assert both == Duplicates(((0, 1),), ())


def test_words_said_twice_in_a_document_are_copies_one_by_one() -> None:
    twice = ["Thank you all.", *RELEASE, "Thank you all."]
    both = found(written(twice, "a.html"), written(twice, "b.html"))
    assert both.copies == tuple((row, row + 6) for row in range(6))


def test_one_text_in_many_places_is_one_group() -> None:
    shelf = Shelf(*(written(RELEASE, f"{number:03}.html") for number in range(200)))
    many = find_duplicates(shelf)
    assert many.groups == (tuple(range(200)),)
    assert many.copies[0] == tuple(range(0, 800, 4))
    assert len(shelf.read) < 200 * 20


def test_boilerplate_shared_by_all_makes_no_work_of_all_pairs() -> None:
    opening = "Good afternoon, friends from the press, and welcome to the regular press conference of the ministry."
    bodies = [
        [f"{number}{place} {number * 7 + place} is said {number}" * 9 for place in range(5)] for number in range(99)
    ]
    shelf = Shelf(*(written([opening, *body], f"{number}.html") for number, body in enumerate(bodies)))
    assert find_duplicates(shelf) == Duplicates()
    assert len(shelf.read) < 99 * 10


def test_sketches_that_are_known_are_not_made_again() -> None:
    shelf = Shelf(written(RELEASE, "a.html"), written(RELEASE, "b.html"))
    sketches = [sketch(text) for text in shelf.texts()]
    shelf.texts = None  # type: ignore[assignment,method-assign]  # to be asked for nothing
    assert find_duplicates(shelf, sketches).groups == ((0, 1),)


@given(texts())
def test_a_sketch_is_a_function_of_the_words_and_never_empty(text: str) -> None:
    made = sketch(text)
    assert len(made) > 0
    assert (np.diff(made.astype(object)) > 0).all()
    assert np.array_equal(made, sketch(text.upper().lower() if text.isascii() else text))


def paragraphs() -> st.SearchStrategy[list[str]]:
    return st.lists(st.lists(words(), min_size=1, max_size=30).map(" ".join), min_size=1, max_size=4)


@given(st.lists(paragraphs(), min_size=1, max_size=3), st.data())
def test_groups_and_copies_do_not_depend_on_the_order_of_the_documents(
    shelf: list[list[str]], data: st.DataObject
) -> None:
    shelf += [data.draw(st.sampled_from(shelf))]
    documents = [written(each, f"{number}.txt") for number, each in enumerate(shelf)]
    order = data.draw(st.sampled_from(list(permutations(range(len(documents))))))
    first, again = Shelf(*documents), Shelf(*(documents[place] for place in order))
    rows = {
        part.row: (document, place)
        for shuffled, document in enumerate(order)
        for place, part in enumerate(again.parts(shuffled))
    }
    known = {
        part.row: (number, place) for number in range(len(documents)) for place, part in enumerate(first.parts(number))
    }
    one, other = find_duplicates(first), find_duplicates(again)
    assert set(one.groups) == {tuple(order[row] for row in group) for group in other.groups}
    assert {tuple(known[row] for row in each) for each in one.copies} == {
        tuple(rows[row] for row in each) for each in other.copies
    }


@given(paragraphs(), st.integers(2, 6))
def test_identical_texts_are_always_one(text: list[str], times: int) -> None:
    same = found(*(written(text, f"{number}.txt") for number in range(times)))
    assert same.groups == (tuple(range(times)),)
    assert len(same.copies) == len(text)
    assert all(len(rows) == times for rows in same.copies)


@given(paragraphs(), paragraphs())
def test_texts_without_a_common_word_are_never_one(one: list[str], other: list[str]) -> None:
    assert (
        found(written(one, "a.txt"), written([text.replace(" ", "x ") + "x" for text in other], "b.txt"))
        == Duplicates()
    )
