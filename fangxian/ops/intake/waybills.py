"""Waybill lists of a depot (运单清单), under the heads that couriers' systems give them when they export."""

from fangxian.core.refusal import Said

from .fields import Field, Form, Kind

WAYBILLS = Kind(
    "parcels.waybills",
    Said("运单清单", "a waybill list"),
    (
        Field(
            "number",
            Said("运单号", "waybill number"),
            Form.PHONE,  # digits that a spreadsheet may damage; letters pass
            required=True,
            aliases=(
                "运单编号",
                "快递单号",
                "面单号",
                "物流单号",
                "邮件号",
                "单号",
                "waybill",
                "tracking number",
                "tracking no",
            ),
        ),
        Field(
            "recipient",
            Said("收件人", "recipient"),
            aliases=("收件人姓名", "收货人", "收方姓名", "收件客户", "收方联系人", "consignee", "receiver"),
        ),
        Field(
            "phone",
            Said("收件电话", "recipient's phone"),
            Form.PHONE,
            aliases=(
                "收件人电话",
                "收件人手机",
                "收件手机",
                "收方电话",
                "收货人电话",
                "联系电话",
                "手机号",
                "电话",
                "phone",
            ),
        ),
        Field(
            "address",
            Said("收件地址", "recipient's address"),
            aliases=("收件人地址", "收货地址", "派件地址", "收方地址", "详细地址", "地址", "address"),
        ),
        Field("signer", Said("签收人", "signed for by"), aliases=("签收", "签收人姓名", "实际签收人", "signed by")),
        Field(
            "signed_at",
            Said("签收时间", "signed for at"),
            # Text: a row that names somebody is not sent back for its time; `parcels.wire.when_touched` reads it.
            aliases=("签收日期", "妥投时间", "派送时间", "派件时间", "收件时间", "签收扫描时间", "delivered at"),
        ),
        Field(
            "courier",
            Said("派件员", "courier"),
            aliases=("派送员", "快递员", "业务员", "派件业务员", "投递员", "courier"),
        ),
        Field(
            "station",
            Said("网点", "station"),
            aliases=("派件网点", "派送网点", "站点", "末端网点", "网点名称", "station"),
        ),
        Field("state", Said("运单状态", "state"), aliases=("状态", "签收状态", "物流状态", "status")),
    ),
)
