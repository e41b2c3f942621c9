/** On the page of a venue's owner, who stands at its door: fills in the position for all to see before it is saved. */

/** A receiver that is off by more would put the venue into the next street. */
const COARSE_M = 50;
const WITHIN_MS = 20_000;

export function fillOwnPlace(page: Document, geolocation: Geolocation | undefined): void {
  const form = page.querySelector<HTMLFormElement>("form[data-island=own-place]");
  if (!form || !geolocation || !isSecureContext) return;
  const here = form.querySelector<HTMLElement>("[data-part=here]")!;
  const told = form.querySelector<HTMLElement>("[data-part=told]")!;
  const say = (word: "coarse" | "failed" | "found", metres = 0) => {
    told.textContent = (form.dataset[word] ?? "").replace("#", String(Math.ceil(metres)));
  };
  here.hidden = false;
  here.querySelector("button")!.addEventListener("click", () => {
    geolocation.getCurrentPosition(
      ({ coords }) => {
        if (coords.accuracy > COARSE_M) return say("coarse", coords.accuracy);
        form.querySelector<HTMLInputElement>("[data-part=latitude]")!.value = coords.latitude.toFixed(6);
        form.querySelector<HTMLInputElement>("[data-part=longitude]")!.value = coords.longitude.toFixed(6);
        say("found", coords.accuracy);
      },
      () => say("failed"),
      { enableHighAccuracy: true, maximumAge: 0, timeout: WITHIN_MS },
    );
  });
}
