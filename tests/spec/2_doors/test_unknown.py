TITLE = "不明与过期 Not known, and out of date"


def test_stale_door(spec):
    """门岗信息超过2小时没有更新，绿码要核验，并说明是信息过期；红码仍是红码。

    When a door's knowledge is 2 hours old a green is checked, and the door says why; a red stays red.
    """
    spec.doors(
        """
        venue | colour | knowledge | outcome | rules
        ------+--------+-----------+---------+----------
        shop  | green  | 119 min   | admit   |
        shop  | green  | 2 h       | verify  | D-70
        shop  | green  |           | verify  | D-70
        shop  | red    | 2 h       | refuse  | D-01 D-70
        """
    )


def test_nothing_known(spec):
    """什么都查不到，也不会不声不响放行。

    With nothing known at all nobody is let in without a word.
    """
    spec.doors(
        """
        venue        | colour  | travel  | test | temperature | status  | knowledge | outcome | rules
        -------------+---------+---------+------+-------------+---------+-----------+---------+-------------------------
        village-post | unknown | unknown |      |             | unknown |           | verify  | D-31 D-11 D-04 D-61 D-70
        shop         | unknown | unknown |      |             | unknown |           | verify  | D-04 D-61 D-70
        """
    )


def test_closed_venue(spec):
    """停业或停用的场所码不再放行，就算人是绿码。

    A venue that is closed or whose code is out of use lets nobody in, green or not.
    """
    spec.doors(
        """
        venue | status    | outcome | rules
        ------+-----------+---------+------
        shop  | closed    | refuse  | D-60
        shop  | suspended | refuse  | D-60
        shop  | unknown   | verify  | D-61
        """
    )


def test_presence(spec):
    """学校、养老院等须由值守人员扫码或扫动态码，自己扫海报不算到场，手机自称在附近也不算。

    Schools and care homes want the keeper's scan or the changing code; scanning a poster oneself proves nothing, nor
    does a phone that says of itself that it is near.
    """
    spec.doors(
        """
        venue     | presence | outcome | rules
        ----------+----------+---------+------
        care-home | none     | verify  | D-50
        care-home | located  | verify  | D-50
        care-home | rotating | admit   |
        shop      | none     | admit   |
        """
    )
