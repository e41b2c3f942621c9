"""What the posts room says when it will not."""

from fangxian.core.refusal import Refusal


def post_unknown() -> Refusal:
    return Refusal(
        "posts.unknown",
        zh="没有这个值守点，或已撤销，没有登记。请从“值守点”列表打开您值守的那一个，或请乡镇核对。",
        en="There is no such post, or it was closed, so nothing was registered. Open the post you keep from the list "
        "of posts, or ask the township.",
    )


def passing_changed(number: int) -> Refusal:
    return Refusal(
        "posts.passing_changed",
        zh="第 {number} 号登记先前已经收到，内容与这次不同，没有改动先前那一条。一个号只能是一次登记；请在手机上另登记"
        "一次更正。",
        en="Registration {number} was received before with other content, so the first one was left as it is. A "
        "number stands for one registration: register once more on the phone to correct it.",
        number=number,
    )


def exit_not_recorded(why: Refusal) -> Refusal:
    """Somebody is registered as passing, and their permit did not count."""
    return Refusal(
        "posts.exit_not_recorded",
        zh="过往已登记，离境没有登记：{why}办妥以后按“再送一次”，会再判一次；不办的可以去掉，登记不会丢。",
        en="The passing is registered, the exit is not: {why_en} Once that is seen to press “Send again” and it is "
        "looked at anew; or take it away, the registration stays.",
        why=why.said.zh,
        why_en=why.said.en,
    )


def temperature_impossible(degrees: float) -> Refusal:
    return Refusal(
        "posts.temperature_impossible",
        zh="体温写的是 {degrees} ℃，没有登记。应在 34.0 到 42.9 之间，例如 36.5；请重测一次再输入。",
        en="The temperature reads {degrees} °C, so nothing was registered. It should be from 34.0 to 42.9, such as "
        "36.5: take it again and type it.",
        degrees=degrees,
    )


def nobody_said() -> Refusal:
    return Refusal(
        "posts.nobody_said",
        zh="没有码、没有证件号码，也没有姓名，没有登记。登记要认得出是谁；请扫码或输入证件号码，都没有的，写姓名和电话。",
        en="There is no code, no document number and no name, so nobody was registered. It must be known who it is: "
        "scan a code or type a document number, or else write a name and a phone.",
    )


def vehicle_unknown(vehicle: str) -> Refusal:
    return Refusal(
        "posts.vehicle_unknown",
        zh="交通方式“{vehicle}”本程序不认识，没有登记。应是步行、自行车、小客车、大客车或货车之一；请重选。",
        en="The way of travel “{vehicle}” is not known here, so nothing was registered. It should be foot, bicycle, "
        "car, coach or goods: choose again.",
        vehicle=vehicle[:20],
    )


def origin_unknown(origin: str) -> Refusal:
    return Refusal(
        "posts.origin_unknown",
        zh="来源地代码“{origin}”不是六位县级代码，没有登记。应从名单里选省、市、县；请重选。",
        en="The origin “{origin}” is not a six-digit county code, so nothing was registered. Choose province, city "
        "and county from the list.",
        origin=origin[:12],
    )


def hours(begins_min: int, ends_min: int) -> Refusal:
    return Refusal(
        "posts.hours",
        zh="值守时间写的是 {begins} 到 {ends}，或人数不对，没有改动。应是同一天内先开后关（全天写 00:00 到 24:00），"
        "每班 1 至 20 人；请改正。",
        en="The hours read {begins} to {ends}, or the number of people is wrong, so nothing was changed. A post opens "
        "before it closes within a day (00:00 to 24:00 around the clock), with 1 to 20 people a shift: mend it.",
        begins=f"{begins_min // 60:02}:{begins_min % 60:02}",
        ends=f"{ends_min // 60:02}:{ends_min % 60:02}",
    )


def exit_unknown() -> Refusal:
    return Refusal(
        "posts.exit_unknown",
        zh="没有这个上锁的出口，没有记录。只有上锁的应急出口要记开锁；请从值守点页面上选。",
        en="There is no such locked exit, so nothing was recorded. Only locked emergency exits are recorded: choose it "
        "on the post's page.",
    )


def key_nobody(name: str) -> Refusal:
    return Refusal(
        "posts.key_nobody",
        zh="“{name}”的钥匙没有写由谁拿，没有改动。锁着的出口必须有人拿钥匙、打得通电话；请写姓名和电话。",
        en="Nobody is named as holding the key of “{name}”, so nothing was changed. A locked exit needs somebody with "
        "the key who answers the phone: write a name and a number.",
        name=name,
    )


def exit_why(name: str) -> Refusal:
    return Refusal(
        "posts.exit_why",
        zh="打开“{name}”没有写原因，没有记录。应写明为什么开，例如急救车通过；请补上一句。门已经开了的，先办急事再补记。",
        en="No reason is given for opening “{name}”, so it was not recorded. Say why, such as an ambulance passing: "
        "add a few words. If it is open already, see to the emergency first.",
        name=name,
    )


