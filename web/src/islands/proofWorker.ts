/** Proves signatures beside the page, so that the camera goes on while it counts. */

import type { Asked, Proved } from "./proof";
import { proves } from "./proves";

addEventListener("message", (event: MessageEvent<Asked>) => {
  const { n, message, signature, key } = event.data;
  const told: Proved = { n, isProved: proves(message, signature, key) };
  (postMessage as (told: Proved) => void)(told);
});
