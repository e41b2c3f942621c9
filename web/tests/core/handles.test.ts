// Phones open no handles; this is a second, plain implementation that keeps the vectors honest.
import { blake2b } from "@noble/hashes/blake2.js";
import { createCipheriv } from "node:crypto";
import { test } from "vitest";
import { hold, type Line, vectors } from "./vectors";

const ascii = (text: string) => new TextEncoder().encode(text);

function round(secret: string, purpose: string, salt: number, half: bigint): bigint {
  const personalization = new Uint8Array(16);
  personalization.set(ascii(purpose));
  const salted = new Uint8Array(16);
  new DataView(salted.buffer).setUint32(12, salt);
  const message = new Uint8Array(4);
  new DataView(message.buffer).setUint32(0, Number(half));
  const digest = blake2b(message, { key: ascii(secret), dkLen: 4, personalization, salt: salted });
  return BigInt(new DataView(digest.buffer, digest.byteOffset).getUint32(0));
}

function feistel(x: bigint, bits: number, secret: string, purpose: string, rounds: number[]): [bigint, bigint] {
  const mask = (1n << BigInt(bits / 2)) - 1n;
  let [left, right] = [x >> BigInt(bits / 2), x & mask];
  for (const i of rounds) [left, right] = [right, left ^ (round(secret, purpose, (bits << 8) | i, right) & mask)];
  return [left, right];
}

function number({ serial, key, bits }: Line): number {
  const forward = (x: bigint) => {
    const [left, right] = feistel(x, bits, key, "fx number", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    return (left << BigInt(bits / 2)) | right;
  };
  return Number(forward(BigInt(serial)) || forward(0n));
}

/** AES-128 of one block, which holds the half in its first four bytes, under a key of the round's own. */
function aesRound(secret: string, purpose: string, salt: number, half: bigint): bigint {
  const personalization = new Uint8Array(16);
  personalization.set(ascii(purpose));
  const salted = new Uint8Array(16);
  new DataView(salted.buffer).setUint32(12, salt);
  const key = blake2b(new Uint8Array(0), { key: ascii(secret), dkLen: 16, personalization, salt: salted });
  const block = Buffer.alloc(16);
  block.writeUInt32LE(Number(half));
  return BigInt(createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(block).readUInt32LE(0));
}

function opened({ handle, key, purpose }: Line): number[] | null {
  let [left, right] = [BigInt(handle) >> 32n, BigInt(handle) & 0xffffffffn];
  for (const i of [5, 4, 3, 2, 1, 0]) [left, right] = [right ^ aesRound(key, `fx ${purpose} handle`, i, left), left];
  if ((right & 0x3ffffffn) !== 0n || left === 0n) return null;
  return [Number(left), Number(right >> 26n)];
}

for (const line of vectors("handles")) {
  const what = `${line["what"]} ${line["serial"] ?? line["handle"]}`;
  test(what, () => hold(line, () => (line["what"] === "number" ? number(line) : opened(line))));
}
