const data = JSON.parse(document.getElementById("run").textContent);
const rows = document.getElementById("rows");
const output = document.getElementById("output");
const span = Math.max(1, data.durationMs, ...data.rows.flatMap(({ tasks }) => tasks.map(endOf)));
const laneRem = 1.5;
/** The bars of each row, in their order. */
const bars = [];
let shown;

function endOf({ startMs, durationMs }) {
  return startMs + (durationMs ?? 0);
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function seconds(ms) {
  return ms >= 120_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** A task within another of the same host lies in a lane below it. */
function laneOf(task, before) {
  const around = before.filter(
    (other) =>
      other.startMs <= task.startMs && endOf(other) >= endOf(task) && other.path.length < task.path.length,
  );
  return around.length;
}

function describe(task) {
  const time = task.durationMs === undefined ? "no end" : seconds(task.durationMs);
  return `${task.path.join(" ")}, ${task.status}, ${time}`;
}

function show(bar, task, row) {
  hide();
  shown = bar;
  bar.setAttribute("aria-expanded", "true");
  document.getElementById("what").textContent =
    `${row.host ?? "this machine"} (${row.site}): ${task.path.join(" ")}`;
  const said = [
    task.status,
    task.durationMs === undefined ? "no end was written down" : seconds(task.durationMs),
    task.plugin,
    task.note,
    task.message,
    task.hint && `try: ${task.hint}`,
  ];
  document.getElementById("outcome").textContent = said.filter(Boolean).join(" · ");
  const lines = document.getElementById("lines");
  const left =
    task.leftOut > 0
      ? [element("span", { className: "note", textContent: `${task.leftOut} lines before are left out\n` })]
      : [];
  lines.replaceChildren(
    ...left,
    ...task.lines.map(([stream, line]) => element("span", { className: stream, textContent: `${line}\n` })),
  );
  if (task.lines.length === 0) lines.textContent = "It wrote nothing.";
  output.hidden = false;
  document.body.classList.add("open");
  output.focus();
}

function hide() {
  if (!shown) return;
  shown.setAttribute("aria-expanded", "false");
  output.hidden = true;
  document.body.classList.remove("open");
  shown.focus();
  shown = undefined;
}

function makeBar(task, row, lane) {
  const bar = element("button", {
    type: "button",
    className: `bar ${task.status}`,
    textContent: `${task.status === "failed" ? "✕ " : ""}${task.path.at(-1)}`,
    title: describe(task),
    tabIndex: -1,
  });
  bar.setAttribute("aria-label", `${row.host ?? "this machine"}: ${describe(task)}`);
  bar.setAttribute("aria-expanded", "false");
  const width = (task.durationMs ?? span - task.startMs) / span;
  bar.style.left = `${(100 * task.startMs) / span}%`;
  bar.style.width = `${Math.max(0, 100 * width)}%`;
  bar.style.top = `${lane * laneRem}rem`;
  bar.addEventListener("click", () => show(bar, task, row));
  return bar;
}

function makeRow(row) {
  const lanes = element("div", { className: "lanes" });
  const own = [];
  let deepest = 0;
  row.tasks.forEach((task, index) => {
    const lane = laneOf(task, row.tasks.slice(0, index));
    deepest = Math.max(deepest, lane);
    own.push(makeBar(task, row, lane));
  });
  lanes.append(...own);
  lanes.style.height = `${(deepest + 1) * laneRem}rem`;
  const status = row.status.replace("-", " ");
  const name = element(
    "div",
    { className: "name" },
    row.host ?? "this machine",
    element("small", {}, `${row.site} `),
  );
  if (status)
    name.lastChild.append(
      element("span", { className: row.status === "ok" ? "" : "bad", textContent: status }),
    );
  if (row.message) name.title = row.message;
  bars.push(own);
  const made = element("li", { className: "row" }, name, lanes);
  made.dataset.status = row.status;
  return made;
}

function counts() {
  const of = (status) => data.rows.filter((row) => row.status === status).length;
  return ["ok", "failed", "unreachable", "not-run"]
    .map((status) => [of(status), status.replace("-", " ")])
    .filter(([count]) => count > 0)
    .map((pair) => pair.join(" "))
    .join(", ");
}

document.getElementById("facts").textContent = [
  data.run,
  new Date(data.startedAt).toLocaleString(),
  seconds(data.durationMs),
  data.state === "ended" ? `exit ${data.exitCode}` : data.state,
  data.config,
].join(" · ");
document.getElementById("counts").textContent = counts();
const ticks = [0, 0.25, 0.5, 0.75, 1];
document.getElementById("axis").append(
  ...ticks.map((part) => {
    const tick = element("span", { textContent: seconds(part * span) });
    tick.style.left = `${part * 100}%`;
    return tick;
  }),
);
rows.append(...data.rows.map(makeRow));
const first = bars.flat()[0];
if (first) first.tabIndex = 0;

/** One bar is in the order of Tab: the one that was come to last. */
function go(bar) {
  if (!bar) return;
  for (const other of bars.flat()) other.tabIndex = -1;
  bar.tabIndex = 0;
  bar.focus();
}

function isVisible(index) {
  return !rows.children[index]?.hidden && bars[index]?.length > 0;
}

rows.addEventListener("keydown", (event) => {
  const row = bars.findIndex((own) => own.includes(event.target));
  if (row < 0) return;
  const column = bars[row].indexOf(event.target);
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "ArrowRight") go(bars[row][column + 1]);
  else if (event.key === "ArrowLeft") go(bars[row][column - 1]);
  else if (event.key === "Home") go(bars[row][0]);
  else if (event.key === "End") go(bars[row].at(-1));
  else if (step) {
    let next = row + step;
    while (bars[next] && !isVisible(next)) next += step;
    go(bars[next]?.[Math.min(column, bars[next].length - 1)]);
  } else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
document.getElementById("close").addEventListener("click", hide);
document.getElementById("bad").addEventListener("change", ({ target }) => {
  for (const row of rows.children) row.hidden = target.checked && ["ok", ""].includes(row.dataset.status);
});
