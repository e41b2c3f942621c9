"""The words of the pages of enquiries."""

from fangxian.core.refusal import Said

URGENCIES = {
    1: Said("最急：去过就要集中隔离", "first: central quarantine if they were there"),
    2: Said("急：去过就要居家隔离", "soon: quarantine at home if they were there"),
    3: Said("去过要加做检测", "tests if they were there"),
    4: Said("不在本县：回来前问清", "not in the county: before they are back"),
}
SHORT_URGENCIES = {1: Said("最急", "first"), 2: Said("急", "soon"), 3: Said("当天", "today"), 4: Said("随后", "later")}
STAR_ANSWER = Said("只是路过，没有停留", "Only passed through")
MET = {
    "works_among_many": Said("在人多的地方上班上学", "works or learns among many"),
    "n_places": Said("今天扫码去过 {n} 处", "scanned at {n} places today"),
    "n_rides": Said("今天乘车 {n} 次", "{n} rides today"),
}
JUDGING = Said(
    "名单或规则刚变，正在重新判定，名单随后出来。", "A list or a rule just changed; everybody is being judged anew."
)
ANSWERS = {
    "was_not": Said("都没去过", "In none of them"),
    "was_there": Said("去过勾选的地方", "In those ticked"),
    "not_reached": Said("没接电话", "No answer"),
    "wrong_number": Said("号码不对", "Wrong number"),
    "gone": Said("已不在本县", "Not in the county"),
}
BECAUSE = {
    "list": Said("风险地区名单更新", "a list of risk areas took effect"),
    "named": Said("人工指定有变", "a division was named by hand"),
    "rulebook": Said("规则更新", "the rules changed"),
}
HOW_FAR = {
    "judging": Said("正在判定，数字还会变", "judging; the figures still grow"),
    "measures": Said("名单已出齐，措施还在更新", "lists stand; measures still follow"),
    "overtaken": Said("有更新的变化，由下一次接着做", "overtaken; the next one does the rest"),
    "done": Said("已完成", "done"),
}
NOT_NAMED = Said("（姓名和电话须由本辖区人员查看）", "(the name and number are for whoever looks after the area)")
UNDERTAKEN = Said("社区管理", "the community's care")
