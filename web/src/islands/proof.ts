/** Proving a signature without making the page wait: by the browser itself where it can, by a worker where not.

    Ed25519 is in browsers since 2023 (Safari 17), 2024 (Firefox 129) and 2025 (Chromium 137); phones at doors are older. */

import type { VerifyWith } from "../core/bundle";

export interface Asked {
  readonly n: number;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly key: Uint8Array;
}

export interface Proved {
  readonly n: number;
  readonly isProved: boolean;
}

let chosen: Promise<VerifyWith> | null = null;

export const prove: VerifyWith = async (message, signature, key) => {
  chosen ??= choose();
  return (await chosen)(message, signature, key);
};

/** Have everything at hand that proving takes, while there is a network. */
export async function readyToProve(): Promise<void> {
  chosen ??= choose();
  await chosen.catch(() => (chosen = null));
}

async function choose(): Promise<VerifyWith> {
  if (await browserCan()) return byBrowser;
  // Fetched while there is a network, for the worker's script is asked of the server past this page's own store.
  const { proves } = await import("./proves");
  const byPage: VerifyWith = async (...asked) => proves(...asked);
  try {
    const worker = new Worker(new URL("./proofWorker.ts", import.meta.url), { type: "module" });
    return byWorker(worker, byPage);
  } catch {
    return byPage;
  }
}

/** Whether this browser knows Ed25519; it says so only when it is given a key. */
async function browserCan(): Promise<boolean> {
  try {
    await importKey(new Uint8Array(32).fill(1));
    return true;
  } catch {
    return false;
  }
}

function importKey(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key as BufferSource, { name: "Ed25519" }, false, ["verify"]);
}

const byBrowser: VerifyWith = async (message, signature, key) => {
  const made = await importKey(key);
  return crypto.subtle.verify({ name: "Ed25519" }, made, signature as BufferSource, message as BufferSource);
};

function byWorker(worker: Worker, byPage: VerifyWith): VerifyWith {
  const waiting = new Map<number, { asked: Asked; answer: (isProved: boolean | Promise<boolean>) => void }>();
  let n = 0;
  let hasDied = false;
  worker.addEventListener("message", (event: MessageEvent<Proved>) => {
    waiting.get(event.data.n)?.answer(event.data.isProved);
    waiting.delete(event.data.n);
  });
  // A worker that does not start, as in a browser that has forgotten its script: the page counts by itself.
  worker.addEventListener("error", () => {
    hasDied = true;
    for (const { asked, answer } of waiting.values()) answer(byPage(asked.message, asked.signature, asked.key));
    waiting.clear();
  });
  return (message, signature, key) => {
    if (hasDied) return byPage(message, signature, key);
    return new Promise((answer) => {
      const asked: Asked = { n: ++n, message, signature, key };
      waiting.set(n, { asked, answer });
      worker.postMessage(asked);
    });
  };
}
