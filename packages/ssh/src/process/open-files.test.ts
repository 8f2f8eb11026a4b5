import { holdFiles } from "./open-files.ts";

test("sessions leave some of the open files that this machine allows to other work", () => {
  const limit = () => 360;
  const free = Array.from({ length: 200 }, (_, index) => holdFiles(`h${index}`, 1, limit));
  const more = () => holdFiles("web1", 1, limit);
  expect(more).toThrow("web1 cannot be reached: this machine allows hostout 360 open files");
  free[0]!();
  free[0]!();
  const last = more();
  expect(more).toThrow("open files");
  for (const one of [...free, last]) one();
});
