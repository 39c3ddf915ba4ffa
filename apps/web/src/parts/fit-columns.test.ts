import { expect, test } from "vitest";
import { fitColumns } from "./fit-columns.ts";

const columns = [
  { id: "name", width: "minmax(100px, 1fr)" },
  { id: "address", width: "minmax(200px, 2fr)", drop: 1 },
  { id: "labels", width: "120px", drop: 2 },
];
const shown = (widthPx: number) => fitColumns(columns, widthPx).map(({ id }) => id);

test("columns go by their rank as the room shrinks, gaps and edges counted", () => {
  expect(shown(500)).toEqual(["name", "address", "labels"]);
  expect(shown(499)).toEqual(["name", "address"]);
  expect(shown(363)).toEqual(["name"]);
});

test("a column without a rank stays even where it does not fit", () => {
  expect(shown(10)).toEqual(["name"]);
});
