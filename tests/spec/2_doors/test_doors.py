TITLE = "门岗怎么答 What a door answers"


def test_three_codes(spec):
    """一扫三查：健康码、行程码、检测，都没有问题就请进，不多问。

    One scan checks health code, itinerary and test; with nothing amiss the answer is: come in.
    """
    spec.doors(
        """
        venue        | outcome | rules
        -------------+---------+------
        shop         | admit   |
        village-post | admit   |
        school       | admit   |
        hospital     | admit   |
        """
    )


def test_red_and_yellow(spec):
    """红码不能进入；黄码登记后进入，但学校、养老院、客运站、娱乐场所暂不能进。

    Red cannot enter; yellow registers, except at schools, care homes, stations and entertainment.
    """
    spec.doors(
        """
        venue         | colour  | outcome | rules
        --------------+---------+---------+------
        shop          | red     | refuse  | D-01
        shop          | yellow  | verify  | D-03
        school        | yellow  | refuse  | D-02
        care-home     | yellow  | refuse  | D-02
        shop          | unknown | verify  | D-04
        sampling-site | red     | verify  | D-05
        """
    )


def test_closest_first(spec):
    """几条理由同时成立时，结果取最严；先说本人最容易改变的一条，其余列在下面。

    Of several reasons the worst outcome holds; the one the person can most easily change is said first.
    """
    spec.doors(
        """
        venue         | colour | travel | test | temperature | outcome | rules
        --------------+--------+--------+------+-------------+---------+--------------------
        courier-depot | yellow | risk   | 30 h |             | refuse  | D-23 D-31 D-03
        village-post  | red    | risk   |      | 38.2        | refuse  | D-30 D-01 D-10
        """
    )


def test_travel_star(spec):
    """行程卡带星号只核验，不拒绝；有48小时内核酸阴性就不再核验。

    A star is checked, never refused; with a negative test of the last 48 hours it is not even checked.
    """
    spec.doors(
        """
        venue        | travel  | test | outcome | rules
        -------------+---------+------+---------+------
        village-post | risk    | 60 h | verify  | D-10
        village-post | risk    | 47 h | admit   |
        highway-post | risk    | 47 h | verify  | D-10
        village-post | unknown | 10 h | verify  | D-11
        """
    )


def test_fever(spec):
    """37.3℃及以上为发热，到值守点先安排就诊；没测体温就测一下。

    37.3 °C or more is a fever, and the post calls the fever clinic; whoever was not measured is measured.
    """
    spec.doors(
        """
        venue        | temperature | outcome | rules
        -------------+-------------+---------+------
        village-post | 37.2        | admit   |
        village-post | 37.3        | refuse  | D-30
        village-post |             | verify  | D-31
        shop         |             | admit   |
        """
    )


def test_controlled_zone(spec):
    """封控、管控区凭通行证进出；没有或过期不行，查不到就看纸质证。

    A controlled zone is passed with a permit; a missing or expired one will not do, and one that cannot be looked
    up is shown on paper.
    """
    spec.doors(
        """
        venue           | permit  | outcome | rules
        ----------------+---------+---------+------
        controlled-gate | valid   | admit   |
        controlled-gate | expired | refuse  | D-40
        controlled-gate | none    | refuse  | D-40
        controlled-gate | unknown | verify  | D-41
        """
    )


def test_two_things_together(spec):
    """有的规则要两件事同时成立：黄码又没有72小时内核酸阴性，农贸市场、餐馆暂不能进。

    Some rules need two things together: yellow without a test of 72 hours cannot enter markets and restaurants.
    """
    spec.doors(
        """
        venue      | colour | test | outcome | rules
        -----------+--------+------+---------+----------
        restaurant | yellow | 71 h | verify  | D-03
        restaurant | yellow | 72 h | refuse  | X-02 D-03
        restaurant | green  | 72 h | admit   |
        """
    )


def test_exempt(spec):
    """3岁以下不查核酸；没有手机的人不查行程卡，凭证件登记。

    Children under 3 are not asked for a test, nor people without a phone for the itinerary card.
    """
    spec.doors(
        """
        venue        | travel  | test | exempt   | outcome | rules
        -------------+---------+------+----------+---------+----------
        care-home    | clear   |      |          | refuse  | D-22
        care-home    | clear   |      | infant   | admit   |
        village-post | unknown | 10 h | no-phone | admit   |
        village-post | risk    | 60 h | no-phone | verify  | D-10
        """
    )


def test_unlisted_venue(spec):
    """规则里没有列出的场所，按一般场所办理，不会无人过问。

    A venue whose class the rulebook does not list is treated as any other place, never waved through.
    """
    spec.doors(
        """
        venue    | colour | outcome | rules
        ---------+--------+---------+------
        sea-port | red    | refuse  | D-01
        sea-port | green  | admit   |
        """
    )
