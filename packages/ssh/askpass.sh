#!/bin/sh
# What OpenSSH runs to ask for something (SSH_ASKPASS): hands the question to hostout, which asks its user, and prints the answer.
# No question: a security token waits to be touched, and ssh waits for that alone.
[ "$SSH_ASKPASS_PROMPT" = none ] && exit 0
exec "$HOSTOUT_ASKPASS_NODE" -e '
const socket = require("node:net").connect(process.env.HOSTOUT_ASKPASS_SOCKET);
socket.end(process.argv[1]);
let answer = "";
socket.setEncoding("utf8").on("data", (text) => { answer += text; });
socket.on("error", () => process.exit(1));
socket.on("close", () => answer === "" ? process.exit(1) : process.stdout.write(answer + "\n"));
' -- "$1"
