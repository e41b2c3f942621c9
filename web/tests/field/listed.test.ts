import { expect, it } from "vitest";

import type { Household, Member } from "../../src/field/bundle";
import { everybody, matching, toCall, whoIs } from "../../src/field/listed";

const member = (id: string, born: number, doses?: Member["doses"]): Member =>
  ({ id, name: `某${id}`, sex: "male", born, phone: `1540000${id}`, ...(doses ? { doses } : {}) });
const home = (number: number, ...members: Member[]): Household => ({ id: String(number), number, address: `东街${number}号`, members });
const HOMES = [
  home(1, member("1", 1980), member("2", 2020, ["young"]), member("3", 1990, ["complete", 3, "2021-12-01"])),
  home(12, member("4", 1940), member("5", 1930, ["declined", 0, "", "", 1, "declined:family"]), member("6", 1935, ["due", 1, "2021-08-01", "2021-08-22", 1])),
];
const ids = (all: ReturnType<typeof everybody>) => all.map((it) => it.member.id);

it("of whom nothing is sent, the first dose is due", () => {
  expect(everybody(HOMES)[0]).toMatchObject({ state: "due", n: 0, seen: 0 });
});

it("calls those who are due first, the old before the young, then whoever declined; nobody who is done or too young", () => {
  expect(ids(toCall(everybody(HOMES)))).toEqual(["6", "4", "1", "5"]);
});

it("finds people by name, phone, address and the household's own number", () => {
  expect(ids(matching(everybody(HOMES), "某3"))).toEqual(["3"]);
  expect(ids(matching(everybody(HOMES), "12"))).toEqual(["4", "5", "6"]);
});

it("names a returnee from the households where the list does not", () => {
  const told = { state: "expected", seen: 0, from: "" };
  expect(whoIs({ person: "4", ...told }, HOMES).name).toBe("某4");
  expect(whoIs({ person: "x", ...told, name: "外来者", phone: "154" }, HOMES)).toEqual({ name: "外来者", phone: "154" });
  expect(whoIs({ person: "x", ...told }, HOMES).name).toBe("");
});
