// What is known of a box, in words, numbers, histograms and pictures; and what is connected with it.
const NUMBERS = ["rms", "mean", "std", "min", "max"];
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
let current = null; // the box that the keyboard is at
let pinned = null; // the box whose details stay
let lit = [];

function entry(table, name, value) {
  if (value === undefined || value === "") return;
  const line = make("tr");
  line.append(make("th", name), make("td", value));
  table.append(line);
}

function histogram(text, kind) {
  const plot = draw("svg", { viewBox: "0 0 200 46", class: `histogram ${kind}`, role: "img" });
  plot.setAttribute("aria-label", "histogram of 20 bins, heights of 61: " + [...text].map((c) => LETTERS.indexOf(c)).join(" "));
  [...text].forEach((letter, n) => {
    const height = (LETTERS.indexOf(letter) / 61) * 44;
    plot.append(draw("rect", { x: n * 10 + 0.5, y: 45 - height, width: 9, height }));
  });
  plot.append(draw("path", { d: "M0 45.5H200" }));
  return plot;
}

// The numbers of an array: a value or a gradient.
function numbers(title, text, shape, cell, kind) {
  const part = make("section");
  part.append(make("h3", title));
  if (!text) {
    part.append(make("p", "-  not computed, or not kept", "quiet"));
    return part;
  }
  const found = text.split(" "), table = make("table", "", "numbers");
  const [zeros, nans, infs] = found.slice(6).concat(0, 0, 0).map(Number);
  const size = sizeOf(shape);
  const share = zeros ? `${zeros.toLocaleString("en")} of ${size.toLocaleString("en")}` : "0";
  const pairs = [...NUMBERS.map((name, n) => [name, found[n]]), ["zeros", share], ["NaN", String(nans)], ["Inf", String(infs)]];
  pairs.forEach(([name, value]) => entry(table, name, value));
  part.append(table);
  if (found[5] !== "-") {
    part.append(histogram(found[5], kind));
    const ends = make("p", "", "ends");
    ends.append(make("span", found[3]), make("span", found[4]));
    part.append(ends);
  }
  part.append(...(cell ? grid(cell) : []));
  return part;
}

// The channels of the pictures in a box, large and each with its title.
function grid(cell) {
  const found = [];
  for (const image of cell.el.querySelectorAll("image")) {
    const [words, count, width, height, gap] = sprites[+image.dataset.c], titles = words.split("|");
    for (let n = 0; n < count; n++) {
      const figure = make("figure", "", count === 1 ? "large" : "");
      const view = draw("svg", { viewBox: `${n * (width + gap)} 0 ${width} ${height}`, role: "img" });
      view.setAttribute("aria-label", titles[n] ?? "");
      view.append(draw("image", { width: count * (width + gap) - gap, height, href: image.getAttribute("href"), preserveAspectRatio: "none" }));
      figure.append(view, make("figcaption", titles[n] ?? ""));
      found.push(figure);
    }
  }
  if (!found.length) return [];
  const all = make("div", "", "grid");
  all.append(...found);
  return [all];
}

const [RULE, BROADCAST, CONTRIBUTION, WORKED] = [2, 3, 4, 5];
const size_of = (use) => (use[CONTRIBUTION] ? `rms ${use[CONTRIBUTION].split(" ")[0]}` : "-");

// The chain rule at one entry, in numbers.
function workedText(use) {
  if (!use[WORKED]) return "";
  const [entry, backward, difference, reached, terms] = use[WORKED].split("|");
  const pairs = terms ? terms.split(" ") : [];
  const products = [];
  for (let n = 0; n < pairs.length; n += 2) products.push(`${pairs[n]} * ${pairs[n + 1]}`);
  const more = +reached - products.length;
  const sum = (products.join(" + ") || "0") + (more > 0 ? ` + ... (${more} more)` : "");
  const outputs = +reached === 1 ? "1 output" : `${reached} outputs`;
  const where = entry ? `${use[1]}[${entry}]` : use[1];
  const measured = difference || backward;
  const value = (text) => +text.replaceAll(",", "");
  const apart = Math.abs(value(measured) - value(backward)) > 0.01 * Math.abs(value(measured)) + 1e-30;
  const kink = apart ? " (not the same: a kink, such as a tie, or a wrong rule)" : "";
  return `${where} reaches ${outputs}: ${sum} = ${measured} by difference; backward gave ${backward}${kink}`;
}

