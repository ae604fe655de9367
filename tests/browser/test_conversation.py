"""The chat page, as somebody uses it."""

from urllib.parse import quote_plus

from tests.browser.driving import Browser, within
from tests.web.samples import BRIEFING

QUESTION = "What did Wang Yi say about vaccines for developing countries?"
QUOTE = "We will first provide vaccines to developing countries that need them most."


def test_an_answer_shows_the_words_who_said_them_when_and_how_that_is_known(browser: Browser) -> None:
    browser.open()
    turn = browser.ask(QUESTION)
    assert within(turn, ".question").text == QUESTION
    best = within(turn, ".quote.best")
    assert within(best, "blockquote").text == QUOTE
    assert within(best, "figcaption").text == "Wang Yi, 11 September 2020"
    assert "Continues a statement by Wang Yi" in best.text
    assert "%" in within(best, ".confidence").text
    assert within(turn, ".sources a").text == BRIEFING.title
    assert "Looking for: Wang Yi" in turn.text
    assert browser.run("return document.activeElement.id") == "question"
    assert browser.complaints() == []


def test_a_short_answer_is_marked_inside_the_quote_and_markup_around_it_stays_text(browser: Browser) -> None:
    browser.open()
    turn = browser.ask("How many kitchens have joined the pact?")
    best = within(turn, ".quote.best")
    assert within(best, ".short").text == "36"
    assert within(best, "blockquote").text == "🍜 To date, 36 <b>kitchens</b> 🙂 have joined the pact."
    assert within(best, "figcaption").text == "Lu Kang, 12 April 2019"
    browser.until("document.querySelector('#status').textContent.startsWith('36 — Lu Kang')")
    assert browser.complaints() == []


def test_a_source_names_where_else_its_words_are_published_as_text_that_opens_there(browser: Browser) -> None:
    browser.open()
    turn = browser.ask("How many kitchens have joined the pact?")
    assert len(turn.find_elements("css selector", ".sources li")) == 1
    copies = within(turn, ".sources .copies")
    assert copies.text == "Also in: <i>The Mirror</i> & Sons"
    within(copies, "a").click()
    assert browser.text("mark").startswith("Lu Kang: 🍜 To date, 36")
    assert browser.complaints() == []
    assert "On the Noodle Pact" in browser.text(".about dl")


def test_a_quote_opens_at_its_own_words_and_back_returns_to_the_conversation(browser: Browser) -> None:
    browser.open()
    browser.ask(QUESTION)
    browser.one(".quote.best .place").click()
    assert browser.text("mark") == QUOTE
    browser.driver.back()
    assert browser.text(".quote.best blockquote") == QUOTE
    browser.one(".sources a").click()
    assert browser.text("mark").startswith("Wang Yi: Vaccines developed")
    browser.one(".top a.quiet").click()
    assert browser.text(".quote.best blockquote") == QUOTE
    assert browser.complaints() == []


def test_a_second_turn_is_added_below_and_knows_the_first(browser: Browser) -> None:
    browser.open()
    browser.ask("What did Lavrov say?")
    browser.ask("Which trials with volunteers do they hold?", 2)
    questions = [element.text for element in browser.all(".turn .question")]
    assert questions == ["What did Lavrov say?", "Which trials with volunteers do they hold?"]
    assert "Understood as: What did Lavrov say? Which trials" in browser.text(".turn:last-child .understood")
    assert "Trials with volunteers of all ages" in browser.text(".turn:last-child blockquote")


def test_the_last_ten_turns_are_sent_and_long_answers_cut_between_characters(browser: Browser) -> None:
    browser.open()
    sent = browser.run(
        """return import("/static/conversation.js").then(({ history }) => history(
             Array.from({ length: 12 }, (_, n) => ({ question: `q${n}`, response: { answer: "x" + "🍜".repeat(6e3) } }))
           ))"""
    )
    assert [turn["question"] for turn in sent] == [f"q{number}" for number in range(2, 12)]
    assert {turn["answer"] for turn in sent} == {"x" + "🍜" * 3999}


def test_all_quotes_of_a_turn_are_sent_so_that_none_is_given_again(browser: Browser) -> None:
    browser.open()
    (sent,) = browser.run(
        """return import("/static/conversation.js").then(({ history }) => history([
             { question: "q", response: { answer: "Ann: “One.”", quotes: [{ text: "One." }, { text: "Two." }] } }
           ]))"""
    )
    assert sent == {"question": "q", "answer": "Ann: “One.”\n\n“Two.”"}


def test_what_is_not_on_record_is_plain_and_others_stand_under_their_own_names(browser: Browser) -> None:
    browser.open()
    turn = browser.ask("What did Kerry say about vaccines in Moscow?")
    assert within(turn, ".absent .sentence").text.startswith("Not on record")
    assert "Others on this" in turn.text
    captions = [caption.text for caption in turn.find_elements("css selector", "figcaption")]
    assert "Wang Yi, 11 September 2020" in captions
    assert not any("Kerry" in caption for caption in captions)
    assert "Nearest passages" in turn.text
    assert not turn.find_elements("css selector", ".problem, .confidence")
    assert browser.complaints() == []


def test_a_refused_question_shows_why_and_can_be_edited(browser: Browser) -> None:
    browser.open()
    # Typing a thousand characters one by one takes a while.
    browser.run("document.querySelector('#question').value = 'long '.repeat(300)")
    turn = browser.ask("")
    assert "1,000" in within(turn, ".problem").text
    within(turn, ".problem button", 1).click()
    assert browser.all(".turn") == []
    assert len(browser.one("#question").get_attribute("value") or "") > 1000
    browser.one("#question").clear()
    assert "Wang Yi" in browser.ask(QUESTION).text


