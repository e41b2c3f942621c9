"""Result files (仪器结果) of amplifiers: a row a well and channel, or a row a well with a column a channel."""

from fangxian.core.refusal import Said

from .fields import Field, Kind

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
        Field(
            "ct_ic", Said("内标 Ct", "Ct of IC"), aliases=("ic", "内标", "内参", "rnp", "cy5", "rox", "ic ct", "cy5 ct")
        ),
    ),
)  # fmt: skip
