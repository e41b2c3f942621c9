TITLE = "密接与次密接 Contacts"


def test_days(spec):
    """密接集中14天、监测7天，第1、4、7、14天检测；次密接集中7天。最后接触日是第0天。

    A close contact spends 14 days in quarantine and 7 monitored, tested on days 1, 4, 7 and 14; a contact of a
    contact 7 days. The day of last exposure is day 0.
    """
    spec.management(
        """
        ring              | exposed | stages                                        | tests
        ------------------+---------+-----------------------------------------------+------------------------
        close-contact     | 04-10   | central 04-11..04-25; monitoring 04-25..05-02 | 04-11 04-14 04-17 04-24
        secondary-contact | 04-10   | central 04-11..04-18                          | 04-11 04-14 04-17
        """
    )


def test_found_late(spec):
    """晚几天才找到，只管剩下的日子，不从头算起。

    Somebody found some days later serves the days that are left, not all over again.
    """
    spec.management(
        """
        ring          | exposed | placed | stages                                        | tests
        --------------+---------+--------+-----------------------------------------------+------------------
        close-contact | 04-10   | 04-13  | central 04-13..04-25; monitoring 04-25..05-02 | 04-14 04-17 04-24
        """
    )
