// The query box: its text painted behind it, with findings underlined, and completions at the cursor.

import { ask, at, element, painted } from "./dom.js";

const query = at("query"), marks = at("marks"), list = at("completions");
let offered = [], chosen = -1, turn = 0, timer, found = [], told = () => {};

// The server counts characters, a browser counts halves of those beyond the first 65,536.
const characters = (units) => [...query.value.slice(0, units)].length;
const units = (count) => [...query.value].slice(0, count).join("").length;
export const typed = () => ({ text: query.value, offset: characters(query.selectionStart) });

// `show` is given what there is to say of the text whenever it has changed.
export function start(show, tell) {
  told = () => look(true).then(show).catch(tell);
  query.addEventListener("input", () => {
    found = [];
    paint();
    clearTimeout(timer);
    timer = setTimeout(told, 60);
  });
  query.addEventListener("blur", close);
  query.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === " ") {
      event.preventDefault();
      look("always").then(show).catch(tell);
    } else if (!list.hidden && !event.shiftKey) {
      keys(event);
    }
  });
  paint();
}

// What the server says of the text; nothing where something was typed since.
async function look(offer) {
  const mine = ++turn;
  const seen = await ask("look", typed());
  if (mine !== turn) return null;
  // Behind a finished query nobody waits for the next one.
  const finished = /(^|;)\s*$/.test(query.value.slice(0, query.selectionStart));
  offer === "always" || (offer && !finished) ? open(seen.completions) : close();
  return seen;
}

// Nothing that is still being looked at is of interest any more.
export function settle() {
  clearTimeout(timer);
  turn++;
  close();
}

export function write(text) {
  query.value = text;
  query.setSelectionRange(text.length, text.length);
  changed();
}

export function insert(text) {
  query.setRangeText(text, query.selectionStart, query.selectionEnd, "end");
  changed();
}

export function select({ start, end }) {
  query.focus();
  query.setSelectionRange(units(start), units(end));
}

// Put the text of each edit in its place, the last one first, so that the others' places hold.
export function mend(edits) {
  const places = edits.map(([start, end, text]) => [units(start), units(end), text]);
  for (const [start, end, text] of places.sort((one, other) => other[0] - one[0])) query.setRangeText(text, start, end, "end");
  changed();
}

function changed() {
  close();
  query.focus();
  found = [];
  paint();
  look(false).then(shown).catch(() => {});
}
let shown = () => {};
export const onChange = (show) => { shown = show; };

export function underline(findings) {
  found = findings;
  paint();
}

// The text once more, behind itself. A finding is a piece of it; so is the place of the completions.
function paint(place = -1) {
  const text = query.value, pieces = [];
  const spans = found.map((each) => [units(each.start), units(each.end), each.severity])
    .filter(([start, end]) => end > start).sort((one, other) => one[0] - other[0]);
  let last = 0;
  for (const [start, end, severity] of spans) {
    if (start < last) continue; // what overlaps is told below
    pieces.push(...painted(text.slice(last, start)), element("span", { class: `mark ${severity}` }, ...painted(text.slice(start, end))));
    last = end;
  }
  marks.replaceChildren(...pieces, ...painted(text.slice(last)), "\n");
  if (place < 0) return;
  const caret = element("span", { class: "caret" }, "\u200b");
  const range = document.createRange(), walker = document.createTreeWalker(marks, NodeFilter.SHOW_TEXT);
  for (let left = place; walker.nextNode(); left -= walker.currentNode.length) {
    if (left > walker.currentNode.length) continue;
    range.setStart(walker.currentNode, left);
    break;
  }
  range.insertNode(caret);
  const { left, bottom } = caret.getBoundingClientRect(), box = marks.getBoundingClientRect();
  list.style.left = `${Math.max(0, Math.min(left - box.left, box.width - list.offsetWidth))}px`;
  list.style.top = `${bottom - box.top + 4}px`;
  caret.remove();
  marks.normalize();
}

function open(completions) {
  offered = completions;
  list.replaceChildren(...offered.map((each, index) => {
    const item = element("li", { role: "option", id: `completion-${index}`, "aria-selected": "false" },
      each.text, element("span", {}, each.detail || each.kind));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
    return item;
  }));
  list.hidden = offered.length === 0;
  if (offered.length) paint(units(offered[0].start));
  // Enter takes what was begun; where nothing was, it begins a line.
  choose(offered.length && offered[0].end > offered[0].start ? 0 : -1);
}

export function close() { open([]); }

function choose(index) {
  list.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = index;
  const item = list.children[chosen];
  if (!item) return query.removeAttribute("aria-activedescendant");
  item.setAttribute("aria-selected", "true");
  item.scrollIntoView({ block: "nearest" });
  query.setAttribute("aria-activedescendant", item.id);
}

function take(index) {
  const { text, start, end } = offered[index];
  query.setRangeText(text, units(start), units(end), "end");
  changed();
}

function keys(event) {
  const last = offered.length - 1;
  const known = {
    ArrowDown: () => choose(chosen < last ? chosen + 1 : 0),
    ArrowUp: () => choose(chosen > 0 ? chosen - 1 : last),
    ...(chosen >= 0 && { Tab: () => take(chosen), Enter: () => take(chosen) }),
    Escape: close,
  };
  if (event.ctrlKey || event.metaKey || !known[event.key]) return;
  event.preventDefault();
  known[event.key]();
}
