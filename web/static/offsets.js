/**
 * Places in the document. The server counts characters (code points), JavaScript counts UTF-16 units, and the two part
 * at the first emoji or rare Han character; so all counting between them happens here.
 */

/** The UTF-16 index of the character number `points`. */
export function unitsOf(text, points) {
  let at = 0;
  for (let left = points; left > 0 && at < text.length; left--) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

/** How many characters `text` has. */
export function pointsOf(text) {
  let count = 0;
  for (let at = 0; at < text.length; count++) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return count;
}

/** "#12-34" → {start: 12, end: 34}, or null where that is not a place in a text of `length` characters. */
export function parsePlace(fragment, length) {
  const [, start, end] = (/^#(\d{1,9})-(\d{1,9})$/.exec(fragment) ?? []).map(Number);
  return start < end && end <= length ? { start, end } : null;
}

const startOf = (paragraph) => Number(paragraph.dataset.start);
const endOf = (paragraph) => Number(paragraph.dataset.end);

/** The part of each paragraph that lies between start and end, as UTF-16 indices into its text. */
export function slices(paragraphs, { start, end }) {
  return paragraphs
    .filter((paragraph) => startOf(paragraph) < end && endOf(paragraph) > start)
    .map((paragraph) => {
      const text = paragraph.textContent;
      const from = unitsOf(text, Math.max(0, start - startOf(paragraph)));
      const to = unitsOf(text, Math.min(end, endOf(paragraph)) - startOf(paragraph));
      return { paragraph, from, to, text: text.slice(from, to) };
    });
}

/** What the reader has selected inside `article`, or null. */
export function selectedPlace(article) {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const start = offsetOf(article, range.startContainer, range.startOffset);
  const end = offsetOf(article, range.endContainer, range.endOffset);
  return start === null || end === null || start >= end ? null : { start, end };
}

function offsetOf(article, node, offset) {
  const element = node instanceof Element ? node : node.parentElement;
  const paragraph = element?.closest("[data-start]");
  if (!paragraph || !article.contains(paragraph)) return null;
  const before = document.createRange();
  before.setStart(paragraph, 0);
  before.setEnd(node, offset);
  return startOf(paragraph) + pointsOf(before.toString());
}
