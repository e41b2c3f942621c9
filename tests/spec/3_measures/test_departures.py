TITLE = "离境一申请 Leaving"


def test_leaving_takes(spec):
    """离开本县：绿码，村（社区）和乡镇同意；说了返回日期的，返回前2天报备。

    Leaving the county: a green code, the village and the township agree; who says when they return declares it 2 days
    ahead.
    """
    spec.leaving(
        "04-15",
        """
        colour | tested | risk | leaves | returns | met  | open | unmet | approvals
        -------+--------+------+--------+---------+------+------+-------+-----------------
        green  |        |      | 04-15  | 04-18   | L-01 | L-05 |       | village township
        green  |        |      | 04-15  |         | L-01 |      |       | village township
        """,
    )


def test_another_colour(spec):
    """不是绿码、不明的，当天不能走；以后哪天走，到那天转绿就行。

    Whoever is not green, or not known, does not leave today; for a later day the code may turn by then.
    """
    spec.leaving(
        "04-15",
        """
        colour  | tested | risk | leaves | returns | met | open | unmet | approvals
        --------+--------+------+--------+---------+-----+------+-------+-----------------
        red     |        |      | 04-15  |         |     |      | L-01  | village township
        unknown |        |      | 04-15  |         |     |      | L-01  | village township
        yellow  |        |      | 04-17  |         |     | L-01 |       | village township
        """,
    )


def test_somewhere_at_risk(spec):
    """去有风险地区的县，还要县指挥部同意；去有病例的县，和别处一样由村和乡镇同意。两种都要连续3天阴性。

    A county with a risk area also takes the county's agreement, one with cases the village's and the township's as
    anywhere. Both take negative tests on 3 days in a row.
    """
    spec.leaving(
        "04-15",
        """
        colour | tested            | risk                  | leaves | met       | approvals
        -------+-------------------+-----------------------+--------+-----------+------------------------
        green  | 04-12 04-13 04-14 | county-with-risk-area | 04-15  | L-01 L-02 | village township county
        green  | 04-13 04-14 04-15 | county-with-cases     | 04-15  | L-01 L-02 | village township
        """,
    )


def test_three_days(spec):
    """连续3天以走的当天或前一天为末日。缺的日子逐天说明；来不及的，说最早哪天能走。

    The 3 days in a row end with the day of leaving or the day before. The days that lack are named, and where they
    cannot be had any more, the first day on which one can leave.
    """
    spec.leaving(
        "04-15",
        """
        colour | tested      | risk              | leaves | open | unmet | days              | earliest
        -------+-------------+-------------------+--------+------+-------+-------------------+---------
        green  | 04-13 04-14 | county-with-cases | 04-15  | L-02 |       | 04-15             |
        green  | 04-14       | county-with-cases | 04-15  |      | L-02  | 04-12 04-13       | 04-16
        green  |             | county-with-cases | 04-18  | L-02 |       | 04-15 04-16 04-17 |
        """,
    )
