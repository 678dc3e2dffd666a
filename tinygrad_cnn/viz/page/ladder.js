// Closing and opening modules: every height goes through one map, in which a closed module takes one box.
const HIGH = 57;
const closed = new Set(data.closed); // groups, by number
const [, topOfAll, wide, highOfAll] = svg.getAttribute("viewBox").split(" ").map(Number);
const frames = [...svg.querySelectorAll("rect.frame,rect.frame2")];
const labels = [...svg.querySelectorAll(".label")];
let shut = []; // the folds that are shown as boxes, from top to bottom
let zoom = 1;

// The fold that hides what is at a height, or null.
function hidden(y) {
  let low = 0, high = shut.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1, fold = shut[middle];
    if (y <= fold.y[0]) high = middle - 1;
    else if (y >= fold.y[1]) low = middle + 1;
    else return fold;
  }
  return null;
}

// Where a height of the open picture is now.
function moved(y) {
  let low = 0, high = shut.length; // the number of shut folds that begin above y
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shut[middle].y[0] < y) low = middle + 1;
    else high = middle;
  }
  if (!low) return y;
  const fold = shut[low - 1], [top, bottom] = fold.y;
  return y < bottom ? fold.at + ((y - top) / (bottom - top)) * HIGH : fold.at + HIGH + y - bottom;
}

function foldUp() {
  shut = [];
  let end = -Infinity;
  folds.forEach((fold, n) => {
    fold.number = n;
    if (fold.y[0] < end || !closed.has(fold.g)) return;
    fold.at = shut.length ? moved(fold.y[0]) : fold.y[0];
    shut.push(fold);
    end = fold.y[1];
  });
}

const round = (x) => Math.round(x * 10) / 10;
const place = (el, y) => el.setAttribute("y", round(y));

// Lay everything out again; as long as nothing was ever closed, it is as it was written.
let written = true;
function layOut() {
  foldUp();
  if (!written || shut.length) moveAll();
  size();
  approach();
}

function moveAll() {
  written = false;
  for (const row of rows) {
    row.fold = hidden(row.y);
    row.el.classList.toggle("off", !!row.fold);
    if (!row.fold) place(row.el, moved(row.y));
  }
  folds.forEach((fold, n) => {
    const [top, bottom] = fold.y;
    const outer = hidden(top + 1); // itself, or one around it
    fold.shown = outer === fold;
    foldRows[n].el.classList.toggle("off", !fold.shown);
    if (fold.shown) place(foldRows[n].el, fold.at);
    frames[n].classList.toggle("off", !!outer);
    labels[n].classList.toggle("off", !!outer);
    frames[n].setAttribute("y", round(moved(top)));
    frames[n].setAttribute("height", round(moved(bottom) - moved(top)));
    labels[n].setAttribute("transform", `translate(0 ${round(moved(top))})`);
  });
  for (const edge of edges) bend(edge);
}

// Where a row is now.
const placeOf = (row) => (row.item < 0 ? folds[row.cells[0].fold].at : moved(row.y));

// Of a large picture only the rows near what is seen are drawn; all of them, if it is to be searched or printed.
const MANY = 200;
function approach(all = rows.length < MANY) {
  const top = stage.scrollTop / zoom + topOfAll, seen = stage.clientHeight / zoom;
  const isFar = (low, high) => !all && (high < top - seen || low > top + 2 * seen);
  for (const edge of edges) {
    if (edge.off) continue;
    edge.ends ??= endsOf(edge);
    const far = isFar(...edge.ends);
    if (far !== edge.far) edge.el.classList.toggle("far", (edge.far = far));
  }
  for (const row of [...rows, ...foldRows]) {
    if (row.item < 0 ? !folds[row.cells[0].fold].shown : row.fold) continue;
    const y = placeOf(row), far = row !== current?.row && isFar(y, y + 150);
    if (far !== row.far) row.el.classList.toggle("far", (row.far = far));
    if (!far) for (const cell of row.cells) {
      if (!cell.dressed) dress(cell);
      if (cell.heat !== heat) paint(cell);
    }
  }
}

// The points of a line, from its path: its ends, and the corners that it goes around.
function pointsOf(edge) {
  const found = [];
  let x = 0, y = 0;
  const steps = edge.d.match(/[MLQHV][^MLQHV]*/g);
  steps.forEach((step, n) => {
    const values = step.slice(1).split(",").map(Number);
    if (step[0] === "Q") found.push(values.slice(0, 2));
    if (step[0] === "H") x = values[0];
    else if (step[0] === "V") y = values[0];
    else [x, y] = values.slice(-2);
    if (!n || n === steps.length - 1) found.push([x, y]);
  });
  return found;
}

// The least and the largest height of a line, as it is drawn now.
function endsOf(edge) {
  const heights = (edge.points ??= pointsOf(edge)).map(([, y]) => moved(y));
  return [Math.min(...heights), Math.max(...heights)];
}

