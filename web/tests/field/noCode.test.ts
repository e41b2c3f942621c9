import { describe, expect, it } from "vitest";

import { withoutCode } from "../../src/field/noCode";
import { type FieldWord, tell } from "../../src/field/words";

const say = (name: FieldWord, facts?: Readonly<Record<string, string | number>>) => tell("en", name, facts);
const ANSWERED = { word: "verify", reason: "x", more: ["y"] } as const;

describe("whoever passes without a code", () => {
  it.each([null, 36.5, 37.2])("is looked at by hand, at %s °C", (degrees) => {
    expect(withoutCode(ANSWERED, degrees, 37.3, say)).toMatchObject({ word: "verify", reason: say("noCode"), advice: say("byHand") });
  });

  it("does not pass with a fever, and that is what is said", () => {
    const shown = withoutCode(ANSWERED, 37.3, 37.3, say);
    expect(shown).toMatchObject({ word: "refuse", reason: "37.3 °C: a fever.", more: [say("noCode"), "y"] });
  });
});
