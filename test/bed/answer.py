"""Runs a command in a terminal and answers its questions: answer.py PART=ANSWER… -- COMMAND…

Each question that has PART gets ANSWER, however often it comes. Prints all that the terminal showed, and ends with the
status of the command.
"""
import os
import pty
import sys

split = sys.argv.index("--")
answers = [word.split("=", 1) for word in sys.argv[1:split]]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[split + 1], sys.argv[split + 1:])
seen = ""
begin = 0
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk.decode(errors="replace")
    for part, answer in answers:
        at = seen.find(part, begin)
        # A question is the end of the output so far.
        if at >= 0 and "\n" not in seen[at:]:
            begin = len(seen)
            os.write(terminal, (answer + "\n").encode())
            break
sys.stdout.write(seen)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