// Draw a line between what is shown of its ends; one that lies in a closed module is hidden with it.
function bend(edge) {
  const points = (edge.points ??= pointsOf(edge));
  const first = hidden(points[0][1]), last = hidden(points.at(-1)[1]);
  edge.off = !!first && first === last;
  edge.ends = null;
  edge.el.classList.toggle("off", edge.off);
  if (edge.off) return;
  edge.el.setAttribute("d", first || last ? cut(points, first, last) : path(points.map(([x, y]) => [x, moved(y)])));
}

// A line that ends in a closed module: straight down or up it stops at the box, from aside it enters the side.
function cut(points, first, last) {
  const straight = Math.abs(points[0][0] - points[1][0]) < 0.5;
  if (straight) {
    const down = points[0][1] < points.at(-1)[1];
    const seen = points.filter(([, y]) => !hidden(y)).map(([x, y]) => [x, moved(y)]);
    const edge = (fold, leaves) => fold.at + (leaves === down ? HIGH : 0);
    const head = first ? [[points[0][0], edge(first, true)]] : [];
    const tail = last ? [[(seen.at(-1) ?? points[0])[0], edge(last, false)]] : [];
    return path([...head, ...seen, ...tail]);
  }
  const down = points[0][1] < points.at(-1)[1]; // what comes from above is above what goes on below
  const level = (y, fold, lower) => {
    if (!fold) return moved(y);
    const share = (y - fold.y[0]) / (fold.y[1] - fold.y[0]);
    return fold.at + (lower ? HIGH / 2 + 4 : 6) + share * (HIGH / 2 - 10);
  };
  const middle = points.length >> 1;
  const found = points.map(([x, y], n) => [x, n < middle ? level(y, first, down) : level(y, last, !down)]);
  const box = last && foldRows[last.number].cells.find((c) => c.lane === "gradient");
  const end = found.at(-1);
  if (box && end[0] > box.x && end[0] < box.x + box.width) end[0] = box.x;
  return path(found);
}

// A line through points, with round corners: as the picture was written.
function path(points) {
  const towards = (a, b) => {
    const dx = b[0] - a[0], dy = b[1] - a[1], length = Math.hypot(dx, dy) || 1;
    const step = Math.min(6, length / 2);
    return [round(a[0] + (dx / length) * step), round(a[1] + (dy / length) * step)];
  };
  let text = `M${round(points[0][0])} ${round(points[0][1])}`;
  for (let n = 1; n < points.length - 1; n++) {
    const a = towards(points[n], points[n - 1]), b = towards(points[n], points[n + 1]);
    text += `L${a[0]} ${a[1]}Q${round(points[n][0])} ${round(points[n][1])} ${b[0]} ${b[1]}`;
  }
  return text + `L${round(points.at(-1)[0])} ${round(points.at(-1)[1])}`;
}

// What is seen of an item: its own boxes, or those of the closed module that it is in.
const seenAs = (item) => (item < 0 ? null : boxes[item].row?.fold ?? item);
// The box of an item that is seen.
const boxOf = (item, lane) => {
  const fold = boxes[item].row?.fold;
  const its = fold ? foldRows[fold.number].cells : [boxes[item].forward, boxes[item].gradient].filter(Boolean);
  return its.find((c) => (c.lane === "gradient") === (lane === "gradient")) ?? its[0] ?? null;
};

function size() {
  const high = moved(topOfAll + highOfAll) - topOfAll;
  svg.setAttribute("viewBox", `0 ${topOfAll} ${wide} ${round(high)}`);
  svg.setAttribute("width", round(wide * zoom));
  svg.setAttribute("height", round(high * zoom));
}

// Zoom so that the point (x, y) of the stage stays where it is.
function zoomTo(z, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  z = Math.min(Math.max(z, 0.05), 8);
  const left = (stage.scrollLeft + x) / zoom, top = (stage.scrollTop + y) / zoom;
  zoom = z;
  size();
  stage.scrollTo(left * zoom - x, top * zoom - y);
  approach();
}

function fit() {
  const width = (stage.clientWidth - 24) / wide;
  const all = Math.min(width, (stage.clientHeight - 24) / svg.viewBox.baseVal.height);
  zoomTo(Math.abs(zoom - Math.min(width, 1.25)) < 0.01 ? all : Math.min(width, 1.25));
}

// Close or open a group, and keep it where it is on the screen.
function toggle(group, close = !closed.has(group)) {
  const n = folds.findIndex((f) => f.g === group);
  const before = moved(folds[n].y[0]);
  if (close) closed.add(group);
  else closed.delete(group);
  layOut();
  stage.scrollTop += (moved(folds[n].y[0]) - before) * zoom;
  approach();
}

// Open every module around an item.
function reveal(item) {
  let opened = false;
  for (let fold = boxes[item].row?.fold; fold; fold = boxes[item].row.fold) {
    closed.delete(fold.g);
    layOut();
    opened = true;
  }
  return opened;
}
