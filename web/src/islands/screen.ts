/** The screen at a door: asks for the rotating code when it turns, and says plainly when it could not. */

import { DEVICE, keptDevice } from "./device";
import { LastingStore } from "./lastingStore";
import { openShelf } from "./shelf";

/** What the server answers; times in wall milliseconds from the answer on. */
export interface Shown {
  readonly venue: string;
  readonly door: string;
  readonly qr: string;
  readonly at: string;
  readonly turns_in_ms: number;
  readonly good_for_ms: number;
}

/** `fresh`: to be scanned; `late`: it should have turned, but a gate still takes it; `stale`: none takes it any more. */
export type Standing = "asking" | "fresh" | "late" | "stale";

export const RETRY_MS = 3_000;
const ANSWER_WITHIN_MS = 8_000;

/** The code as it stands at a moment (`performance.now()`): no clock of the device is asked, it may be wrong. */
export class HeldCode {
  #shown: Shown | null = null;
  #sinceMs = 0;

  take(shown: Shown, nowMs: number): void {
    this.#shown = shown;
    this.#sinceMs = nowMs;
  }

  standing(nowMs: number): Standing {
    if (!this.#shown) return "asking";
    const ageMs = nowMs - this.#sinceMs;
    if (ageMs >= this.#shown.good_for_ms) return "stale";
    return ageMs < this.#shown.turns_in_ms + RETRY_MS / 2 ? "fresh" : "late";
  }

  /** When to ask again: at the turn, or soon after a question that got no answer. */
  asksInMs(nowMs: number, hasFailed: boolean): number {
    if (hasFailed || !this.#shown) return RETRY_MS;
    return Math.max(50, this.#shown.turns_in_ms - (nowMs - this.#sinceMs));
  }

  /** How much of its turn is left, in hundredths. */
  left(nowMs: number): number {
    if (!this.#shown) return 0;
    return Math.max(0, Math.min(100, 100 * (1 - (nowMs - this.#sinceMs) / this.#shown.turns_in_ms)));
  }
}

type Trouble = "asking" | "stale" | "late" | "refused" | "none" | "";

export async function runScreen(page: Document): Promise<void> {
  const island = page.querySelector<HTMLElement>("[data-island=screen]");
  if (!island) return;
  const part = <T extends HTMLElement>(name: string) => island.querySelector<T>(`[data-part=${name}]`)!;
  const qr = part<HTMLImageElement>("qr");
  const left = part<HTMLProgressElement>("left");
  const held = new HeldCode();
  const english = page.documentElement.lang === "en";

  const tell = (trouble: Trouble) => {
    for (const line of island.querySelectorAll<HTMLElement>("[data-when]")) line.hidden = line.dataset["when"] !== trouble;
  };
  const look = () => {
    const standing = held.standing(performance.now());
    island.dataset["standing"] = standing;
    qr.hidden = left.hidden = standing === "asking" || standing === "stale";
    left.value = held.left(performance.now());
    tell(standing === "fresh" ? "" : standing);
  };

  const store = new LastingStore(localStorage);
  await store.open(await openShelf(), [DEVICE]);
  const device = keptDevice(store);
  if (!device || String(device.device) !== island.dataset["device"] || device.kind !== "screen") {
    island.dataset["standing"] = "none";
    tell("none");
    return;
  }

  const take = (shown: Shown) => {
    held.take(shown, performance.now());
    qr.src = shown.qr;
    part("venue").textContent = shown.venue;
    part("door").textContent = shown.door;
    part("at").textContent = shown.at.slice(0, 19).replace("T", " ");
  };
  const refuse = (said: { zh: string; en: string }) => {
    clearInterval(ticking);
    island.dataset["standing"] = "refused";
    qr.hidden = left.hidden = true;
    part("sentence").textContent = english ? said.en : said.zh;
    tell("refused");
  };
  /** Ask, and once more at the turn. After a refusal the page begins anew a minute later: a venue may be resumed. */
  const ask = async (): Promise<void> => {
    let next = RETRY_MS;
    const patience = new AbortController();
    const giveUp = setTimeout(() => patience.abort(), ANSWER_WITHIN_MS);
    try {
      const answer = await fetch(island.dataset["address"]!, {
        headers: { Authorization: `Bearer ${device.token}` },
        cache: "no-store",
        signal: patience.signal,
      });
      if (answer.ok) {
        take((await answer.json()) as Shown);
        look();
        next = held.asksInMs(performance.now(), false);
      } else if (answer.status < 500) {
        refuse((await answer.json()) as { zh: string; en: string });
        setTimeout(() => location.reload(), 60_000);
        return;
      }
    } catch {
      // No network, or no answer in time: what is shown ages, and `look` says so.
    } finally {
      clearTimeout(giveUp);
    }
    setTimeout(() => void ask(), next);
  };

  const ticking = setInterval(look, 250);
  look();
  void ask();
}
