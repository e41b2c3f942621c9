"""What the lab room refuses of what was done at tables: whose it is, when it came, what it was done to."""

from fangxian.core.refusal import Refusal


def came_after_closing() -> Refusal:
    return Refusal(
        "lab.came_after_closing",
        zh="这一轮已经结束，记录留着，还没有算。应在结束以前传来；统筹的人重新开始这一轮它就算，不用再传。",
        en="The round is over: this is kept and does not count yet. It should have come before; it counts as soon as "
        "whoever plans reopens the round, and need not be sent again.",
    )


def came_before_opening() -> Refusal:
    return Refusal(
        "lab.came_before_opening",
        zh="这一轮还没有开始，记录留着，还没有算。采样应在开始以后；开始时，在这一轮时间以内做的就算，不用再传。",
        en="The round is not open yet: this is kept and does not count yet. Sampling begins with the round; when it is "
        "opened, what was done within its time counts and need not be sent again.",
    )


def done_before_the_round() -> Refusal:
    return Refusal(
        "lab.done_before_the_round",
        zh="这是在这一轮的时间以前做的，没有算。应在这一轮的起止时间以内；采过的人请再采一次，或核对设备的时钟。",
        en="This was done before the round's time, so it does not count. It should be within it: sample again whoever "
        "it was, or check the device's clock.",
    )


def thing_is_anothers(label: str) -> Refusal:
    return Refusal(
        "lab.thing_is_anothers",
        zh="{label} 是别的采样点的，没有改动。管和箱应由它的采样点、统筹或实验室来改；请核对标签，没扫错就请他们来记。",
        en="{label} is another site's, so nothing changed. A tube or box is changed by its own site, the planners or "
        "the laboratory: compare with the label, and if it is right ask one of them.",
        label=label,
    )


def person_is_anothers() -> Refusal:
    return Refusal(
        "lab.person_is_anothers",
        zh="这个人不在您的地区，也不到您的采样点，没有改动。免采、不配合应由他那里的网格员、采样点或统筹来记；请转告他们。",
        en="This person neither lives in your area nor comes to your site, so nothing changed. Their own grid worker, "
        "their site or the planners say that they are exempt or refuse: tell one of them.",
    )


def alias_is_anothers() -> Refusal:
    return Refusal(
        "lab.alias_is_anothers",
        zh="这个码在名册上是另一个人的，没有记下。一个码只代表一个人；请核对是谁，或用采样码、证件登记。",
        en="On the roster this code stands for somebody else, so nothing was recorded. A code is one person's: check "
        "who it is, or use their slip or document.",
    )


def birth_wrong() -> Refusal:
    return Refusal(
        "lab.birth_wrong",
        zh="出生日期不对，没有记下。应像 2014-06-03；请改好。",
        en="The date of birth is none, so nothing was recorded. It should look like 2014-06-03: correct it.",
    )


def sampled_elsewhere(round: str, site: str, at: str) -> Refusal:
    return Refusal(
        "lab.sampled_elsewhere",
        zh="这个人 {at} 在“{round}”的“{site}”刚采过样，没有再记。一小时内不会在两个点；请核对是不是扫错了人，"
        "确要采就勾选“仍要记下”。",
        en="This person was sampled at {at} in “{round}”, at “{site}”, so nothing was recorded. Nobody is at two sites "
        "within an hour: was somebody else meant? If they must be sampled, tick “record all the same”.",
        round=round,
        site=site,
        at=at,
    )


def number_misread() -> Refusal:
    return Refusal(
        "lab.number_misread",
        zh="身份证号里把字母 O、I、L 当成了数字，没有收下。应是 18 位数字，末位可以是 X；请照着证件改好。",
        en="The identity card's number has a letter O, I or L for a digit, so it was not taken. It should be 18 "
        "digits, the last of which may be an X: correct it from the card.",
    )


def same_name_in_tube() -> Refusal:
    return Refusal(
        "lab.same_name_in_tube",
        zh="这根管里已有同名的人，没有再记。同名的两个人应靠证件、出生日期或监护人分清；请补上一样，是同一个人就不用再记。",
        en="Somebody of this name is in the tube, so nobody was added. Two of one name are told apart by document, "
        "date of birth or guardian: add one. If it is the same person, nothing needs doing.",
    )


def needs_own_tube(tube: str, size: int) -> Refusal:
    return Refusal(
        "lab.needs_own_tube",
        zh="这个人是召回来单采的，{tube} 管是 {size} 人一管，没有记下。复采应一人一管；请另开一根单采单检的管再采。",
        en="This person is called back for a tube of their own, and {tube} is for {size} people, so nothing was "
        "recorded. Open another tube for one person and sample them into that.",
        tube=tube,
        size=size,
    )


def tube_is_void(tube: str) -> Refusal:
    return Refusal(
        "lab.tube_is_void",
        zh="{tube} 管已作废，没有记下，这个人还是应采。采样应用没有作废的管；请换一根新管。",
        en="The tube {tube} is void, so nothing was recorded and they are still missing. Take another tube.",
        tube=tube,
    )


def tube_in_other_box(tube: str, box: str) -> Refusal:
    return Refusal(
        "lab.tube_in_other_box",
        zh="{tube} 管记着在 {box} 箱里，没有改动。一根管只在一个箱里；请核对实物，真换了箱就写明原因再装。",
        en="The tube {tube} is on record in the box {box}, so nothing changed. A tube is in one box: look at it, and "
        "if it was moved put it in again with the reason.",
        tube=tube,
        box=box,
    )


def received_before(box: str, laboratory: str, at: str) -> Refusal:
    return Refusal(
        "lab.received_before",
        zh="{box} 箱已在 {at} 由“{laboratory}”签收，没有再记。一个箱签收一次；请核对标签，箱不在那里就告诉统筹。",
        en="The box {box} was received at {at} by “{laboratory}”, so nothing was recorded again. A box is received "
        "once: compare with the label, and if it is not there tell the planners.",
        box=box,
        laboratory=laboratory,
        at=at,
    )


def box_not_known_here(box: str) -> Refusal:
    return Refusal(
        "lab.box_not_known_here",
        zh="还没有 {box} 箱的记录，没有记下。应是采样点开过的箱；核对标签，没扫错就勾选“采样点还没上传”再记一次。",
        en="There is no record of a box {box} yet, so nothing was recorded. It should be one that a site opened: "
        "compare with the label, and if it is right tick “the site has not uploaded yet” and record it again.",
        box=box,
    )


def not_called_off(what: str, what_en: str) -> Refusal:
    return Refusal(
        "lab.round_not_called_off",
        zh="{what}，没有撤销。撤销的应是还没有开始、也没有采样记录的一轮，并写明为什么；已经开始的，对完账再结束。",
        en="{what_en}, so the round was not called off. It should be one that has not begun and of which nothing is on "
        "record, with a reason. One that has begun is closed when it adds up.",
        what=what,
        what_en=what_en,
    )


def not_reopened(what: str, what_en: str) -> Refusal:
    return Refusal(
        "lab.round_not_reopened",
        zh="{what}，没有重新开始。重新开始的应是一轮已经结束的筛查，并写明为什么；请改好再提交。",
        en="{what_en}, so the round was not reopened. It should be one that is over, with a reason: correct it and "
        "send it again.",
        what=what,
        what_en=what_en,
    )
