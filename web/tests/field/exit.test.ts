import { describe, expect, it } from "vitest";

import { isExit, isPaper, readPermit, withPermit } from "../../src/field/exit";
import { type FieldWord, tell } from "../../src/field/words";
import { proves } from "../../src/islands/proves";

/** Signed by documents/wire.py with the key of the bytes 0 to 31. */
const PAPER =
  "FXD1.D141027.56a75aKD44CUMjAyMuOAlTEy5Y-3.AAAAAAAAAAAAAAAAAAAAAA.7.4sKlll-KFvhzVKk-lPr66ZIiJoxo2xUIPlpvkq_nCPxw5d_iKz32NFQP2-WMX21HzDQJ8Qp5sQBMmatakXyVCg";
const KEY = Uint8Array.from(Buffer.from("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8", "hex"));
const prove = async (...asked: Parameters<typeof proves>) => proves(...asked);
const say = (name: FieldWord, facts?: Readonly<Record<string, string | number>>) => tell("en", name, facts);

describe("a permit to leave", () => {
  it("is told from somebody's own code", () => {
    expect([isPaper(PAPER), isPaper("FXP1ABC"), isPaper("FXD")]).toEqual([true, false, false]);
  });

  it("says its number, and whether this county signed it", async () => {
    const keys = new Map([[7, KEY]]);
    expect(await readPermit(` ${PAPER}\n`, keys, prove)).toEqual({ text: PAPER, number: "离境〔2022〕12号", isOurs: true });
    expect(await readPermit(PAPER.replace("D141027", "D141028"), keys, prove)).toMatchObject({ isOurs: false });
    expect(await readPermit(PAPER, new Map(), prove)).toMatchObject({ isOurs: null });
  });

  it("is none where something is missing", async () => {
    for (const text of [PAPER.slice(0, -1), PAPER.replace("5Y-3.", "5Y-3a."), "FXD1.", "离境〔2022〕12号"]) expect(await readPermit(text, new Map(), prove)).toBeNull();
  });

  it("never makes the phone let somebody out by itself", () => {
    for (const word of ["admit", "verify"] as const) {
      const shown = withPermit({ word, reason: "x", more: ["y"] }, "12", say);
      expect(shown).toMatchObject({ word: "verify", reason: say("exitCheck", { number: "12" }), advice: say("exitLook") });
      expect(shown.more).toContain(say("exitLater"));
    }
  });

  it("changes nothing for whoever is held", () => {
    const shown = withPermit({ word: "refuse", reason: "fever", advice: "wait" }, "12", say);
    expect(shown).toMatchObject({ word: "refuse", reason: "fever", advice: "wait" });
  });

  it("makes a record an exit on the way out alone", () => {
    expect([isExit({ permit: PAPER }), isExit({ is_out: true }), isExit({ permit: PAPER, is_out: true })]).toEqual([false, false, true]);
  });
});
