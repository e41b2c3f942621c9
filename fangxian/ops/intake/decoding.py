"""From bytes to text: UTF-8, UTF-16 by its mark, GB18030, and a guess as the last resort."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from fangxian.core.refusal import Refusal

SAMPLE_BYTES = 200_000  # enough for a guess; the whole is then decoded strictly
NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
WHOLE_TO_BROKEN = 10  # characters a broken one, above which a text is damaged UTF-8 and not another encoding
UNLIKELY = re.compile(r"[\ue000-\uf8ff]")  # private use: what another encoding looks like when read as GB18030


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the name of its encoding; `is_guess` when it may be another one."""

    text: str
    encoding: str
    is_guess: bool = False


def decode(content: bytes, *, known: str = "") -> Decoded:
    """The text of a file, without its byte order mark.

    Parameters
    ----------
    known : the encoding that was found when the file came, if it was looked into before: finding it costs more than
        reading by it

    Refuses
    -------
    intake.cut_off, intake.undecodable, intake.not_text
    """
    decoded = (_strictly(content, known) if known else None) or _decoded(content)
    if found := NO_TEXT.search(decoded.text):
        raise Refusal(
            "intake.not_text",
            zh="文件第{position}个字符是控制字符（0x{value}），文件不是文本，或在传输中损坏。应为 CSV、XLSX 或 JSON。"
            "请重新导出后上传。",
            en="Character {position} of the file is a control character (0x{value}): it is no text, or was damaged on "
            "its way. It should be CSV, XLSX or JSON. Export it again and upload that.",
            position=found.start() + 1,
            value=f"{ord(found.group()):02X}",
        )
    return decoded


def _decoded(content: bytes) -> Decoded:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(content, "utf-16") or _undecodable("UTF-16")
    try:
        has_mark = content.startswith(codecs.BOM_UTF8)
        return Decoded(content.decode("utf-8-sig"), "utf-8-sig" if has_mark else "utf-8")
    except UnicodeDecodeError as error:
        # Cut in the middle of its last character it is still UTF-8; read as GB18030 it would come out as
        # other, plausible characters.
        if has_mark or (error.reason == "unexpected end of data" and error.start >= len(content) - 3 > 0):
            _refuse_cut(error.start)
        if _is_damaged_utf8(content):
            _refuse_cut(error.start)
    if chinese := _strictly(content, "gb18030"):
        return Decoded(chinese.text, "gb18030", is_guess=bool(UNLIKELY.search(chinese.text)))
    return _guessed(content)


def _is_damaged_utf8(content: bytes) -> bool:
    """Whether nearly all of it is UTF-8: as GB18030 it might be read, and come out as other characters."""
    loose = content.decode("utf-8", "replace")
    n_broken = loose.count("\ufffd")
    n_whole = len(loose) - n_broken - len(loose.encode("ascii", "ignore"))
    return n_whole > WHOLE_TO_BROKEN * n_broken


def _strictly(content: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(content.decode(encoding).removeprefix("\ufeff"), encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _guessed(content: bytes) -> Decoded:
    best = from_bytes(content[:SAMPLE_BYTES]).best()
    decoded = _strictly(content, best.encoding) if best else None
    if decoded is None:
        return _undecodable("UTF-8, GB18030")
    return Decoded(decoded.text, decoded.encoding, is_guess=True)


def _refuse_cut(position: int) -> None:
    raise Refusal(
        "intake.cut_off",
        zh="文件在第{position}个字节处有一个字符不完整，没有传完或已损坏。应为完整的文件。请重新下载或导出后上传。",
        en="A character of the file is incomplete at byte {position}: the file did not arrive whole, or is damaged. It "
        "should be complete. Fetch or export it again and upload that.",
        position=position,
    )


def _undecodable(tried: str) -> Decoded:
    raise Refusal(
        "intake.undecodable",
        zh="文件不能按 {tried} 读出文字。应为 UTF-8 或 GB18030。请在表格软件中另存为“CSV UTF-8”或 XLSX 后上传。",
        en="The file cannot be read as {tried}. It should be UTF-8 or GB18030. Save it as “CSV UTF-8” or as XLSX in "
        "the spreadsheet and upload that.",
        tried=tried,
    )
