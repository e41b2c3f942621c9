import { describe, expect, it } from "vitest";

import { type Draft, Drafts, empty, leftAfter, putBack, type Typable, valuesOf } from "../../src/field/drafts";

const text = (id: string, value: string, defaultValue = ""): Typable => ({ id, name: "", type: "text", value, defaultValue });
const chip = (value: string, checked: boolean): Typable => ({ id: "", name: "found", type: "radio", value, checked, defaultChecked: false });
const draft = (screen: string, about: string): Draft => ({ screen, about, values: { note: screen } });

describe("what is typed", () => {
  it("is taken whole, and stands as it stood when it is put back", () => {
    const values = valuesOf([text("name", "王来客"), chip("seen", false), chip("not_found", true)]);
    const later = [text("name", ""), chip("seen", true), chip("not_found", false)];
    putBack(later, values!);
    expect(later.map(({ value, checked }) => checked ?? value)).toEqual(["王来客", false, true]);
  });

  it("is nothing where every field is as the server wrote it", () => {
    expect(valuesOf([text("days", "3", "3"), chip("seen", false)])).toBeNull();
  });

  it("leaves nothing in the fields it was taken from", () => {
    const fields = [text("name", "王来客"), text("days", "9", "3"), chip("seen", true)];
    empty(fields);
    expect(valuesOf(fields)).toBeNull();
  });

  it("passes over a field that the list has no more, and says which it changed", () => {
    const fields = [text("note", ""), text("other", "b")];
    expect(putBack(fields, { note: "a", other: "b", "found=gone": true })).toEqual([fields[0]]);
  });
});

describe("drafts", () => {
  it("are given back once, and only for whom they were about", () => {
    const drafts = new Drafts([draft("follow", "c1")]);
    expect(drafts.take("follow", "c2")).toBeNull();
    expect(drafts.take("follow", "c1")).toEqual(draft("follow", "c1"));
    expect(drafts.take("follow", "c1")).toBeNull();
  });

  it("of the other screens are left when a record is kept, and none of a kind that no screen is known for", () => {
    const drafts = [draft("vaccine", "p1"), draft("problem", "")];
    expect(leftAfter("vaccination", drafts)).toEqual([draft("problem", "")]);
    expect(leftAfter("unheard_of", drafts)).toEqual([]);
  });

  it("that nobody opened again are kept beside those on the page, of which the newer counts", () => {
    const drafts = new Drafts([draft("follow", "c1"), draft("problem", "")]);
    const now = { ...draft("follow", "c2") };
    expect(drafts.with([now])).toEqual([draft("problem", ""), now]);
  });
});
