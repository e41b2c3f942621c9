"""What a gate says when it cannot answer a scan, in both languages, with the HTTP status it comes with.

No fact is personal: a sentence gives names of fields, sizes, moments and ids of devices, never what a code
or a document says.
"""

from typing import Final

from fangxian.core.refusal import Refusal, Said

SENTENCES: Final[dict[str, Said]] = {
    "scan.not_json": Said(
        "收到的 {length} 字节不是 JSON 对象。应为一个对象，例如 "
        '{{"id": …, "code": …, "venue": …, "scanned_at": …}}。请按接口说明改好后重发。',
        "The {length} bytes received are no JSON object. It should be an object such as "
        '{{"id": …, "code": …, "venue": …, "scanned_at": …}}. Send it again as the reference of the gate says.',
    ),
    "scan.too_large": Said(
        "请求有 {length} 字节，这里最多收 {most} 字节。一次扫码不到 1 KiB；请分批发送，每批不超过 500 次。",
        "The request has {length} bytes; at most {most} are taken here. A scan has less than 1 KiB: send them in "
        "batches of at most 500.",
    ),
    "scan.too_many": Said(
        "这一批有 {n} 次扫码，一批最多 {most} 次，没有处理任何一次。请分批发送。",
        "This batch has {n} scans where at most {most} are taken; none was looked at. Send them in smaller batches.",
    ),
    "scan.field_missing": Said(
        "缺少字段「{field}」。应为{expected_zh}。请补上后重发。",
        "Field “{field}” is missing. It should be {expected_en}. Add it and send again.",
    ),
    "scan.field_wrong": Said(
        "字段「{field}」是 {found}。应为{expected_zh}。请改正后重发。",
        "Field “{field}” is {found}. It should be {expected_en}. Mend it and send again.",
    ),
    "scan.from_the_future": Said(
        "扫码时间比县时间晚 {minutes} 分钟，最多可以晚 5 分钟。请校准设备的时间后重扫。",
        "The scan is dated {minutes} min after the county's time; at most 5 are taken. Set the device's clock right "
        "and scan again.",
    ),
    "scan.too_old": Said(
        "扫码时间在 {days} 天前，补传最多收 14 天内的。请改用纸质登记补录。",
        "The scan is {days} days old; late ones are taken for 14 days. Enter it from the paper register instead.",
    ),
    "scan.id_taken": Said(
        "编号 {id} 已用于另一次内容不同的扫码。一次扫码用一个新编号，重发时内容须与原来相同。请换新编号再发。",
        "The id {id} was used for a scan with other content. Each scan has an id of its own and a repeat has the same "
        "content. Send it under a new id.",
    ),
    "scan.companion_twice": Said(
        "{field} 与这次扫码中前面的人是同一个人，没有再记一次。每个人在一次扫码里只出现一次。"
        "请改扫另一位同行人的码，或删去这一项。",
        "{field} is somebody who was already named in this scan, and was not recorded again. A person stands in a scan "
        "once. Scan the other companion's code, or leave this one out.",
    ),
    "scan.too_fast": Said(
        "{device} 号设备按证件号码查人太快，这一次没有查。每分钟最多 {most} 个。请等几秒再输入，或先人工登记；"
        "若不是您在输入，设备可能已遗失，请立即在「值守设备」里停用。",
        "Device {device} looks people up by identity number too fast, and this one was not looked up. At most {most} a "
        "minute are. Wait a few seconds and type it again, or register by hand; if it was not you, the device may be "
        "lost: end it at once under keepers' devices.",
    ),
    "scan.too_fast_device": Said(
        "{device} 号设备一分钟内上传的扫码超过 {most} 次，这一次没有收。一道门过人没有这么快。请留着，几秒后重发，"
        "不会丢失；若设备没有在用，它可能出了故障或已遗失，请立即在「值守设备」里停用。",
        "Device {device} sends more than {most} scans a minute, and this one was not taken: no door lets people in so "
        "fast. Keep it and send it again in a few seconds, nothing is lost. If nobody uses the device it is broken or "
        "lost: end it at once under keepers' devices.",
    ),
    "scan.too_fast_venue": Said(
        "这个场所一分钟内的扫码超过 {most} 次，这一次没有收。再大的场所也少于这个数。请几秒后再扫，或请值守员扫您的码；"
        "一直这样，可能有人在冒用场所码，请场所负责人更换场所码。",
        "More than {most} scans a minute come at this venue, and this one was not taken: the largest has fewer. Scan "
        "again in a few seconds, or let the keeper scan your code. If it stays so, somebody may be misusing the code "
        "of the venue: let the owner have it replaced.",
    ),
    "scan.venue_unknown": Said(
        "场所码签发过，但本机的快照（第 {snapshot} 号）里没有这个场所：它可能刚刚登记，或已经撤销。"
        "请过一分钟再扫；仍不行就请场所负责人核对，来人先人工登记。",
        "The venue code was issued here, but snapshot {snapshot} knows no such venue: it may be new, or withdrawn. "
        "Scan again in a minute; if that fails, let the owner check, and register people by hand meanwhile.",
    ),
    "scan.document_needs_keeper": Said(
        "没有值守设备的凭证，不能凭证件号码查验。应由值守员在已登记的设备上输入。请出示健康码或纸质卡，或请值守员查验。",
        "A person is not looked up by document without the token of a keeper's device. A keeper types the number on an "
        "enrolled device. Show a health code or a paper card, or ask the keeper.",
    ),
    "scan.device_over": Said(
        "{device} 号设备在这次扫码之前 {minutes} 分钟就已停用，这一次没有记录：停用以前扫的照收，以后的不收。"
        "来人请在纸质登记簿上补记；还要守门，请在「值守设备」里重新登记这部手机。",
        "Device {device} had ended {minutes} min before this scan was made, and it was not recorded: what was scanned "
        "before the end is taken, what came after it is not. Enter the person in the paper register; to go on keeping "
        "a door, enrol this phone again under keepers' devices.",
    ),
    "device.revoked": Said(
        "{device} 号设备的凭证已停用（第 {found} 代，现行的是第 {current} 代，0 为已停用）。须用现行的凭证。"
        "请在「值守设备」里重新登记。",
        "The token of device {device} is out of use (generation {found}; {current} is in force, 0 is none). It must be "
        "the one in force: enrol the device again.",
    ),
    "gate.fault": Said(
        "门岗处理这次请求时程序出错（{kind}），没有给出结果；这次扫码可能已经记下，重发不会重复计数。本应给出结果或说明缘由。"
        "请核对证件、人工登记，并请系统管理员查看门岗日志中 gate.fault 一行。",
        "The gate failed on this request by a bug of its own ({kind}) and has no answer; the scan may be on record, "
        "and sending it again counts nothing twice. There should have been an answer or a reason. Check documents, "
        "register by hand, and have the administrator look for gate.fault in the gate's log.",
    ),
    "gate.no_snapshot": Said(
        "门岗还没有可用的数据（{file}），不能查验。应由后台写好快照。请确认 fangxian worker 在运行；"
        "在此之前核对证件、人工登记，急诊一律放行。",
        "The gate has nothing to go by yet ({file}). The worker writes the snapshot: see that fangxian worker runs. "
        "Until then check documents, register by hand, and let emergencies through.",
    ),
    "gate.words_damaged": Said(
        "快照（第 {snapshot} 号）里存放此人数据的一段已损坏，不能查验，也没有记录；其他人不受影响。应与签名一致。"
        "请核对证件、人工登记，急诊一律放行；后台会自动重写快照，请一分钟后再扫，仍不行就告诉系统管理员。",
        "The part of snapshot {snapshot} that holds this person's words is damaged: they were not checked and not "
        "recorded; nobody else is concerned. It should be as it was signed. Check documents, register by hand, let "
        "emergencies through. The worker writes a new snapshot by itself: scan again in a minute, and tell the "
        "administrator if that fails.",
    ),
    "gate.no_rules": Said(
        "快照里没有在 {at} 生效的门岗规则，不能查验。应先发布下一版规则文件。"
        "请联系指挥部；在此之前人工登记，急诊一律放行。",
        "The snapshot has no door rules in force at {at}. The next rulebook has to be published first: call the "
        "headquarters. Until then register by hand, and let emergencies through.",
    ),
    "gate.no_such_address": Said(
        "门岗对您没有 {path} 这个地址。可用的是 POST /scan、POST /scans、GET /healthz；GET /metrics 只回答本机的程序。"
        "请改正地址。",
        "The gate has no address {path} for you. It has POST /scan, POST /scans and GET /healthz; GET /metrics is for "
        "programs of its own machine. Mend the address.",
    ),
    "gate.wrong_method": Said(
        "{path} 收到了 {method} 请求，这里只收 {wanted}。请改用 {wanted}。",
        "{path} was asked with {method}; it takes {wanted}. Use {wanted}.",
    ),
    "gate.not_http": Said(
        "收到的不是 HTTP/1.1 请求（{reason}），连接已关闭。请用 HTTP/1.1 重发。",
        "What was received is no HTTP/1.1 request ({reason}); the connection was closed. Send it as HTTP/1.1.",
    ),
    "gate.two_credentials": Said(
        "请求带有 {n} 个 Authorization，无法判断是谁在问，连接已关闭。一个请求只带一个。请去掉多余的后重发。",
        "The request has {n} Authorization headers, and who asks cannot be told; the connection was closed. A request "
        "has one. Leave the others out and send it again.",
    ),
    "gate.full": Said(
        "门岗已有 {most} 个连接，都在等回答，没有接受这一个。应能接上。请几秒后重试；"
        "一直这样就请系统管理员查看 GET /metrics。",
        "The gate has {most} connections, all waiting for answers, and did not take this one. Try again in some "
        "seconds; if it stays so, have the administrator look at GET /metrics.",
    ),
    "gate.too_much_begun": Said(
        "门岗收着的半截请求合计已满 {most} MiB，没有收这一个。单次扫码照常；请几秒后重发，或把一批分小。"
        "一直这样就请系统管理员查看是谁只发半截。",
        "The gate holds {most} MiB of requests that have not come to their end, which is the most, and did not take "
        "this one. Single scans are taken as ever. Send it again in a few seconds, or in smaller batches; if it stays "
        "so, have the administrator see who sends halves of requests.",
    ),
    "gate.stopping": Said(
        "门岗正在停止或重新启动，没有收这一次，也没有记录；已经收下的都已回答。请几秒后重发，或由值守页留着、自动补传。",
        "The gate is being stopped or started again, and this was neither taken nor recorded; what it had taken in "
        "before is answered. Send it again in a few seconds: a keeper's page keeps it and does so by itself.",
    ),
    "gate.keys_unreadable": Said(
        "keys.json 读不懂（{reason}）。应为后台写的第 1 版。继续用旧钥匙；请确认 fangxian worker 与门岗是同一版本。",
        "keys.json cannot be understood ({reason}). It should be of format 1, as the worker writes it. The old keys "
        "stay in use: see that worker and gate are of one version.",
    ),
    "gate.file_missing": Said(
        "{file} 不存在或读不出（{reason}）。应由后台写好。继续用已有的数据；请确认 fangxian worker 在运行。",
        "{file} is missing or unreadable ({reason}). The worker writes it. What is known stays in use: see that "
        "fangxian worker runs.",
    ),
    "gate.clock_apart": Said(
        "后台写的快照时间比本机时间早到 {seconds} 秒：两台机器的时间不一致，或本机的时间被拨回。应相差不到 1 分钟。"
        "数据照常使用，新旧按收到的时刻算；请校准两边的时间。",
        "The worker's snapshot is dated {seconds} s after this machine's time: the two clocks differ, or this one was "
        "set back. They should be less than a minute apart. What is known stays in use and its age counts from when it "
        "was heard: set both clocks right.",
    ),
    "gate.lane_closed": Said(
        "快道因程序出错已关闭，扫码改为逐个处理：照常查验、照常记录，但这个门岗每秒能答的少了一半以上。"
        "本应按 --quick 成批处理。请抄下门岗日志中 gate.fault 一行，人少时重启门岗。",
        "The lane was closed by a bug of its own, and scans are taken one by one: with the same answers and records, "
        "but less than half as many a second. The usual ones should go by it (--quick). Keep the line with gate.fault "
        "of the gate's log, and start the gate again when few people come.",
    ),
    "gate.no_lane": Said(
        "要求了快道（--quick），但编译循环用不了：没有安装 numba，或在本机编译失败。扫码改为逐个处理，"
        "照常查验、照常记录，每秒能答的少一半以上。请看门岗日志中 gate.no_lane 一行，装好后重启门岗，或不用 --quick。",
        "A lane was asked for (--quick), and its compiled loops cannot be had: numba is not installed, or fails on "
        "this machine. Scans are taken one by one, with the same answers and records, less than half as many a "
        "second. See gate.no_lane in the gate's log, install what is missing and start the gate again, or do without "
        "--quick.",
    ),
    "gate.other_realm": Said(
        "{file} 属于数据域 {found}（区划 {found_division}），本门岗属于 {wanted}（区划 {wanted_division}）。没有采用；"
        "请核对 gate/ 文件夹。",
        "{file} belongs to realm {found} (division {found_division}); this gate to {wanted} (division "
        "{wanted_division}). It was not taken: check the gate/ folder.",
    ),
    "gate.older_base": Said(
        "快照是第 {found} 号，比正在用的第 {wanted} 号旧，也不是后来写的。没有采用；请让后台重写一份。",
        "The base is number {found}: older than {wanted}, which is in use, and not written later. It was not taken: "
        "have the worker write another.",
    ),
    "gate.number_missed": Said(
        "增量从第 {found} 号开始，应为第 {wanted} 号：中间缺了。没有采用，正在重读快照；"
        "已有的数据继续用，时间会显示变旧。",
        "The next frame begins with number {found} where {wanted} was due: something is missing. It was not taken, and "
        "the base is read again; what is known stays in use and is shown to grow old.",
    ),
}  # fmt: skip

