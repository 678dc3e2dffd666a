// Pointer, keys, search, and the address that finds a place again.
let hovered = null;
let matches = [], match = -1;

const rowsSeen = () => [...rows, ...foldRows]
  .filter((r) => r.cells.length && (r.item < 0 ? folds[r.cells[0].fold].shown : !r.fold))
  .sort((a, b) => placeOf(a) - placeOf(b));

// Scroll so far that a box is seen, and not further.
function into(cell) {
  if (!cell) return;
  const air = 60, width = stage.clientWidth, height = stage.clientHeight;
  const left = cell.x * zoom + Math.max(12, (width - wide * zoom) / 2), right = left + cell.width * zoom;
  const top = (placeOf(cell.row) + cell.y - topOfAll) * zoom + 12, bottom = top + cell.high * zoom;
  let x = stage.scrollLeft, y = stage.scrollTop;
  if (top < y + air || bottom > y + height - air) y = top - Math.max((height - cell.high * zoom) / 2, air);
  if (left < x) x = left - 20;
  else if (right > x + width) x = right - width + 20;
  stage.scrollTo({ left: x, top: y, behavior: calm.matches || timer || rows.length >= MANY ? "instant" : "smooth" });
  approach();
}

function remember() {
  const parts = [];
  const cell = pinned;
  if (cell && cell.item >= 0) parts.push(`item=${encodeURIComponent(items[cell.item].id)}`);
  if (step !== null) parts.push(`step=${step}`);
  try {
    history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.pathname + location.search);
  } catch { /* a frame without an address of its own */ }
}

// Go where the address says; what it does not name, or what there is not, changes nothing.
function recall() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const item = byId.get(asked.get("item") ?? ""), n = asked.get("step");
  if (n !== null && /^\d{1,9}$/.test(n)) replay(+n);
  if (item !== undefined) go(item);
}

function attend(cell, focus = true) {
  if (!cell) return;
  if (current) current.el.setAttribute("tabindex", "-1");
  current = cell;
  approach();
  cell.el.setAttribute("tabindex", "0");
  if (focus) cell.el.focus({ preventScroll: true });
  light(cell);
  showPanel(cell);
  into(cell);
}

// Go along with the replay: nothing fades but what is still to come, and the details are those of the step.
// Steps may be faster than the screen, so this waits for it.
let followed = null;
function follow(cell) {
  if (!followed) requestAnimationFrame(arrive);
  followed = cell;
}

function arrive() {
  const cell = followed;
  followed = null;
  if (!cell) return;
  light(null);
  if (!pinned) {
    current?.el.setAttribute("tabindex", "-1");
    current = cell;
    showPanel(cell);
  }
  into(cell);
  cell.el.setAttribute("tabindex", "0");
}

function pin(cell) {
  pinned?.el.classList.remove("pinned");
  pinned = cell;
  cell?.el.classList.add("pinned");
  if (cell) attend(cell);
  else light(null);
  remember();
}

// Show an item, whatever hides it.
function go(item) {
  reveal(item);
  const cell = boxOf(item);
  if (cell) pin(cell);
}

// Close the module that a box is in, or open the one that it stands for.
function openOrClose(cell) {
  if (!cell) return;
  if (cell.fold >= 0) {
    const n = cell.fold, [top, bottom] = folds[n].y;
    toggle(folds[n].g, false);
    const row = rows.find((r) => r.cells.length && r.y > top && r.y < bottom);
    pinned = null;
    attend(row.fold ? foldRows[row.fold.number].cells[0] : row.cells[0]);
    return;
  }
  const around = folds.filter((f) => f.y[0] < cell.row.y && cell.row.y < f.y[1]).at(-1);
  if (!around) return;
  pin(null);
  toggle(around.g, true);
  attend(foldRows[around.number].cells[0]);
}

