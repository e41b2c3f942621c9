/** What the field app's scripts say, in both languages; sentences of refusals come with their answers. */

import { type Language, spaced } from "../islands/words";
import type { Standing } from "./done";

const WORDS = {
  lineGood: ["已连网", "Connected"],
  lineGone: ["没有网络，照常用", "No network: go on as usual"],
  lineBusy: ["正在送", "Sending"],
  lineStopped: ["服务器没有收，看「送出的记录」", "The server takes nothing: see “What is sent”"],
  nothingWaits: ["都送到了", "All sent"],
  waits: ["{n} 条待送", "{n} to send"],
  refusedToo: ["{n} 条没收下", "{n} not taken"],
  kept: ["已写进手机，编号 {n}。连上网自己送。", "On the phone, number {n}. Sent by itself when there is a network."],
  notKept: [
    "手机写不进去，这一条没有存下！请用纸记下，连上网把待送的送出，再清理手机的存储。",
    "The phone could not write: this one was NOT kept. Write it on paper, connect so that what waits is sent, then free some room.",
  ],
  roomLittle: [
    "手机存储快满了，大约还能记 {n} 条。请尽快连上网送出待送的，再删掉手机里不用的照片和视频。",
    "The phone is nearly full: room for about {n} more. Connect soon so that what waits is sent, and delete photos and films you do not need.",
  ],
  roomNone: [
    "手机存储马上就满，再记可能存不下。现在先用纸记；连上网送出待送的，并删掉不用的照片和视频。",
    "The phone is about to be full and may not keep the next record. Write on paper for now; connect so that what waits is sent, and delete photos and films.",
  ],
  roomSaid: ["已用 {used} MB；另留着大约 {n} 条记录的地方。", "{used} MB used; room is kept free for about {n} records."],
  roomUnknown: ["浏览器没有说", "the browser does not say"],
  notLasting: [
    "浏览器没有答应长期保留（存储紧时可能清掉）。把本页装到主屏幕一般就会答应。",
    "The browser has not promised to keep it when it runs short. Installing this page on the home screen usually makes it.",
  ],
  noRoomToBegin: [
    "手机存储满了，写不进去，登记没有做完。请先删掉不用的照片和视频，再按一次。",
    "The phone is full and could not write, so it is not ready. Delete photos and films you do not need, then press again.",
  ],
  clockGood: ["准：{at}", "right: {at}"],
  clockUnsure: [
    "拿不准（断网后改过时间、锁过屏或重开过）。照常记；服务器按两个钟推算。",
    "not certain (it was set, slept or reopened without a network). Go on: the server reckons from both clocks.",
  ],
  clockUnknown: ["还没有和服务器对过", "not yet compared with the server's"],
  knownAt: ["资料是 {at} 取的，断网能用到 {until}。", "Taken along at {at}; good without a network until {until}."],
  nothingTaken: ["手机里还没有资料。请连一次网。", "Nothing was taken along yet: connect once."],
  isOver: ["带出来的资料过期，已清除。请连网重取；没送出的记录都还在。", "What was taken along was over its term and is erased. Connect to fetch it anew; what was not sent is still here."],
  tooMany: ["您的辖区有 {n} 户，太多，没有放进手机。", "Your area has {n} households, too many for a phone, so none was taken along."],
  households: ["共 {n} 户，列出 {shown} 户", "{n} households, {shown} shown"],
  nobodyFound: ["没有找到。换个字，或只输户号再试。", "Nobody was found. Try another word, or the household number alone."],
  nobodyDue: ["没有该动员的人。输入姓名可以查所有住户。", "Nobody is to be spoken to. Type a name to see anybody."],
  age: ["{n} 岁", "{n} y"],
  male: ["男", "m"],
  female: ["女", "f"],
  due: ["{at} 前", "by {at}"],
  late: ["已过 {at}", "late since {at}"],
  doneHere: ["已记下，待送", "kept, to be sent"],
  doneSent: ["已送到", "sent"],
  doneRefused: ["没有收下，看「送出的记录」", "not taken: see “What is sent”"],
  already: [
    "这件事您在 {at} 记过了（{where}）。除非要补充或更正，不用再记。",
    "You recorded this at {at} ({where}). Do it again only to add to it or to correct it.",
  ],
  short: ["至少要 {n} 位，现在只有 {found} 位。请再想长一点的。", "It needs at least {n} characters and has {found}. Think of a longer one."],
  plain: ["一眼就能猜到（如 123456、888888）。请换一个。", "That is guessed at once, like 123456 or 888888. Choose another."],
  differ: ["两次输入的不一样。请再输一遍。", "The two are not the same. Type them again."],
  wrong: ["口令不对。", "That is not the unlock."],
  wrongFew: [
    "口令不对。再错 {n} 次，手机里的资料就全部清除，没送出的 {waiting} 条也在内。想不起来就先停下，找同事用纸登记。",
    "That is not the unlock. After {n} more wrong tries everything on this phone is erased, with {waiting} records that were not sent. If you cannot remember, stop and write on paper.",
  ],
  wait: ["请等 {n} 秒再试。", "Wait {n} s before the next try."],
  erasedByTries: ["连错 {n} 次，这部手机里的资料已经清除。", "After {n} wrong tries in a row what was on this phone was erased."],
  erasedByHand: ["按您说的，这部手机里的资料已经清除。", "What was on this phone was erased, as you said."],
  stillWaiting: ["还有 {n} 条没有送出。清除以后就送不了了，请先连上网，等到「都送到了」。", "{n} records are still to be sent and would be lost. Connect first, until it says “All sent”."],
  choose: ["请选一项。", "Choose one."],
  degrees: ["体温在 34.0 到 42.9 之间，例如 36.5。", "A temperature lies between 34.0 and 42.9, such as 36.5."],
  notFoundHas: ["没找到本人，就不能有体温和症状。", "Somebody not found has no temperature and no symptoms."],
  noName: ["（无权看姓名）", "(name not shown)"],
  tickPlaces: [
    "「去过」要勾出是哪里；没去过的，不要勾。",
    "“In those ticked” needs a place ticked, and the other answers none.",
  ],
  text: ["请写几个字，说清是什么事。", "Write a few words: what is it."],
  who: ["扫码，或输入证件号码；都没有的，写姓名。", "Scan a code, or type a document number; without either write a name."],
  noPost: ["没有您值守的值守点。请让乡镇把您排进去，再取最新的资料。", "There is no post you keep. Have the township put you on one, then fetch the newest."],
  basis: ["依据 {at} 的信息，由本机判断", "answered by this phone, by what was known at {at}"],
  passings: ["打开以来登记了 {n} 人次", "{n} registered since this was opened"],
  noCode: [
    "没有码，本机查不到这个人的健康码和行程。",
    "Without a code this phone cannot tell the health code or the journey of this person.",
  ],
  exitFirst: ["有离境通行单的：先扫单，再扫人的码或输证件。", "With a permit to leave: scan the permit first, then the code or the document."],
  exitRead: ["通行单{number}读到了。现在扫持单人的码，或输证件号码。", "Permit {number} is read. Now scan the code of whoever holds it, or type the document number."],
  exitForged: [
    "这张单子的签名不是本县的，或文号改过，可能是假的：不要据此放行，打电话报告县指挥部。",
    "This county did not sign this paper, or its number was changed: it may be forged. Let nobody out with it, and telephone the county's headquarters.",
  ],
  exitOut: ["这是离境通行单，出的时候才用。请先选「出」，再扫一次。", "This is a permit to leave, used on the way out. Choose “Out”, then scan it again."],
  exitOld: ["服务器是旧版，手机上还不能登记离境。请在网页「离境登记」上办。", "The server is an older one, and a phone cannot record exits with it. Use the page “Leaving the county”."],
  exitNone: ["通行单的二维码以 FXD1. 开头。请扫单子左下角的码；没有单的，这里空着。", "The code of a permit begins with FXD1. Scan the one at the foot of the paper; leave this empty without a permit."],
  exitCheck: ["通行单{number}：请看单子，本机不知道有效期和单上有谁。", "Permit {number}: look at the paper, since this phone knows neither its window nor whom it names."],
  exitLook: [
    "看三样：姓名和证件是不是本人；今天在不在有效期内；车牌、同行人对不对。有一样不对，先不放行，打电话问县指挥部。",
    "Look at three things: name and document are theirs; today is within its window; plate and companions fit. If one does not, do not let them out yet and telephone the county's headquarters.",
  ],
  exitLater: ["离境登记没登记上，连上网由服务器判，结果写在「送出的记录」。", "Whether the exit counts the server says once there is a network: see “What is sent”."],
  exitKept: ["离境，有通行单", "leaving, with a permit"],
  exitDone: ["离境已登记", "exit recorded"],
  exitLast: ["编号 {n}：{said}", "Number {n}: {said}"],
  sameVehicle: ["· 同一辆车 {plate}", "· the same vehicle {plate}"],
  fever: ["体温 {degrees} ℃，发热。", "{degrees} °C: a fever."],
  feverDo: [
    "不要放行。戴好口罩，带到等候区与别人分开，打电话报值守点负责人。连上网后任务里有应急处置的每一步。",
    "Let nobody pass with it. Mask on, to the waiting area apart from others, and telephone who is in charge of the post. Once there is a network each step of the emergency path stands in the tasks.",
  ],
  byHand: ["请核对证件，问清来去。", "Check the document, and ask where from and where to."],
  taskDone: ["办结任务", "task done"],
  followUp: ["随访", "follow-up"],
  problem: ["报告问题", "problem"],
  passing: ["登记过往", "passing"],
  enquiry: ["核实", "enquiry"],
  arrival: ["来返登记", "arrival"],
  returnee: ["返乡人员", "returnee"],
  vaccination: ["接种", "vaccination"],
  hygiene: ["重点场所", "priority place"],
  other: ["记录", "record"],
  nPlaces: ["共 {n} 处，列出 {shown} 处", "{n} places, {shown} shown"],
  venueNumber: ["场所编号 {n}", "venue number {n}"],
  lateSince: ["{what}已逾期，应在 {on} 前", "{what} late, due by {on}"],
  dueToday: ["{what}今天到期", "{what} due today"],
  amounts: ["浓度和面积都要写，写整数，例如 500。", "Concentration and area are both needed, in whole numbers such as 500."],
  swabs: ["写采了几份（1 到 500）、采在哪里。", "Say how many swabs (1 to 500) and where they were taken."],
  nothingLooked: ["一项都没有选。看过的每一项选一个结果。", "Nothing is chosen: choose a result for each item you looked at."],
  remedyMissing: ["不合格的，每一项都要写怎么整改。", "Each item that is not in order needs its remedy."],
  remedyDays: ["几天内整改，写 0 到 60。", "Days to mend it in are 0 to 60."],
  doOnPage: ["到网页上办（另开一页）", "Do it on its page (opens beside this)"],
  seePage: ["看网页（另开一页）", "See its page (opens beside this)"],
  pageNeeds: ["这件事在网页上办，那一页要连网。现在没有网络，连上以后这里有链接。", "This is done on a page that needs the network. There is none now; once there is, its link stands here."],
  seeNeeds: ["有一页写着详情，要连网才能看。现在没有网络。", "There is a page about it that needs the network. There is none now."],
  nPeople: ["共 {n} 人", "{n} people"],
  nShown: ["共 {n} 人，列出 {shown} 人", "{n} people, {shown} shown"],
  call: ["打电话 {phone}", "Call {phone}"],
  overdue: ["过期未归，没有消息", "overdue, nothing heard"],
  undeclared: ["回来了，没有申报", "back, and declared nothing"],
  expected: ["将返回", "expected"],
  measureRuns: ["措施执行到 {until}", "measure runs until {until}"],
  testsDue: ["要做检测，到 {until}", "tests due until {until}"],
  undated: ["在外，没有定日子", "away, no day known"],
  notReached: ["上次没联系上", "not reached last time"],
  whichDay: ["请写改到哪一天。", "Say on which day instead."],
  doseDue: ["该打第 {n} 针", "dose {n} is due"],
  doseLater: ["下一针从 {on} 起", "next dose from {on}"],
  dosesDone: ["都打完了", "all doses given"],
  declined: ["不愿接种", "declines"],
  stopped: ["禁忌或暂缓", "contraindicated or not now"],
  tooYoung: ["还没到接种年龄", "too young"],
  hadDoses: ["已打 {n} 针，最近 {on}", "{n} doses, the last {on}"],
  noDoses: ["没有接种记录", "no dose known"],
  doseDay: ["请写接种日期，不能晚于今天。", "Give the day of the dose; it cannot be later than today."],
  doseNumber: ["第几针是 1 到 9，不清楚就空着。", "The number of the dose is 1 to 9; leave it empty if not known."],
  arrivalWho: ["姓名、证件号码、到达时间和住在哪里都要写。", "Name, document number, time of arrival and where they stay are all needed."],
  stayWhat: ["先搜出并选好县（市、区），再写从哪天到哪天。", "Find and choose the county first, then say from which day until which."],
  noStay: ["还没有写从哪里来。至少加一个地方。", "It does not say where they come from. Add one place at least."],
  stayBackwards: ["离开早于到那里的日子，可能写反了。", "They left before they came there: the two days may be the wrong way round."],
  stayAfter: ["有一个地方的离开日子晚于到本县的日子。", "At one place they stay longer than until the arrival here."],
  stayOverlap: ["两个地方的日子重叠了。", "The days of two places overlap."],
  stayHole: ["有几天没有写在哪里。从第一个地方到到达那天，每天都要有。", "Some days are missing: every day from the first place to the arrival is needed."],
  legTimes: ["乘车的时间不对：先上车后下车，不晚于到达。", "The times of the ride cannot be: it begins before it ends, and before the arrival."],
  toldArrives: ["{at} 到达", "arrives {at}"],
  toldBy: ["由 {teller} 报来（关系：{tie}），报的号码：{tail}。", "Told by {teller}, to whom they are: {tie}. Number as told: {tail}."],
  toldBySomebody: ["由亲友报来（关系：{tie}），报的号码：{tail}。", "Told by somebody to whom they are: {tie}. Number as told: {tail}."],
  toldDenied: ["本人说不属实：{why}", "The person says that it is not so: {why}"],
  toldFound: ["在册上找到：{name}", "Found on the register: {name}"],
  toldUnknown: ["册上没有对得上的人，或不止一个。属实的，看证件登记。", "Nobody on the register fits, or more than one. If it is so, go by the document."],
  toldWhy: ["请写为什么不属实。", "Say why it is not so."],
  toldDocument: ["还不知道是谁：证件上的姓名和号码都要写。", "It is not known who it is: name and number of the document are both needed."],
  toldBorn: ["不是居民身份证的，请写出生日期。", "Without a resident’s identity card the date of birth is needed."],
  toldNumber: ["证件号码不对，请对照证件再看一遍。", "The document number cannot be right: compare it with the document."],
  toldArrival: ["核实亲友代报", "told arrival"],
  newApp: ["有新版应用：连着网刷新本页就换上，记录都在。", "There is a newer app: reload this page while online. All records stay."],
  renewFirst: ["请先连着网登录，再回到本页续期。", "Sign in while online, then come back to this page to renew."],
} satisfies Record<string, readonly [zh: string, en: string]>;