def test_a_question_that_could_not_be_sent_can_be_tried_again(browser: Browser) -> None:
    browser.open()
    browser.offline()
    turn = browser.ask(QUESTION)
    assert "cannot be reached" in turn.text
    browser.online()
    within(turn, ".problem button").click()
    assert browser.text(".quote.best blockquote") == QUOTE
    assert len(browser.all(".turn")) == 1


def test_an_answer_under_way_is_announced_and_then_read_out(browser: Browser) -> None:
    browser.open()
    browser.run(
        """const real = window.fetch;
           window.fetch = (...request) => new Promise((done) => { window.release = () => done(real(...request)); });"""
    )
    browser.one("#question").send_keys(QUESTION + "\n")
    assert browser.one(".turn").get_attribute("aria-busy") == "true"
    browser.until("document.querySelector('#status').textContent.startsWith('Looking')")
    assert browser.one("#send").get_attribute("aria-disabled") == "true"
    browser.one("#question").send_keys("impatient\n")
    assert len(browser.all(".turn")) == 1
    browser.run("window.release()")
    browser.until("document.querySelector('#status').textContent.startsWith('Wang Yi, 11 September 2020')")
    assert browser.one("#status").get_attribute("role") == "status"
    assert browser.one("#send").get_attribute("aria-disabled") == "false"


def test_enter_asks_and_shift_enter_starts_a_new_line(browser: Browser) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.open()
    field = browser.one("#question")
    before = field.size["height"]
    field.send_keys("vaccines", Keys.SHIFT, Keys.ENTER, Keys.NULL, "trade")
    assert field.get_attribute("value") == "vaccines\ntrade"
    assert field.size["height"] > before
    assert browser.all(".turn") == []
    field.send_keys(Keys.ENTER)
    browser.one(".turn:not([aria-busy])")


def test_an_empty_question_is_not_sent(browser: Browser) -> None:
    browser.open()
    browser.one("#question").send_keys("   \n")
    assert browser.all(".turn") == []


def test_an_example_can_be_chosen_and_the_conversation_begun_anew(browser: Browser) -> None:
    browser.open()
    browser.one(".example").click()
    browser.one(".turn:not([aria-busy])")
    assert not browser.one("#welcome").is_displayed()
    browser.one("#new").click()
    assert browser.all(".turn") == []
    assert browser.one("#welcome").is_displayed()
    browser.driver.refresh()
    assert browser.one("#welcome").is_displayed()


def test_a_link_with_a_question_asks_it_and_a_reload_does_not_ask_again(browser: Browser) -> None:
    browser.open("/?question=" + quote_plus(QUESTION))
    assert browser.text(".quote.best blockquote") == QUOTE
    browser.driver.refresh()
    assert browser.text(".quote.best blockquote") == QUOTE
    assert len(browser.all(".turn")) == 1
    browser.open("/?question=" + quote_plus("Who spoke about climate finance?"))
    assert "Kerry" in browser.text(".quote.best figcaption")
    assert len(browser.all(".turn")) == 1


def test_turns_that_an_older_page_left_behind_do_not_break_this_one(browser: Browser) -> None:
    browser.open()
    browser.run("""sessionStorage.setItem("onrecord.conversation", '{"search": "", "turns": [{"question": "x"}]}')""")
    browser.driver.refresh()
    assert browser.one("#welcome").is_displayed()
    assert QUOTE in browser.ask(QUESTION).text


def test_the_address_follows_the_conversation(browser: Browser) -> None:
    browser.open()
    browser.ask(QUESTION)
    assert browser.driver.current_url == f"{browser.base}/?question={quote_plus(QUESTION)}"


def test_markup_in_a_question_stays_text(browser: Browser) -> None:
    attack = "<img src=x onerror='window.__xss=1'><script>window.__xss=1</script> payload markup \"'"
    browser.open("/?question=" + quote_plus(attack))
    browser.one(".turn:not([aria-busy])")
    assert browser.text(".question") == attack
    assert browser.run("return window.__xss") is None
    assert browser.complaints() == []


def test_markup_in_a_document_stays_text(browser: Browser) -> None:
    browser.open()
    turn = browser.ask("Inject script payload markup")
    assert "<script>window.__xss = 1</script>" in within(turn, "blockquote").text
    browser.one(".quote.best .place").click()
    assert "<script>" in browser.text("mark")
    assert "<script>" in browser.text("h1")
    assert not browser.all(".source a")
    assert browser.run("return window.__xss") is None
    assert browser.complaints() == []


def test_a_phone_needs_no_sideways_scrolling(browser: Browser) -> None:
    browser.emulate(width=360)
    browser.open()
    browser.ask("x" * 200)
    browser.ask("What did Kerry say about vaccines in Moscow?", 2)
    browser.ask(QUESTION, 3)
    assert browser.run("return document.documentElement.scrollWidth") <= 360
    for path in ("/documents/hostile", "/documents/briefing#10-90", "/nothing"):
        browser.open(path)
        assert browser.run("return document.documentElement.scrollWidth") <= 360


def test_the_page_follows_the_readers_light_or_dark(browser: Browser) -> None:
    colours = []
    for scheme in ("light", "dark"):
        browser.emulate(width=800, scheme=scheme)
        browser.open()
        colours.append(browser.run("return getComputedStyle(document.documentElement).backgroundColor"))
    assert colours[0] != colours[1]
