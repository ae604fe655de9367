/** Shows the passage that the address names, and gives the address of the passage that the reader selects. */

import { copy } from "./clipboard.js";
import { citation, day } from "./format.js";
import { parsePlace, selectedPlace, slices } from "./offsets.js";

const [article, note, tools, copied, date] =
  ["text", "note", "tools", "copied", "date"].map((id) => document.getElementById(id));
const paragraphs = [...article.querySelectorAll("[data-start]")];
const length = Number(article.dataset.length);

let shown = null;

function show() {
  clear();
  const wanted = parsePlace(location.hash, length);
  const marks = wanted ? slices(paragraphs, wanted).map(mark) : [];
  shown = marks.length > 0 ? wanted : null;
  const unknown = location.hash.length > 1 && !document.getElementById(location.hash.slice(1));
  note.textContent = !shown && unknown ? "The address names a passage that this document does not have." : "";
  if (shown) present(marks[0]);
  offer();
}

function mark({ paragraph, from, to }) {
  const text = paragraph.firstChild;
  const rest = text.splitText(from);
  rest.splitText(to - from);
  const element = document.createElement("mark");
  rest.replaceWith(element);
  element.append(rest);
  return element;
}

function clear() {
  for (const element of article.querySelectorAll("mark")) {
    const paragraph = element.parentElement;
    element.replaceWith(...element.childNodes);
    paragraph.normalize();
  }
}

function present(element) {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "start" });
}

/** What the buttons are about: the selection, or else the passage of the address. */
const place = () => selectedPlace(article) ?? shown;

function offer() {
  tools.hidden = place() === null;
}

function address({ start, end }) {
  return `${location.origin}${location.pathname}#${start}-${end}`;
}

function quotation(chosen) {
  return citation({
    text: slices(paragraphs, chosen).map(({ text }) => text).join("\n\n"),
    title: document.getElementById("title").textContent,
    date: date?.dateTime,
    address: address(chosen),
  });
}

async function give(text) {
  copied.textContent = (await copy(text)) ? "Copied" : "Your browser does not allow copying";
  setTimeout(() => { copied.textContent = ""; }, 3000);
}

if (date) date.textContent = day(date.dateTime);
// Pressing a button would otherwise take the selection away that it is about.
tools.addEventListener("mousedown", (event) => event.preventDefault());
document.getElementById("copy-quotation").addEventListener("click", () => place() && give(quotation(place())));
document.getElementById("copy-link").addEventListener("click", () => place() && give(address(place())));
document.addEventListener("selectionchange", offer);
addEventListener("hashchange", show);
show();
