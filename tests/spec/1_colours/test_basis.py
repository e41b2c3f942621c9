TITLE = "颜色从哪里来 Where a colour comes from"


def test_without_evidence(spec):
    """已登记、没有任何证据的人是绿码。

    A registered person without evidence is green.
    """
    spec.colours(
        """
        kind | source | from
        -----+--------+-----
        """,
        """
        at          | colour | rules | until
        ------------+--------+-------+------
        04-19 12:00 | green  |       |
        """,
    )


def test_not_registered(spec):
    """没有登记的人状态不明，不是绿码；有证据时按证据。

    A person who is not registered is unknown, not green; evidence turns the code all the same.
    """
    spec.colours(
        """
        kind          | source       | from        | attributes
        --------------+--------------+-------------+-----------------------
        close-contact | investigator | 04-12 10:00 | last_exposure_on=04-10
        """,
        """
        at          | colour  | rules
        ------------+---------+------
        04-12 09:59 | unknown |
        04-12 10:00 | red     | C-04
        """,
        registered=False,
    )


def test_worst_wins(spec):
    """几条规则同时适用时，最严的决定颜色；理由全部列出，决定的一条在前。

    Of several rules the most severe decides; all of them are shown, the deciding one first.
    """
    spec.colours(
        """
        kind           | source       | from        | attributes
        ---------------+--------------+-------------+-----------------------
        parcel-contact | declaration  | 04-14 08:00 | touched_on=04-10
        close-contact  | investigator | 04-15 18:00 | last_exposure_on=04-13
        """,
        """
        at          | colour | rules
        ------------+--------+----------
        04-15 12:00 | yellow | C-12
        04-15 18:00 | red    | C-04 C-12
        04-18 00:00 | red    | C-04
        """,
    )


def test_to_the_second(spec):
    """起始时刻算在内，截止时刻不算：差一秒，颜色就不同。

    A period includes its first second and not its last: one second makes the difference.
    """
    spec.colours(
        """
        kind      | source     | from        | attributes
        ----------+------------+-------------+------------
        pool-hold | laboratory | 04-10 08:00 | result=grey
        """,
        """
        at             | colour
        ---------------+-------
        04-10 07:59:59 | green
        04-10 08:00:00 | yellow
        04-13 07:59:59 | yellow
        04-13 08:00:00 | green
        """,
    )


def test_not_yet(spec):
    """写着将来时间的证据现在不算。

    Evidence dated in the future does not count yet.
    """
    spec.colours(
        """
        kind  | source     | from        | attributes
        ------+------------+-------------+-----------
        fever | checkpoint | 04-20 09:00 |
        """,
        """
        at          | colour | until       | then   | aside
        ------------+--------+-------------+--------+-----------
        04-19 12:00 | green  | 04-20 09:00 | yellow | e1:not_yet
        """,
    )


def test_only_who_may(spec):
    """证据只认规定的提供者：商铺不能报密接，别的病种的证据也不算。

    Evidence counts only from those who may give it, and only for this disease.
    """
    spec.colours(
        """
        kind          | source      | from        | attributes             | disease
        --------------+-------------+-------------+------------------------+--------
        close-contact | venue-owner | 04-12 10:00 | last_exposure_on=04-10 |
        fever         | checkpoint  | 04-12 10:00 |                        | measles
        """,
        """
        at          | colour | aside
        ------------+--------+---------------------------------
        04-12 12:00 | green  | e1:source_may_not e2:other_disease
        """,
    )


def test_not_understood(spec):
    """看不懂的记录不转码，也不能当作绿码：写错的状态、离谱的日期，都是“状态不明”，更正或解除后恢复。

    A record that cannot be understood turns no code and is not green: a mistyped status or an impossible day is
    unknown until it is corrected or released.
    """
    spec.colours(
        """
        kind      | source   | from        | attributes
        ----------+----------+-------------+-----------------
        case      | hospital | 04-12 10:00 | status=Confirmed
        exclusion | investigator | 04-15 10:00 |
        """,
        """
        at          | colour  | rules | aside
        ------------+---------+-------+-------------------
        04-13 12:00 | unknown |       | e1:attribute_wrong
        04-15 10:00 | green   |       | e1:attribute_wrong
        """,
    )
