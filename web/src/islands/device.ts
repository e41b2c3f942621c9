/** What an enrolled device keeps of itself, in its own browser and nowhere else. */

import { keepLastingly } from "./lastingStore";

export interface KeptDevice {
  readonly token: string;
  readonly device: number;
  readonly kind: "keeper" | "screen";
  readonly venue: string;
  readonly door: number;
  readonly name: string;
  readonly next: string;
}

export const DEVICE = "fangxian.device";

type Store = Pick<Storage, "getItem">;

/** The device this browser was enrolled as, or null. */
export function keptDevice(store: Store): KeptDevice | null {
  try {
    const kept: unknown = JSON.parse(store.getItem(DEVICE) ?? "null");
    return isDevice(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** Done when a battery that dies no more takes it: the code it was let in with is used up. */
export async function keepDevice(device: KeptDevice, keep = keepLastingly): Promise<void> {
  await keep(DEVICE, JSON.stringify(device));
}

function isDevice(found: unknown): found is KeptDevice {
  if (typeof found !== "object" || found === null) return false;
  const { token, device, kind } = found as Partial<KeptDevice>;
  return typeof token === "string" && typeof device === "number" && (kind === "keeper" || kind === "screen");
}
