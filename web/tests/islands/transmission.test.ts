import { describe, expect, test } from "vitest";

import { type Box, countUnder, levelOf, shownOf, stepOf } from "../../src/islands/transmission";

/** 0 ─ 1 ─ 3 in one row, 2 under 0 with 4 after it; 5 is by itself. (infector, row) */
const boxes: readonly Box[] = (
  [[-1, 0], [0, 0], [1, 0], [0, 1], [3, 1], [-1, 2]] as const
).map(([above, row], nth) => [`id-${nth}`, `${nth}`, nth * 80, row, above, "", "", `case ${nth}`]);
const under = countUnder(boxes);

describe("folding", () => {
  test("counts everybody after a case", () => {
    expect([...under]).toEqual([4, 1, 0, 1, 0, 0]);
  });

  test("nothing folded shows all in the server's rows", () => {
    const shown = shownOf(boxes, new Set());
    expect([shown.order, [...shown.rowOf], shown.nRows]).toEqual([[0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 2], 3]);
  });

  test("a folded family leaves no empty row behind", () => {
    const shown = shownOf(boxes, new Set([0]));
    expect([shown.order, [...shown.rowOf], shown.nRows]).toEqual([[0, 5], [0, -1, -1, -1, -1, 1], 2]);
  });

  test("what is folded within a folded family stays so when it opens again", () => {
    expect(shownOf(boxes, new Set([3, 0])).order).toEqual([0, 5]);
    expect(shownOf(boxes, new Set([3])).order).toEqual([0, 1, 2, 3, 5]);
  });
});

describe("keys", () => {
  const at = (key: string, place: number, folded: readonly number[] = []) =>
    stepOf(key, place, shownOf(boxes, new Set(folded)), boxes, under, new Set(folded));

  test("up and down walk what is shown", () => {
    expect([at("ArrowDown", 0, [0]), at("ArrowUp", 5, [0]), at("ArrowDown", 5), at("ArrowUp", 0)]).toEqual([
      { to: 5 }, { to: 0 }, { to: 5 }, { to: 0 },
    ]);
  });

  test("right opens, then goes in; left closes, then goes out", () => {
    expect([at("ArrowRight", 0, [0]), at("ArrowRight", 0), at("ArrowRight", 2)]).toEqual([{ unfold: 0 }, { to: 1 }, { to: 2 }]);
    expect([at("ArrowLeft", 0), at("ArrowLeft", 4), at("ArrowLeft", 5)]).toEqual([{ fold: 0 }, { to: 3 }, { to: 5 }]);
  });

  test("Home and End jump, and other keys are left to the page", () => {
    expect([at("End", 0), at("Home", 4), at("Tab", 0)]).toEqual([{ to: 5 }, { to: 0 }, null]);
  });

  test("the level of a case counts from its first case", () => {
    expect([0, 2, 4].map((nth) => levelOf(boxes, nth))).toEqual([1, 3, 3]);
  });
});
