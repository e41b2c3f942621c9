/** My code: asks for the next one before this one runs out, shows a second that moves, and says when it could not. */

import { CountyTime } from "../core/countyTime";
import { HeldCode, RETRY_MS, type Shown } from "./screen";

/** While somebody stands at a post and waits for the colour to come. */
const AWAITED_MS = 3_000;

interface MyCode {
  readonly qr: string;
  readonly at: string;
  readonly rate: number;
  readonly turns_in_ms: number;
  readonly good_for_ms: number;
  /** Names what the page shows of the code's colour; another one means: load the page anew. */
  readonly state: string;
}

export function showMyCode(page: Document): void {
  const island = page.querySelector<HTMLElement>("[data-island=my-code]");
  if (!island) return;
  const part = <T extends HTMLElement>(name: string) => island.querySelector<T>(`[data-part=${name}]`)!;
  const held = new HeldCode();
  const isAwaited = page.querySelector("[data-awaited]") !== null;
  let time: CountyTime | null = null;

  const look = () => {
    const standing = held.standing(performance.now());
    island.dataset["standing"] = standing;
    for (const line of island.querySelectorAll<HTMLElement>("[data-when]")) {
      const isLate = standing === "late" || (standing === "fresh" && !navigator.onLine);
      line.hidden = line.dataset["when"] !== (isLate ? "late" : standing);
    }
    if (time) part("second").textContent = time.secondAt(Date.now());
  };
  const take = (told: MyCode) => {
    if (told.state !== island.dataset["state"]) location.reload();
    const shown: Shown = { venue: "", door: "", qr: told.qr, at: told.at, ...lasts(told) };
    held.take(shown, performance.now());
    part<HTMLImageElement>("qr").src = told.qr;
    time = new CountyTime(told, Date.now());
    const until = time.secondAt(Date.now() + told.good_for_ms).slice(11);
    for (const it of page.querySelectorAll("[data-part=until]")) it.textContent = until;
    look();
  };
  const ask = async (): Promise<void> => {
    let hasFailed = true;
    try {
      const answer = await fetch(island.dataset["address"]!, { cache: "no-store" });
      // Signed out meanwhile: the page itself leads to the entrance.
      if (answer.redirected || answer.status === 403) location.reload();
      if (answer.ok) {
        take((await answer.json()) as MyCode);
        hasFailed = false;
      }
    } catch {
      // No network: what is shown ages, and `look` says so.
    }
    const inMs = held.asksInMs(performance.now(), false);
    setTimeout(() => void ask(), hasFailed ? RETRY_MS : isAwaited ? Math.min(inMs, AWAITED_MS) : inMs);
  };

  setInterval(look, 250);
  page.addEventListener("visibilitychange", () => {
    if (!page.hidden && held.standing(performance.now()) !== "fresh") void ask();
  });
  void ask();
}

function lasts(told: MyCode): Pick<Shown, "turns_in_ms" | "good_for_ms"> {
  return { turns_in_ms: told.turns_in_ms, good_for_ms: told.good_for_ms };
}
