// What all of the page needs. Whatever comes from the server is put in as text, never as HTML.

export const at = (id) => document.getElementById(id);

// An element with attributes, and with texts and elements inside.
export function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

export async function ask(name, sent) {
  const form = sent && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) };
  const answer = await fetch(`/.vtql/${name}`, form);
  if (!answer.ok) throw new Error(`the sandbox answered HTTP ${answer.status}`);
  return answer.json();
}

export function table(place, heads, rows) {
  const cell = (value) => value === null || value === undefined
    ? element("td", { class: "null" }, "null") : element("td", { title: value }, String(value));
  place.replaceChildren(
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(cell)))));
}

// Prose in which `code` stands between backticks.
export const prose = (text) =>
  text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));

const TOKEN = /('(?:[^']|'')*'?)|\b(select|from|where|and|or|not|in|like|between|is|null|empty|order|by|asc|desc|limit|count)\b/gi;

// The pieces of a query, those with a meaning of their own in elements.
export function painted(text) {
  const pieces = [];
  let last = 0;
  for (const found of text.matchAll(TOKEN)) {
    pieces.push(text.slice(last, found.index), element("span", { class: found[1] ? "literal" : "keyword" }, found[0]));
    last = found.index + found[0].length;
  }
  return [...pieces, text.slice(last)];
}
