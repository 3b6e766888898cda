// The query box: a highlighted copy of its text with findings underlined, and completions at the cursor.

import { ask, at, element, painted } from "./dom.js";

const query = at("query"), marks = at("marks"), list = at("completions");
let offered = [], chosen = -1, turn = 0, timer, findings = [], refresh = () => {};

// The server counts code points, a browser counts UTF-16 units.
const characters = (units) => [...query.value.slice(0, units)].length;
const units = (count) => [...query.value].slice(0, count).join("").length;
export const typed = () => ({ text: query.value, offset: characters(query.selectionStart) });

// `show` gets the analysis of the text after each change.
export function start(show, tell) {
  refresh = () => look(true).then(show).catch(tell);
  query.addEventListener("input", () => {
    findings = [];
    paint();
    clearTimeout(timer);
    timer = setTimeout(refresh, 60);
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

// The analysis of the text; null if the text has changed since.
async function look(offer) {
  const mine = ++turn;
  const analysis = await ask("look", typed());
  if (mine !== turn) return null;
  // No completions after a finished query.
  const finished = /(^|;)\s*$/.test(query.value.slice(0, query.selectionStart));
  offer === "always" || (offer && !finished) ? open(analysis.completions) : close();
  return analysis;
}

// Discard pending analyses.
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

// Apply the edits from the last to the first, so that the offsets of the others stay valid.
export function applyFix(edits) {
  const places = edits.map(([start, end, text]) => [units(start), units(end), text]);
  for (const [start, end, text] of places.sort((first, second) => second[0] - first[0])) query.setRangeText(text, start, end, "end");
  changed();
}

function changed() {
  close();
  query.focus();
  findings = [];
  paint();
  look(false).then(changeListener).catch(() => {});
}
let changeListener = () => {};
export const onChange = (listener) => { changeListener = listener; };

export function underline(reported) {
  findings = reported;
  paint();
}

// The highlighted copy of the text, with the findings and the position of the completions.
function paint(place = -1) {
  const text = query.value, parts = [];
  const spans = findings.map((finding) => [units(finding.start), units(finding.end), finding.severity])
    .filter(([start, end]) => end > start).sort((first, second) => first[0] - second[0]);
  let last = 0;
  for (const [start, end, severity] of spans) {
    if (start < last) continue; // overlapping findings are only listed
    parts.push(...painted(text.slice(last, start)), element("span", { class: `mark ${severity}` }, ...painted(text.slice(start, end))));
    last = end;
  }
  marks.replaceChildren(...parts, ...painted(text.slice(last)), "\n");
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
  list.replaceChildren(...offered.map((completion, index) => {
    const item = element("li", { role: "option", id: `completion-${index}`, "aria-selected": "false" },
      completion.text, element("span", {}, completion.detail || completion.kind));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
    return item;
  }));
  list.hidden = offered.length === 0;
  if (offered.length) paint(units(offered[0].start));
  // Enter accepts the completion of a begun word, otherwise it starts a new line.
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
  const actions = {
    ArrowDown: () => choose(chosen < last ? chosen + 1 : 0),
    ArrowUp: () => choose(chosen > 0 ? chosen - 1 : last),
    ...(chosen >= 0 && { Tab: () => take(chosen), Enter: () => take(chosen) }),
    Escape: close,
  };
  if (event.ctrlKey || event.metaKey || !actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
}