function setAll(close) {
  const inner = folds.filter((f) => folds.some((o) => o !== f && o.y[0] <= f.y[0] && f.y[1] <= o.y[1]));
  const one = folds.some((f) => f.y[0] <= folds[0].y[0] && f.y[1] >= folds.at(-1).y[1]);
  closed.clear();
  if (close) for (const f of one && inner.length ? inner : folds) closed.add(f.g);
  layOut();
  if (current) attend(current.fold >= 0 || current.row.fold ? boxOf(current.item >= 0 ? current.item : byPlaceOfFold(current.fold)) : current, false);
}
const byPlaceOfFold = (n) => items.findIndex((_, i) => boxes[i].row && boxes[i].row.y > folds[n].y[0] && boxes[i].row.y < folds[n].y[1]);

function toRow(by) {
  const seen = rowsSeen();
  const at = current ? seen.indexOf(current.row) : -1;
  const row = seen[Math.min(Math.max(at < 0 ? 0 : at + by, 0), seen.length - 1)];
  if (!row) return;
  const lane = current?.lane ?? "forward";
  attend(row.cells.find((c) => c.lane === lane) ?? row.cells[0]);
}

function alongRow(by) {
  if (!current) return toRow(1);
  const line = [...current.row.cells].sort((a, b) => a.x - b.x);
  attend(line[line.indexOf(current) + by] ?? current);
}

function find(words) {
  const wanted = words.trim().toLowerCase();
  const text = (item) => `${item.id} ${item.n} ${item.m}`.toLowerCase();
  matches = wanted ? items.flatMap((item, i) => (boxes[i].row && text(item).includes(wanted) ? [i] : [])) : [];
  match = -1;
  $("found").value = !wanted ? "" : matches.length ? `${matches.length} found` : "nothing found";
}

function nextMatch(by) {
  if (!matches.length) return;
  match = (match + by + matches.length) % matches.length;
  reveal(matches[match]);
  pin(boxOf(matches[match]));
  $("found").value = `${match + 1} of ${matches.length}`;
  $("search").focus();
}

function night() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  $("dark").setAttribute("aria-pressed", String(!dark));
}

function letGo() {
  play(false);
  if (pinned || svg.classList.contains("dim")) pin(null);
  else replay(null);
}

const KEYS = {
  "/": () => $("search").focus(),
  "?": () => $("help").showModal(),
  h: nextHeat,
  d: night,
  c: () => openOrClose(current),
  "+": () => zoomTo(zoom * 1.2),
  "=": () => zoomTo(zoom * 1.2),
  "-": () => zoomTo(zoom / 1.2),
  0: fit,
  " ": () => play(),
  Home: () => replay(0),
  End: () => replay(LAST),
  ArrowLeft: (e) => (e.shiftKey ? alongRow(-1) : advance(-1)),
  ArrowRight: (e) => (e.shiftKey ? alongRow(1) : advance(1)),
  ArrowUp: () => toRow(-1),
  ArrowDown: () => toRow(1),
  Enter: () => current && (current.fold >= 0 ? openOrClose(current) : pin(pinned === current ? null : current)),
  Escape: letGo,
};

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey && e.key === "f") approach(true); // the browser searches what is drawn
  const at = e.target, key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (e.ctrlKey || e.metaKey || e.altKey || $("help").open || !Object.hasOwn(KEYS, key)) return;
  if (at === $("search")) {
    if (key === "Enter") nextMatch(e.shiftKey ? -1 : 1);
    else if (key === "Escape") attend(current ?? rowsSeen()[0]?.cells[0]);
    else return;
    e.preventDefault();
    return;
  }
  const label = at.closest?.(".label");
  if (label && (key === "Enter" || key === " ")) toggle(folds[+label.dataset.f].g);
  else if (at.tagName === "SELECT" || (at.tagName === "BUTTON" && (key === " " || key === "Enter"))) return;
  else if (at.closest?.("#panel") && /^(Arrow(Up|Down)|Home|End)$/.test(key)) return;
  else KEYS[key](e);
  e.preventDefault();
});

