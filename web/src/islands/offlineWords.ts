/** What a door says while there is no network, in both languages. */

import type { Doubt } from "../core/edgeDoor";
import { type Language, spaced } from "./words";

const WORDS = {
  lineOffline: ["离线 · 依据 {at} 的信息", "Offline · knowledge of {at}"],
  lineExpired: ["离线 · {at} 的信息已过期，只能登记", "Offline · knowledge of {at} has expired: register only"],
  lineNothing: ["离线 · 没有可用的信息，只能登记", "Offline · nothing to go by: register only"],
  lineClock: ["离线 · 本机时间对不上，只能核验", "Offline · this phone's clock is not certain: verify only"],
  mark: ["离线 · 依据 {at} 的信息", "Offline · knowledge of {at}"],
  markExpired: ["离线 · {at} 的信息已过期", "Offline · knowledge of {at} has expired"],
  markNothing: ["离线 · 没有依据", "Offline · nothing to go by"],
  clock: [
    "本机的时间对不上（改过，或断网后锁过屏、重开过本页），不能确认这张码有没有过期。",
    "This phone's clock is not certain (it was set, it slept, or this page was reopened): this code may have ended.",
  ],
  revoked: [
    "这张码可能已经作废，或者状态刚变过，离线时不能确认。",
    "This code may have been withdrawn, or its state changed just now; without a network that cannot be told.",
  ],
  place: [
    "本机离线时不知道这个门口属于哪类场所，不能按它的规定判断。",
    "Without a network this phone does not know what kind of venue this door belongs to, so its rules cannot be told.",
  ],
  card: [
    "纸质卡是本县签发的。卡只说明是谁，离线时查不到现在的状态。",
    "The paper card is this county's own. It says who, and without a network nobody can look up how they are now.",
  ],
  document: ["没有网络，不能按证件号码查。", "Without a network nobody can be looked up by document."],
  expired: [
    "本机的离线信息停在 {at}，已经过期，不能再据此放行或拒绝。",
    "This phone's knowledge is of {at} and has expired: nobody can be let in or turned away by it.",
  ],
  none: [
    "本机没有可用的离线信息，不能据此放行或拒绝。",
    "This phone has nothing to go by without a network: nobody can be let in or turned away by it.",
  ],
  register: [
    "请核对证件，人工登记；这次扫码已存在本机，连上网后自动补送。",
    "Check the document and register by hand. The scan is kept on this phone and sent once there is a network.",
  ],
  showed: ["这张码是本县签发的，{at} 显示{colour}。", "The code is this county's own and showed {colour} at {at}."],
  notRecorded: [
    "门岗的存储暂时写不进，这次还没有记下；扫码已存在本机，自动再送。",
    "The gate cannot write for now, so this is not recorded yet. The scan is kept on this phone and sent again.",
  ],
  markNotRecorded: ["还没有记下", "not recorded yet"],
  notKept: [
    "这部手机存不下这次扫码了。请不要关本页，尽快连上网补送；同时用纸登记。",
    "This phone has no room to keep this scan. Do not close the page; connect soon so that it is sent, and register on paper.",
  ],
  stillKept: [
    "还有 {n} 次扫码没有送出，停用后就送不了了。请先连上网，等到「0 次待送」。",
    "{n} scans are still to be sent, and after this nobody could send them. Connect first, until it says “0 to send”.",
  ],
  endedKept: [
    "停用以前的扫码还有 {n} 次没有送出。请连上网、刷新本页，先让它送完；送不完就重新登记，本页会接着送。",
    "{n} scans from before that are still to be sent. Connect and load this page again, or enrol: it goes on with them.",
  ],
  sending: ["补送 {done}/{of}", "sending {done} of {of}"],
  laterWas: ["当时{was}，现在是{now}", "was {was}, is now {now}"],
} satisfies Record<string, readonly [zh: string, en: string]>;

export type OfflineWord = keyof typeof WORDS;

export function tell(language: Language, name: OfflineWord | Doubt, facts: Readonly<Record<string, string | number>> = {}): string {
  const filled = WORDS[name][language === "en" ? 1 : 0].replace(/\{(\w+)\}/g, (_, fact: string) => String(facts[fact]));
  return language === "en" ? filled : spaced(filled);
}
