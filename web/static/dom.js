/** The one way to make elements: text is always text, never markup. */

/**
 * @param {string} tag
 * @param {Object<string, unknown>} [attributes] `class`, `href`, …; null and false leave one out; functions listen.
 * @param {...(Node|string|null|undefined|false)} children nothing is added for null, undefined and false
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
