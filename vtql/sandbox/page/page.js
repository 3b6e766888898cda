// The page of the sandbox. Whatever comes from the server is put in as text, never as HTML.

const own = "/.vtql/";
const at = (id) => document.getElementById(id);
const query = at("query"), list = at("completions");
let offered = [], chosen = -1, turn = 0, runs = 0, timer;

// An element with attributes, and with texts and elements inside.
function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

async function ask(name, sent) {
  const form = sent && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) };
  const answer = await fetch(own + name, form);
  if (!answer.ok) throw new Error(`the sandbox answered HTTP ${answer.status}`);
  return answer.json();
}

// The server counts characters, a browser counts halves of those beyond the first 65,536.
const characters = (units) => [...query.value.slice(0, units)].length;
const units = (count) => [...query.value].slice(0, count).join("").length;
const typed = () => ({ text: query.value, offset: characters(query.selectionStart) });

async function look(offer) {
  const mine = ++turn;
  const seen = await ask("look", typed());
  if (mine !== turn) return; // something was typed since
  show(seen);
  // Behind a finished query nobody waits for the next one.
  const finished = /(^|;)\s*$/.test(query.value.slice(0, query.selectionStart));
  offer === "always" || (offer && !finished) ? open(seen.completions) : close();
}

function show({ findings, statements, trouble }) {
  at("findings").replaceChildren(...findings.map((each) => {
    const button = element("button", { type: "button", class: each.severity },
      element("b", {}, `${each.severity} ${each.code}`), each.message);
    if (each.help) button.append(element("small", {}, each.help));
    button.addEventListener("click", () => {
      query.focus();
      query.setSelectionRange(units(each.start), units(each.end));
    });
    return element("li", {}, button);
  }));
  showStatements(statements.map((text) => ({ text, answer: "" })), statements.length ? "" : trouble);
}

function showStatements(answers, trouble) {
  at("statements").replaceChildren(...answers.map(({ text, answer }) =>
    element("li", {}, element("code", {}, text), element("span", {}, answer))));
  at("trouble").textContent = trouble;
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
  // Enter takes what was begun; where nothing was, it begins a line.
  choose(offered.length && offered[0].end > offered[0].start ? 0 : -1);
}

function close() { open([]); }

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
  const from = units(start);
  query.setRangeText(text, from, units(end), "end");
  close();
  query.focus();
  look(false).catch(tell);
}

function insert(text) {
  query.setRangeText(text, query.selectionStart, query.selectionEnd, "end");
  query.focus();
  look(false).catch(tell);
}

async function run() {
  clearTimeout(timer);
  close();
  turn++; // what is still being looked at is older than the rows
  const mine = ++runs;
  const [seen, { answers, fields, rows, trouble }] = await Promise.all([ask("look", typed()), ask("run", typed())]);
  if (mine !== runs) return;
  show(seen);
  showStatements(answers, trouble);
  at("count").textContent = answers.length ? `${rows.length} ${rows.length === 1 ? "row" : "rows"}` : "There is nothing to run.";
  table(at("rows"), fields, rows.map((row) => fields.map((field) => row[field])));
}

function table(place, heads, rows) {
  const cell = (value) => value === null || value === undefined
    ? element("td", { class: "null" }, "null") : element("td", { title: value }, String(value));
  place.replaceChildren(
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(cell)))));
}

let before = "";
async function requests() {
  if (document.hidden) return;
  const came = await ask("requests");
  const now = JSON.stringify(came);
  if (now === before) return;
  before = now;
  table(at("requests"), ["operation", "asked", "HTTP", "refused with"],
    came.map((each) => [each.operation, each.told, each.status, each.code ?? ""]));
}

function tell(error) { at("trouble").textContent = error.message; }

function showModules(modules) {
  const wanted = at("filter").value.trim().toLowerCase();
  const has = (...texts) => texts.some((text) => text.toLowerCase().includes(wanted));
  at("modules").replaceChildren(...modules.flatMap((module) => {
    const whole = has(module.name, module.label);
    const fields = module.fields.filter((field) => whole || has(field.name, field.label));
    if (!fields.length && !whole) return [];
    const made = element("details", {}, element("summary", {}, module.name));
    // Thousands of fields are made when they are looked at.
    made.addEventListener("toggle", () => {
      if (made.open && made.children.length === 1) made.append(element("ul", {}, ...fields.map(field)));
    });
    made.open = Boolean(wanted) && !whole;
    return [made];
  }));
}

function field({ name, label, type, refers }) {
  const title = refers.length ? `${label}, refers to ${refers.join(", ")}` : label;
  const button = element("button", { type: "button", title }, name, element("span", {}, type));
  button.addEventListener("click", () => insert(name));
  return element("li", {}, button);
}

query.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => look(true).catch(tell), 80);
});
query.addEventListener("blur", close);
query.addEventListener("keydown", (event) => {
  const held = event.ctrlKey || event.metaKey;
  if (held && event.key === "Enter") { event.preventDefault(); return run().catch(tell); }
  if (held && event.key === " ") { event.preventDefault(); return look("always").catch(tell); }
  if (list.hidden) return;
  const last = offered.length - 1;
  const keys = {
    ArrowDown: () => choose(chosen < last ? chosen + 1 : 0),
    ArrowUp: () => choose(chosen > 0 ? chosen - 1 : last),
    ...(chosen >= 0 && { Tab: () => take(chosen), Enter: () => take(chosen) }),
    Escape: close,
  };
  if (!event.shiftKey && keys[event.key]) { event.preventDefault(); keys[event.key](); }
});
at("run").addEventListener("click", () => run().catch(tell));

const { profile, modules } = await ask("catalog");
at("profile").textContent = profile;
showModules(modules);
at("filter").addEventListener("input", () => showModules(modules));
await requests();
setInterval(() => requests().catch(() => {}), 2000);
