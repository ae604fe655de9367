/** One question and what came of it, as elements. */

import { copy } from "./clipboard.js";
import { el } from "./dom.js";
import { basis, citation, day, interpretation, likelihood, sentence } from "./format.js";
import { unitsOf } from "./offsets.js";

let made = 0;

/** An empty turn that waits for its answer. */
export function turn(question) {
  const id = `question-${++made}`;
  return el("article", { class: "turn", "aria-labelledby": id, "aria-busy": "true" },
    el("h2", { id, class: "question" }, question),
    el("p", { class: "waiting" }, "Looking through the record…"));
}

export function showAnswer(article, response) {
  const answer = response.answered ? quoted(response) : notOnRecord(response);
  settle(article,
    understood(response),
    el("div", { class: "result" }, answer, sources(response)));
}

/** @param {Object<string, () => void>} actions what can be done about it: label → listener */
export function showError(article, message, actions) {
  const buttons = Object.entries(actions).map(([label, act]) => el("button", { type: "button", click: act }, label));
  settle(article, el("div", { class: "problem" },
    el("p", {}, sentence(message)),
    el("p", { class: "actions" }, ...buttons)));
}

function settle(article, ...content) {
  const question = article.querySelector(".question");
  article.replaceChildren(question, ...content.filter(Boolean));
  article.removeAttribute("aria-busy");
}

function understood({ question, interpreted }) {
  const looking = interpretation(interpreted);
  const unknown = interpreted.unknown_speakers ?? [];
  const lines = [
    interpreted.standalone && interpreted.standalone !== question && `Understood as: ${interpreted.standalone}`,
    looking && `Looking for: ${looking}`,
    unknown.length > 0 && `Speaks nowhere in these documents: ${unknown.join(", ")}`,
  ].filter(Boolean);
  return lines.length > 0 && el("div", { class: "understood" }, ...lines.map((line) => el("p", {}, line)));
}

function quoted(response) {
  const [first, ...more] = response.quotes;
  // The answer sentence holds its quotation; showing that twice would say nothing more.
  const at = first ? response.answer.indexOf(first.text) : -1;
  // So does a short answer before it, which is marked inside.
  const short = first?.short ? `${first.short.text} — ` : "";
  const from = response.answer.startsWith(short) ? short.length : 0;
  const lead = at < 0 ? null : response.answer.slice(from, at).replace(/[\s“"«‘]+$/u, "");
  return el("div", { class: "answer" },
    at < 0 && el("p", { class: "sentence" }, response.answer),
    first && figure(first, response, { lead, confidence: response.confidence }),
    more.length > 0 && el("h3", { class: "label" }, "Also on record"),
    ...more.map((quote) => figure(quote, response)));
}

function notOnRecord(response) {
  return el("div", { class: "answer absent" },
    el("p", { class: "sentence" }, response.answer),
    response.others.length > 0 && el("h3", { class: "label" }, "Others on this"),
    ...response.others.map((quote) => figure(quote, response)));
}

function figure(quote, response, { lead = null, confidence = null } = {}) {
  const passage = response.passages.find(({ rank }) => rank === quote.passage);
  const place = passage && `${passage.url.split("#")[0]}#${quote.start}-${quote.end}`;
  return el("figure", { class: confidence === null ? "quote" : "quote best" },
    el("figcaption", {}, ...attribution(quote, lead)),
    el("blockquote", { cite: place }, el("p", { class: /^[“„«"]/.test(quote.text) ? null : "bare" }, ...words(quote))),
    el("p", { class: "facts" },
      el("span", { class: "basis" }, capital(basis(quote))),
      confidence !== null && el("span", {
        class: "confidence", title: "How probable it is that this quotation answers the question",
      }, capital(likelihood(confidence))),
      place && el("a", { class: "place", href: place }, "Read in context",
        el("span", { class: "unseen" }, ` in ${passage.title}`)),
      place && copyButton(quote, passage, place)));
}

/** A quote's text, with the words that answer the question marked. */
function words({ text, start, short }) {
  if (!short) return [text];
  const [from, to] = [short.start, short.end].map((place) => unitsOf(text, place - start));
  return [text.slice(0, from), el("mark", { class: "short" }, text.slice(from, to)), text.slice(to)];
}

function attribution(quote, lead) {
  const who = el("span", { class: "speaker" }, quote.speaker ?? "The document itself");
  const when = quote.date && el("time", { datetime: quote.date }, day(quote.date));
  const plain = [quote.speaker, quote.date && day(quote.date)].filter(Boolean).join(", ");
  // A lead that says more than who and when ("Last on this: Wang Yi, …") is shown as it was written.
  if (lead && lead.replace(/[:,]$/, "") !== plain) {
    const named = !quote.speaker || lead.includes(quote.speaker);
    return [el("span", { class: "lead" }, lead), !named && " ", !named && who].filter(Boolean);
  }
  return [who, when && ", ", when].filter(Boolean);
}

function copyButton(quote, passage, place) {
  const button = el("button", { type: "button", class: "copy" }, "Copy");
  button.setAttribute("aria-label", "Copy this quotation with its source");
  const said = el("span", { class: "unseen", role: "status" });
  button.addEventListener("click", async () => {
    const address = new URL(place, location.href).href;
    const done = await copy(citation({ ...quote, title: passage.title, address }));
    button.firstChild.data = said.textContent = done ? "Copied" : "Not copied";
    setTimeout(() => { button.firstChild.data = "Copy"; said.textContent = ""; }, 2000);
  });
  return el("span", {}, button, said);
}

function sources({ passages, answered, took_ms: took }) {
  if (passages.length === 0) return null;
  return el("aside", { class: "sources" },
    el("h3", { class: "label" }, answered ? "Sources" : "Nearest passages"),
    el("ol", {}, ...passages.map(source)),
    el("p", { class: "took" }, `Searched in ${took < 10 ? took.toFixed(1) : Math.round(took)} ms`));
}

function source(passage) {
  const facts = [passage.publisher, passage.date && day(passage.date), passage.page && `page ${passage.page}`]
    .filter(Boolean);
  return el("li", {},
    el("a", { href: passage.url }, passage.title || passage.source),
    facts.length > 0 && el("span", { class: "where" }, facts.join(" · ")),
    el("span", { class: "where path", title: passage.source }, passage.source),
    copies(passage),
    el("span", { class: "excerpt" }, passage.text));
}

/** Where else the same words are published. */
function copies(passage) {
  const places = passage.copies || [];
  return places.length > 0 && el("span", { class: "where copies" }, "Also in: ",
    ...places.flatMap((place, number) => [
      number > 0 && ", ",
      el("a", { href: place.url, title: place.source }, elsewhere(place, passage)),
    ]));
}

/** A copy mostly has the same title, which would tell nothing. */
function elsewhere(place, passage) {
  return place.publisher || (place.title !== passage.title && place.title) || place.source;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
