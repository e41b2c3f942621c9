/** What a door says when no gate answers: what the code itself proves, and always a check by hand.

    A code shows the state at the time it was made. It is never enough to pass, nor to turn somebody away. */

import { letterOf } from "../core/codeText";
import type { CountyTime } from "../core/countyTime";
import { type Edge, readCard, readPersonQr } from "../core/personQr";
import { Refusal } from "../core/refusal";
import type { Health, Shown as ShownCode } from "../core/scan";
import { EPOCH_MS, unpackShort } from "../core/words";
import type { Shown } from "./bigAnswer";
import { healthWord, type Language, say } from "./words";

const COLOURS: readonly Health[] = ["unknown", "green", "yellow", "red"];

export async function offlineAnswer(
  shown: ShownCode,
  edge: Edge,
  time: CountyTime,
  language: Language,
): Promise<Shown> {
  const advice = say(language, "offlineDo");
  if (shown.document !== undefined || !shown.code) {
    return { word: "verify", reason: say(language, "offlineDocument"), advice };
  }
  try {
    if (letterOf(shown.code) === "C") {
      await readCard(shown.code, edge);
      return { word: "verify", reason: say(language, "offlineDocument"), advice };
    }
    const qr = await readPersonQr(shown.code, edge);
    const colour = healthWord(language, COLOURS[unpackShort(qr.short).colour]!);
    const at = time.minuteOf(qr.fromMin * 60_000 + EPOCH_MS);
    return { word: "verify", reason: say(language, "offlineCode", { colour, at }), advice };
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return { word: "unknown", reason: problem.said(language), advice };
  }
}
