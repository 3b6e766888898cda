// Helpers of the page. Data from the server is inserted as text, never as HTML.

export const at = (id) => document.getElementById(id);

// An element with attributes, and with texts and elements inside.
export function element(name, attributes = {}, ...inside) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...inside);
  return node;
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

// Prose with `code` between backticks.
export const prose = (text) =>
  text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));

const TOKEN = /('(?:[^']|'')*'?)|\b(select|from|where|and|or|not|in|like|between|is|null|empty|order|by|asc|desc|limit|count)\b/gi;

// The parts of a query; keywords and literals as elements.
export function painted(text) {
  const parts = [];
  let last = 0;
  for (const token of text.matchAll(TOKEN)) {
    parts.push(text.slice(last, token.index), element("span", { class: token[1] ? "literal" : "keyword" }, token[0]));
    last = token.index + token[0].length;
  }
  return [...parts, text.slice(last)];
}
