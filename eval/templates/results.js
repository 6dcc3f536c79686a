"use strict";
const { sides, good, items } = JSON.parse(document.getElementById("data").textContent);
const PAGE = 50;
const get = id => document.getElementById(id);
const mean = answers => answers.length ? answers.reduce((sum, one) => sum + one.s, 0) / answers.length : null;
let matching = items, shown = 0;

function element(name, text, kind) {
  const found = document.createElement(name);
  if (text !== undefined) found.textContent = text;
  if (kind) found.className = kind;
  return found;
}

function options(id, all, values) {
  const select = get(id);
  select.replaceChildren(...[["", all], ...values].map(([value, text]) => {
    const option = element("option", text);
    option.value = value;
    return option;
  }));
}

const unique = values => [...new Set(values)].sort().map(value => [value, value || "(none)"]);

function change(item) {
  const before = mean(item.a[0]), after = mean(item.a[item.a.length - 1]);
  return before === null || after === null ? "" : after > before ? "gained" : after < before ? "lost" : "same";
}

function haystack(item) {
  if (!item.h) item.h = [item.i, item.q, item.r, ...item.a.flat().flatMap(one => [one.a, one.e])].join("\n").toLowerCase();
  return item.h;
}

function matches(item, wanted) {
  if (wanted.task && item.t !== wanted.task || wanted.category !== "" && item.c !== wanted.category) return false;
  const answers = wanted.side === "" ? item.a.flat() : item.a[+wanted.side];
  if (wanted.verdict && !answers.some(one => one.v === wanted.verdict)) return false;
  if (wanted.change && change(item) !== wanted.change) return false;
  return !wanted.search || haystack(item).includes(wanted.search);
}

function chip(at, answers) {
  const counts = new Map();
  for (const one of answers) counts.set(one.v, (counts.get(one.v) || 0) + 1);
  const words = [...counts].map(([verdict, count]) => verdict === "measured" ? perByte(answers) : answers.length > 1 ? `${count} ${verdict}` : verdict);
  const only = counts.size === 1 ? answers[0].v : "";
  const found = element("span", undefined, "chip" + (good.includes(only) ? " ok" : only && only !== "measured" ? " bad" : ""));
  found.append(element("i", undefined, `dot s${at % 6}`), `${sides[at]}: ${words.join(", ") || "-"}`);
  return found;
}

const perByte = answers => `${(-answers.reduce((s, one) => s + one.s, 0) / (answers.reduce((s, one) => s + one.w, 0) || 1)).toPrecision(3)} bits per byte`;

function text(title, content) {
  const found = element("pre", content);
  found.tabIndex = 0;
  return [element("h3", title), found];
}

function inside(item) {
  const found = element("div", undefined, "inside"), grid = element("div", undefined, "answers");
  found.append(...text("Question", item.q));
  item.a.forEach((answers, at) => answers.forEach((one, number) => {
    const card = element("div", undefined, "answer");
    const title = sides[at] + (answers.length > 1 ? `, sample ${number + 1}` : "") + `: ${one.v}`;
    if (one.v === "measured") card.append(element("h3", title), element("p", perByte([one]), "soft"));
    else card.append(...text(title, one.a || "(no answer)"));
    if (one.e) card.append(element("p", one.e, "reason"));
    const numbers = Object.entries(one.n).map(([name, value]) => `${name} ${+value.toPrecision(4)}`);
    if (one.d !== null) numbers.push(`${+one.d.toPrecision(3)} s`);
    if (numbers.length) card.append(element("p", numbers.join(", "), "soft"));
    grid.append(card);
  }));
  if (item.r) {
    const card = element("div", undefined, "answer");
    card.append(...text("expected", item.r));
    grid.append(card);
  }
  found.append(grid);
  return found;
}

function row(item) {
  const found = element("details", undefined, "item"), head = element("summary");
  head.append(element("span", item.i, "id"), element("span", [item.t, item.c].filter(Boolean).join(", "), "soft"));
  item.a.forEach((answers, at) => { if (answers.length) head.append(chip(at, answers)); });
  found.append(head);
  found.addEventListener("toggle", () => { if (found.open && found.children.length === 1) found.append(inside(item)); });
  return found;
}

function more() {
  get("items").append(...matching.slice(shown, shown + PAGE).map(row));
  shown = Math.min(shown + PAGE, matching.length);
  get("more").hidden = shown >= matching.length;
  get("count").textContent = `${matching.length} of ${items.length} items` + (shown < matching.length ? `, the first ${shown} shown` : "");
}

function filter() {
  const wanted = { search: get("search").value.trim().toLowerCase() };
  for (const id of ["task", "category", "side", "verdict", "change"]) wanted[id] = get(id).value;
  matching = items.filter(item => matches(item, wanted));
  shown = 0;
  get("items").replaceChildren();
  more();
}

options("task", "all", unique(items.map(item => item.t)));
options("category", "all", unique(items.map(item => item.c)).filter(([value]) => value));
options("side", "all", sides.map((name, at) => [String(at), name]));
options("verdict", "all", unique(items.flatMap(item => item.a.flat().map(one => one.v))));
options("change", "all", [["gained", "gained"], ["lost", "lost"], ["same", "as before"]]);
get("moved").hidden = sides.length < 2;
get("first").textContent = sides[0];
get("last").textContent = sides[sides.length - 1];
get("controls").hidden = false;
get("controls").addEventListener("submit", event => event.preventDefault());
get("controls").addEventListener("input", filter);
get("more").addEventListener("click", more);
filter();
