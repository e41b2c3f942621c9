import { describe, expect, test } from "vitest";

import { filterAddress } from "../../src/islands/filters";
import { nextRow } from "../../src/islands/rows";
import { themeCookie } from "../../src/islands/theme";

describe("a table by keyboard", () => {
  test("down and up walk the rows and stop at the ends", () => {
    expect([nextRow("ArrowDown", 0, 3), nextRow("ArrowDown", 2, 3)]).toEqual([1, 2]);
    expect([nextRow("ArrowUp", 2, 3), nextRow("ArrowUp", 0, 3)]).toEqual([1, 0]);
  });

  test("Home and End jump to the first and the last row", () => {
    expect([nextRow("Home", 2, 3), nextRow("End", 0, 3)]).toEqual([0, 2]);
  });

  test("any other key is left to the browser", () => {
    expect(["Enter", "a", "Tab", "PageDown"].map((key) => nextRow(key, 1, 3))).toEqual([null, null, null, null]);
  });
});

describe("filters in the address", () => {
  test("fields that say nothing stay out of it", () => {
    expect(filterAddress("/list", [["q", " "], ["township", "141027100"], ["late", ""]])).toBe(
      "/list?township=141027100",
    );
  });

  test("no filter at all is the bare address", () => {
    expect(filterAddress("/list", [["q", ""]])).toBe("/list");
  });

  test("a field given twice stays twice", () => {
    expect(filterAddress("/list", [["kind", "a"], ["kind", "b"]])).toBe("/list?kind=a&kind=b");
  });
});

describe("the theme's cookie", () => {
  test("is kept for a year", () => {
    expect(themeCookie("dark")).toBe("fangxian_theme=dark; path=/; max-age=31536000; samesite=lax");
  });

  test("goes away when the device is to decide", () => {
    expect(themeCookie("auto")).toContain("max-age=0");
  });
});
