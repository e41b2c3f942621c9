"""What the actions on record are called. An action nobody has named here is shown by its own name."""

from fangxian.core.refusal import Said

ROOMS = {
    "accounts": Said("账号", "accounts"),
    "approvals": Said("审批", "approvals"),
    "arrivals": Said("来返申报", "arrivals"),
    "audit": Said("审计", "audit"),
    "contacts": Said("接触者", "contacts"),
    "documents": Said("文书", "documents"),
    "enquiries": Said("核实", "enquiries"),
    "erasure": Said("清除", "erasure"),
    "intake": Said("收文", "intake"),
    "jobs": Said("后台任务", "jobs"),
    "measures": Said("措施与规则", "measures and rules"),
    "merges": Said("合并", "merges"),
    "parcels": Said("快递追查", "parcels"),
    "people": Said("居民", "residents"),
    "places": Said("地点", "places"),
    "tasks": Said("任务", "tasks"),
}
# By room, then by what was done: `accounts.signed_in` is ACTIONS["accounts"]["signed_in"].
ACTIONS: dict[str, dict[str, Said]] = {
    "accounts": {
        "signed_in": Said("登录", "signed in"),
        "sign_in_failed": Said("登录没有成功", "failed to sign in"),
        "signed_out": Said("退出", "signed out"),
        "opened": Said("开立账号", "opened accounts"),
        "closed": Said("停用账号", "closed accounts"),
        "moved": Said("账号换单位", "moved accounts to another unit"),
        "appointed": Said("任命", "appointed"),
        "appointment_confirmed": Said("确认任命", "confirmed appointments"),
        "appointment_declined": Said("不同意任命", "declined appointments"),
        "dismissed": Said("免去任命", "dismissed"),
        "password_set": Said("设置密码", "set a password"),
        "persons_verified": Said("核验账号本人", "verified who stands behind accounts"),
        "units_opened": Said("登记单位", "put units on record"),
    },
    "arrivals": {
        "declared": Said("申报到达", "declared arrivals"),
        "corrected": Said("更正到达申报", "corrected an arrival"),
        "cancelled": Said("撤销到达申报", "cancelled arrivals"),
        "undertaken": Said("签来返承诺书", "signed an undertaking"),
        "decided_anew": Said("重新判定来返措施", "decided anew what arrivals are asked"),
        "carried_over": Said("合并档案的到达申报", "carried arrivals over to a merged record"),
        "merge_undone": Said("撤销合并后分回到达申报", "parted arrivals when a merge was undone"),
    },
    "approvals": {
        "requested": Said("提交审批", "asked for approval"),
        "approved": Said("同意", "approved"),
        "rejected": Said("不同意", "rejected"),
        "withdrawn": Said("撤回审批", "withdrew a request"),
        "expired": Said("审批过期", "a request expired"),
        "settled": Said("审批办结", "a request was settled"),
        "used": Said("用掉一次批准", "used an approval"),
    },
    "audit": {
        "views": Said("查看记录汇总", "looks at records, summed up"),
        "details_erased": Said("依令清除明细", "erased details by order"),
        "verified": Said("核验审计链", "verified the chain"),
        "exported": Said("导出审计记录", "exported the trail"),
    },
    "documents": {
        "issued": Said("出具文书", "issued documents"),
        "typeset": Said("排版文书", "typeset documents"),
        "withdrawn": Said("作废文书", "withdrew a document"),
    },
    "erasure": {
        "erased": Said("到期清除", "erased at its term"),
    },
    "jobs": {
        "asked": Said("请求后台任务", "asked for a job"),
        "cancel_asked": Said("请求取消后台任务", "asked to call off a job"),
        "ended": Said("后台任务结束", "a job ended"),
        "queued_again": Said("后台任务重新排队", "queued a job again"),
        "taken_again": Said("后台任务中断后重做", "a lost job was taken again"),
    },
    "contacts": {
        "proposed": Said("提出接触者", "proposed contacts"),
        "confirmed": Said("判定接触者", "confirmed contacts"),
        "rejected": Said("排除接触者", "rejected contacts"),
        "put_back": Said("放回接触者", "put contacts back"),
        "noted": Said("补充更正接触者", "noted facts of a contact"),
        "traced": Said("记接触者已落地", "noted contacts as traced"),
        "transferred": Said("记接触者转运中", "noted contacts on the way"),
        "in_quarantine": Said("记接触者在观察", "noted contacts under observation"),
        "released": Said("解除接触者", "released contacts"),
        "became_case": Said("记接触者转为病例", "noted contacts who became cases"),
        "handed_over": Said("推送接触者", "handed contacts over"),
        "given_to_team": Said("把接触者派给小组", "gave contacts to a team"),
        "exported": Said("导出接触者名单", "took out the list of contacts"),
        "carried_over": Said("合并档案的接触者", "carried contacts over to a merged record"),
        "united": Said("两条接触记录并为一条", "made one of two lines of a contact"),
        "merge_undone": Said("撤销合并后分回接触者", "parted contacts when a merge was undone"),
        "followed_up": Said("随访接触者", "followed a contact up"),
        "follow_ups_opened": Said("生成当天随访", "opened the day's follow-ups"),
        "follow_ups_missed": Said("记漏访", "noted missed follow-ups"),
        "rechecked": Said("重新质控接触者", "judged contacts anew"),
        "listed": Said("导入接触者名单", "took in a list of contacts"),
        "days_listed": Said("导入随访", "took in follow-ups"),
        "meetings_listed": Said("导入接触关系", "took in who met whom"),
    },
    "measures": {
        "rulebooks_published": Said("发布规则", "published rulebooks"),
        "order_issued": Said("发布命令", "issued an order"),
        "order_lifted": Said("解除命令", "lifted an order"),
    },
    "merges": {
        "written_down": Said("记下合并移动了什么", "wrote down what a merge moved"),
        "undone": Said("撤销合并", "undid a merge"),
    },
    "parcels": {
        "trace_opened": Said("开始追查快递", "opened a trace of parcels"),
        "trace_closed": Said("结束追查快递", "closed a trace of parcels"),
        "waybills_listed": Said("登记运单", "put waybills on record"),
        "match_settled": Said("判断收件人是谁", "decided who a parcel was for"),
        "match_reopened": Said("撤销对收件人的判断", "undid a decision on who a parcel was for"),
        "declared": Said("申报快递", "declared a parcel"),
        "declarations_drawn_in": Said("列入以前的快递申报", "drew in declarations of parcels"),
        "confirmed": Said("判定快递接触者", "confirmed who touched a parcel"),
        "set_aside": Said("排除快递接触者", "set aside who touched no parcel"),
        "couriers_put": Said("列入网点从业人员", "put a depot's staff on record"),
        "tests_noted": Said("记入快递接触者的检测", "noted tests of who touched a parcel"),
        "released": Said("解除快递接触者", "released who touched a parcel"),
        "carried_over": Said("合并档案的快递记录", "carried parcels over to a merged record"),
        "merge_undone": Said("撤销合并后分回快递记录", "parted parcels when a merge was undone"),
    },
    "people": {
        "households_registered": Said("登记住户", "registered households"),
        "persons_registered": Said("登记居民", "registered residents"),
        "attached": Said("登记班级和单位", "registered classes and workplaces"),
        "merged": Said("合并重复居民", "merged duplicate residents"),
        "merge_undone": Said("撤销合并后分回档案", "parted two records when a merge was undone"),
    },
    "places": {
        "divisions_laid": Said("建立区划", "laid the divisions"),
        "divisions_succeeded": Said("区划换版", "moved to a later edition of divisions"),
        "areas_carried_over": Said("记录随区划迁移", "carried records over to new areas"),
        "grid_cells_laid": Said("划分网格", "laid grid cells"),
        "venues_registered": Said("登记场所", "registered venues"),
        "venue_applied": Said("申请登记场所", "applied for a venue"),
        "venue_verified": Said("核验场所", "verified a venue"),
        "venue_refused": Said("不予登记场所", "refused a venue"),
        "venue_suspended": Said("暂停场所", "suspended a venue"),
        "venue_resumed": Said("恢复场所", "resumed a venue"),
        "venue_closed": Said("停用场所", "closed a venue"),
        "venue_transferred": Said("转让场所", "handed a venue over"),
        "door_added": Said("添加门", "added a door"),
        "door_code_renewed": Said("换发场所码", "issued a door's code anew"),
        "device_offered": Said("添加门口设备", "offered a door device"),
        "device_enrolled": Said("登记门口设备", "enrolled a door device"),
        "devices_placed": Said("成批配置门口设备", "put door devices in place"),
        "device_ended": Said("停用门口设备", "ended a door device"),
    },
    "tasks": {
        "opened": Said("派任务", "opened tasks"),
        "taken": Said("领任务", "took tasks"),
        "handed_over": Said("转交任务", "handed tasks over"),
        "finished": Said("办结任务", "finished tasks"),
        "cancelled": Said("撤销任务", "cancelled tasks"),
        "merge_undone": Said("撤销合并后分回任务", "parted tasks when a merge was undone"),
        "escalated": Said("任务升级", "escalated tasks"),
    },
}


def action_said(action: str) -> Said:
    room, _, done = action.partition(".")
    return ACTIONS.get(room, {}).get(done) or Said(action, action)


def action_choices() -> list[tuple[Said, list[tuple[str, Said]]]]:
    """Room by room: everything of the room, then each action."""
    return [
        (
            said,
            [
                (f"{room}.", Said(f"{said.zh}：全部", f"{said.en}: all")),
                *((f"{room}.{done}", words) for done, words in ACTIONS.get(room, {}).items()),
            ],
        )
        for room, said in ROOMS.items()
    ]
