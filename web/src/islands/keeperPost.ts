/** A keeper's post: the door this phone was enrolled for, and what it must know when nobody answers. */

import type { ClockCard } from "../core/countyTime";
import { DEVICE, keptDevice } from "./device";

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
  readonly device: number;
}

export type Refreshed = "fresh" | "kept" | "ended" | "none";

export const POST = "fangxian.post";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class KeeperPost {
  post: Post | null = null;
  private sentence: Readonly<{ zh: string; en: string }> | null = null;

  constructor(private readonly store: Store) {
    this.read();
  }

  get token(): string {
    const device = keptDevice(this.store);
    return device?.kind === "keeper" ? device.token : "";
  }

  get device(): number {
    return keptDevice(this.store)?.device ?? 0;
  }

  /** What a server said when it refused the token. */
  get refusal(): Readonly<{ zh: string; en: string }> | null {
    return this.sentence;
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
    this.store.removeItem(POST);
    this.store.removeItem(DEVICE);
    this.post = null;
  }

  private keep(post: Post): void {
    this.post = post;
    const kept: KeptPost = { post, device: this.device };
    this.store.setItem(POST, JSON.stringify(kept));
  }

  /** Go on with the post that an earlier page kept. */
  read(): void {
    const kept = readPost(this.store.getItem(POST));
    if (kept && kept.device === this.device) this.post = kept.post;
  }
}

/** A post as it was kept, or null for anything else. */
export function readPost(text: string | null): KeptPost | null {
  try {
    const found = JSON.parse(text ?? "null") as Partial<KeptPost> | null;
    const isWhole = typeof found?.device === "number" && Array.isArray(found.post?.doors);
    return isWhole ? (found as KeptPost) : null;
  } catch {
    return null;
  }
}
