/** One person asked about one stay: in which of the listed places they were, and what came of asking. */

import type { Asked } from "./bundle";
import type { Stage } from "./stage";

const ANSWERS = [
  { key: "was_not", zh: "都没去过", en: "In none of them" },
  { key: "was_there", zh: "去过勾选的地方", en: "In those ticked" },
  { key: "not_reached", zh: "没接电话", en: "No answer" },
  { key: "wrong_number", zh: "号码不对", en: "Wrong number" },
  { key: "gone", zh: "已不在本县", en: "Not in the county" },
] as const;

export class EnquiryForm {
  private asked: Asked | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly keep: (kind: string, body: Readonly<Record<string, unknown>>) => Promise<boolean>,
  ) {
    stage.part("enquiry-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.answered();
    });
  }

  open(asked: Asked): void {
    if (this.asked?.enquiry === asked.enquiry) return;
    const { stage } = this;
    this.asked = asked;
    stage.say("enquiry-name", asked.name || stage.tell("noName"));
    stage.say("enquiry-about", `${asked.where} · ${asked.begins_on} – ${asked.last_on}`);
    stage.call("enquiry-phone", asked.phone);
    stage.chips("enquiry-places", "checkbox", asked.places.map(({ id, name }) => ({ key: id, zh: name, en: name })));
    // Of a star on a card no place is known: where they were is for a declaration, not for ticks.
    const isListed = asked.places.length > 0;
    stage.part("enquiry-where").hidden = !isListed;
    stage.chips("enquiry-answers", "radio", isListed ? ANSWERS : ANSWERS.filter(({ key }) => key !== "was_there"));
    stage.field("enquiry-note").value = "";
    stage.say("enquiry-fault", "");
  }

  /** Which one is open. */
  get whose(): string | null {
    return this.asked?.enquiry ?? null;
  }

  forget(): void {
    this.asked = null;
  }

  private async answered(): Promise<void> {
    const { stage, asked } = this;
    const [answer] = stage.chosen("enquiry-answers");
    const wasIn = stage.chosen("enquiry-places");
    if (!asked || !answer) return stage.say("enquiry-fault", stage.tell("choose"));
    if ((answer === "was_there") !== wasIn.length > 0) return stage.say("enquiry-fault", stage.tell("tickPlaces"));
    const readOut = asked.places.map(({ id }) => id);
    const body = { enquiry: asked.enquiry, answer, was_in: wasIn, asked: readOut, note: stage.field("enquiry-note").value.trim() };
    if (!(await this.keep("enquiry", body))) return;
    this.asked = null;
    location.hash = "#today";
  }
}
