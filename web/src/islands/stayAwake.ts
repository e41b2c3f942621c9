/** Keeps the screen on while somebody scans: a phone that sleeps loses count of its clock, and of who is waiting. */

interface Wake {
  request(kind: "screen"): Promise<unknown>;
}

let isWanted = false;

/** From a press on. A browser lets go whenever the page is out of sight, so it is asked again. */
export function stayAwake(): void {
  if (isWanted) return;
  isWanted = true;
  document.addEventListener("visibilitychange", () => void ask());
  void ask();
}

async function ask(): Promise<void> {
  const { wakeLock } = navigator as { wakeLock?: Wake };
  if (document.visibilityState === "visible") await wakeLock?.request("screen").catch(() => undefined);
}
