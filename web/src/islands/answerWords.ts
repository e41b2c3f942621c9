/** From a gate's answer to what the big answer shows. */

import { type Answer, isRefused, outcomeOf, type Refused, together } from "../core/scan";
import type { Shown } from "./bigAnswer";
import { ageWord, healthWord, type Language, outcomeWord, say, travelWord } from "./words";

const OLD_S = 10;

/** What is shown for an answer; a keeper's has the facts, an anonymous caller's outcome and reason alone. */
export function shownFor(answer: Answer, language: Language, direction: "in" | "out" = "in"): Shown {
  const { outcome, because } = together(answer);
  const more = [...unseen(answer, language), ...facts(answer, language), ...companions(answer, language)];
  if (answer.snapshot_age_seconds >= OLD_S) {
    more.push(say(language, "lineOld", { age: ageWord(language, answer.snapshot_age_seconds) }));
  }
  const reason = because ? because[language] : direction === "out" ? say(language, "recordedOut") : "";
  // A gate's sentence has its advice in it: the word's own would say the same in other words.
  return because ? { word: outcome, reason, advice: "", more } : { word: outcome, reason, more };
}

/** Where nobody's code was found, that is said as well: whoever measures a temperature first would ask twice. */
function unseen(answer: Answer, language: Language): string[] {
  return answer.health === "unknown" ? answer.because.slice(1).map((reason) => reason[language]) : [];
}

/** The answer about a number that somebody typed: that nobody is known by it comes first. */
export function shownForDocument(answer: Answer, language: Language, direction: "in" | "out" = "in"): Shown {
  const shown = shownFor(answer, language, direction);
  const isKnown = answer.health !== "unknown" || answer.travel === "clear" || answer.test_age_hours !== null;
  if (isKnown || direction === "out") return shown;
  // What follows from it, an unknown code and an unknown journey, would only be read past.
  return { ...shown, reason: say(language, "noRecord"), more: [shown.reason, ...companions(answer, language)] };
}

function facts(answer: Answer, language: Language): string[] {
  if (answer.health === null) return [];
  const hours = answer.test_age_hours;
  return [
    [
      healthWord(language, answer.health),
      ...(answer.travel ? [travelWord(language, answer.travel)] : []),
      hours === null ? say(language, "noTest") : say(language, "test", { hours }),
    ].join(" · "),
  ];
}

function companions(answer: Answer, language: Language): string[] {
  return (answer.companions ?? []).map((told, i) => {
    const reason = reasonOf(told, language);
    return say(language, "companion", { n: i + 1, word: outcomeWord(language, outcomeOf(told)), reason }).trim();
  });
}

export function reasonOf(told: Answer | Refused, language: Language): string {
  return isRefused(told) ? told[language] : (told.because[0]?.[language] ?? "");
}