def exit_stands_open(name: str) -> Refusal:
    return Refusal(
        "posts.exit_stands_open",
        zh="“{name}”已经记为打开，还没有锁上，没有再记一次。一次打开记一次；锁上以后请先点“已锁上”。",
        en="“{name}” is on record as open and not locked again, so it was not recorded twice. Press “locked again” "
        "first, once it is.",
        name=name,
    )


def keeper_nameless() -> Refusal:
    return Refusal(
        "posts.keeper_nameless",
        zh="有值守人员没有写姓名，没有登记。名单要能找到人；请补上姓名。",
        en="A keeper has no name, so nobody was put on the list. The list is for finding people: add the name.",
    )


def keeper_unknown() -> Refusal:
    return Refusal(
        "posts.keeper_unknown",
        zh="名单上没有这名值守人员，或已离开，没有改动。请刷新值班表，从现在的名单里选。",
        en="This keeper is not on the list, or has left, so nothing was changed. Reload the roster and choose from the "
        "list as it is now.",
    )


def keeper_elsewhere() -> Refusal:
    return Refusal(
        "posts.keeper_elsewhere",
        zh="选的人里有不在这个值守点名单上的，这一班没有排。只能排本值守点在册的人；请先把他加进名单。",
        en="Some of those chosen are not on this post's list, so the shift was not set. Only its own keepers can be: "
        "add them to the list first.",
    )


def not_practised(n_right: int | None, n_people: int | None) -> Refusal:
    return Refusal(
        "posts.not_practised",
        zh="最近一次练习答对 {right}，还不能签认。签认前最近一次练习应全部答对；请再练一次。",
        en="The latest practice had {right} right, so this was not signed off. The latest one should be right "
        "throughout: practise once more.",
        right="—" if n_people is None else f"{n_right}/{n_people}",
    )


def shift_times(begins: str, ends: str) -> Refusal:
    return Refusal(
        "posts.shift_times",
        zh="这一班写的是 {begins} 到 {ends}，没有排。下班应晚于上班；请改时间。",
        en="The shift reads {begins} to {ends}, so it was not set. It should end after it begins: change the times.",
        begins=begins,
        ends=ends,
    )


def shift_overlaps(begins: str, other_begins: str, other_ends: str) -> Refusal:
    return Refusal(
        "posts.shift_overlaps",
        zh="{begins} 的班和已排的 {other_begins} 到 {other_ends} 重叠，没有排。一个值守点同一时间只有一班；请改时间，"
        "或先取消那一班。",
        en="The shift of {begins} overlaps the one from {other_begins} to {other_ends}, so it was not set. A post has "
        "one shift at a time: change the times, or call the other one off.",
        begins=begins,
        other_begins=other_begins,
        other_ends=other_ends,
    )


def shift_unknown() -> Refusal:
    return Refusal(
        "posts.shift_unknown",
        zh="没有这一班，可能已取消，没有改动。请刷新值班表再选。",
        en="There is no such shift, or it was called off, so nothing was changed. Reload the roster and choose again.",
    )


def shift_begun(begins: str) -> Refusal:
    return Refusal(
        "posts.shift_begun",
        zh="{begins} 的班已经开始，不能取消。只能取消还没开始的班；换人请在值班表上重排这一班。",
        en="The shift of {begins} has begun and cannot be called off. Only shifts to come can be: to change people, "
        "set this one again on the roster.",
        begins=begins,
    )


def note_empty() -> Refusal:
    return Refusal(
        "posts.note_empty",
        zh="交班记录是空的，没有签交。应写清没办完的事、在观察处的人、物资和钥匙；没有的，写“无”。",
        en="The hand-over note is empty, so it was not signed. Write what is unfinished, who is in the waiting area, "
        "supplies and keys; if there is nothing, write “none”.",
    )


def taken_over(at: str) -> Refusal:
    return Refusal(
        "posts.taken_over",
        zh="这一班已在 {at} 交接完，没有改动。双方签过的记录不再改；要补充的，写进下一班的记录。",
        en="This shift was taken over at {at}, so nothing was changed. What both have signed stays: add to the next "
        "shift's note.",
        at=at,
    )


def not_handed() -> Refusal:
    return Refusal(
        "posts.not_handed",
        zh="上一班还没有人签交，没有接班。应先由交班的人写记录并签名；找不到人的，请打电话给村里再接。",
        en="Nobody of the shift before has signed, so it was not taken over. One who leaves writes the note and signs "
        "first: if they cannot be found, call the village.",
    )


def signed_twice() -> Refusal:
    return Refusal(
        "posts.signed_twice",
        zh="交班和接班签的是同一个人，没有接班。交接要两个人当面签；请由接班的人签。",
        en="The same person signed for both shifts, so it was not taken over. Two people sign face to face: let one "
        "who comes sign.",
    )


