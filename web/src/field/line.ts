/** The line to the pages' server, with the phone's own secret and no cookie. */

import { PROTOCOL } from "../core/fieldOutbox";
import type { Bundle } from "./bundle";
import type { Province } from "./journey";

const PATIENCE_MS = 30_000;

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** What the server tells of itself and of this phone. */
export interface Hello {
  readonly at: string;
  readonly rate: number;
  readonly kinds: readonly string[];
  /** How a request may be pressed together; an older server says none. */
  readonly packings?: readonly string[];
  /** Whether it answers a passing when its exit did not count; an older server keeps silent about it. */
  readonly exits?: boolean;
  readonly app: string;
  readonly ends_at: string;
  readonly division: number;
  readonly verifiers: Readonly<Record<string, string>>;
}

/** What is shorter goes in one parcel as it is. */
const WORTH_PACKING = 1_200;

export class FieldLine {
  /** Something on the way bears nothing packed: from then on everything goes plain. */
  private isPlain = false;

  constructor(
    private readonly base: string,
    private readonly secret: () => string,
    private readonly app: string,
    private readonly packings: () => readonly string[] = () => [],
  ) {}

  hello(nWaiting: number): Promise<Answered | null> {
    return this.post("/hello", { protocol: PROTOCOL, app: this.app, sent_at: new Date().toISOString(), n_waiting: nWaiting });
  }

  /** Asked by a phone that is locked and has no secret to show: all it hears is whether it was cut off. */
  isCutOff(device: string): Promise<Answered | null> {
    return this.post("/hello", {}, `Device ${device}`);
  }

  intents(body: object): Promise<Answered | null> {
    return this.post("/intents", body);
  }

  /** A fresh bundle; null where there is none now, "same" where the one in hand is as the server has it. */
  async bundle(tag: string): Promise<{ told: Bundle; tag: string; knownAt: string } | { same: string } | null> {
    try {
      const headers = { ...this.headers, ...(tag ? { "If-None-Match": tag } : {}) };
      const answer = await fetch(`${this.base}/bundle`, { headers, credentials: "omit", cache: "no-store", signal: patience() });
      const knownAt = answer.headers.get("X-Known-At") ?? "";
      if (answer.status === 304) return { same: knownAt };
      if (!answer.ok) return null;
      return { told: (await answer.json()) as Bundle, tag: answer.headers.get("ETag") ?? "", knownAt };
    } catch {
      return null;
    }
  }

  /** The nation's counties; null where there is no answer now, "same" where those in hand are the server's. */
  async nation(tag: string): Promise<{ provinces: readonly Province[]; tag: string } | "same" | null> {
    try {
      const headers = { ...this.headers, ...(tag ? { "If-None-Match": tag } : {}) };
      const answer = await fetch(`${this.base}/nation`, { headers, credentials: "omit", cache: "no-store", signal: patience() });
      if (answer.status === 304) return "same";
      if (!answer.ok) return null;
      return { provinces: (await answer.json()) as readonly Province[], tag: answer.headers.get("ETag") ?? "" };
    } catch {
      return null;
    }
  }

  private async post(path: string, body: object, who = this.headers["Authorization"]!): Promise<Answered | null> {
    try {
      const text = JSON.stringify(body);
      const isWorth = !this.isPlain && text.length > WORTH_PACKING && this.packings().includes("gzip");
      const packed = isWorth ? await gzip(text) : null;
      const answer = await fetch(this.base + path, {
        method: "POST",
        headers: { Authorization: who, "Content-Type": "application/json", ...(packed ? { "Content-Encoding": "gzip" } : {}) },
        body: packed ?? text,
        credentials: "omit",
        cache: "no-store",
        signal: patience(),
      });
      // What is cut in the middle, or a proxy's own page, is no answer.
      const told: unknown = await answer.json().catch(() => null);
      if (packed && !answer.ok) this.isPlain = true;
      return { status: answer.status, body: told };
    } catch {
      return null;
    }
  }

  private get headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.secret()}` };
  }
}

/** Pressed together; null in a browser that cannot. */
async function gzip(text: string): Promise<Uint8Array<ArrayBuffer> | null> {
  if (typeof CompressionStream === "undefined") return null;
  const pressed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(pressed).arrayBuffer());
}

function patience(): AbortSignal {
  const giving = new AbortController();
  setTimeout(() => giving.abort(), PATIENCE_MS);
  return giving.signal;
}
