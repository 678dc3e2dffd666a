// What the page is made of: items and folds from the data, boxes, rows and lines from the picture.
// Names come from users: they are only ever set as text, and looked up in maps.
const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const svg = $("picture"), stage = $("stage");
const data = JSON.parse($("data").textContent), sprites = JSON.parse($("sprites").textContent);
const { folds } = data;
const items = data.items.map((values, i) => {
  const [plain, texts, flags] = data.fields, item = { u: [] };
  plain.forEach((name, n) => values[n] && (item[name] = values[n]));
  texts.forEach((name, n) => (item[name] = data.words[values[plain.length + n] ?? 0]));
  flags.forEach((name, n) => (item[name] = values[plain.length + texts.length + n] ?? 0));
  item.m = values[0] >= 0 ? data.groups[values[0]] : "";
  item.id = data.ids[i] || (item.m ? `${item.m}/` : "") + item.n;
  for (const use of item.u) for (const n of [1, 2, 3]) use[n] = data.words[use[n] ?? 0];
  return item;
});
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function make(name, words = "", kind = "") {
  const el = document.createElement(name);
  if (words !== "") el.textContent = words;
  if (kind) el.className = kind;
  return el;
}

function draw(name, attributes, words) {
  const el = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) el.setAttribute(key, attributes[key]);
  if (words !== undefined) el.textContent = words;
  return el;
}

// A number of the data, or -1 where there is none.
const numberOf = (el, key) => (el.dataset[key] === undefined ? -1 : +el.dataset[key]);

const LANES = { f: "forward", g: "gradient", p: "parameter" };
const CELL = "g.f,g.g,g.p";
const cellOf = new Map(); // from the element of a box to what is known of it

// A row of boxes; they are made ready for keyboard and screen readers when the row comes near.
function rowOf(el) {
  const row = { el, item: numberOf(el, "i"), y: +el.getAttribute("y"), cells: [], far: false };
  for (const part of el.children) {
    const lane = LANES[part.getAttribute("class")];
    if (!lane) continue;
    const cell = { el: part, row, item: part.dataset.i === undefined ? row.item : +part.dataset.i, fold: numberOf(part, "f"), lane };
    [cell.style, cell.x, cell.y, cell.width, cell.high] = data.boxes[part.firstElementChild.classList[0]];
    row.cells.push(cell);
    cellOf.set(part, cell);
  }
  return row;
}
const rows = [...svg.querySelectorAll("svg.r")].map(rowOf);
const foldRows = [...svg.querySelectorAll("svg.fold")].map(rowOf);

function dress(cell) {
  const lines = [...cell.el.querySelectorAll("text")].map((t) => t.textContent);
  cell.el.setAttribute("role", "button");
  cell.el.setAttribute("tabindex", cell === current ? "0" : "-1");
  cell.el.setAttribute("aria-label", (cell.lane === "gradient" ? "gradient: " : "") + lines.join("; "));
  cell.dressed = true;
}

const cells = [...cellOf.values()];
let s = -1, t = -1; // a line without ends goes back along the one before it
const edges = [...svg.querySelectorAll("path.d,path.u,path.s")].map((el) => {
  if (el.dataset.e) [s, t] = el.dataset.e.split(",").map(Number);
  else [s, t] = [t, s];
  return { el, s, t, way: el.classList[0], d: el.getAttribute("d"), far: false };
});
// What belongs to a rung beside its boxes: sums, what is kept, words; "u" belongs to a gradient.
const extras = [...svg.querySelectorAll("g.plus,.keeps,text.w")].map((el) => ({
  el, item: numberOf(el.closest("svg.r"), "i"),
  way: el.localName !== "text" ? el.classList[0] : el.classList.contains("wu") ? "u" : "shape",
}));

// Where a tensor is used once, what comes back over this use is its gradient.
const users = items.map(() => []); // of every item: [item that uses it, number of the use]
items.forEach((item, i) => item.u.forEach((use, k) => users[use[0]].push([i, k])));
const sizeOf = (shape) => shape.split("x").map(Number).reduce((a, b) => a * (b >= 0 ? b : 1), 1);
for (const item of items) for (const use of item.u) {
  const source = items[use[0]];
  if (use[4] || !source.g || users[use[0]].length > 1) continue;
  const [rms, , , , , , zeros = "0"] = source.g.split(" "), size = sizeOf(source.sh), share = (100 * (size - zeros)) / size;
  use[4] = +zeros && share ? `${rms} ${share < 1 ? "under 1" : Math.min(Math.round(share), 99)}%` : rms;
}

// The boxes of every item: forward (or a chip), gradient; and the row that they stand on.
const boxes = items.map(() => ({ forward: null, gradient: null, row: null }));
for (const cell of cells) {
  if (cell.item < 0) continue;
  const its = boxes[cell.item];
  its[cell.lane === "gradient" ? "gradient" : "forward"] ??= cell;
  its.row ??= cell.row;
}
const byId = new Map(items.map((item, i) => [item.id, i]));
const turnOf = items.map(() => 0); // the step of the replay that works on an item's gradient, from 1
data.order.forEach((i, n) => (turnOf[i] = n + 1));