function link(item, words) {
  const button = make("button", words, "link");
  button.addEventListener("click", () => go(item));
  return button;
}

function uses(i) {
  const part = make("section"), item = items[i];
  if (item.u.length) {
    part.append(make("h3", "computed from"));
    const list = make("ul");
    for (const use of item.u) {
      const line = make("li");
      line.append(link(use[0], items[use[0]].id), make("span", ` as ${use[1]}`));
      if (use[RULE]) line.append(make("p", use[BROADCAST] ? `${use[RULE]}, ${use[BROADCAST]}` : use[RULE], "rule"));
      if (use[CONTRIBUTION]) line.append(make("p", `contribution ${size_of(use)}`));
      if (use[WORKED]) line.append(make("p", workedText(use), "worked"));
      list.append(line);
    }
    part.append(list);
  }
  if (users[i].length) {
    part.append(make("h3", users[i].length > 1 ? `used ${users[i].length} times, gradients are added up` : "used by"));
    const list = make("ul");
    for (const [user, k] of users[i].slice(0, 50)) {
      const line = make("li");
      line.append(link(user, items[user].id), make("span", `, gradient ${size_of(items[user].u[k])}`));
      list.append(line);
    }
    if (users[i].length > 50) list.append(make("li", `and ${users[i].length - 50} more`));
    part.append(list);
  }
  return part;
}

function aboutItem(i) {
  const item = items[i], table = make("table", "", "about"), its = boxes[i];
  const step = turnOf[i] ? `step ${turnOf[i]} of ${data.order.length}` : "";
  const kind = item.nt ? `${item.k}, no gradient asked for` : item.k;
  entry(table, "what", item.k === "op" ? item.n + (item.nt ? ", no gradient" : "") : kind);
  entry(table, "module", item.m);
  entry(table, "made at", item.so);
  entry(table, "code", item.co);
  entry(table, "settings", item.se);
  entry(table, "shape", `${item.sh} ${item.dt}`);
  entry(table, "memory", item.me);
  entry(table, "time", item.ti);
  entry(table, "keeps", item.sa);
  entry(table, "update", item.up);
  entry(table, "backward", step);
  entry(table, "hides", item.hi ? `${item.hi} operations` : "");
  const found = [make("h2", item.id), table];
  if (item.f) found.splice(1, 0, make("p", item.f, "wrong"));
  found.push(numbers("value", item.v, item.sh, its.forward, "value"));
  if (!item.nt || item.g) found.push(numbers("gradient", item.g, item.sh, its.gradient, "slope"));
  return [...found, uses(i)];
}

function aboutFold(n) {
  const list = make("ul");
  for (const cell of foldRows[n].cells) for (const text of cell.el.querySelectorAll("rect~text")) list.append(make("li", text.textContent));
  list.append(make("li", data.words[folds[n].holds]));
  const button = make("button", "open it (c)");
  button.addEventListener("click", () => openOrClose(foldRows[n].cells[0]));
  return [make("h2", data.groups[folds[n].g]), make("p", "a closed module"), list, button];
}

function showPanel(cell) {
  const panel = $("panel");
  if (panel.shows === (cell.fold < 0 ? cell.item : `f${cell.fold}`)) return;
  panel.shows = cell.fold < 0 ? cell.item : `f${cell.fold}`;
  panel.replaceChildren(...(cell.fold < 0 ? aboutItem(cell.item) : aboutFold(cell.fold)));
  panel.scrollTop = 0;
}

// Let everything fade that is not connected with a box; without one, nothing fades.
function light(cell) {
  for (const el of lit) el.classList.remove("keep");
  lit = [];
  svg.classList.toggle("dim", !!cell);
  if (!cell) return;
  const here = cell.fold < 0 ? seenAs(cell.item) : folds[cell.fold];
  const near = new Set([here]);
  for (const edge of edges) {
    if (edge.off) continue;
    const s = seenAs(edge.s), t = seenAs(edge.t);
    if (s !== here && t !== here) continue;
    near.add(s).add(t);
    lit.push(edge.el);
  }
  for (const other of cells) if (near.has(other.fold < 0 ? seenAs(other.item) : folds[other.fold])) lit.push(other.el);
  for (const extra of extras) {
    const seen = seenAs(extra.item);
    if (seen === here || (extra.way === "plus" && near.has(seen))) lit.push(extra.el);
  }
  for (const el of lit) el.classList.add("keep");
}