const cellAt = (e) => cellOf.get(e.target.closest?.(CELL));
svg.addEventListener("pointerover", (e) => {
  const cell = cellAt(e) ?? null;
  if (cell === hovered || drag) return;
  hovered = cell;
  light(cell ?? pinned);
  if (cell && !pinned) showPanel(cell);
});
svg.addEventListener("pointerleave", () => {
  hovered = null;
  light(pinned);
});
svg.addEventListener("focusin", (e) => {
  const cell = cellAt(e);
  if (cell && cell !== current) attend(cell);
});
svg.addEventListener("click", (e) => {
  if (dragged) return;
  const label = e.target.closest(".label"), cell = cellAt(e);
  if (label) toggle(folds[+label.dataset.f].g);
  else if (cell && cell.fold >= 0) openOrClose(cell);
  else if (cell) pin(pinned === cell ? null : cell);
  else if (pinned) pin(null);
});

// Drag to move the picture, the wheel with Ctrl to zoom.
let drag = null, dragged = false;
stage.addEventListener("pointerdown", (e) => {
  dragged = false;
  if (e.button === 0 && e.pointerType === "mouse") drag = { x: e.clientX, y: e.clientY, left: stage.scrollLeft, top: stage.scrollTop };
});
stage.addEventListener("pointermove", (e) => {
  if (!drag) return;
  const dx = e.clientX - drag.x, dy = e.clientY - drag.y;
  if (!dragged && Math.hypot(dx, dy) < 5) return;
  if (!dragged) stage.setPointerCapture(e.pointerId);
  dragged = true;
  stage.classList.add("dragged");
  stage.scrollTo(drag.left - dx, drag.top - dy);
});
for (const name of ["pointerup", "pointercancel"])
  stage.addEventListener(name, () => {
    drag = null;
    stage.classList.remove("dragged");
  });
stage.addEventListener("wheel", (e) => {
  if (!e.ctrlKey) return;
  e.preventDefault();
  const view = stage.getBoundingClientRect();
  zoomTo(zoom * Math.exp(-e.deltaY / 400), e.clientX - view.left, e.clientY - view.top);
}, { passive: false });

const press = {
  smaller: () => zoomTo(zoom / 1.2), larger: () => zoomTo(zoom * 1.2), fit,
  "close-all": () => setAll(true), "open-all": () => setAll(false),
  dark: night, "help-button": () => $("help").showModal(), "help-close": () => $("help").close(),
  first: () => replay(0), back: () => advance(-1), next: () => advance(1), last: () => replay(LAST),
  play: () => play(), stop: () => (play(false), replay(null)),
};
for (const id in press) $(id).addEventListener("click", press[id]);
$("slider").addEventListener("input", (e) => replay(+e.target.value));
$("heat").addEventListener("change", (e) => showHeat(e.target.value));
$("search").addEventListener("input", (e) => find(e.target.value));
addEventListener("hashchange", recall);
stage.addEventListener("scroll", () => approach(), { passive: true });
addEventListener("resize", () => approach());
addEventListener("beforeprint", () => approach(true));

$("slider").max = LAST;
for (const id of ["first", "back", "play", "next", "last", "slider", "stop"]) $(id).disabled = !LAST;
for (const id of ["close-all", "open-all"]) $(id).disabled = !folds.length;
for (const label of labels) label.setAttribute("aria-label", `${label.textContent}: close`);
zoom = Math.min(Math.max((stage.clientWidth - 24) / wide, 0.6), 1);
heat = svg.dataset.heat = root.dataset.heat = $("heat").value = data.heat;
layOut();
root.dataset.script = "ready"; // now it is shown
const opening = location.hash;
$("step").textContent = stepText();
if (opening) recall();
if (!current) rowsSeen()[0]?.cells[0].el.setAttribute("tabindex", "0");
svg.getBoundingClientRect();
root.dataset.ready = performance.now().toFixed(1);
