"""What can be wrong, in words: what it is, what it means at the doors, what to do now.

Each kind has a page in docs/operations with the same name and more room. These sentences have to do without it: whoever
reads them stands in a hall at night, and the program serves no documents.
"""

from dataclasses import dataclass
from typing import Final

from fangxian.core.refusal import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmKind:
    """One kind of alarm.

    Attributes
    ----------
    is_urgent : people at doors notice it, or something is being lost; otherwise it can wait for the next hour
    title, meaning, to_do : what is wrong; what it means at the doors; what to do first
    """

    is_urgent: bool
    title: Said
    meaning: Said
    to_do: Said


URGENT, LOOK = Said("紧急", "Act now"), Said("留意", "Look soon")
KINDS: Final[dict[str, AlarmKind]] = {
    "gate-silent": AlarmKind(
        is_urgent=True,
        title=Said("门岗没有应答", "The gate does not answer"),
        meaning=Said(
            "门口扫码没有结果。值守员的手机按断网查验，扫码先存在手机里。",
            "Scans at doors have no result. Keepers' phones decide as without a network, and keep the scans.",
        ),
        to_do=Said(
            "通知各门照断网查验；看门岗进程在不在，不在就重新启动。",
            "Tell the doors to go on as without a network; see whether the gate runs, and start it if not.",
        ),
    ),
    "no-snapshot": AlarmKind(
        is_urgent=True,
        title=Said("门岗还没有数据", "The gate has no data yet"),
        meaning=Said(
            "门岗在运行，但谁的码都不认识，扫码一律没有结果。",
            "The gate runs and knows nobody's code: every scan is turned away without a result.",
        ),
        to_do=Said(
            "看后台工作（fangxian worker）在不在运行、规则是否已公布，并看门岗读的是不是这个数据文件夹。",
            "See whether fangxian worker runs, whether a rulebook is in force, and whether the gate reads this folder.",
        ),
    ),
    "no-rules": AlarmKind(
        is_urgent=True,
        title=Said("现在没有生效的规则", "No rules are in force now"),
        meaning=Said(
            "规则还没到生效时间或已到期，门岗不能判断，扫码一律没有结果。",
            "The rules have not begun or have ended, so the gate cannot decide: no scan has a result.",
        ),
        to_do=Said(
            "由指挥部公布续期的规则版本；在此之前各门照断网查验。",
            "Have headquarters publish a version that holds now; until then doors go on as without a network.",
        ),
    ),
    "journal-failing": AlarmKind(
        is_urgent=True,
        title=Said("扫码记不下来", "Scans are not being recorded"),
        meaning=Said(
            "门岗的日志写不进磁盘，答复一律是“核验，未记录”，手机会再送。",
            "The gate's journal does not reach the disk: answers are “verify, not recorded”, and phones send again.",
        ),
        to_do=Said(
            "看磁盘满没满、有没有报错；腾出空间后门岗自己恢复，不必重启。",
            "See whether the disk is full or failing; once there is room the gate goes on by itself.",
        ),
    ),
    "stale-snapshot": AlarmKind(
        is_urgent=True,
        title=Said("门岗的数据停住了", "The gate's data stands still"),
        meaning=Said(
            "刚转的码门岗还不知道；超过规则定的时限，绿码一律改为核验。",
            "A code that turned just now is not known at doors; past the rulebook's limit every green becomes verify.",
        ),
        to_do=Said(
            "看后台工作（fangxian worker）在不在运行，磁盘满没满。",
            "See whether fangxian worker runs, and whether the disk is full.",
        ),
    ),
    "gate-full": AlarmKind(
        is_urgent=True,
        title=Said("门岗连接满了", "The gate has no room for more"),
        meaning=Said(
            "新连上来的手机被请稍后再来，已连着的照常。",
            "Phones that connect now are told to come back later; those connected go on.",
        ),
        to_do=Said(
            "看是不是一处在大量连接；加一个门岗进程，或提高系统的文件数上限。",
            "See whether one place opens very many; add a gate process, or raise the system's limit of files.",
        ),
    ),
    "gate-fault": AlarmKind(
        is_urgent=False,
        title=Said("门岗的程序出了错", "A bug in the gate"),
        meaning=Said(
            "有的扫码得到“出错”，重送不会重复记录。别的扫码照常。",
            "Some scans were answered with an error; sending again counts nothing twice. Others go on.",
        ),
        to_do=Said(
            "抄下门岗日志里 gate.fault 那一行，报给维护的人；里面没有个人信息。",
            "Send the line with gate.fault in the gate's log to whoever maintains it; nothing personal is in it.",
        ),
    ),
    "lane-closed": AlarmKind(
        is_urgent=False,
        title=Said("门岗的快道关了", "The gate's lane is closed"),
        meaning=Said(
            "扫码照常查验、照常记录，只是逐个处理：这个门岗每秒能答的少了一半以上，高峰时门口会排队。",
            "Scans are checked and recorded as ever, but one by one: the gate bears less than half as many a second, "
            "and at a peak doors will queue.",
        ),
        to_do=Said(
            "抄下门岗日志里 gate.fault 或 gate.no_lane 那一行，人少时重启门岗；正是高峰就现在逐个重启各进程。",
            "Keep the line with gate.fault or gate.no_lane of the gate's log, and restart the gate when few people "
            "come; in the middle of a peak restart its processes one by one now.",
        ),
    ),
    "snapshot-refused": AlarmKind(
        is_urgent=False,
        title=Said("门岗拒绝了新数据", "The gate refuses new data"),
        meaning=Said(
            "新写的数据文件残缺或不是本县签发的，门岗继续用原来的。",
            "A new file is damaged or not signed by this county; the gate goes on with what it had.",
        ),
        to_do=Said(
            "打开门岗的 /healthz 看是哪个文件、为什么；后台工作会重写，不要手工改文件。",
            "Open the gate's /healthz to see which file and why; the worker writes it anew. Do not edit files by hand.",
        ),
    ),
    "keys-unreadable": AlarmKind(
        is_urgent=False,
        title=Said("门岗读不了密钥文件", "The gate cannot read its keys"),
        meaning=Said(
            "门岗用的还是先前的密钥；过了明天，新发的码会读不出来。",
            "The gate goes on with the keys it had; after tomorrow it cannot read new codes.",
        ),
        to_do=Said(
            "看 gate/keys.json 属不属于门岗运行的用户；内容坏了就移走它，后台会马上重写。",
            "See that gate/keys.json belongs to the user the gate runs as; a damaged one is rewritten once moved away.",
        ),
    ),
    "clock-apart": AlarmKind(
        is_urgent=False,
        title=Said("门岗和后台的时钟对不上", "The gate's clock and the worker's differ"),
        meaning=Said(
            "扫码的时间会记错，刚发的码可能被当成过期或未生效。",
            "Scans are dated wrongly, and a fresh code may be taken for one that has ended or not begun.",
        ),
        to_do=Said(
            "在两台机器上校时（timedatectl），不要改程序里的时间。",
            "Set the time on both machines (timedatectl); change no time in the program.",
        ),
    ),
    "too-fast": AlarmKind(
        is_urgent=False,
        title=Said("有设备扫得太快，被限速", "A device scans too fast and is held back"),
        meaning=Said(
            "超出的扫码被请稍后再送。可能是大门高峰，也可能是手机丢了、被人拿来查人。",
            "What is beyond the pace is sent later. It may be a rush, or a lost phone used to look people up.",
        ),
        to_do=Said(
            "在门岗日志里看设备号；认不出是谁的，就在场所页停用它。",
            "Find the device's number in the gate's log; if nobody knows it, end it on the venue's page.",
        ),
    ),
    "journal-damaged": AlarmKind(
        is_urgent=False,
        title=Said("读日志时发现缺损", "Damage was found in the journal"),
        meaning=Said(
            "日志文件里有记录读不出来，或封条对不上；其余都已读入。",
            "Records of a journal's file cannot be read, or its seal does not fit; all others were taken in.",
        ),
        to_do=Said(
            "先把 journal 文件夹整个抄走留存，再查磁盘；不要改动文件。",
            "First copy the journal folder away, then look at the disk; change no file.",
        ),
    ),
    "ingest-behind": AlarmKind(
        is_urgent=False,
        title=Said("扫码没有读入", "Scans are not being taken in"),
        meaning=Said(
            "门口照常扫码、照常记录，但页面上的数字和行程停住了。",
            "Doors go on and scans are recorded, but the figures and visits on the pages stand still.",
        ),
        to_do=Said(
            "看读入程序（fangxian ingest）在不在运行；重新启动后它从停下的地方接着读。",
            "See whether fangxian ingest runs; started again, it goes on from where it stopped.",
        ),
    ),
    "disk-full": AlarmKind(
        is_urgent=True,
        title=Said("磁盘快满了", "The disk is nearly full"),
        meaning=Said(
            "满了以后扫码记不下来，页面也停。",
            "Once it is full scans are not recorded, and the pages stop.",
        ),
        to_do=Said(
            "马上腾出空间或换大盘；不要删 journal、archive 和数据库文件。",
            "Make room now or move to a larger disk; delete nothing of journal, archive or the database.",
        ),
    ),
}
