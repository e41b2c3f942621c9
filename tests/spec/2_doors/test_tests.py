TITLE = "核酸时限 How old a test may be"


def test_bands(spec):
    """核酸时限从采样算起；满48小时的那一刻起就不再是“48小时内”。

    A test's age counts from sampling; at exactly 48 hours it is no longer “within 48 hours”.
    """
    spec.doors(
        """
        venue | test    | outcome | rules
        ------+---------+---------+------
        hotel | 0 min   | admit   |
        hotel | 2879 min | admit  |
        hotel | 48 h    | verify  | D-21
        hotel | 73 h    | verify  | D-21
        hotel |         | verify  | D-21
        """
    )


def test_couriers(spec):
    """快递从业人员须有24小时内核酸阴性。

    Courier staff need a negative test of the last 24 hours.
    """
    spec.doors(
        """
        venue         | test     | outcome | rules
        --------------+----------+---------+------
        courier-depot | 1439 min | admit   |
        courier-depot | 24 h     | refuse  | D-23
        """
    )


def test_on_the_spot(spec):
    """公路卡口没有48小时核酸的，现场采样后放行，不劝返。

    At a highway checkpoint whoever has no test is sampled there and goes on; nobody is turned back for it.
    """
    spec.doors(
        """
        venue        | test | outcome | rules
        -------------+------+---------+------
        highway-post |      | verify  | D-20
        """
    )
