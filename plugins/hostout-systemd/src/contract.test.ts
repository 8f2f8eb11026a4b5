import { contractOf } from "@hostout/testing";
import { plugin as core } from "hostout-core";
import { plugin } from "./plugin.ts";

const rules = contractOf(plugin, {
  beside: [core],
  options: {
    service: "bin/server\nworker = bin/worker",
    schedule: "daily bin/backup",
    socket: "worker = 8080",
    "effective-user": "shop",
    "service-environment": "A=b",
    "service-options": "Nice=5",
  },
  answers: [
    { command: /isOwn[\s\S]*echo end/, stdout: "end" },
    { command: /CanReload/, stdout: "worker.service" },
    { command: /echo looked/, stdout: "looked" },
    // Another tool has made a folder live: without a release, a site has no lock, which only a real host can hold.
    { command: /echo end/, stdout: "served\tother\nend" },
  ],
});

test.each(rules)("$name", ({ check }) => check());
