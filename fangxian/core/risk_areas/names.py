"""Taking people out of a place's text: lists name houses by who lives there, half masked (孙某军家、杨某某住所).

Half a name, a village and a date are enough for a whole village to know who it is. What is left says 某, so that the
place can still be read.
"""

import re
from typing import Final

# The surnames of 95 in 100 people, and double ones. A sign that also ends the name of a street or a quarter is left out
# where nothing but 某 follows it: 建设路某小区 is no Mr Lu.
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付傅白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜"
    "倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁房"
    "蒲滕萧屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣"
    "巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_DOUBLE: Final = "欧阳|上官|司马|诸葛|皇甫|令狐|尉迟|东方|慕容|夏侯|司徒|公孙|端木"
_MAY_END_A_PLACE: Final = "路庄关房和池沙古连向左东桥安"
_HOUSE: Final = "家宅住户院门所房处屋等及与和、，。；（）()"
_GIVEN: Final = rf"(?![{_HOUSE}])[\u4e00-\u9fff]"
_MASK: Final = r"[*＊×✕╳●○]"
_NAMES: Final = (
    re.compile(rf"(?:{_DOUBLE}|[{_SURNAMES}])(?:{_MASK}{{1,2}}|[xX]{{2}})(?:{_GIVEN}(?=[{_HOUSE}]|$))?"),
    re.compile(rf"(?:{_DOUBLE}|[{_SURNAMES}])某某(?!小区|村|社区|公司|单位|厂|店|学校|医院|路|街)"),
    re.compile(rf"(?:{_DOUBLE}|[{_SURNAMES}])某{_GIVEN}(?=[{_HOUSE}]|$)"),
    re.compile(rf"(?:{_DOUBLE}|(?![{_MAY_END_A_PLACE}])[{_SURNAMES}])某(?=[{_HOUSE}]|$)"),
)
_NUMBERS: Final = (
    re.compile(r"(?<!\d)\d{17}[\dXxＸｘ](?!\d)|(?<!\d)\d{15}(?!\d)"),
    re.compile(r"(?<!\d)[1１][3-9３-９]\d{9}(?!\d)"),
)


def without_people(text: str) -> str:
    """The text of a place without names, telephone and identity numbers; the same text where none stand in it."""
    for pattern in _NAMES:
        text = pattern.sub("某", text)
    for pattern in _NUMBERS:
        text = pattern.sub("", text)
    return text
