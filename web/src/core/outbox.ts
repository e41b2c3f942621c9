/** Scans that could not be sent yet. Sending one twice is harmless: a gate knows it by its id and content. */

import { type Answer, isRecorded, isRefused, type Refused, type Scan } from "./scan";

export const MOST_KEPT = 500;
export const MOST_AT_ONCE = 100;

/** What becomes of a scan that was sent: `done` with an answer or a refusal for good, or `again`. */
export type Fate = "done" | "again";

/** Refusals that say nothing of the scan, only of the gate or of this device as they are now. */
const OF_THE_GATE = ["gate.", "device.", "scan.not_recorded", "scan.too_fast"];

export function fateOf(told: Answer | Refused): Fate {
  if (!isRefused(told)) return isRecorded(told) ? "done" : "again";
  return OF_THE_GATE.some((start) => told.refusal.startsWith(start)) ? "again" : "done";
}

/** The box with one more scan; the oldest go when it is full, since a day's paper register holds them too. */
export function withScan(box: readonly Scan[], scan: Scan): Scan[] {
  return [...box.filter((kept) => kept.id !== scan.id), scan].slice(-MOST_KEPT);
}

/** The box after a batch was answered, in the order in which it was sent. */
export function afterBatch(
  box: readonly Scan[],
  sent: readonly Scan[],
  told: readonly (Answer | Refused)[],
): { box: Scan[]; done: { scan: Scan; told: Answer | Refused }[] } {
  const done = sent.flatMap((scan, i) => {
    const one = told[i];
    return one && fateOf(one) === "done" ? [{ scan, told: one }] : [];
  });
  const over = new Set(done.map(({ scan }) => scan.id));
  return { box: box.filter((scan) => !over.has(scan.id)), done };
}

/** What is in the store: scans only, whatever else may have been written there. */
export function readBox(text: string | null): Scan[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found.filter(isScan) : [];
  } catch {
    return [];
  }
}

function isScan(found: unknown): found is Scan {
  if (typeof found !== "object" || found === null) return false;
  const { id, venue, scanned_at } = found as Partial<Scan>;
  return [id, venue, scanned_at].every((value) => typeof value === "string");
}
