import { describe, expect, it } from "vitest";

import { toldBody, toldFault, type ToldTyped } from "../../src/field/toldAnswer";

const typed = (more: Partial<ToldTyped>): ToldTyped => ({
  what: "so", needsDocument: false, name: "", kind: "resident", number: "", bornOn: "", sex: "male", livesHere: false, why: "", ...more,
});
const BY_DOCUMENT = { needsDocument: true, name: "李来客", number: "999999199001010018" };

describe("an arrival somebody told of", () => {
  it("is so of whoever was found on the register, with no more than that", () => {
    expect(toldFault(typed({}))).toBeNull();
    expect(toldBody("p1", typed({}))).toEqual({ proposal: "p1", what: "so" });
  });

  it("is not so with a reason", () => {
    expect(toldFault(typed({ what: "not_so" }))).toBe("toldWhy");
    expect(toldBody("p1", typed({ what: "not_so", why: "没有来" }))).toEqual({ proposal: "p1", what: "not_so", why: "没有来" });
  });

  it.each([
    [{ what: "" }, "choose"],
    [{ ...BY_DOCUMENT, number: "" }, "toldDocument"],
    [{ ...BY_DOCUMENT, name: "" }, "toldDocument"],
    [{ ...BY_DOCUMENT, number: "12345" }, "toldNumber"],
    [{ ...BY_DOCUMENT, kind: "passport", number: "E1234567" }, "toldBorn"],
  ])("%o is asked for again", (more, wanted) => {
    expect(toldFault(typed(more))).toBe(wanted);
  });

  it("of somebody with a passport says when they were born", () => {
    const passport = typed({ ...BY_DOCUMENT, kind: "passport", number: "E1234567", bornOn: "1990-01-01", sex: "female" });
    expect(toldFault(passport)).toBeNull();
    expect(toldBody("p1", passport)).toMatchObject({ number: "E1234567", born_on: "1990-01-01", sex: "female" });
  });
});
