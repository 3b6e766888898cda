// Reads a JSON list of programs, runs each against a stub of its client, and writes what each sends.
"use strict";
const texts = (value, found = []) => {
  if (typeof value === "string") found.push(value);
  else if (value && typeof value === "object" && !value.stub) Object.values(value).forEach((each) => texts(each, found));
  return found;
};
const adds = { queryAll: " LIMIT 0, 100;", read: ";" };
const stub = (sent, name = "") => new Proxy(function () {}, {
  get: (_, key) => key === "stub" ? true : key === Symbol.toPrimitive ? () => "5"
    : key === Symbol.iterator ? function* () {} : key === "then" ? undefined : stub(sent, String(key)),
  apply: (_, __, args) => {
    for (const text of texts(args)) if (/^\s*select/i.test(text)) sent.push(text + (adds[name] ?? ""));
    return stub(sent);
  },
  construct: () => stub(sent),
});
const run = (program) => {
  const sent = [];
  const call = (each) => { try { each(stub(sent), 5, stub(sent)); } catch { /* what was sent before counts */ } };
  try {
    const names = [...program.matchAll(/^(?:async )?function (\w+)|^const (\w+) = \(/gm)].map((each) => each[1] ?? each[2]);
    const made = new Function("client", "pages", "http", "console", "log", `${program}\n;return [${names}];`);
    made(stub(sent), stub(sent), stub(sent), { log() {} }, () => {}).forEach(call);
  } catch { return sent; }
  return sent;
};
process.stdout.write(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).map(run)));
