/** What the scripts of the doors say, in both languages; sentences of gates and codes come with their answers. */

import type { Health, Outcome } from "../core/scan";

export type Language = "zh" | "en";
type Said = readonly [zh: string, en: string];

const WORDS = {
  admit: ["通行", "Pass"],
  verify: ["核验", "Verify"],
  refuse: ["止步", "Stop"],
  unknown: ["不明", "Unsure"],
  healthGreen: ["绿码", "green"],
  healthYellow: ["黄码", "yellow"],
  healthRed: ["红码", "red"],
  healthUnknown: ["健康码未知", "health code unknown"],
  travelClear: ["行程无风险", "no journey at risk"],
  travelRisk: ["行程有风险", "journey at risk"],
  travelUnknown: ["行程不明", "journey unknown"],
  test: ["核酸阴性，{hours} 小时前", "negative test {hours} h ago"],
  noTest: ["没有有效的核酸结果", "no negative test on record"],
  knowledgeOld: ["门岗的数据是 {seconds} 秒前的", "The gate's knowledge is {seconds} s old"],
  companion: ["同行第 {n} 人：{word}。{reason}", "Companion {n}: {word}. {reason}"],
  lineGood: ["门岗已连通", "Gate connected"],
  lineOld: ["门岗数据停在 {age}前", "Gate's data is {age} old"],
  lineBad: ["门岗不能查验", "Gate cannot answer"],
  lineGone: ["门岗没有应答", "No answer from the gate"],
  offline: ["没有网络", "No network"],
  nothingKept: ["0 次待送", "0 to send"],
  kept: ["{n} 次待送", "{n} to send"],
  sentLate: ["{at} 的扫码已补送：{word}", "The scan of {at} was sent late: {word}"],
  seconds: ["{n} 秒", "{n} s"],
  minutes: ["{n} 分钟", "{n} min"],
  hours: ["{n} 小时", "{n} h"],
  nobodySaw: [
    "门岗没有应答，没有查到结果，这次扫码先存在本机。",
    "The gate did not answer, so there is no result; the scan is kept on this phone.",
  ],
  nobodySawDo: [
    "请把健康码给值守员看；连上网后自动补送，不必再扫。",
    "Show your health code to the keeper. It is sent by itself once there is a network: do not scan again.",
  ],
  offlineCode: [
    "没有网络，不能查现在的状态。这张码是本县签发的，{at} 显示{colour}。",
    "Without a network the state of now is not known. The code is this county's own and showed {colour} at {at}.",
  ],
  offlineDocument: [
    "没有网络，不能按证件号码查。",
    "Without a network nobody can be looked up by document.",
  ],
  offlineDo: [
    "请核对证件并登记；这次扫码已存在本机，连上网后自动补送。",
    "Check the document and register. The scan is kept on this phone and sent once there is a network.",
  ],
  recordedOut: ["已登记离开。", "Leaving is recorded."],
  cameraDenied: [
    "浏览器没有让本页使用相机。请在地址栏旁允许相机后刷新，或改用输入。",
    "The browser does not let this page use the camera. Allow it beside the address and reload, or type instead.",
  ],
  cameraNone: ["这台设备没有相机。请改用输入。", "This device has no camera. Type instead."],
  cameraInsecure: [
    "相机要在 https 或本机地址下才能用。请改用输入，或请管理员用 --tls 启动。",
    "A camera needs https or this machine's own address. Type instead, or have the site started with --tls.",
  ],
  cameraFailed: [
    "相机没有打开，可能正被别的程序使用。请关掉别的程序再试，或改用输入。",
    "The camera did not open; another program may hold it. Close that and try again, or type instead.",
  ],
  notVenue: [
    "这是个人的码，不是场所码。请扫门口张贴或屏幕上的场所码。",
    "This is a person's code, not a venue's. Scan the code posted at the door or shown on its screen.",
  ],
  notPerson: [
    "这是场所码，不是个人的码。请扫来人的健康码或纸质卡。",
    "This is a venue's code, not a person's. Scan the visitor's health code or paper card.",
  ],
  codeTooOld: [
    "您的健康码已过期，手机又连不上网，不能扫码。请连上网再扫，或出示纸质卡。",
    "Your health code has run out and the phone has no network, so nothing can be scanned. Connect and scan again, or show a paper card.",
  ],
  venueNumber: ["场所 {venue}（{door} 号门）", "Venue {venue}, door {door}"],
  noRecord: [
    "按这个号码没有查到人。请对照证件核对，再人工登记。",
    "Nobody was found by this number. Compare it with the document, then register by hand.",
  ],
  bySelf: [
    "自己扫海报或输入短码得到的结果，没有人看着。请值守员再看一眼。",
    "Got by scanning a poster or typing a code, with nobody looking on: the keeper may look again.",
  ],
  nearbyWait: ["正在看您是否在附近，最多 8 秒", "Finding out whether you are near, 8 s at most"],
  nearbyNear: [
    "手机比对过：您就在附近。位置没有离开手机。",
    "Near, by your phone alone.",
  ],
  nearbyFar: [
    "手机比对过：不在附近，没有记为在场；结果一样。",
    "Not near, by your phone alone; same answer.",
  ],
  nearbyUnknown: [
    "手机没能确定您在附近，没有记为在场；结果一样。",
    "Your phone cannot tell if you are near; same answer.",
  ],
  nearbyDenied: [
    "浏览器没有让本页使用位置，已关掉这一项。照常扫码就行。",
    "The browser does not let this page use the position, so this is off. Scan as usual.",
  ],
  typedPlace: ["短码 {typed}", "Short code {typed}"],
  firstPerson: ["请扫第 1 位，共 {n} 位", "Scan the first of {n}"],
  nextPerson: ["还差 {n} 位", "{n} more to scan"],
  onePerson: ["把来人的码对准框里", "Hold the visitor's code in the frame"],
  sameTwice: ["这个码已经扫过了，请扫下一位", "This code was scanned already; scan the next"],
  setPlace: ["先扫一下本卡口的场所码", "First scan the code of this post"],
  documentShort: ["证件号码不完整，请对照证件补全。", "The number is incomplete: complete it from the document."],
  documentCheck: [
    "末位和前 17 位对不上，可能输错了一位。请对照证件逐位核对。",
    "The last character does not fit the first 17: one may be mistyped. Compare digit by digit.",
  ],
  typedShort: ["短码有 9 位，现在是 {n} 位。请对照海报补全。", "The short code has 9 characters and this has {n}. Complete it from the poster."],
  out: ["出", "out"],
  late: ["补送", "sent late"],
} satisfies Record<string, Said>;

