// Heat: the colour of boxes and a bar, for the kind that is chosen; its number beside it.
const BAR = 32;

function bar(level, x, y, words) {
  const found = [];
  if (words) {
    const width = BAR + 14 + words.length * 6.2;
    found.push(draw("rect", { class: "pill", x: x - 5, y: y - 5, width, height: 16, rx: 8 }));
    found.push(draw("text", { class: "bar-words", x: x + BAR + 5, y: y + 7 }, words));
  }
  const full = round((BAR * level) / 100), middle = x + BAR / 2 - 0.5;
  found.push(draw("path", { class: "gauge", d: `M${x},${y}h${BAR}v6h-${BAR}z` }));
  found.push(draw("path", { class: "level", d: `M${x},${y}h${full}v6h-${full}zM${middle},${y - 2}h1v10h-1z` }));
  return found;
}

let heat = "";

// Show one kind of heat, in the boxes that are near; the others follow.
function showHeat(kind) {
  heat = svg.dataset.heat = root.dataset.heat = kind;
  $("heat").value = kind;
  approach();
}

// Gradients have their place in their boxes, other kinds sit on the upper edge.
function paint(cell) {
  const box = cell.el.firstElementChild, hot = box.classList[1];
  cell.heat = heat;
  if (hot) box.classList.remove(hot);
  for (const el of cell.bar ?? []) el.remove();
  cell.bar = [];
  const own = heat === "gradient" || heat === "difference";
  const known = (cell.fold < 0 ? data.heats[heat][cell.item] : folds[cell.fold].heat[heat]) ?? -1;
  if (known === -1 || (cell.lane === "gradient") !== (own || inGradientLane(heat, cell))) return;
  const [level, words] = typeof known === "number" ? [known, 0] : known;
  const text = words && data.words[words];
  if (cell.style !== "absent" && cell.style !== "failed") box.classList.add(`h${Math.round(level / 10)}`);
  cell.bar = own ? bar(level, cell.x + cell.width - BAR - 7, cell.y + 10, "") : bar(level, cell.x + 14, cell.y - 7, text);
  cell.el.append(...cell.bar);
}

// The update of a parameter stands at its gradient, where it has a box for it.
const inGradientLane = (kind, cell) => kind === "update" && cell.item >= 0 && boxes[cell.item].gradient !== null;

function nextHeat() {
  const kinds = Object.keys(data.heats);
  showHeat(kinds[(kinds.indexOf(heat) + 1) % kinds.length]);
}
