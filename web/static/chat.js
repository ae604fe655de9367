/** The conversation: asks, shows, remembers. */

import { AskError, ask, restore, save } from "./conversation.js";
import { calm } from "./dom.js";
import { showAnswer, showError, turn } from "./turn.js";

const [welcome, list, status, form, field, send, fresh] =
  ["welcome", "turns", "status", "composer", "question", "send", "new"].map((id) => document.getElementById(id));

let turns = [];
const invitation = field.placeholder;
let waiting = null; // the AbortController of the question under way

async function submit(question) {
  const article = turn(question);
  begin(article);
  const controller = new AbortController();
  waiting = controller;
  busy(true);
  try {
    const response = await ask(question, turns, controller.signal);
    showAnswer(article, response);
    turns.push({ question, response });
    status.textContent = response.answer;
    // The address always asks the newest question in full, so it can be sent to somebody as it is.
    const address = new URLSearchParams({ question: response.interpreted.standalone || question });
    history.replaceState(null, "", `?${address}`);
    save(turns);
  } catch (error) {
    if (error.name === "AbortError") return;
    fail(article, question, error);
  } finally {
    if (waiting === controller) {
      waiting = null;
      busy(false);
    }
  }
}

function begin(article) {
  place(article);
  article.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "start" });
  status.textContent = "Looking through the record…";
}

function place(article) {
  welcome.hidden = true;
  fresh.hidden = false;
  document.body.classList.add("talking");
  list.append(article);
  field.placeholder = "Ask a follow-up…";
}

function busy(on) {
  send.setAttribute("aria-disabled", String(on));
  form.classList.toggle("busy", on);
}

function fail(article, question, error) {
  const message = error instanceof AskError ? error.message : "this page could not show the answer";
  if (!(error instanceof AskError)) console.error(error);
  status.textContent = message;
  showError(article, message, {
    "Try again": () => { if (!waiting) { article.remove(); field.focus(); submit(question); } },
    "Edit the question": () => { article.remove(); put(question); if (!list.firstChild) clear(); },
  });
  article.lastElementChild.scrollIntoView({ block: "nearest" });
}

function put(text) {
  field.value = text;
  grow();
  field.focus();
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

/** Back to the empty page, whatever is under way. */
function clear() {
  waiting?.abort();
  waiting = null;
  busy(false);
  turns = [];
  list.replaceChildren();
  welcome.hidden = false;
  fresh.hidden = true;
  field.placeholder = invitation;
  document.body.classList.remove("talking");
  status.textContent = "";
  history.replaceState(null, "", location.pathname);
  save(turns);
  field.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (!question || waiting) return;
  put("");
  submit(question);
});

field.addEventListener("input", grow);
field.addEventListener("keydown", (event) => {
  // While an input method composes, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
fresh.addEventListener("click", () => { put(""); clear(); });
welcome.addEventListener("click", ({ target }) => {
  if (target.matches(".example") && !waiting) submit(target.textContent);
});

/** Shows the turns of before; forgets them where another version of this page left something it cannot show. */
function resume() {
  try {
    restore().forEach(resumeTurn);
  } catch (error) {
    console.warn(error);
    clear();
  }
  // After Back or Reload the browser itself returns to where the reader was.
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.type === "navigate") list.lastChild?.scrollIntoView({ block: "start" });
}

function resumeTurn({ question, response }) {
  const article = turn(question);
  place(article);
  showAnswer(article, response);
  turns.push({ question, response });
}

const asked = new URLSearchParams(location.search).get("question")?.trim();
resume();
if (turns.length === 0 && asked) submit(asked);