def check_empty() -> Refusal:
    return Refusal(
        "posts.check_empty",
        zh="检查单一项也没有填，没有记录。至少应有一项结论；请逐项选“合格”“不合格”或“没有”。",
        en="No item of the checklist was answered, so nothing was recorded. At least one should be: choose fine, "
        "fault or not here.",
    )


def finding_unknown() -> Refusal:
    return Refusal(
        "posts.finding_unknown",
        zh="选的问题里有不存在的，没有改动。请刷新检查单页面再选。",
        en="Some of the findings chosen do not exist, so nothing was changed. Reload the checklist and choose again.",
    )


def emergency_unknown() -> Refusal:
    return Refusal(
        "posts.emergency_unknown",
        zh="没有这次应急处置，没有记录。请从值守点页面打开正在办的那一次。",
        en="There is no such emergency, so nothing was recorded. Open the running one from the post's page.",
    )


def emergency_over() -> Refusal:
    return Refusal(
        "posts.emergency_over",
        zh="这次应急处置已经结束，没有再记。结束后不再改；还有人不适的，请另开一次。",
        en="This emergency is over, so nothing more was recorded. It stays as it ended: if somebody is still unwell, "
        "open another.",
    )


def step_unknown(step: str) -> Refusal:
    return Refusal(
        "posts.step_unknown",
        zh="这条处置流程里没有“{step}”这一步，没有记录。请按页面上列出的步骤逐步点。",
        en="This path has no step “{step}”, so nothing was recorded. Press the steps that the page lists.",
        step=step[:20],
    )


def end_unknown(end: str) -> Refusal:
    return Refusal(
        "posts.end_unknown",
        zh="处置不能以“{end}”结束，没有记录。应是已转运、已放行就医、复测正常或本人返回之一；请重选。",
        en="The path cannot end with “{end}”, so nothing was recorded. It ends with fetched, went on to a hospital, "
        "normal when taken again, or turned back: choose again.",
        end=end[:20],
    )


def close_why(name: str) -> Refusal:
    return Refusal(
        "posts.close_why",
        zh="没有写明为什么撤销值守点“{name}”，没有撤。以后查起来要看为什么；请写一句，如“村口改走新路”。",
        en="It was not said why the post at “{name}” is closed, so it was not. Whoever looks into it later must see "
        "why: write a sentence, such as “people take the new road”.",
        name=name,
    )


def closing_meanwhile(name: str) -> Refusal:
    return Refusal(
        "posts.closing_meanwhile",
        zh="值守点“{name}”还有没办结的应急处置，或应急出口还开着，没有撤销。应先把处置一步步办结、把出口锁上；"
        "办完再撤。",
        en="At the post “{name}” an emergency has not ended, or a locked exit stands open, so it was not closed. The "
        "steps come to their end and the exit is locked first: do that, then close it.",
        name=name,
    )


def post_there(name: str) -> Refusal:
    return Refusal(
        "posts.there_already",
        zh="场所“{name}”已经有值守点，没有再设。一个场所设一个；要改时间、人数，请打开那个值守点的“登记本、出口”。",
        en="There is a post at “{name}” already, so none was set up. A venue has one: to change its hours or people "
        "open its page “Who passed, exits”.",
        name=name,
    )


def no_venue() -> Refusal:
    return Refusal(
        "posts.venue_unfit",
        zh="所选的场所不在您的辖区，或没有启用，没有设值守点。应是您辖区里已核验的场所；没有的，请先登记场所。",
        en="The venue chosen is not of your area or not in use, so no post was set up. It should be a verified venue "
        "of your area: register it first if there is none.",
    )


def emergency_runs(name: str) -> Refusal:
    return Refusal(
        "posts.emergency_runs",
        zh="值守点“{name}”有应急处置（发热、红码、病重）还没有办结，没有迁址：等候的人、转运和消毒都在这个点上。请先在“值守点”"
        "页打开这件处置，一步步办结，再迁址。",
        en="The post at “{name}” has an emergency (fever, red code, illness) that has not ended, so it was not moved: "
        "who waits, the transfer and the disinfection are at this place. Open it on the page of posts, go through its "
        "steps to the end, then move.",
        name=name,
    )


def post_not_found() -> Refusal:
    return Refusal(
        "posts.post.not_found",
        zh="没有这个值守点，或已撤销。值守点的地址由系统给出；请从“值守点”列表打开。",
        en="There is no such post, or it was closed. Open it from the list of posts.",
    )


def post_not_yours(name: str) -> Refusal:
    return Refusal(
        "posts.post.not_yours",
        zh="“{name}”不归您管，或您的岗位不办这件事，没有改动。登记由当班的值守员办，排班、签认由乡镇、村和包联干部办；"
        "请联系他们。",
        en="“{name}” is not in your charge, or your post does not do this, so nothing was changed. Its keepers "
        "register; township, village and the stationed cadre set the roster and sign off: ask them.",
        name=name,
    )
