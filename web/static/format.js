/** Values of the contract in words for a reader. */

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

/** "2020-09-11" → "11 September 2020", "2020-09" → "September 2020"; anything else stays as it is. */
export function day(date) {
  const [, year, month, number] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date) ?? [];
  if (!year) return date;
  return [number && Number(number), month && MONTHS[Number(month) - 1], year].filter(Boolean).join(" ");
}

/** How it is known who speaks. */
export function basis(quote) {
  switch (quote.basis) {
    case "label": return "named before these words";
    case "cue": return `reported as said by ${quote.speaker}`;
    case "carried": return `continues a statement by ${quote.speaker}`;
    case "metadata": return "the document names its speaker";
    default: return "no speaker is named";
  }
}

export function likelihood(confidence) {
  const [word] = [["very likely", 0.9], ["likely", 0.7], ["possible", 0.5], ["uncertain", 0]]
    .find(([, least]) => confidence >= least);
  return `${word}, ${Math.round(confidence * 100)}%`;
}

/** What was understood beside the topic, or "" where that is nothing: "Wang Yi · since September 2020". */
export function interpretation({ speakers = [], since, until, latest }) {
  const dates = since && since === until
    ? [day(since)]
    : [since && `since ${day(since)}`, until && `until ${day(until)}`];
  return [speakers.join(", "), ...dates, latest && "latest first"].filter(Boolean).join(" · ");
}

/** A message of the API as a sentence. */
export function sentence(message) {
  return message.charAt(0).toUpperCase() + message.slice(1) + (/[.!?…]$/.test(message) ? "" : ".");
}

export function citation({ text, speaker, date, title, address }) {
  const who = [speaker, date && day(date)].filter(Boolean).join(", ");
  return `“${text}”\n— ${[who, title].filter(Boolean).join(". ")}\n${address}`;
}
