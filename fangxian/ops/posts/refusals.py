"""What the posts room says when it will not."""

from fangxian.core.refusal import Refusal


def post_unknown() -> Refusal:
    return Refusal(
        "posts.unknown",
        zh="没有这个值守点，或已撤销，没有登记。请从“值守点”列表打开您值守的那一个，或请乡镇核对。",
        en="There is no such post, or it was closed, so nothing was registered. Open the post you keep from the list "
        "of posts, or ask the township.",
    )


def passing_changed(number: int) -> Refusal:
    return Refusal(
        "posts.passing_changed",
        zh="第 {number} 号登记先前已经收到，内容与这次不同，没有改动先前那一条。一个号只能是一次登记；请在手机上另登记"
        "一次更正。",
        en="Registration {number} was received before with other content, so the first one was left as it is. A "
        "number stands for one registration: register once more on the phone to correct it.",
        number=number,
    )


def temperature_impossible(degrees: float) -> Refusal:
    return Refusal(
        "posts.temperature_impossible",
        zh="体温写的是 {degrees} ℃，没有登记。应在 34.0 到 42.9 之间，例如 36.5；请重测一次再输入。",
        en="The temperature reads {degrees} °C, so nothing was registered. It should be from 34.0 to 42.9, such as "
        "36.5: take it again and type it.",
        degrees=degrees,
    )


def nobody_said() -> Refusal:
    return Refusal(
        "posts.nobody_said",
        zh="没有码、没有证件号码，也没有姓名，没有登记。登记要认得出是谁；请扫码或输入证件号码，都没有的，写姓名和电话。",
        en="There is no code, no document number and no name, so nobody was registered. It must be known who it is: "
        "scan a code or type a document number, or else write a name and a phone.",
    )


def vehicle_unknown(vehicle: str) -> Refusal:
    return Refusal(
        "posts.vehicle_unknown",
        zh="交通方式“{vehicle}”本程序不认识，没有登记。应是步行、自行车、小客车、大客车或货车之一；请重选。",
        en="The way of travel “{vehicle}” is not known here, so nothing was registered. It should be foot, bicycle, "
        "car, coach or goods: choose again.",
        vehicle=vehicle[:20],
    )


def origin_unknown(origin: str) -> Refusal:
    return Refusal(
        "posts.origin_unknown",
        zh="来源地代码“{origin}”不是六位县级代码，没有登记。应从名单里选省、市、县；请重选。",
        en="The origin “{origin}” is not a six-digit county code, so nothing was registered. Choose province, city "
        "and county from the list.",
        origin=origin[:12],
    )
