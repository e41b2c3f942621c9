TITLE = "停留 Stays"


def test_usual(spec):
    """扫码没有离开的记录：停留到此人下一次扫码，或到该类场所通常停留时间为止，以先到者为准。餐饮店至少10分钟，通常45分钟，最长150分钟，
    于是同场的分钟数有“确定、估计、可能”三个。

    A scan has no exit: a stay ends at the person's next scan, or after the usual stay of the venue's class, whichever
    is first. In a restaurant people stay 10 minutes at least, 45 usually, 150 at most, so minutes together are three
    numbers: surely, likely, possibly.
    """
    spec.exposed(
        scans="""
        person | venue      | at
        -------+------------+------------
        A      | restaurant | 04-11 12:00
        B      | restaurant | 04-11 12:05
        C      | restaurant | 04-11 12:30
        D      | restaurant | 04-11 13:30
        E      | restaurant | 04-11 14:31
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        expect="""
        person | ring       | sure | likely | possible | meetings | last
        -------+------------+------+--------+----------+----------+------------
        B      | co-present | 5    | 40     | 145      | 1        | 04-11 12:45
        C      | co-present | 0    | 15     | 120      | 1        | 04-11 12:45
        D      | none       | 0    | 0      | 60       | 0        | 04-11 14:30
        """,
    )


def test_next_scan(spec):
    """下一次扫码结束前一次停留，不论在哪里扫；按出口扫码的，停留到出口那一刻，这时三个数相同。

    The next scan ends a stay, wherever it is; a scan on the way out ends it at that moment, and then the three numbers
    are one.
    """
    spec.exposed(
        scans="""
        person | venue      | at          | way
        -------+------------+-------------+----
        A      | restaurant | 04-11 12:00 |
        A      | shop       | 04-11 12:20 |
        B      | restaurant | 04-11 12:00 |
        C      | restaurant | 04-11 12:05 |
        C      | restaurant | 04-11 12:15 | out
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        expect="""
        person | sure | likely | possible | last
        -------+------+--------+----------+------------
        B      | 10   | 20     | 20       | 04-11 12:20
        C      | 5    | 10     | 10       | 04-11 12:15
        """,
    )


def test_twice_at_one_place(spec):
    """在同一场所再扫一次，停留接着算，不算离开又回来。

    A further scan at the same venue goes on with the stay; nobody has left and come again.
    """
    spec.exposed(
        scans="""
        person | venue      | at
        -------+------------+------------
        A      | restaurant | 04-11 12:00
        A      | restaurant | 04-11 12:40
        B      | restaurant | 04-11 12:00
        B      | restaurant | 04-11 12:35
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        expect="""
        person | sure | likely | possible | meetings
        -------+------+--------+----------+---------
        B      | 45   | 80     | 185      | 1
        """,
    )


def test_two_places_at_once(spec):
    """同一个人同一时刻在两处扫码，至少一处不真：两处都可能，哪处都不算确定。

    One person scanned at two places at one moment: at least one is not true. Both are possible, neither is sure.
    """
    spec.exposed(
        scans="""
        person | venue      | at
        -------+------------+------------
        A      | restaurant | 04-11 12:00
        A      | shop       | 04-11 12:00
        B      | restaurant | 04-11 12:00
        C      | shop       | 04-11 12:00
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        expect="""
        person | sure | likely | possible
        -------+------+--------+---------
        B      | 0    | 45     | 150
        C      | 0    | 15     | 60
        """,
    )


def test_over_midnight(spec):
    """停留跨过零点，照样连着算。

    A stay goes on over midnight.
    """
    spec.exposed(
        scans="""
        person | venue         | at
        -------+---------------+------------
        A      | entertainment | 04-11 23:30
        B      | entertainment | 04-11 23:50
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        expect="""
        person | likely | last
        -------+--------+------------
        B      | 70     | 04-12 01:00
        """,
    )


def test_no_presence(spec):
    """没有到场佐证的扫码一律不算：既不能证明谁在场，也不能结束别的停留。

    A scan that shows no presence counts for nothing: it proves nobody's presence, and ends no stay elsewhere.
    """
    spec.exposed(
        scans="""
        person | venue      | at          | presence
        -------+------------+-------------+---------
        A      | restaurant | 04-11 12:00 | rotating
        A      | shop       | 04-11 12:10 | none
        B      | restaurant | 04-11 12:00 | none
        C      | restaurant | 04-11 12:15 | located
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        expect="""
        person | likely
        -------+-------
        C      | 30
        """,
    )


def test_nowhere(spec):
    """哪里都没有扫过码的病例，不会因扫码提议任何人。

    A case who was scanned nowhere exposes nobody by scans.
    """
    spec.exposed(
        scans="""
        person | venue      | at
        -------+------------+------------
        B      | restaurant | 04-11 12:00
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        expect="",
    )


def test_evidence(spec):
    """每一次同场都有依据：哪里、何时、多久、有多确定、怎样证明到场。

    Each meeting has its evidence: where, when, how long, how sure, how presence was shown.
    """
    spec.met(
        scans="""
        person | venue      | at          | presence
        -------+------------+-------------+---------
        A      | restaurant | 04-11 12:00 | staffed
        B      | restaurant | 04-11 12:05 | rotating
        A      | market     | 04-12 09:00 | staffed
        B      | market     | 04-12 09:20 | located
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        ties="""
        tie       | people | from        | until
        ----------+--------+-------------+------------
        household | A C    | 04-12 20:00 | 04-12 22:00
        """,
        expect="""
        case | person | context   | venue      | from        | until       | sure | likely | possible | presence
        -----+--------+-----------+------------+-------------+-------------+------+--------+----------+---------
        A    | B      | scan      | restaurant | 04-11 12:05 | 04-11 12:45 | 5    | 40     | 145      | rotating
        A    | B      | scan      | market     | 04-12 09:20 | 04-12 09:30 | 0    | 10     | 70       | located
        A    | C      | household |            | 04-12 20:00 | 04-12 22:00 | 60   | 60     | 60       |
        """,
    )
