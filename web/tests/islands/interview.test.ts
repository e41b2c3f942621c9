import { describe, expect, test } from "vitest";

import { isAsked, readAnswer, retryAfterMs, tokenIn } from "../../src/islands/interview";

/** Whom a redirect meets that is not followed: a browser shows neither where it leads nor its status. */
const REDIRECTED = { type: "opaqueredirect", status: 0 } as Response;

describe("what became of an answer", () => {
  test("saved, it has a version", async () => {
    const answer = new Response(JSON.stringify({ version: 3, saved: "14:05" }), { status: 200 });
    expect(await readAnswer(answer)).toEqual({ kind: "saved", version: 3, saved: "14:05" });
  });

  test("led to the sign-in page, its sender was signed out", async () => {
    expect(await readAnswer(REDIRECTED)).toEqual({ kind: "signed-out" });
  });

  test("anything else was not sent", async () => {
    expect(await readAnswer(new Response("", { status: 502 }))).toEqual({ kind: "unsent" });
  });
});

describe("the token of a form", () => {
  test("is that of whoever is signed in now", () => {
    expect(tokenIn("fangxian_language=zh; csrftoken=new; x=1", "old")).toBe("new");
  });

  test("is the form's own where no cookie can be read", () => {
    expect(tokenIn("notcsrftoken=x", "old")).toBe("old");
  });
});

test("a question is asked when one of several answers calls for it", () => {
  expect(isAsked("how=meal", () => ["ride", "meal"])).toBe(true);
});

test("the longer it fails the longer it waits, up to half a minute", () => {
  expect([retryAfterMs(0), retryAfterMs(99)]).toEqual([1000, 30000]);
});