export type WordName = keyof typeof WORDS;
export type Facts = Readonly<Record<string, string | number>>;

/** A sentence in one language with its facts filled in. */
export function say(language: Language, name: WordName, facts: Facts = {}): string {
  const sentence = WORDS[name][language === "en" ? 1 : 0];
  const filled = sentence.replace(/\{(\w+)\}/g, (_, fact: string) => String(facts[fact]));
  return language === "en" ? filled : spaced(filled);
}

/** A thin space between Chinese and Latin letters or figures, as words.py writes it. */
export function spaced(text: string): string {
  return text
    .replace(/([\u3400-\u9fff]) ?(?=[A-Za-z0-9])/g, "$1\u2009")
    .replace(/([A-Za-z0-9%]) ?(?=[\u3400-\u9fff])/g, "$1\u2009");
}

export function languageOf(page: Document): Language {
  return page.documentElement.lang === "en" ? "en" : "zh";
}

const HEALTH: Readonly<Record<Health, WordName>> = {
  green: "healthGreen",
  yellow: "healthYellow",
  red: "healthRed",
  unknown: "healthUnknown",
};
const TRAVEL = { clear: "travelClear", risk: "travelRisk", unknown: "travelUnknown" } as const;

export function healthWord(language: Language, health: Health): string {
  return say(language, HEALTH[health]);
}

export function travelWord(language: Language, travel: keyof typeof TRAVEL): string {
  return say(language, TRAVEL[travel]);
}

export function outcomeWord(language: Language, outcome: Outcome | "unknown"): string {
  return say(language, outcome);
}

/** An age a person can take in: seconds to two minutes, minutes to two hours, then hours. */
export function ageWord(language: Language, seconds: number): string {
  if (seconds < 120) return say(language, "seconds", { n: Math.floor(seconds) });
  if (seconds < 7200) return say(language, "minutes", { n: Math.floor(seconds / 60) });
  return say(language, "hours", { n: Math.floor(seconds / 3600) });
}
