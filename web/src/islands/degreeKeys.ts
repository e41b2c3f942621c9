/** Thirteen keys for a temperature: degrees stand chosen at 36, so that most people are one press, the tenth. */

const WHOLE = ["36", "37", "38"] as const;

/** Fills `place` with the keys and shows it; what is returned puts the degrees back to 36, for the next person. */
export function degreeKeys(place: HTMLElement, temperature: HTMLInputElement): () => void {
  let whole: string = WHOLE[0];
  const wholes = WHOLE.map((degrees) => key(degrees, () => choose(degrees), "is-whole"));
  const tenths = Array.from({ length: 10 }, (_, n) => key(`.${n}`, () => (temperature.value = `${whole}.${n}`)));
  const choose = (degrees: string) => {
    whole = degrees;
    for (const one of wholes) one.setAttribute("aria-pressed", String(one.textContent === degrees));
  };
  choose(whole);
  place.append(...wholes, ...tenths);
  place.hidden = false;
  return () => choose(WHOLE[0]);
}

function key(label: string, press: () => void, kind = ""): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `button ${kind}`.trim();
  button.textContent = label;
  button.addEventListener("click", press);
  return button;
}
