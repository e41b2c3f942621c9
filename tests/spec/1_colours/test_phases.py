TITLE = "红转黄、黄转绿 From red to yellow to green"


def test_close_contact(spec):
    """密接从最后接触日（第0天）算起，红码14天，再黄码7天，然后自动转绿。

    A close contact is red for 14 days counted from the day of last exposure (day 0), yellow for 7, then green.
    """
    spec.colours(
        """
        kind          | source       | from        | attributes
        --------------+--------------+-------------+-----------------------
        close-contact | investigator | 04-03 10:00 | last_exposure_on=04-01
        """,
        """
        at          | colour | rules | until       | then
        ------------+--------+-------+-------------+-------
        04-03 10:00 | red    | C-04  | 04-16 00:00 | yellow
        04-15 23:59 | red    | C-04  | 04-16 00:00 | yellow
        04-16 00:00 | yellow | C-04  | 04-23 00:00 | green
        04-23 00:00 | green  |       |             |
        """,
    )


def test_case(spec):
    """感染者住院期间红码；出院后红码14天、黄码14天。

    A case is red while in hospital, then red for 14 days and yellow for 14.
    """
    spec.colours(
        """
        kind      | source     | from        | attributes
        ----------+------------+-------------+-----------------
        case      | laboratory | 04-05 20:00 | status=confirmed
        discharge | hospital   | 04-20 09:00 |
        """,
        """
        at          | colour | rules | until       | then
        ------------+--------+-------+-------------+-------
        04-19 12:00 | red    | C-01  | 05-04 09:00 | yellow
        04-20 09:00 | red    | C-03  | 05-04 09:00 | yellow
        05-04 09:00 | yellow | C-03  | 05-18 09:00 | green
        05-18 09:00 | green  |       |             |
        """,
    )


def test_pool(spec):
    """混管异常先黄码，单管阴性一出即转绿，不需要任何人动手。

    A doubtful shared tube makes its members yellow; a negative result of one's own tube ends it at once.
    """
    spec.colours(
        """
        kind            | source     | from        | attributes
        ----------------+------------+-------------+----------------
        pool-hold       | laboratory | 04-18 20:00 | result=positive
        negative-result | laboratory | 04-19 06:30 |
        """,
        """
        at          | colour | rules | until       | then
        ------------+--------+-------+-------------+------
        04-19 06:29 | yellow | C-11  | 04-19 06:30 | green
        04-19 06:30 | green  |       |             |
        """,
    )


def test_earlier_negative(spec):
    """更早的阴性结果不能解除后来的证据。

    A negative result from before does not release what came after it.
    """
    spec.colours(
        """
        kind            | source     | from        | attributes
        ----------------+------------+-------------+------------
        negative-result | laboratory | 04-18 08:00 |
        pool-hold       | laboratory | 04-18 20:00 | result=grey
        """,
        """
        at          | colour | rules
        ------------+--------+------
        04-19 12:00 | yellow | C-11
        """,
    )


def test_one_of_two_contacts(spec):
    """两次密接，排除其中一次，另一次仍然算；不写所指的排除则全部解除。

    Excluding one of two contacts leaves the other; an exclusion that names none releases all before it.
    """
    spec.colours(
        """
        kind          | source       | from        | attributes             | about
        --------------+--------------+-------------+------------------------+------
        close-contact | investigator | 04-12 10:00 | last_exposure_on=04-10 |
        close-contact | investigator | 04-13 10:00 | last_exposure_on=04-11 |
        exclusion     | investigator | 04-14 10:00 |                        | e1
        exclusion     | investigator | 04-16 10:00 |                        |
        """,
        """
        at          | colour | rules
        ------------+--------+----------
        04-13 12:00 | red    | C-04 C-04
        04-14 12:00 | red    | C-04
        04-16 10:00 | green  |
        """,
    )


def test_zone(spec):
    """住在封控区的人红码，解封命令一到即转绿；命令没有续期，28天后自动失效。

    People of a closed zone are red until the zone is lifted; an order that is not renewed lapses after 28 days.
    """
    spec.colours(
        """
        kind | source | from        | attributes
        -----+--------+-------------+------------
        zone | order  | 04-10 00:00 | zone=closed
        """,
        """
        at          | colour | rules | until       | then
        ------------+--------+-------+-------------+------
        04-19 12:00 | red    | C-08  | 05-08 00:00 | green
        05-08 00:00 | green  |       |             |
        """,
    )
