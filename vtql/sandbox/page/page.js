// The page of the sandbox: findings, statements, rows, modules and the request log.

import * as box from "./box.js";
import { ask, at, element, painted, prose, table } from "./dom.js";

const HINT = at("trouble").textContent;
let runs = 0, before = "";

function show(analysis) {
  if (!analysis) return; // the text has changed
  const { findings, statements, trouble } = analysis;
  showFindings(findings);
  showStatements(statements.map((text) => ({ text, answer: "" })), statements.length ? "" : trouble || HINT);
  at("examples").hidden = Boolean(at("query").value);
}

function showFindings(findings) {
  box.underline(findings);
  const now = JSON.stringify(findings), place = at("findings");
  if (place.dataset.shown === now) return; // do not announce it again
  place.dataset.shown = now;
  place.replaceChildren(...findings.map((finding) => {
    const button = element("button", { type: "button" },
      element("b", {}, `${finding.severity} ${finding.code}`), ...prose(finding.message));
    if (finding.help) button.append(element("small", {}, ...prose(finding.help)));
    button.addEventListener("click", () => box.select(finding));
    const item = element("li", { class: finding.severity }, button);
    if (finding.edits.length) {
      const fix = element("button", { type: "button", class: "quiet", "aria-label": `Fix ${finding.code}` }, "Fix");
      fix.addEventListener("click", () => box.applyFix(finding.edits));
      item.append(fix);
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
  box.settle(); // pending analyses are older than the rows
  const mine = ++runs, sent = box.typed();
  const [analysis, { answers, fields, rows, trouble }] = await Promise.all([ask("look", sent), ask("run", sent)]);
  if (mine !== runs) return;
  show(analysis);
  showStatements(answers, trouble || (answers.length ? "" : HINT));
  at("count").textContent = answers.length ? `${rows.length} ${rows.length === 1 ? "row" : "rows"}` : "There is nothing to run.";
  table(at("rows"), fields, rows.map((row) => fields.map((field) => row[field])));
}

async function requests() {
  if (document.hidden) return;
  const logged = await ask("requests"), now = JSON.stringify(logged);
  if (now === before) return;
  before = now;
  at("silence").hidden = logged.length > 0;
  table(at("requests"), logged.length ? ["operation", "asked", "HTTP", "refused with"] : [],
    logged.map(({ operation, parameters, status, code }) => [operation, parameters, status, code ?? ""]));
}

function tell(error) { at("trouble").textContent = error.message; }

function showModules(modules) {
  const filter = at("filter").value.trim().toLowerCase();
  const has = (...texts) => texts.some((text) => text.toLowerCase().includes(filter));
  const fitting = modules.flatMap((module) => {
    const whole = has(module.name, module.label);
    const fields = module.fields.filter((field) => whole || has(field.name, field.label));
    if (!fields.length && !whole) return [];
    const count = element("span", { title: "records" }, module.records.toLocaleString("en"));
    const details = element("details", {}, element("summary", {}, element("b", {}, module.name), count));
    // Thousands of fields are rendered when they are opened.
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(element("ul", {}, all(module), ...fields.map(field)));
    });
    details.open = Boolean(filter) && !whole;
    return [details];
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
  const node = element("button", { type: "button", title }, text, ...more);
  node.addEventListener("click", work);
  return node;
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
  const example = button("", text, () => { box.write(text); run().catch(tell); });
  example.replaceChildren(...painted(text));
  return element("li", {}, example);
}));
at("examples").hidden = Boolean(at("query").value);
showModules(modules);
at("filter").addEventListener("input", () => showModules(modules));
if (at("query").value) await run(); // a browser restores the text when it goes back
await requests();
setInterval(() => requests().catch(() => {}), 2000);
