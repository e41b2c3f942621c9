import { describe, expect, it } from "vitest";

import { counties, countyMoment, journeyFault, type Province } from "../../src/field/journey";

const NATION: readonly Province[] = [
  { code: "14", name: "山西省", parts: [["141027", "临汾市浮山县"], ["140105", "太原市小店区"]] },
  { code: "31", name: "上海市", parts: [["310115", "浦东新区"], ["310104", "徐汇区"]] },
  { code: "32", name: "江苏省", parts: [["320391", "徐州市浮山岛区"]] },
];
const stay = (begins_on: string, last_on: string) => ({ division: "310115", name: "上海市浦东新区", begins_on, last_on });

describe("choosing a county without a network", () => {
  it("finds it by any part of its names, in any order of the words", () => {
    expect(counties(NATION, "上海 浦东", 8)).toEqual([{ code: "310115", name: "上海市浦东新区" }]);
    expect(counties(NATION, "浦东 上海", 8).map(({ code }) => code)).toEqual(["310115"]);
  });

  it("puts a county that begins with what was typed before one that holds it", () => {
    expect(counties(NATION, "徐", 8).map(({ code }) => code)).toEqual(["310104", "320391"]);
  });

  it("finds it by its code, and nothing where nothing was typed", () => {
    expect(counties(NATION, "141027", 8)).toEqual([{ code: "141027", name: "山西省临汾市浮山县" }]);
    expect(counties(NATION, "  ", 8)).toEqual([]);
  });

  it("lists no more than a thumb can choose from", () => {
    expect(counties(NATION, "市", 2)).toHaveLength(2);
  });
});

describe("the days of a journey", () => {
  it("are right when each day until the arrival is somewhere, and the day of moving is in both", () => {
    expect(journeyFault([stay("2022-04-01", "2022-04-05"), stay("2022-04-05", "2022-04-08")], "2022-04-08")).toBeNull();
  });

  it("may end on the day before the arrival", () => {
    expect(journeyFault([stay("2022-04-01", "2022-04-07")], "2022-04-08")).toBeNull();
  });

  it.each([
    ["noStay", []],
    ["stayBackwards", [stay("2022-04-05", "2022-04-01")]],
    ["stayAfter", [stay("2022-04-01", "2022-04-09")]],
    ["stayHole", [stay("2022-04-01", "2022-04-03"), stay("2022-04-05", "2022-04-08")]],
    ["stayHole", [stay("2022-04-01", "2022-04-06")]],
    ["stayOverlap", [stay("2022-04-01", "2022-04-06"), stay("2022-04-04", "2022-04-08")]],
  ] as const)("are refused before they are kept: %s", (fault, stays) => {
    expect(journeyFault(stays, "2022-04-08")).toBe(fault);
  });
});

it("says a time of day in the county's own zone, whatever the phone's is", () => {
  expect(countyMoment("2022-04-08T09:30", "2022-04-08T10:00:00.000+08:00")).toBe("2022-04-08T09:30:00+08:00");
});
