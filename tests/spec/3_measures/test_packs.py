TITLE = "别的病种 Other diseases"


def test_measles(spec):
    """麻疹没有门岗、没有健康码：易感接触者自我观察21天，不隔离。

    Measles has no gate and no colour: a susceptible contact watches for signs for 21 days and is not isolated.
    """
    spec.use("measles")
    spec.management(
        """
        ring                | exposed | stages                  | tests
        --------------------+---------+-------------------------+------
        susceptible-contact | 04-10   | monitoring 04-11..05-02 |
        immune-contact      | 04-10   |                         |
        """
    )


def test_norovirus(spec):
    """诺如病毒感染：共同暴露者观察3天；从事食品工作的连续两天检测。

    Norovirus: co-exposed people watch for 3 days; food handlers are tested on two consecutive days.
    """
    spec.use("norovirus")
    spec.management(
        """
        ring         | exposed | stages                  | tests
        -------------+---------+-------------------------+------------
        co-exposed   | 04-10   | monitoring 04-11..04-14 |
        food-handler | 04-10   | monitoring 04-11..04-14 | 04-11 04-12
        """
    )


def test_no_colours_means_green(spec):
    """没有颜色规则的病种不会给任何人转码。

    A disease without colour rules turns nobody's code.
    """
    spec.use("measles")
    spec.colours(
        """
        kind                | source       | from        | attributes
        --------------------+--------------+-------------+-----------------------
        susceptible-contact | investigator | 04-12 10:00 | last_exposure_on=04-10
        """,
        """
        at          | colour | rules | aside
        ------------+--------+-------+-----------
        04-12 12:00 | green  |       | e1:no_rule
        """,
    )
