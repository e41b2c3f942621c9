/** A part of a page that renews itself: the server writes it anew, and it takes the place of what stands here.
 *  Nobody who reads or types in it is disturbed: what has not changed stays, and so does the focus. */

const ANSWER_WITHIN_MS = 8_000;
/** So many times in vain, and what stands here is no longer the present. */
const STALE_AFTER = 2;

export type Renewal = { html: string } | "signed-out" | "failed";

export function keepFresh(page: Document): void {
  const island = page.querySelector<HTMLElement>("[data-island=fresh]");
  const part = island?.querySelector<HTMLElement>("[data-part=fresh]");
  if (!island || !part) return;
  const everyMs = Number(island.dataset["every"]) * 1000;
  let shown: string | null = null;
  let inVain = 0;

  const look = async () => {
    const answer = await ask(island.dataset["address"]!);
    if (typeof answer === "object") {
      inVain = 0;
      if (answer.html !== shown && !isInUse(part)) {
        renew(part, answer.html);
        shown = answer.html;
      }
    } else inVain += 1;
    tell(island, answer, inVain);
    if (answer !== "signed-out") setTimeout(look, everyMs);
  };
  setTimeout(look, everyMs);
}

/** Whether somebody has text marked in it, or types: then it waits for the next time. */
function isInUse(part: HTMLElement): boolean {
  const chosen = part.ownerDocument.getSelection();
  const marks = chosen !== null && !chosen.isCollapsed && part.contains(chosen.anchorNode);
  const focused = part.ownerDocument.activeElement;
  return marks || (part.contains(focused) && /^(INPUT|SELECT|TEXTAREA)$/.test(focused?.tagName ?? ""));
}

/** The new content, with the focus where it was: on the link of the same address, if there still is one. */
export function renew(part: HTMLElement, html: string): void {
  const focused = part.ownerDocument.activeElement;
  const address = part.contains(focused) ? focused?.getAttribute("href") : null;
  part.innerHTML = html;
  for (const filling of part.querySelectorAll<HTMLTemplateElement>("template[data-fills]")) {
    // What stands outside the part but is of the same moment, such as the time in the wall's head.
    const place = part.ownerDocument.querySelector(filling.dataset["fills"]!);
    if (place && place.innerHTML !== filling.innerHTML) place.innerHTML = filling.innerHTML;
  }
  if (address) {
    const links = Array.from(part.querySelectorAll<HTMLElement>("a[href]"));
    links.find((link) => link.getAttribute("href") === address)?.focus({ preventScroll: true });
  }
}

function tell(island: HTMLElement, answer: Renewal, inVain: number): void {
  const when = answer === "signed-out" ? "signed-out" : inVain >= STALE_AFTER ? "stale" : "";
  for (const line of island.querySelectorAll<HTMLElement>("[data-when]")) line.hidden = line.dataset["when"] !== when;
}

async function ask(address: string): Promise<Renewal> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ANSWER_WITHIN_MS);
  try {
    const answer = await fetch(address, { redirect: "manual", cache: "no-store", signal: stop.signal });
    if (answer.type === "opaqueredirect" || answer.status === 403) return "signed-out";
    return answer.ok ? { html: await answer.text() } : "failed";
  } catch {
    return "failed";
  } finally {
    clearTimeout(timer);
  }
}