export type FieldWord = keyof typeof WORDS;

export function tell(language: Language, name: FieldWord, facts: Readonly<Record<string, string | number>> = {}): string {
  const filled = WORDS[name][language === "en" ? 1 : 0].replace(/\{(\w+)\}/g, (_, fact: string) => String(facts[fact]));
  return language === "en" ? filled : spaced(filled);
}

const KINDS: Readonly<Record<string, FieldWord>> = {
  task_done: "taskDone",
  follow_up: "followUp",
  problem: "problem",
  passing: "passing",
  enquiry: "enquiry",
  arrival: "arrival",
  returnee: "returnee",
  vaccination: "vaccination",
  hygiene: "hygiene",
  told_arrival: "toldArrival",
};

export function kindWord(language: Language, kind: string): string {
  return tell(language, KINDS[kind] ?? "other");
}

/** Where what was recorded of a work lies; "" where nothing was. */
export function whereWord(language: Language, standing: Standing | null): string {
  const names = { waits: "doneHere", sent: "doneSent", refused: "doneRefused" } as const;
  return standing ? tell(language, names[standing.where]) : "";
}

/** `11-27 14:05` of a moment as the county writes it. */
export function shortly(stamp: string): string {
  return stamp.slice(5, 16).replace("T", " ");
}
