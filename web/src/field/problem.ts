/** A problem somebody met in the field, for the township. */

import type { Stage } from "./stage";

export class Problem {
  constructor(
    private readonly stage: Stage,
    private readonly keep: (kind: string, body: Readonly<Record<string, unknown>>) => Promise<boolean>,
  ) {
    stage.part("problem-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.report();
    });
  }

  private async report(): Promise<void> {
    const { stage } = this;
    const place = stage.field<HTMLTextAreaElement>("problem-text");
    const text = place.value.trim();
    if (!text) return stage.say("problem-fault", stage.tell("text"));
    const body = {
      what: stage.field<HTMLSelectElement>("problem-what").value,
      where: stage.field("problem-where").value.trim(),
      text,
      is_urgent: stage.field("problem-urgent").checked,
    };
    if (!(await this.keep("problem", body))) return;
    place.value = stage.field("problem-where").value = "";
    stage.field("problem-urgent").checked = false;
    stage.say("problem-fault", "");
    location.hash = "#home";
  }
}
