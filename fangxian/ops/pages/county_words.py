"""What the county's records say in words: kinds of area, relations, roles at a venue, venue classes, reasons."""

from fangxian.core.refusal import Said
from fangxian.ops.situation.county_file import county_file

AREA_KINDS = {
    "county": Said("县", "county"),
    "township": Said("乡镇", "township"),
    "village": Said("行政村", "village"),
    "community": Said("社区", "community"),
    "rural": Said("农村网格", "rural grid cell"),
    "dedicated": Said("专属网格", "dedicated grid cell"),
}
CELL_KINDS = AREA_KINDS | {"community": Said("社区网格", "community grid cell")}
SEXES = {"male": Said("男", "male"), "female": Said("女", "female")}
DOCUMENTS = {
    "resident_18": Said("居民身份证", "resident identity card"),
    "resident_15": Said("居民身份证（15 位）", "resident identity card, 15 digits"),
    "passport": Said("护照", "passport"),
    "other": Said("其他证件", "another document"),
}
RELATIONS = {
    "head": Said("户主", "head"),
    "spouse": Said("配偶", "spouse"),
    "child": Said("子女", "child"),
    "parent": Said("父母", "parent"),
    "grandchild": Said("孙子女", "grandchild"),
    "grandparent": Said("祖父母", "grandparent"),
}
ROLES = {
    "pupil": Said("学生、幼儿", "pupil"),
    "teacher": Said("教师", "teacher"),
    "school_support": Said("学校后勤", "school support"),
    "owner": Said("负责人", "owner"),
    "staff": Said("员工", "staff"),
    "clinician": Said("医务人员", "clinician"),
    "courier": Said("快递员", "courier"),
    "driver": Said("驾驶员", "driver"),
    "official": Said("工作人员", "official"),
    "keeper": Said("值守员", "door keeper"),
}
STAGES = {
    "kindergarten": Said("幼儿园", "kindergarten"),
    "primary": Said("小学", "primary"),
    "junior": Said("初中", "junior"),
    "senior": Said("高中", "senior"),
}
VENUE_CLASSES = {
    "hospital": Said("医院", "hospital"),
    "health_centre": Said("卫生院", "health centre"),
    "clinic": Said("诊所", "clinic"),
    "pharmacy": Said("药店", "pharmacy"),
    "school": Said("学校", "school"),
    "kindergarten": Said("幼儿园", "kindergarten"),
    "training": Said("培训机构", "training"),
    "government": Said("机关", "government"),
    "bank": Said("银行", "bank"),
    "shop": Said("商店", "shop"),
    "courier_depot": Said("快递站点", "courier depot"),
    "supermarket": Said("超市", "supermarket"),
    "market": Said("市场", "market"),
    "restaurant": Said("餐饮", "restaurant"),
    "hotel": Said("住宿", "hotel"),
    "personal_service": Said("生活服务", "personal service"),
    "entertainment": Said("娱乐", "entertainment"),
    "public_venue": Said("公共场馆", "public venue"),
    "scenic_spot": Said("景区", "scenic spot"),
    "worship": Said("宗教场所", "place of worship"),
    "care_home": Said("养老机构", "care home"),
    "fuel_station": Said("加油站", "fuel station"),
    "transport_hub": Said("客运站", "transport hub"),
    "vehicle": Said("客运车辆", "vehicle"),
    "workplace": Said("企业单位", "workplace"),
    "worksite": Said("工地", "worksite"),
    "residential": Said("住宅小区", "residential compound"),
    "village_post": Said("村口值守点", "village post"),
    "checkpoint": Said("卡口", "checkpoint"),
}
VENUE_STATUS = {
    "applied": Said("待核验", "to be verified"),
    "verified": Said("已核验", "verified"),
    "closed": Said("已停用", "closed"),
}
REASONS = {
    "verify": Said("核对本人身份", "to check the person's identity"),
    "contact": Said("联系本人或家人", "to reach the person or the family"),
    "tracing": Said("流行病学调查", "for tracing"),
    "correct": Said("更正登记信息", "to correct the record"),
    "asked": Said("本人要求", "at the person's request"),
}
LOOKS = {
    "people.person_page": Said("打开档案（遮盖）", "opened the record, masked"),
    "people.household_page": Said("打开所在户（遮盖）", "opened the household, masked"),
} | {
    f"people.person_shown.{reason}": Said(f"看全文：{said.zh}", f"shown in full {said.en}")
    for reason, said in REASONS.items()
}


def word(words: dict[str, Said], key: str) -> Said:
    """What a key is called; the key itself where it has no words yet, so that nothing is hidden."""
    return words.get(key) or Said(key, key)


def trade(key: str) -> Said:
    """What a trade of venues is called, as the county's file has it."""
    return word(county_file().trades, key)


def place_name(place) -> Said:
    """The name of a division or a grid cell."""
    if hasattr(place, "name_zh"):
        return Said(place.name_zh, place.name_en)
    return place.name if isinstance(place.name, Said) else Said(place.name, place.name)


def area_kind(place) -> Said:
    """What kind of area a division or a grid cell is."""
    return word(CELL_KINDS if len(place.area_path) == 15 else AREA_KINDS, place.kind)