STATUS: Final[dict[str, int]] = {
    "scan.not_json": 400,
    "scan.field_missing": 400,
    "scan.field_wrong": 400,
    "scan.too_many": 400,
    "scan.too_large": 413,
    "scan.id_taken": 409,
    "scan.document_needs_keeper": 403,
    "scan.too_fast": 429,
    "scan.too_fast_device": 429,
    "scan.too_fast_venue": 429,
    "device.unreadable": 401,
    "device.ended": 401,
    "device.key_retired": 401,
    "device.revoked": 401,
    "gate.fault": 500,
    "gate.no_snapshot": 503,
    "gate.no_rules": 503,
    "gate.words_damaged": 503,
    "gate.no_such_address": 404,
    "gate.wrong_method": 405,
    "gate.not_http": 400,
    "gate.two_credentials": 400,
    "gate.full": 503,
    "gate.too_much_begun": 503,
    "gate.stopping": 503,
}
UNPROCESSABLE: Final = 422  # what was asked was understood, and cannot be: an expired code, a scan from tomorrow


def refuse(code: str, **facts: object) -> Refusal:
    """The refusal of that code with its sentence from the table; to be raised by the caller."""
    said = SENTENCES[code]
    return Refusal(code, zh=said.zh, en=said.en, **facts)


def status_of(code: str) -> int:
    """The HTTP status a refusal is sent with."""
    return STATUS.get(code, UNPROCESSABLE)
