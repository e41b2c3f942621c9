/** A keeper's post: the door this phone was enrolled for, and what it must know when nobody answers. */

import { verifyAsync } from "@noble/ed25519";

import { type ClockCard, CountyTime } from "../core/countyTime";
import type { Verify } from "../core/personQr";
import { EPOCH_MS } from "../core/words";
import { keptDevice } from "./device";

export interface PostDoor {
  readonly number: number;
  readonly name: string;
  /** The nine characters of its code: they name the door and prove nothing, which the device's token does. */
  readonly typed: string;
}

export interface Post extends ClockCard {
  readonly venue: string;
  /** Empty for a device of no venue, such as a checkpoint's. */
  readonly doors: readonly PostDoor[];
  readonly division: number;
  /** Public keys by signer id, base 64: with these a code is told from a forgery without any network. */
  readonly verifiers: Readonly<Record<string, string>>;
}

interface KeptPost {
  readonly post: Post;
  readonly sinceMs: number;
  readonly device: number;
}

export type Refreshed = "fresh" | "kept" | "ended" | "none";

const KEY = "fangxian.post";
const DEVICE_KEY = "fangxian.device";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class KeeperPost {
  post: Post | null = null;
  private sinceMs = 0;
  private sentence: Readonly<{ zh: string; en: string }> | null = null;

  constructor(private readonly store: Store) {
    this.read();
  }

  get token(): string {
    const device = keptDevice(this.store);
    return device?.kind === "keeper" ? device.token : "";
  }

  /** What a server said when it refused the token. */
  get refusal(): Readonly<{ zh: string; en: string }> | null {
    return this.sentence;
  }

  get time(): CountyTime | null {
    return this.post && new CountyTime(this.post, this.sinceMs);
  }

  /** Ask the pages' server for the post; without an answer the one kept in this browser serves. */
  async refresh(address: string): Promise<Refreshed> {
    if (!this.token) return "none";
    try {
      const answer = await fetch(address, { headers: { Authorization: `Bearer ${this.token}` }, cache: "no-store" });
      const told: unknown = await answer.json();
      if (answer.status === 401) {
        this.sentence = told as { zh: string; en: string };
        return "ended";
      }
      if (answer.ok) {
        this.keep(told as Post);
        return "fresh";
      }
    } catch {
      // No network, or a server that is down: the gate may still answer.
    }
    return this.post ? "kept" : "none";
  }

  /** This phone is no keeper's any more. */
  forget(): void {
    this.store.removeItem(KEY);
    this.store.removeItem(DEVICE_KEY);
    this.post = null;
  }

  /** What is needed to prove a code here, or null while the post is not known. */
  edge(deviceMs: number): { division: number; atMin: number; verifiers: ReadonlyMap<number, Verify> } | null {
    const { post, time } = this;
    if (!post || !time) return null;
    const verifiers = Object.entries(post.verifiers).map(([id, key]) => [Number(id), verifierOf(key)] as const);
    return {
      division: post.division,
      atMin: Math.floor((time.msAt(deviceMs) - EPOCH_MS) / 60_000),
      verifiers: new Map(verifiers),
    };
  }

  private keep(post: Post): void {
    this.post = post;
    this.sinceMs = Date.now();
    const kept: KeptPost = { post, sinceMs: this.sinceMs, device: keptDevice(this.store)?.device ?? 0 };
    this.store.setItem(KEY, JSON.stringify(kept));
  }

  private read(): void {
    const kept = readPost(this.store.getItem(KEY));
    if (!kept || kept.device !== keptDevice(this.store)?.device) return;
    this.post = kept.post;
    this.sinceMs = kept.sinceMs;
  }
}

/** A post as it was kept, or null for anything else. */
export function readPost(text: string | null): KeptPost | null {
  try {
    const found = JSON.parse(text ?? "null") as Partial<KeptPost> | null;
    const isWhole = typeof found?.sinceMs === "number" && Array.isArray(found.post?.doors);
    return isWhole ? (found as KeptPost) : null;
  } catch {
    return null;
  }
}

function verifierOf(base64: string): Verify {
  const key = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return (message, signature) => verifyAsync(signature, message, key);
}
