const data = JSON.parse(document.getElementById("run").textContent);
const rows = document.getElementById("rows");
const output = document.getElementById("output");
const span = Math.max(1, data.durationMs, ...data.rows.flatMap(({ tasks }) => tasks.map(endOf)));
const laneRem = 1.5;
/** The least width of a bar, in pixels. */
const leastPx = 6;
/** The bars of each row, in order. */
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

/** Returns the number of tasks of the same host around this task. */
function depthOf(task, before) {
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

function makeBar(task, row) {
  const name = `${task.status === "failed" ? "✕ " : ""}${task.path.at(-1)}`;
  const bar = element(
    "button",
    { type: "button", className: `bar ${task.status}`, title: describe(task), tabIndex: -1 },
    element("span", { className: "label", textContent: name }),
  );
  bar.setAttribute("aria-label", `${row.host ?? "this machine"}: ${describe(task)}`);
  bar.setAttribute("aria-expanded", "false");
  bar.addEventListener("click", () => show(bar, task, row));
  return bar;
}

/** The number of lines of output to show with a failure. */
const shownLines = 5;

/** Returns the failure of a host, with the last lines of the failed step. */
function makeFault(row) {
  const failed = row.tasks.filter(({ status }) => status === "failed");
  const deepest = failed.toSorted((a, b) => b.path.length - a.path.length)[0];
  const message = row.message ?? deepest?.message;
  if (!message) return [];
  const hint = row.hint ?? deepest?.hint;
  const lines = (deepest?.lines ?? []).slice(-shownLines).map(([, line]) => line);
  return [
    element(
      "div",
      { className: deepest || row.status === "unreachable" ? "fault" : "fault soft" },
      element("p", { textContent: message }),
      ...(hint ? [element("p", { className: "try", textContent: `try: ${hint}` })] : []),
      ...(lines.length > 0 ? [element("pre", { textContent: lines.join("\n") })] : []),
    ),
  ];
}

function makeRow(row) {
  const lanes = element("div", { className: "lanes" });
  const own = row.tasks.map((task) => makeBar(task, row));
  lanes.append(...own);
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
  bars.push(own);
  const made = element("li", { className: "row" }, name, lanes, ...makeFault(row));
  made.dataset.status = row.status;
  made.id = `row-${bars.length}`;
  return made;
}

/** The number of failed hosts at the top of the page. */
const shownFaults = 20;

/** Returns a line for each failed host. The line links to the host. */
function faultLines() {
  const faults = data.rows.flatMap(({ host, status, message }, index) =>
    ["failed", "unreachable"].includes(status)
      ? [
          element("a", {
            href: `#row-${index + 1}`,
            textContent: `${host} ${status}: ${message?.split("\n")[0]}`,
          }),
        ]
      : [],
  );
  const more = faults.length - shownFaults;
  return [...faults.slice(0, shownFaults), ...(more > 0 ? [`and ${more} more hosts`] : [])];
}

/**
 * Returns the place of a bar and its name in a lane of that width in pixels. A name longer than its bar stands
 * beside it.
 */
function placeOf(task, labelPx, widePx) {
  const startPx = (task.startMs / span) * widePx;
  const ownPx = Math.max(leastPx, ((task.durationMs ?? span - task.startMs) / span) * widePx);
  const leftPx = Math.min(startPx, widePx - ownPx);
  const endPx = leftPx + ownPx;
  if (labelPx <= ownPx) return { leftPx, ownPx, side: "inside", fromPx: leftPx, toPx: endPx };
  if (endPx + labelPx <= widePx)
    return { leftPx, ownPx, side: "after", fromPx: leftPx, toPx: endPx + labelPx };
  return { leftPx, ownPx, side: "before", fromPx: leftPx - labelPx, toPx: endPx };
}

/** Gives each bar of a row a lane in which no bar or name covers another. */
function layRow(row, own, labels, widePx) {
  const depths = row.tasks.map((task, index) => depthOf(task, row.tasks.slice(0, index)));
  let above = 0;
  for (const depth of [...new Set(depths)].toSorted((a, b) => a - b)) {
    const lanes = [];
    own.forEach((bar, index) => {
      if (depths[index] !== depth) return;
      const { leftPx, ownPx, side, fromPx, toPx } = placeOf(row.tasks[index], labels.get(bar), widePx);
      let lane = lanes.findIndex((taken) => taken.every(([from, to]) => toPx <= from || fromPx >= to));
      if (lane < 0) lane = lanes.push([]) - 1;
      lanes[lane].push([fromPx, toPx]);
      bar.style.left = `${leftPx}px`;
      bar.style.width = `${ownPx}px`;
      bar.style.top = `${(above + lane) * laneRem}rem`;
      bar.dataset.side = side;
    });
    above += lanes.length;
  }
  if (own.length > 0) own[0].parentElement.style.height = `${above * laneRem}rem`;
}

function counts() {
  const of = (status) => data.rows.filter((row) => row.status === status).length;
  return ["ok", "failed", "unreachable", "interrupted", "not-run"]
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
document.getElementById("faults").append(...faultLines().map((line) => element("li", {}, line)));
const ticks = [0, 0.25, 0.5, 0.75, 1];
document.getElementById("axis").append(
  ...ticks.map((part) => {
    const tick = element("span", { textContent: seconds(part * span) });
    tick.style.left = `${part * 100}%`;
    return tick;
  }),
);
rows.append(...data.rows.map(makeRow));
/** Returns the width that each bar needs for its name. */
const labels = new Map(bars.flat().map((bar) => [bar, Math.ceil(bar.getBoundingClientRect().width)]));
function layAll() {
  const widePx = document.getElementById("axis").clientWidth;
  data.rows.forEach((row, index) => {
    layRow(row, bars[index], labels, widePx);
  });
}
layAll();
window.addEventListener("resize", layAll);
const first = bars.flat()[0];
if (first) first.tabIndex = 0;

/** Keeps a single bar in the order of Tab: the last bar with the focus. */
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
