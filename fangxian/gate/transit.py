"""What is said when a segment cannot go from one host to another, in both languages. No fact of it is personal."""

from typing import Final

from fangxian.core.refusal import Refusal, Said

SENTENCES: Final[dict[str, Said]] = {
    "transit.not_https": Said(
        "{url} 不是 https 地址，没有发送任何内容。日志里有谁到过哪里，只能加密传送。请改用 https:// 开头的地址。",
        "{url} is no https address, so nothing was sent. A journal says who was where and travels encrypted only: give "
        "an address that begins with https://.",
    ),
    "transit.token_unreadable": Said(
        "读不了凭证文件 {path}（{reason}）。它应是一行至少 32 个字符的凭证，与接收方的相同，且只有本账户能读。"
        "请从接收方的数据文件夹取得 journal-token，权限设为 600。",
        "The token in {path} cannot be used ({reason}). It should be one line of at least 32 characters, the same as "
        "at the receiving host, readable by this account alone: fetch journal-token from that host's data folder and "
        "give it mode 600.",
    ),
    "transit.certificate_unreadable": Said(
        "读不了证书文件 {path}（{reason}）。它应是接收方证书或其签发机构的 PEM 文件。请从接收方取得 certificate.pem。",
        "The certificate in {path} cannot be used ({reason}). It should be the PEM file of the receiving host's "
        "certificate, or of whoever issued it: fetch certificate.pem from that host.",
    ),
    "transit.not_reached": Said(
        "连不上接收方 {host}（{reason}）。已发送的部分都在，下次从断处继续，什么也没有丢。请检查网络、地址和证书，"
        "然后重新运行。",
        "The receiving host {host} was not reached ({reason}). What was sent is kept and the next run goes on from "
        "there; nothing is lost. Check network, address and certificate, and run again.",
    ),
    "transit.refused_there": Said(
        "接收方没有收下 {what}：{said_zh} 本机的日志没有改动，下次会再发。请按这句话处理后重新运行。",
        "The receiving host did not take {what}: {said_en} Nothing was changed here, and the next run sends it "
        "again: do as this says and run again.",
    ),
    "transit.altered_here": Said(
        "本机的 {what} 与它的封印不符（{faults}），没有发送。它应与封存时一致。请按 docs/operations/journal-damaged.md "
        "处理；其余日志段已照常发送。",
        "{what} is not what was sealed on this host ({faults}), so it was not sent. It should be as it was sealed. "
        "Follow docs/operations/journal-damaged.md; the other segments were sent.",
    ),
    "transit.read_here": Said(
        "本机自己读入这些日志（{folder} 里有 ingest.lock），所以发送后不能删除：清除由后台按期限进行。"
        "请去掉 --delete-after-days。",
        "This host takes its journal in itself (there is an ingest.lock in {folder}), so nothing is deleted after it "
        "was sent: the worker erases it at its term. Leave out --delete-after-days.",
    ),
    "transit.port_taken": Said(
        "不能在 {host} 的 {port} 端口上接收（{reason}）：多半是另一个程序占着它，或本机没有这个地址。"
        "请停掉那个程序，或用 --host、--port 换一个。",
        "Nothing can be taken in on port {port} of {host} ({reason}): most likely another program has it, or this "
        "machine has no such address. Stop that program, or choose others with --host and --port.",
    ),
    "transit.unknown_token": Said(
        "凭证不对，没有收下任何内容。应带接收方数据文件夹里 journal-token 中的一行。请核对凭证文件后重试。",
        "The token is not known here, so nothing was taken. It should be a line of journal-token in the receiving "
        "host's data folder: check the token file and try again.",
    ),
    "transit.no_such_address": Said(
        "这里没有这个地址。接收日志的地址是 /journal/门岗-序号/校验值。请用同一版本的 fangxian journal ship 发送。",
        "There is no such address here. Segments are taken at /journal/gate-sequence/hash: send with fangxian journal "
        "ship of the same version.",
    ),
    "transit.too_large": Said(
        "这一块超过 {most} 字节，没有收下。一块最多 1 MiB，须写明长度。请用同一版本的 fangxian journal ship 发送。",
        "This piece is larger than {most} bytes, or does not say its length, and was not taken. A piece has at most "
        "1 MiB: send with fangxian journal ship of the same version.",
    ),
    "transit.not_a_piece": Said(
        "请求里的范围与收到的字节不符，没有收下。应写明这一块在整段中的起止。"
        "请用同一版本的 fangxian journal ship 发送。",
        "The range this request names is not that of its bytes, so they were not taken. It should say where the piece "
        "stands in its segment: send with fangxian journal ship of the same version.",
    ),
    "transit.elsewhere": Said(
        "这一块从第 {begins} 字节开始，而这里已有 {n_bytes} 字节，没有收下。应从已有处接着发。请先问进度再发。",
        "This piece begins at byte {begins}, while {n_bytes} bytes are here; it was not taken. It should follow on "
        "them: ask how much is here, and send from there.",
    ),
    "transit.damaged": Said(
        "{what} 在路上损坏了：收到的字节与校验值不符，已丢弃。应与发送方封存的一致。"
        "请重发；若总是如此，请检查网络设备。",
        "{what} was damaged on its way: the bytes received are not those of the hash, and were dropped. They should be "
        "as they were sealed. Send them again; if it happens always, look at the network's devices.",
    ),
    "transit.no_room": Said(
        "接收方的磁盘快满了（剩 {free} MiB），没有收下。须给其他程序留 256 MiB。请在接收方腾出空间，发送方会自己继续。",
        "The receiving host's disk is nearly full ({free} MiB left), so this was not taken. 256 MiB are left to its "
        "other programs: free some disk there; the sending host goes on by itself.",
    ),
    "transit.another_segment": Said(
        "这里已有内容不同的 {what}，没有替换。只有依法清除过的同一段才会替换旧的。请核对两台主机的门岗编号是否重复。",
        "Another {what} is here already, and was not replaced. Only the same segment, with somebody erased from it "
        "since, takes the place of an older one: check that two hosts have not given one number to two gates.",
    ),
    "transit.gate_is_here": Said(
        "门岗 {gate:08x} 在接收方自己的主机上运行，没有收下。各主机的门岗编号应各不相同。请用 --id 给门岗另一个编号。",
        "Gate {gate:08x} runs on the receiving host itself, so this was not taken. The gates of all hosts have numbers "
        "of their own: give this one another with --id.",
    ),
}


def refuse_transit(code: str, **facts: object) -> Refusal:
    """The refusal of that code, with its facts."""
    said = SENTENCES[code]
    return Refusal(code, zh=said.zh, en=said.en, **facts)
