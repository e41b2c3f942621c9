TITLE = "落地一申报 Arriving"


def test_risk_area(spec):
    """14天内到过中高风险地区：集中隔离14天、健康监测7天，第1、4、7、14天检测。

    A stay in a risk area within 14 days: 14 days of central quarantine, 7 of monitoring, tests on 1, 4, 7, 14.
    """
    spec.arrival(
        stays="""
        place  | from  | until
        -------+-------+------
        310115 | 04-01 | 04-15
        """,
        risks="""
        place  | state     | from  | until
        -------+-----------+-------+------
        310115 | risk-area | 03-20 | 05-01
        """,
        arrived="04-15 16:00",
        expect="""
        rules | stages                                      | tests
        ------+---------------------------------------------+------------------------
        A-01  | central 04-16..04-30; monitoring 04-30..05-07 | 04-16 04-19 04-22 04-29
        """,
    )


def test_list_of_the_day(spec):
    """风险看停留当天的名单：离开之后才升级的地区不追溯，停留时在名单上、后来降级的仍算。

    The list of each day counts: a place that became a risk area after one left does not, one that was on the
    list during the stay does.
    """
    stays = """
        place  | from  | until
        -------+-------+------
        140121 | 04-05 | 04-10
    """
    spec.arrival(
        stays,
        """
        place  | state     | from  | until
        -------+-----------+-------+------
        140121 | risk-area | 04-10 | 05-01
        """,
        arrived="04-15 16:00",
        expect="""
        rules | stages | tests
        ------+--------+------
              |        |
        """,
    )
    spec.arrival(
        stays,
        """
        place  | state     | from  | until
        -------+-----------+-------+------
        140121 | risk-area | 04-01 | 04-06
        """,
        arrived="04-15 16:00",
        expect="""
        rules | landing
        ------+--------
        A-01  |
        """,
    )


def test_affected_prefecture(spec):
    """涉疫地市的其他县：签承诺书、社区管理，落地检后72小时内再做2次，不隔离。

    Another county of an affected prefecture: an undertaking, community management, 2 tests within 72 hours of the
    first, and no isolation.
    """
    spec.arrival(
        stays="""
        place  | from  | until
        -------+-------+------
        140181 | 04-01 | 04-15
        """,
        risks="""
        place  | state               | from  | until
        -------+---------------------+-------+------
        140181 | affected-prefecture | 04-13 | 05-01
        """,
        arrived="04-15 16:00",
        expect="""
        rules | stages                 | n_tests | landing | undertaking
        ------+------------------------+---------+---------+------------
        A-04  | community 04-16..04-30 | 2       | yes     | yes
        """,
    )


def test_several_rows(spec):
    """几条同时适用：管理取最严的一条，检测和手续合并。

    Where several rows apply, the strictest gives the stages and all of them their tests and papers.
    """
    spec.arrival(
        stays="""
        place  | from  | until
        -------+-------+------
        410105 | 04-02 | 04-08
        410922 | 04-08 | 04-15
        """,
        risks="""
        place  | state             | from  | until
        -------+-------------------+-------+------
        410105 | county-with-cases | 04-01 | 05-01
        410105 | out-of-province   | 01-01 | 12-31
        410922 | out-of-province   | 01-01 | 12-31
        """,
        arrived="04-15 16:00",
        expect="""
        rules     | stages                                    | tests             | landing
        ----------+-------------------------------------------+-------------------+--------
        A-03 A-05 | home 04-16..04-23; monitoring 04-23..04-28 | 04-16 04-19 04-22 | yes
        """,
    )


def test_fifteen_days_ago(spec):
    """只看到达前14天：第15天以前离开的不算。

    Only the 14 days before arriving count.
    """
    spec.arrival(
        stays="""
        place  | from  | until
        -------+-------+------
        310115 | 03-01 | 04-01
        """,
        risks="""
        place  | state     | from  | until
        -------+-----------+-------+------
        310115 | risk-area | 03-01 | 05-01
        """,
        arrived="04-15 16:00",
        expect="""
        rules | stages
        ------+-------
              |
        """,
    )
