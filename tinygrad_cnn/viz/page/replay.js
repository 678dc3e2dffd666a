// The backward pass again, step by step, in the order in which it really ran; step 0 is the loss itself.
const LAST = data.order.length;
let step = null; // null: no replay, everything is shown
let timer = 0;

// When each part has its turn: [first step, last step]; before it is faded, after it is done.
const turns = [];
const NEVER = [Infinity, Infinity];
function turnsOfItem(i) {
  if (turnOf[i]) return [turnOf[i], turnOf[i]];
  const found = users[i].map(([user]) => turnOf[user]).filter(Boolean);
  return items[i].g && found.length ? [Math.min(...found), Math.max(...found)] : NEVER;
}
function arrivals(i) {
  const found = users[i].map(([user]) => turnOf[user]).filter(Boolean);
  return found.length ? [Math.min(...found), Math.max(...found)] : NEVER;
}
for (const cell of cells) {
  if (cell.lane !== "gradient") continue;
  if (cell.fold < 0) turns.push({ el: cell.el, at: turnsOfItem(cell.item) });
  else {
    const [top, bottom] = folds[cell.fold].y;
    const inside = items.map((_, i) => i).filter((i) => turnOf[i] && boxes[i].row?.y > top && boxes[i].row.y < bottom);
    const steps = inside.map((i) => turnOf[i]);
    turns.push({ el: cell.el, at: steps.length ? [Math.min(...steps), Math.max(...steps)] : NEVER });
  }
}
for (const edge of edges) {
  if (edge.way === "u") turns.push({ el: edge.el, at: edge.s < 0 ? [0, 0] : turnOf[edge.s] ? [turnOf[edge.s], turnOf[edge.s]] : NEVER });
  else if (edge.way === "s" && edge.el.classList[2] !== "down" && edge.t >= 0 && boxes[edge.t].forward?.lane === "parameter")
    turns.push({ el: edge.el, at: turnOf[edge.s] ? [turnOf[edge.s], turnOf[edge.s]] : NEVER });
}
for (const extra of extras) {
  if (extra.way === "plus") turns.push({ el: extra.el, at: arrivals(extra.item) });
  if (extra.way === "u" && extra.item !== data.root) turns.push({ el: extra.el, at: turnOf[extra.item] ? [turnOf[extra.item], turnOf[extra.item]] : NEVER });
}

let marked = [];
const stateAt = (at) => (step === null ? "" : step < at[0] ? "future" : step > at[1] ? "past" : "now");

function paintStep() {
  svg.classList.toggle("replay", step !== null);
  for (const part of turns) {
    const state = stateAt(part.at);
    if (state === part.state) continue;
    if (part.state) part.el.classList.remove(part.state);
    if (state) part.el.classList.add(state);
    part.state = state;
  }
  for (const el of marked) el.classList.remove("gives", "takes");
  marked = [];
  if (!step) return;
  const mark = (cell, name) => cell && (cell.el.classList.add(name), marked.push(cell.el));
  const i = data.order[step - 1];
  mark(boxOf(i, "forward"), "takes"); // what the rule reads
  for (const use of items[i].u) {
    if (use[CONTRIBUTION]) mark(boxOf(use[0], "gradient"), "gives");
    mark(boxOf(use[0], "forward"), "takes");
  }
}

const partText = (use) => {
  const share = use[CONTRIBUTION]?.split(" ").slice(1).join(" ");
  return (use[BROADCAST] ? `${use[RULE]}, ${use[BROADCAST]}` : use[RULE]) + (share ? `; ${share} of d${use[1].toUpperCase()} is not 0` : "");
};

function stepText() {
  if (!LAST) return "The order of a backward pass was not recorded, so there is nothing to replay.";
  if (step === null) return `${LAST} steps of backprop, in the order in which they ran: press right, or play.`;
  if (!step) return `0/${LAST} the loss enters: dL/dL = 1` + (data.root >= 0 ? ` at ${items[data.root].id}` : "");
  const item = items[data.order[step - 1]];
  const rules = item.u.filter((use) => use[RULE]).map(partText);
  const where = item.m ? ` (${item.m})` : "";
  return `${step}/${LAST} ${item.n}${where}: ${[...new Set(rules)].join(" | ") || "no gradient goes on"}`;
}

function replay(n) {
  step = n === null || !LAST ? null : Math.min(Math.max(n, 0), LAST);
  $("slider").value = step ?? 0;
  $("slider").setAttribute("aria-valuetext", step === null ? "not started" : `step ${step} of ${LAST}`);
  $("step").textContent = stepText();
  const use = step ? items[data.order[step - 1]].u.find((u) => u[WORKED]) : null;
  $("worked").textContent = use ? workedText(use) : "";
  paintStep();
  const at = step ? data.order[step - 1] : step === 0 ? data.root : -1;
  follow(at >= 0 ? boxOf(at, "gradient") : null);
  remember();
}

const advance = (by) => replay(step === null ? (by > 0 ? 0 : LAST) : step + by);

function play(on = !timer) {
  clearInterval(timer);
  timer = 0;
  if (on && LAST) {
    if (step === null || step === LAST) replay(0);
    timer = setInterval(() => (step === null || step >= LAST ? play(false) : advance(1)), 900);
  }
  $("play").textContent = timer ? "pause" : "play";
  $("play").setAttribute("aria-pressed", String(!!timer));
}
