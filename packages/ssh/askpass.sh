#!/bin/sh
# What OpenSSH runs to ask for something (SSH_ASKPASS): hands the question to hostout, which asks its user, and prints the answer.
# No question: a security key waits to be touched, and ssh waits for that alone. hostout only shows it.
[ "$SSH_ASKPASS_PROMPT" = none ] && set -- "$(printf '\001')$1" none
exec "$HOSTOUT_ASKPASS_NODE" -e '
const socket = require("node:net").connect(process.env.HOSTOUT_ASKPASS_SOCKET);
const [question, kind] = process.argv.slice(1);
socket.end(question);
let answer = "";
socket.setEncoding("utf8").on("data", (text) => { answer += text; });
socket.on("error", () => process.exit(1));
socket.on("close", () => {
  if (answer !== "") process.stdout.write(answer + "\n");
  else if (kind !== "none") process.exit(1);
});
' -- "$@"
