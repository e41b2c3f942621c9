// The lines of spec/vectors, and what the tests of several files need to hold them.
import { createPublicKey, verify as verifyWith } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Verify } from "../../src/core/personQr";
import { Refusal } from "../../src/core/refusal";

export type Line = Record<string, any>;

export function vectors(name: string): Line[] {
  const file = new URL(`../../../spec/vectors/${name}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Line);
}

/** The call answers what the line expects, or refuses with its code and a whole sentence. */
export async function hold(line: Line, call: () => unknown): Promise<void> {
  let answer: unknown;
  try {
    answer = { expect: await call() };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    for (const language of ["zh", "en"] as const) expect(refusal.said(language)).not.toMatch(/undefined|[{}]/);
    answer = { refusal: refusal.code };
  }
  expect(answer).toEqual("refusal" in line ? { refusal: line["refusal"] } : { expect: line["expect"] });
}

/** Node's own Ed25519, so that the vectors are proved by a third implementation. */
export function ed25519(publicHex: string): Verify {
  const spki = Buffer.from(`302a300506032b6570032100${publicHex}`, "hex");
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  return (message, signature) => verifyWith(null, message, key, signature);
}

export const hex = (word: bigint): string => `0x${word.toString(16).padStart(16, "0")}`;
