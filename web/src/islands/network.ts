/** Says when the network is gone, in the strip the server wrote for it, and that it is back. */

export function showNetwork(page: Document, net: Window): void {
  const strip = page.querySelector<HTMLElement>("[data-island=network]");
  if (!strip) return;
  const show = () => {
    strip.hidden = net.navigator.onLine;
  };
  net.addEventListener("online", show);
  net.addEventListener("offline", show);
  show();
}
