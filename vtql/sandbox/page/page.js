// The page of the sandbox: what it shows, and what happens on it.

import * as box from "./box.js";
import { ask, at, element, painted, prose, table } from "./dom.js";

const HINT = at("trouble").textContent;
let runs = 0, before = "";

function show(seen) {
  if (!seen) return; // of a text that is no longer there
  showFindings(seen.findings);
  showStatements(seen.statements.map((text) => ({ text, answer: "" })), seen.statements.length ? "" : seen.trouble || HINT);
  at("examples").hidden = Boolean(at("query").value);
}

function showFindings(findings) {
  box.underline(findings);
  const now = JSON.stringify(findings), place = at("findings");
  if (place.dataset.shown === now) return; // nobody wants to hear it again
  place.dataset.shown = now;
  place.replaceChildren(...findings.map((each) => {
    const button = element("button", { type: "button" },
      element("b", {}, `${each.severity} ${each.code}`), ...prose(each.message));
    if (each.help) button.append(element("small", {}, ...prose(each.help)));
    button.addEventListener("click", () => box.select(each));
    const item = element("li", { class: each.severity }, button);
    if (each.edits.length) {
      const mend = element("button", { type: "button", class: "quiet", "aria-label": `Mend ${each.code}` }, "Mend");
      mend.addEventListener("click", () => box.mend(each.edits));
      item.append(mend);
    }
    return item;
  }));
}

function showStatements(answers, trouble) {
  at("statements").replaceChildren(...answers.map(({ text, answer, refused }) =>
    element("li", {}, element("code", {}, ...painted(text)), element("span", refused ? { class: "error" } : {}, answer))));
  at("trouble").textContent = trouble;
}

async function run() {
  box.settle(); // what is still being looked at is older than the rows
  const mine = ++runs, sent = box.typed();
  const [seen, { answers, fields, rows, trouble }] = await Promise.all([ask("look", sent), ask("run", sent)]);
  if (mine !== runs) return;
  show(seen);
  showStatements(answers, trouble || (answers.length ? "" : HINT));
  at("count").textContent = answers.length ? `${rows.length} ${rows.length === 1 ? "row" : "rows"}` : "There is nothing to run.";
  table(at("rows"), fields, rows.map((row) => fields.map((field) => row[field])));
}

async function requests() {
  if (document.hidden) return;
  const came = await ask("requests"), now = JSON.stringify(came);
  if (now === before) return;
  before = now;
  at("silence").hidden = came.length > 0;
  table(at("requests"), came.length ? ["operation", "asked", "HTTP", "refused with"] : [],
    came.map((each) => [each.operation, each.parameters, each.status, each.code ?? ""]));
}

function tell(error) { at("trouble").textContent = error.message; }

function showModules(modules) {
  const wanted = at("filter").value.trim().toLowerCase();
  const has = (...texts) => texts.some((text) => text.toLowerCase().includes(wanted));
  const fitting = modules.flatMap((module) => {
    const whole = has(module.name, module.label);
    const fields = module.fields.filter((field) => whole || has(field.name, field.label));
    if (!fields.length && !whole) return [];
    const count = element("span", { title: "records" }, module.records.toLocaleString("en"));
    const made = element("details", {}, element("summary", {}, element("b", {}, module.name), count));
    // Thousands of fields are made when they are looked at.
    made.addEventListener("toggle", () => {
      if (made.open && made.children.length === 1) made.append(element("ul", {}, all(module), ...fields.map(field)));
    });
    made.open = Boolean(wanted) && !whole;
    return [made];
  });
  at("modules").replaceChildren(...(fitting.length ? fitting : [element("p", {}, "No module or field of that name.")]));
}

function all({ name }) {
  const text = `select * from ${name} limit 10;`;
  return element("li", {}, button(text, text, () => { box.write(text); run().catch(tell); }));
}

function field({ name, label, type, refers }) {
  const title = refers.length ? `${label}, refers to ${refers.join(", ")}` : label;
  return element("li", {}, button(name, title, () => box.insert(name), element("span", {}, type)));
}

function button(text, title, work, ...more) {
  const made = element("button", { type: "button", title }, text, ...more);
  made.addEventListener("click", work);
  return made;
}

box.onChange(show);
box.start(show, tell);
at("query").addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter") return;
  event.preventDefault();
  run().catch(tell);
});
at("run").addEventListener("click", () => run().catch(tell));

const { profile, modules, examples } = await ask("catalog");
at("profile").textContent = profile;
at("address").textContent = location.origin;
at("examples").replaceChildren(...examples.map((text) => {
  const made = button("", text, () => { box.write(text); run().catch(tell); });
  made.replaceChildren(...painted(text));
  return element("li", {}, made);
}));
at("examples").hidden = Boolean(at("query").value);
showModules(modules);
at("filter").addEventListener("input", () => showModules(modules));
if (at("query").value) await run(); // a browser that goes back remembers what was typed
await requests();
setInterval(() => requests().catch(() => {}), 2000);
