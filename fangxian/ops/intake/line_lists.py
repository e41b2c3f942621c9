"""Line lists of an outbreak: cases, contacts, who met whom, follow-ups; under whatever heads they come.

The Chinese names are those of the field's own list of contacts (docs/explanation of hand-over names its source), the
English ones beside them those of Go.Data's export and of lists that epidemiologists pass around.
"""

from fangxian.core.refusal import Said

from .fields import Field, Form, Kind

YES_NO = (("yes", ("是", "true", "y", "1", "有")), ("no", ("否", "false", "n", "0", "无")))
SEX = (("male", ("男", "m", "男性")), ("female", ("女", "f", "女性")))
DOCUMENT_KINDS = (
    ("resident", ("居民身份证", "身份证")),
    ("residence_permit", ("港澳台居民居住证", "居住证")),
    ("permanent_residence", ("外国人永久居留身份证",)),
    ("travel_permit", ("往来内地通行证", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "通行证")),
    ("passport", ("护照",)),
    ("birth_certificate", ("出生医学证明", "出生证")),
    ("other", ("其他", "军官证")),
)
CASE_CLASSES = (
    ("confirmed", ("确诊病例", "确诊", "实验室确诊", "confirmed case")),
    ("asymptomatic", ("无症状感染者", "无症状")),
    ("clinical", ("临床诊断病例", "临床诊断", "probable", "clinically diagnosed")),
    ("suspected", ("疑似病例", "疑似", "suspect")),
    ("excluded", ("排除", "非病例", "not a case", "not_a_case_discarded", "discarded")),
)
OUTCOMES = (
    ("recovered", ("痊愈", "治愈", "好转", "recover")),
    ("died", ("死亡", "dead", "death", "deceased")),
    ("alive", ("存活", "在治", "治疗中", "生存")),
)
CONTACT_STATES = (
    ("proposed", ("待判定",)),
    (
        "confirmed",
        ("已判定追踪中", "confirmed, being traced", "核实追踪中", "追踪中", "已判定", "lost_to_follow_up", "失访"),
    ),
    ("traced", ("已落地", "under_follow_up", "在管", "随访中")),
    ("transferred", ("转运中", "being transferred")),
    ("in_quarantine", ("在观察", "under observation", "隔离中", "观察中")),
    ("released", ("已解除", "解除", "follow_up_completed", "解除观察")),
    ("became_case", ("转为病例", "became a case", "转确诊", "转病例")),
    ("handed_over", ("已推送外地", "handed over", "已转出", "推送外地")),
    ("died", ("死亡",)),
    ("rejected", ("已排除", "排除")),
)
MODES = (
    ("central", ("集中", "集中隔离", "集中观察")),
    ("awaiting_transfer", ("待转运", "awaiting transfer")),
    ("home", ("居家", "at home", "居家隔离")),
    ("hospital", ("医院", "留院观察", "住院")),
    ("monitoring", ("健康监测", "health monitoring")),
)
FOLLOW_UP_STATES = (
    ("seen_ok", ("正常", "见到本人无症状", "SEEN_OK")),
    ("seen_not_ok", ("异常", "见到本人有症状", "SEEN_NOT_OK")),
    ("missed", ("没找到", "未见到", "MISSED")),
    ("not_attempted", ("漏访", "未随访", "NOT_ATTEMPTED")),
    ("not_performed", ("待随访", "NOT_PERFORMED")),
)
CERTAINTIES = (
    ("high", ("高", "3 - high", "确定", "certain")),
    ("medium", ("中", "2 - medium", "很可能", "likely")),
    ("low", ("低", "1 - low", "可能", "possible")),
)

