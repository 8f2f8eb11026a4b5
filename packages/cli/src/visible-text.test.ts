import { visibleLine, visibleText } from "./visible-text.ts";

test("control characters are shown, and have no power over the terminal", () => {
  expect(visibleText("a\tb\u001b[2Jc\u009bd\u0007\u007f\ne")).toBe("a\tb\\x1b[2Jc\\x9bd\\x07\\x7f\ne");
});

test("colours of a command's output stay in a terminal with colours, and end with the line", () => {
  const line = "\u001b[31mred\u001b[1;2H";
  expect(visibleLine(line, true)).toBe("\u001b[31mred\\x1b[1;2H\u001b[0m");
  expect(visibleLine(line, false)).toBe("red\\x1b[1;2H");
});
