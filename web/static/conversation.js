/** The turns of this tab. Kept for the tab alone, so that a look into a document and back does not lose them. */

const KEY = "onrecord.conversation";
const TURNS_SENT = 10;
const TURNS_KEPT = 50;
const ANSWER_SENT = 4000;

/** Cut by characters, not UTF-16 units: half a character is not text, and the server refuses it. */
const cut = (text, length) => (text.length <= length ? text : Array.from(text).slice(0, length).join(""));

/** All that a turn showed: its answer, which holds the first quotation, and the others behind blank lines. */
const shown = ({ answer, quotes = [] }) => [answer, ...quotes.slice(1).map(({ text }) => `“${text}”`)].join("\n\n");

/** @param {{question: string, response: object}[]} turns newest last */
export function history(turns) {
  return turns.slice(-TURNS_SENT).map(({ question, response }) => ({
    question,
    answer: cut(shown(response), ANSWER_SENT),
  }));
}

export function save(turns) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ search: location.search, turns: turns.slice(-TURNS_KEPT) }));
  } catch {
    // Storage is full or forbidden: the conversation still works, it is only not kept.
  }
}

/** The turns of before, unless the address asks for something else. */
export function restore() {
  try {
    const { search, turns } = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    return turns && (!location.search || location.search === search) ? turns : [];
  } catch {
    return [];
  }
}

/** Thrown with a message for the reader. */
export class AskError extends Error {}

/** @returns {Promise<object>} the response of the contract */
export async function ask(question, turns, signal) {
  let response;
  let body;
  try {
    response = await fetch("/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ question, history: history(turns) }),
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new AskError("The server cannot be reached. Your question is kept; try again in a moment.");
  }
  try {
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (response.ok && body) return body;
  const unclear = `the server answered in a way this page does not understand (status ${response.status})`;
  throw new AskError(body?.error?.message ?? unclear);
}