_WHO = (
    Field("name", Said("姓名", "name"), aliases=("firstName", "人员姓名", "接触者姓名", "病例姓名", "first name")),
    Field("family_name", Said("姓（与名分列时）", "family name"), aliases=("lastName", "surname", "姓氏")),
    Field("sex", Said("性别", "sex"), Form.CHOICE, aliases=("gender",), choices=SEX),
    Field("age", Said("年龄", "age"), Form.AGE, aliases=("周岁",)),
    Field("born_on", Said("出生日期", "date of birth"), Form.DATE, aliases=("生日", "出生年月日", "dob")),
    Field("document_kind", Said("证件类型", "document"), Form.CHOICE, aliases=("证件种类",), choices=DOCUMENT_KINDS),
    Field(
        "document_number",
        Said("证件号", "document number"),
        Form.IDENTITY_NUMBER,
        aliases=("证件号码", "身份证号", "身份证号码", "身份证", "公民身份号码", "id number"),
    ),
    Field(
        "phone",
        Said("联系方式", "phone"),
        Form.PHONE,
        aliases=("联系电话", "电话", "手机", "手机号", "手机号码", "电话号码", "telephone", "mobile", "tel"),
    ),
    Field("address", Said("现住址", "address"), aliases=("住址", "地址", "居住地", "居住地址", "详细地址")),
    Field("division_code", Said("区划代码", "division code"), Form.DIVISION, aliases=("镇街代码", "行政区划代码")),
    Field("prefecture", Said("地市", "city or prefecture"), aliases=("市", "所属市", "所在地市", "prefecture")),
    Field("county", Said("区县", "county or district"), aliases=("县", "县区", "县市区", "所属区县", "district")),
    Field("township", Said("镇街", "township"), aliases=("乡镇", "街道", "乡镇街道", "所属乡镇", "admin_2_name")),
    Field("workplace", Said("工作单位", "workplace"), aliases=("单位", "学习单位", "所在学校单位", "employer")),
    Field("occupation", Said("职业", "occupation"), aliases=("人群分类", "profession")),
)
_ID = ("uuid", "id", "ID", "编号", "序列号")

