/** Enrolling this device: sends the code, keeps the token, goes where the device works. Without scripts the form
    shows the token instead. */

import { keepDevice, type KeptDevice } from "./device";

/** The code behind `#` in an address that the owner's QR leads to, as it is typed; "" if there is none. */
export function codeInAddress(hash: string): string {
  const code = decodeURIComponent(hash.replace(/^#/, ""));
  return /^[0-9A-Za-z-]{8,12}$/.test(code) ? code : "";
}

export function enrolDevice(page: Document): void {
  const form = page.querySelector<HTMLFormElement>("form[data-island=enrol]");
  const field = form?.querySelector<HTMLInputElement>("input[name=enrolment_code]");
  const refused = form?.querySelector<HTMLElement>("[data-part=refused]");
  const done = page.querySelector<HTMLElement>("[data-part=enrolled]");
  if (!form || !field || !refused || !done) return;
  const code = codeInAddress(location.hash);
  if (code) {
    field.value = code;
    history.replaceState(null, "", location.pathname);
  }
  const say = (sentence: string) => {
    refused.textContent = sentence;
    refused.hidden = false;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refused.hidden = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      const told: unknown = await answer.json();
      if (!answer.ok) {
        const said = told as { zh: string; en: string };
        say(page.documentElement.lang === "en" ? said.en : said.zh);
        return;
      }
      const device = told as KeptDevice;
      await keepDevice(device);
      form.hidden = true;
      done.hidden = false;
      const name = done.querySelector<HTMLElement>("[data-part=name]");
      if (name) name.textContent = `${device.venue} · ${device.name}`;
      location.assign(device.next);
    } catch {
      say(form.dataset["failed"] ?? "");
    }
  });
}
