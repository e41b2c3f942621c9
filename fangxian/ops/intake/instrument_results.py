"""Result files: of amplifiers (仪器结果), a row a well and channel or a row a well with a column a channel; and what an
outside laboratory sends back (外送结果), a row a tube with its result in words.
"""

from fangxian.core.refusal import Said

from .fields import Field, Form, Kind

RESULTS = Kind(
    "lab.results",
    Said("扩增仪结果", "an amplifier's results"),
    (
        Field(
            "sample",
            Said("样本号", "sample"),
            required=True,
            aliases=(
                "样本编号", "样本名称", "样品编号", "样品名称", "样本", "样品", "试管编号", "试管条码", "条码",
                "标本编号", "sample name", "sample id", "barcode", "tube",
            ),
        ),
        Field(
            "plate",
            Said("板号", "plate"),
            aliases=("板", "板名", "反应板", "反应板号", "plate id", "plate name", "plate barcode", "run", "run id"),
        ),
        Field("well", Said("孔位", "well"), aliases=("孔", "孔号", "反应孔", "well position", "pos", "position")),
        Field(
            "channel",
            Said("通道", "channel"),
            aliases=(
                "靶标", "靶基因", "基因", "目标基因", "检测项目", "荧光", "target", "target name", "fluor", "dye",
                "gene",
            ),
        ),
        Field("ct", Said("Ct 值", "Ct"), aliases=("ct", "ct值", "cq", "cт", "ct value", "cq value")),
        Field("ct_orf1ab", Said("ORF1ab Ct", "Ct of ORF1ab"), aliases=("orf1ab", "orf", "fam", "orf1ab基因", "fam ct")),
        Field("ct_n", Said("N Ct", "Ct of N"), aliases=("n", "n基因", "vic", "hex", "n基因ct", "vic ct", "hex ct")),
        Field("ct_e", Said("E Ct", "Ct of E"), aliases=("e", "e基因", "e基因ct", "e gene")),
        Field("ct_s", Said("S Ct", "Ct of S"), aliases=("s", "s基因", "s基因ct", "s gene")),
        Field(
            "ct_ic", Said("内标 Ct", "Ct of IC"), aliases=("ic", "内标", "内参", "rnp", "cy5", "rox", "ic ct", "cy5 ct")
        ),
    ),
    n_rows_above=100,
)  # fmt: skip
SENT_RESULTS = Kind(
    "lab.sent_results",
    Said("外送结果", "an outside laboratory's results"),
    (
        Field(
            "sample", Said("试管条码", "tube"), required=True,
            aliases=("条码", "管号", "试管号", "试管编号", "样本号", "样本编号", "标本编号", "barcode", "sample"),
        ),
        Field(
            "outcome", Said("结果", "result"), Form.CHOICE, required=True,
            aliases=("检测结果", "结论", "判定", "检验结果", "interpretation", "outcome"),
            choices=(
                ("negative", ("阴性", "-", "阴", "未检出", "neg")),
                ("positive", ("阳性", "+", "阳", "检出", "pos")),
                ("single_target", ("单靶标阳性", "单靶阳性", "单靶标", "single target")),
                ("grey", ("灰区", "可疑", "弱阳性", "gray", "inconclusive")),
                ("invalid", ("无效", "重测", "失败", "failed")),
            ),
        ),
        Field(
            "measured_at", Said("检测时间", "measured"), Form.MOMENT,
            aliases=("检测日期", "报告时间", "结果时间", "time", "resulted at"),
        ),
        Field("box", Said("箱", "box"), aliases=("箱号", "转运箱")),
    ),
)  # fmt: skip