CASES = Kind(
    "cases.list",
    Said("病例名单", "a list of cases"),
    (
        Field("outer_id", Said("原系统编号", "id where it comes from"), aliases=_ID),
        Field("outer_number", Said("病例编号", "case number"), aliases=("case_id", "病例号", "卡片编号", "visual id")),
        *_WHO,
        Field(
            "case_class",
            Said("病例分类", "classification"),
            Form.CHOICE,
            aliases=("分类", "诊断类型", "病例类型", "case classification"),
            choices=CASE_CLASSES,
        ),
        Field(
            "onset_on",
            Said("发病日期", "date of onset"),
            Form.DATE,
            aliases=("发病时间", "dt_onset", "onset", "症状出现日期"),
        ),
        Field(
            "sampled_at",
            Said("首次阳性采样时间", "first positive sample"),
            Form.MOMENT,
            aliases=("采样时间", "采样日期"),
        ),
        Field(
            "confirmed_on",
            Said("诊断日期", "date of diagnosis"),
            Form.DATE,
            aliases=("确诊日期", "dt_diag", "date of confirmation", "date_become_case"),
        ),
        Field(
            "reported_at",
            Said("报告时间", "date of reporting"),
            Form.MOMENT,
            aliases=("报告日期", "date_of_reporting", "dt_report", "date reported"),
        ),
        Field("outcome", Said("转归", "outcome"), Form.CHOICE, aliases=("outcome_id", "结局"), choices=OUTCOMES),
        Field("outcome_on", Said("转归日期", "date of outcome"), Form.DATE, aliases=("date_of_outcome", "结局日期")),
        Field("died_on", Said("死亡日期", "date of death"), Form.DATE, aliases=("dt_death",)),
        Field(
            "hospital",
            Said("收治医院", "hospital"),
            aliases=("hospitalization_centername", "loc_hosp", "就诊医院", "医院"),
        ),
    ),
)
CONTACTS = Kind(
    "contacts.list",
    Said("接触者名单", "a list of contacts"),
    (
        Field("outer_id", Said("ID", "id where it comes from"), aliases=(*_ID, "原系统编号")),
        Field("outer_number", Said("接触者编号", "contact number"), aliases=("contact_id",)),
        *_WHO,
        Field("nationality", Said("国籍", "nationality")),
        Field("whereabouts", Said("目前所处位置", "where they are now"), aliases=("所处位置", "where now", "当前位置")),
        Field("found_by", Said("发现途径", "how found")),
        Field(
            "is_core",
            Said("是否核心密接", "core contact"),
            Form.CHOICE,
            aliases=("核心密接", "core contact"),
            choices=YES_NO,
        ),
        Field("is_rejected", Said("是否排除", "ruled out"), Form.CHOICE, aliases=("排除", "rejected"), choices=YES_NO),
        Field("case", Said("关联病例", "case"), aliases=("病例", "关联病例编号", "source case")),
        Field(
            "is_case_imported",
            Said("是否境外输入病例", "case imported from abroad"),
            Form.CHOICE,
            aliases=("case imported",),
            choices=YES_NO,
        ),
        Field("via", Said("关联密接", "through which contact"), aliases=("via contact",)),
        Field("ring", Said("密接类型", "kind of contact"), aliases=("接触者类型", "人员类型", "ring")),
        Field("relation", Said("与患者关系", "relation to the case"), aliases=("与病例关系", "关系")),
        Field("place", Said("接触地点", "place of contact"), aliases=("接触场所", "暴露地点")),
        Field(
            "first_exposure_at",
            Said("首次接触日期", "first contact"),
            Form.MOMENT,
            aliases=("首次接触时间", "开始接触时间"),
        ),
        Field(
            "last_exposure_at",
            Said("最后接触日期", "last contact"),
            Form.MOMENT,
            aliases=("最后接触时间", "末次接触日期", "末次接触时间", "date_of_last_contact"),
        ),
        Field(
            "release_on",
            Said("应解除观察日期", "observation ends"),
            Form.DATE,
            aliases=("解除日期", "应解除日期", "last day of observation", "date_of_followup_end"),
        ),
        Field("key_place", Said("关联重点场所", "key place"), aliases=("重点场所",)),
        Field("state", Said("转归", "state"), Form.CHOICE, aliases=("状态", "contact_status"), choices=CONTACT_STATES),
        Field("is_traced", Said("是否追踪到", "traced"), Form.CHOICE, aliases=("追踪到",), choices=YES_NO),
        Field(
            "mode",
            Said("医学观察方式", "observation"),
            Form.CHOICE,
            aliases=("观察方式", "管控方式", "observed"),
            choices=MODES,
        ),
        Field("site", Said("场所名称", "site"), aliases=("酒店", "隔离点", "入住酒店", "隔离场所")),
        Field("checked_in_on", Said("入住日期", "checked in"), Form.DATE, aliases=("入住时间",)),
        Field("home_reason", Said("居家隔离原因", "why at home")),
        Field(
            "destination",
            Said("转出目的省", "province of destination"),
            aliases=("转出目的地", "转出地", "destination"),
        ),
        Field("entered_by", Said("创建单位", "entered by"), aliases=("录入单位",)),
        Field(
            "entered_at",
            Said("录入时间", "entered"),
            Form.MOMENT,
            aliases=("date_of_reporting", "登记日期", "date reported"),
        ),
        Field("reviewed_at", Said("审核时间", "reviewed"), Form.MOMENT, aliases=("decided",)),
    ),
)
RELATIONSHIPS = Kind(
    "contacts.relationships",
    Said("谁接触了谁、谁传给了谁", "who met or infected whom"),
    (
        Field("outer_id", Said("编号", "id where it comes from"), aliases=("uuid",)),
        Field(
            "from_id",
            Said("来源病例编号", "from whom"),
            required=True,
            aliases=("source_uuid", "from", "infector", "传染源", "感染来源", "病例编号"),
        ),
        Field(
            "to_id",
            Said("被接触者编号", "to whom"),
            required=True,
            aliases=("target_uuid", "to", "infectee", "case_id", "被感染者", "接触者编号"),
        ),
        Field(
            "last_exposure_at",
            Said("最后接触日期", "last contact"),
            Form.MOMENT,
            aliases=("date_of_last_contact", "最后接触时间"),
        ),
        Field("exposure", Said("接触方式", "kind of exposure"), aliases=("exposure_type", "exposure")),
        Field("setting", Said("接触场合", "setting"), aliases=("context_of_exposure", "source", "场合")),
        Field(
            "certainty",
            Said("把握程度", "certainty"),
            Form.CHOICE,
            aliases=("certainty_level", "把握"),
            choices=CERTAINTIES,
        ),
    ),
)
FOLLOW_UPS = Kind(
    "contacts.follow_ups",
    Said("随访记录", "follow-ups of contacts"),
    (
        Field("outer_id", Said("编号", "id where it comes from"), aliases=("uuid",)),
        Field("contact", Said("接触者编号", "contact"), required=True, aliases=("contact_uuid", "接触者ID")),
        Field("contact_number", Said("接触者号", "contact number"), aliases=("contact_id",)),
        Field(
            "on", Said("随访日期", "date of follow-up"), Form.DATE, required=True, aliases=("date_of_followup", "日期")
        ),
        Field(
            "state",
            Said("随访结果", "result"),
            Form.CHOICE,
            required=True,
            aliases=("followup_status", "状态"),
            choices=FOLLOW_UP_STATES,
        ),
        Field("temperature_c", Said("体温", "temperature"), aliases=("temperature", "体温℃")),
        Field("note", Said("备注", "note"), aliases=("comment", "comments")),
    ),
)
