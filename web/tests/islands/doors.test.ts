import { expect, test } from "vitest";

import { shownFor, shownForDocument } from "../../src/islands/answerWords";
import { letters } from "../../src/islands/bigAnswer";
import { LINES_KEPT, type LogLine, withLine } from "../../src/islands/keeperLog";
import { readPost } from "../../src/islands/keeperPost";
import { lineKind, mayBeUntrusted } from "../../src/islands/lineState";
import { isProved, placeShown } from "../../src/islands/placeShown";
import { Speaker, TONES } from "../../src/islands/sound";
import { ageWord, say } from "../../src/islands/words";
import type { Answer } from "../../src/core/scan";

const PASS: Answer = {
  id: "a",
  outcome: "admit",
  health: "green",
  travel: "clear",
  test_age_hours: 23,
  because: [],
  snapshot: 4,
  snapshot_age_seconds: 1,
};

function line(id: string, word: LogLine["word"] = "admit"): LogLine {
  return { id, at: "12:00:00", word, reason: "", mark: "" };
}

test("a keeper reads what an anonymous caller is not told", () => {
  expect(shownFor(PASS, "en").more).toEqual(["green · no journey at risk · negative test 23 h ago"]);
  expect(shownFor({ ...PASS, health: null, travel: null, test_age_hours: null }, "en").more).toEqual([]);
});

test("old knowledge is said beside the answer", () => {
  const old = { ...PASS, health: null, snapshot_age_seconds: 360 };
  expect(shownFor(old, "zh").more).toEqual(["门岗数据停在\u20096\u2009分钟前"]);
});

test("on the way out nothing is asked, and that is said", () => {
  expect(shownFor(PASS, "en", "out").reason).toBe("Leaving is recorded.");
});

test("a short code stands for no place until the gate has taken it", () => {
  for (const told of ["refused", "silence"] as const) {
    expect(placeShown("8K24M01HZ", told, "en")).toEqual({ said: "Short code 8K2-4M0-1HZ", asks: "" });
  }
  expect(placeShown("8K24M01HZ", "answer", "en").asks).not.toBe("");
});

test("only the code that turns shows that somebody stood at the door", () => {
  expect(["FXR1234", "FXV1234", "8K24M01HZ", "FXR4M01HZ"].map(isProved)).toEqual([true, false, false, false]);
});

const NOBODY: Answer = {
  ...PASS,
  outcome: "verify",
  health: "unknown",
  travel: "unknown",
  test_age_hours: null,
  because: [
    { rule: "D-23", zh: "还没有测体温。", en: "No temperature yet." },
    { rule: "D-04", zh: "查不到健康码状态。", en: "The health code is not known." },
  ],
};

test("a keeper reads at once that nobody's code was found, before a temperature is taken", () => {
  expect(shownFor(NOBODY, "en").more?.[0]).toBe("The health code is not known.");
  expect(shownFor({ ...NOBODY, health: "green" }, "en").more).toHaveLength(1);
});

test("a number that nobody has is said first", () => {
  expect(shownForDocument(NOBODY, "en").reason).toContain("Nobody was found");
  expect(shownForDocument(NOBODY, "en").more).toEqual(["No temperature yet."]);
  expect(shownForDocument(PASS, "en").reason).toBe("");
});

test("a gate that cannot be reached over https may only want to be trusted", () => {
  const https = { protocol: "https:" };
  expect([mayBeUntrusted("gone", https, true), mayBeUntrusted("gone", https, false)]).toEqual([true, false]);
  expect([mayBeUntrusted("bad", https, true), mayBeUntrusted("gone", { protocol: "http:" }, true)]).toEqual([false, false]);
});

test("a word is as large as its letters allow", () => {
  expect(["通行", "Pass", "Verify", "Unsure"].map(letters)).toEqual(["2", "3", "4", "4"]);
});

test("the line to the gate is good, old, bad or gone", () => {
  const health = (status: string, snapshot_age_seconds: number | null) => lineKind({ status, snapshot_age_seconds });
  expect([health("ok", 1), health("stale", 60), health("no_snapshot", null), lineKind(null)]).toEqual([
    "good",
    "old",
    "bad",
    "gone",
  ]);
});

test("the log is short, and a late answer takes the place of the kept one", () => {
  const lines = Array.from({ length: LINES_KEPT + 3 }, (_, i) => line(String(i))).reduce(withLine, [] as LogLine[]);
  expect([lines.length, lines[0]?.id]).toEqual([LINES_KEPT, String(LINES_KEPT + 2)]);
  expect(withLine([line("a", "verify"), line("b")], line("a")).map(({ word }) => word)).toEqual(["admit", "admit"]);
});

test("a post that was kept in another shape is no post", () => {
  expect([readPost(null), readPost("["), readPost('{"post":{}}')]).toEqual([null, null, null]);
});

test("answers are told apart by the number of tones", () => {
  expect(Object.values(TONES).map((tones) => tones.length)).toEqual([1, 2, 3, 4]);
});

test("silence is remembered", () => {
  const kept = new Map<string, string>();
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, v: string) => void kept.set(key, v) };
  new Speaker(store).mute(true);
  expect(new Speaker(store).isMuted).toBe(true);
});

test("ages are said as people say them", () => {
  expect([30, 600, 9000].map((s) => ageWord("en", s))).toEqual(["30 s", "10 min", "2 h"]);
  expect(say("zh", "nextPerson", { n: 2 })).toBe("还差\u20092\u2009位");
});
