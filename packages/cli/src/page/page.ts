import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRecord } from "../journal/read-journal.ts";
import { packageFolder } from "../package-folder.ts";
import { pageData } from "./page-data.ts";

/**
 * Returns a run as one HTML page that loads nothing else: hosts and steps over time, with the output of each
 * step.
 */
export function pageOf(run: RunRecord): string {
  const data = pageData(run);
  const script = asset("page.js");
  // The output of hosts is data in this page. The policy lets only this script run.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  const title = escapeHtml(
    `${[...new Set(data.rows.map(({ site }) => site))].join(" ")} ${data.commands.join(" ")}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${escapeHtml(data.run)}</title>
<style>${asset("page.css")}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p id="facts"></p>
<p id="counts"></p>
<ul id="faults" aria-label="hosts that failed"></ul>
<label><input type="checkbox" id="bad"> only hosts that did not end well</label>
<p class="keys">Tab comes to the steps, arrows go from one to the next, Enter shows the output, Escape leaves it.</p>
</header>
<main>
<div id="axis" aria-hidden="true"></div>
<ul id="rows" aria-label="hosts"></ul>
</main>
<section id="output" hidden tabindex="-1" aria-labelledby="what">
<button id="close" type="button">Close</button>
<h2 id="what">Output</h2>
<p id="outcome"></p>
<pre id="lines"></pre>
</section>
<script type="application/json" id="run">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<script>${script}</script>
</body>
</html>
`;
}

function asset(name: string): string {
  return readFileSync(join(packageFolder, "page", name), "utf8");
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
