import { guardOutput } from "./guard-output.ts";
import { jsonText } from "./json-text.ts";
import { visibleData, visibleLine, visibleText } from "./visible-text.ts";

test("control characters are shown, and have no power over the terminal", () => {
  expect(visibleText("a\tb\u001b[2Jc\u009bd\u0007\u007f\ne")).toBe("a\tb\\x1b[2Jc\\x9bd\\x07\\x7f\ne");
});

test("colours of a command's output stay in a terminal with colours, and end with the line", () => {
  const line = "\u001b[31mred\u001b[1;2H";
  expect(visibleLine(line, true)).toBe("\u001b[31mred\\x1b[1;2H\u001b[0m");
  expect(visibleLine(line, false)).toBe("red\\x1b[1;2H");
});

test("signs that reorder a text, and a lone carriage return, are shown", () => {
  expect(visibleText("user\u202etxt.exe\u2066a\u2069 x\ry")).toBe(
    "user\\u202etxt.exe\\u2066a\\u2069 x\\x0dy",
  );
});

test("data is shown with its keys, and JSON escapes what it leaves as it is", () => {
  expect(visibleData({ "a\u001b": ["\u009b2J"], at: 1 })).toEqual({ "a\\x1b": ["\\x9b2J"], at: 1 });
  const text = jsonText({ name: "\u009b2J\u202e\u001b" });
  expect([text, JSON.parse(text)]).toEqual([
    '{"name":"\\u009b2J\\u202e\\u001b"}',
    { name: "\u009b2J\u202e\u001b" },
  ]);
});

test("what goes through a stream keeps colours alone, and bytes pass", () => {
  const written: unknown[] = [];
  const stream = { isTTY: true, write: (chunk: unknown) => written.push(chunk) > 0 };
  guardOutput(stream as unknown as NodeJS.WriteStream, {});
  stream.write("\u001b[32mok\u001b[0m \u001b]0;title\u0007\n");
  const bytes = Buffer.from("\u001b[2J");
  stream.write(bytes);
  expect(written).toEqual(["\u001b[32mok\u001b[0m \\x1b]0;title\\x07\n", bytes]);
});
