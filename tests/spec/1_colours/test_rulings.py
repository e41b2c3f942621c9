TITLE = "裁定、推送与到场 Rulings, pushes and presence"


def test_two_units(spec):
    """裁定须两个单位的两个人，写明依据；同一单位的两人、或没有依据的裁定不算。

    A ruling needs two people of two units and its basis; two of one unit, or no basis, count for nothing.
    """
    spec.colours(
        """
        kind   | source | from        | attributes | ruling
        -------+--------+-------------+------------+------------------------
        ruling | ruling | 04-10 09:00 | colour=red | cdc cdc 传染病防治法
        ruling | ruling | 04-11 09:00 | colour=red | cdc police
        ruling | ruling | 04-12 09:00 | colour=red | cdc police 传染病防治法第四十一条
        """,
        """
        at          | colour | rules | until       | aside
        ------------+--------+-------+-------------+---------------------------
        04-11 12:00 | green  |       | 04-12 09:00 | e1:no_ruling e2:no_ruling e3:not_yet
        04-12 09:00 | red    | C-14  | 04-19 09:00 | e1:no_ruling e2:no_ruling
        04-19 09:00 | green  |       |             | e1:no_ruling e2:no_ruling e3:over
        """,
    )


def test_release_lapses(spec):
    """解除的裁定也会到期：到期后，仍在管理期内的证据重新起作用。

    A release by ruling lapses too: what is still within its own time counts again.
    """
    spec.colours(
        """
        kind           | source       | from        | attributes             | ruling
        ---------------+--------------+-------------+------------------------+----------------------
        close-contact  | investigator | 04-12 10:00 | last_exposure_on=04-11 |
        release-ruling | ruling       | 04-14 09:00 |                        | cdc hospital 专家会诊意见
        """,
        """
        at          | colour | rules | until       | then
        ------------+--------+-------+-------------+-------
        04-14 09:00 | green  |       | 04-21 09:00 | red
        04-21 09:00 | red    | C-04  | 04-26 00:00 | yellow
        """,
    )


def test_pushed(spec):
    """外地推送的码单独列出、注明来源；本县自己的判断不受影响，只有推送地能撤回。

    A colour pushed by another place is shown apart with its issuer; the county's own view stays its own, and
    only the place that pushed it can withdraw it.
    """
    spec.colours(
        """
        kind           | source      | from        | attributes | issuer   | division
        ---------------+-------------+-------------+------------+----------+---------
        pushed-colour  | pushed-list | 04-12 10:00 | colour=red | 郑州市   | 410100
        push-withdrawn | pushed-list | 04-15 10:00 |            | 郑州市   | 410100
        """,
        """
        at          | colour | local | rules
        ------------+--------+-------+------
        04-13 12:00 | red    | green | C-16
        04-15 10:00 | green  | green |
        """,
    )


def test_withdrawn_elsewhere(spec):
    """别处的撤回不算；没有写明推送地的推送不转码，但也不能当作绿码。

    A withdrawal by another place counts for nothing. A push that names no place turns no code, and is not green.
    """
    spec.colours(
        """
        kind           | source      | from        | attributes | issuer   | division
        ---------------+-------------+-------------+------------+----------+---------
        pushed-colour  | pushed-list | 04-12 10:00 | colour=red | 郑州市   | 410100
        push-withdrawn | pushed-list | 04-15 10:00 |            | 广州市   | 440100
        """,
        """
        at          | colour | local | rules
        ------------+--------+-------+------
        04-15 10:00 | red    | green | C-16
        """,
    )
    spec.colours(
        """
        kind           | source      | from        | attributes
        ---------------+-------------+-------------+-----------
        pushed-colour  | pushed-list | 04-12 10:00 | colour=red
        """,
        """
        at          | colour  | local | rules | aside
        ------------+---------+-------+-------+--------------------
        04-13 12:00 | unknown | green |       | e1:division_missing
        """,
    )


def test_forwarded_poster(spec):
    """扫一张转发的场所码照片不能转码：没有到场佐证的扫码什么也不算。

    Scanning a forwarded picture of a poster turns nothing: a scan that proves no presence counts for nothing.
    """
    spec.colours(
        """
        kind       | source  | from        | attributes             | presence
        -----------+---------+-------------+------------------------+---------
        co-present | archive | 04-12 10:00 | last_exposure_on=04-11 | none
        co-present | archive | 04-13 10:00 | last_exposure_on=04-12 | staffed
        """,
        """
        at          | colour | rules | aside
        ------------+--------+-------+----------------------------------------
        04-12 12:00 | green  |       | e1:presence_not_proved e2:not_yet
        04-13 12:00 | yellow | C-07  | e1:presence_not_proved
        """,
    )


def test_stale(spec):
    """信息过了两小时没有更新，绿码变为状态不明；已知的红码、黄码不因此变绿。

    After two hours without an update green becomes unknown; a known red or yellow does not become green.
    """
    spec.colours(
        """
        kind  | source     | from        | attributes
        ------+------------+-------------+-----------
        fever | checkpoint | 04-16 09:00 |
        """,
        """
        at          | colour  | rules
        ------------+---------+------
        04-19 08:59 | yellow  | C-13
        04-19 09:00 | unknown |
        """,
        known="04-19 06:00",
    )
    spec.colours(
        """
        kind | source | from
        -----+--------+-----
        """,
        """
        at             | colour
        ---------------+--------
        04-19 07:59:59 | green
        04-19 08:00:00 | unknown
        """,
        known="04-19 06:00",
    )


def test_travel(spec):
    """行程卡结果24小时有效，过后不明；有星号或到过中高风险地区为有风险。

    An itinerary card holds for 24 hours and is unknown after; a star or a stay in a risk area is a risk.
    """
    spec.travel(
        """
        kind           | source      | from        | attributes
        ---------------+-------------+-------------+-------------
        itinerary-card | declaration | 04-18 08:00 | result=clear
        itinerary-card | checkpoint  | 04-19 09:00 | result=star
        """,
        """
        at          | state
        ------------+--------
        04-18 08:00 | clear
        04-19 08:00 | unknown
        04-19 09:00 | risk
        04-20 09:00 | unknown
        """,
    )
