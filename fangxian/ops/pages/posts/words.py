"""What the pages of posts say."""

from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.pages.parts import Need
from fangxian.ops.posts.path import WHY
from fangxian.ops.posts.queries import Post
from fangxian.ops.posts.wire import Gap

DONE = {
    "set": Said("已排上这一班。", "The shift is set."),
    "copied": Said("已照前一天排好明天的班。", "Tomorrow is set as the day before."),
    "off": Said("已取消这一班。", "The shift was called off."),
    "added": Said("已加进名单。", "Added to the list."),
    "gone": Said("已从名单上去掉，以后的班不再排他。", "Taken off the list and off the shifts to come."),
    "signed": Said("已签认，可以单独值守。", "Signed off: they may keep alone."),
    "came": Said("到岗时间已记下。", "Their coming has been noted."),
    "handed": Said("交班记录已签。请接班的人看过后签。", "The note is signed. Whoever comes reads it and signs."),
    "taken": Said("已接班，交接完成。", "Taken over: the hand-over is complete."),
    "opened": Said(
        "已记下开锁。用完请锁上，再点“已锁上”。", "The opening is noted. Lock it after use and press “locked again”."
    ),
    "locked": Said("已记下锁上的时间。", "The time it was locked is noted."),
    "key": Said("钥匙由谁拿已改好。", "Who holds the key has been changed."),
    "hours": Said("值守时间和人数已改好。", "Hours and number of people have been changed."),
    "set_up": Said("值守点已设好。下一步：名单和值班表。", "The post is set up. Next: its list and its roster."),
    "closed": Said("这个值守点已撤销。", "This post is closed."),
    "inspected": Said("检查已记录。", "The inspection is recorded."),
    "mended": Said("已记为整改到位。", "Recorded as mended."),
    "stepped": Said("这一步已记下时间。", "The time of this step is noted."),
    "ended": Said("这次处置已结束，时间都已留下。", "This is over; the times are on record."),
}
VEHICLES = {
    "foot": Said("步行", "On foot"),
    "bicycle": Said("骑车", "Bicycle"),
    "car": Said("小客车", "Car"),
    "coach": Said("大客车", "Coach"),
    "goods": Said("货车", "Goods"),
}
OUTCOMES = {
    "admit": Said("通行", "Pass"),
    "verify": Said("核验", "Verify"),
    "refuse": Said("止步", "Stop"),
}
ANSWERS = {
    "ok": Said("合格", "Fine"),
    "fault": Said("不合格", "Fault"),
    "not_here": Said("这里没有", "Not here"),
}
STRENGTHS = {
    "stated": Said("县里明确的", "stated by the county"),
    "found": Said("公开文件", "a public document"),
    "recalled": Said("凭记忆", "recalled"),
    "inferred": Said("推断", "inferred"),
    "guess": Said("猜测，县里定", "a guess, a county decides"),
}
RESPONSES = {
    "admit": Said("放行，登记", "Let pass, register"),
    "verify": Said("核验证件、登记后放行", "Check the document, register, let pass"),
    "path": Said("不放行，按应急流程处置", "Stop, and go through the emergency steps"),
    "let_on": Said("先让车去医院，再报告", "Let the vehicle go to the hospital, then report"),
}


def clock(moment: datetime) -> str:
    return f"{localtime(moment):%H:%M}"


def gap_said(gap: Gap) -> Said:
    """When people are missing, and how many."""
    begins, ends = localtime(gap.begins_at), localtime(gap.ends_at)
    until = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{ends:%m-%d %H:%M}"
    when = f"{begins:%m-%d %H:%M}–{until}"
    return Said(f"{when} 缺 {gap.n_missing} 人", f"{gap.n_missing} short, {when}")


def gap_need(post: Post, gap: Gap, at: datetime) -> Need:
    said = gap_said(gap)
    return Need(
        what=Said(f"{post.name}：{said.zh}", f"{post.name}: {said.en}"),
        href=reverse("post-roster", args=[post.pk]),
        due_at=gap.begins_at if gap.begins_at > at else None,
        late=gap.begins_at <= at,
    )


def emergency_need(row) -> Need:
    why = WHY[row.why]
    return Need(
        what=Said(f"{row.post.name}：{why.zh}，处置中", f"{row.post.name}: {why.en.lower()}, under way"),
        href=reverse("post-emergency", args=[row.pk]),
        late=True,
    )


def hours_said(post: Post) -> Said:
    if (post.begins_min, post.ends_min) == (0, 1440):
        return Said("全天", "around the clock")
    text = f"{minute_said(post.begins_min)}–{minute_said(post.ends_min)}"
    return Said(text, text)


def minute_said(minutes: int) -> str:
    """A minute of the day as people write it: 1440 is 24:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
