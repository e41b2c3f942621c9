TITLE = "医院永不拒绝 A hospital refuses nobody"


def test_everything_against(spec):
    """红码、发热、行程有风险、没有核酸、信息过期，医院都不拒绝，只引导走合适的通道。

    Red, fever, risk, no test, stale knowledge: a hospital refuses for none of them and shows the right way in.
    """
    spec.doors(
        """
        venue         | colour  | travel  | test | temperature | knowledge | outcome | rules
        --------------+---------+---------+------+-------------+-----------+---------+-------------------------
        hospital      | red     | risk    |      | 39.5        | 5 h       | admit   | D-32 D-25 D-71 D-12 D-07
        health-centre | unknown | unknown |      |             |           | admit   | D-32 D-08 D-25 D-71 D-12
        """
    )
    spec.doors(
        """
        venue    | status  | permit | presence | outcome | rules
        ---------+---------+--------+----------+---------+------
        hospital | closed  | none   | none     | admit   | D-62
        """
    )


def test_does_not_compile(spec):
    """让医院门口可能拒绝人的规则文件通不过检查，也编译不了。

    A rulebook in which a hospital's door could refuse passes no check and does not compile.
    """
    spec.found(
        "rulebook.hospital_refuses",
        instead_of='values = ["red", "yellow"]\nvenues = ["hospital", "health-centre"]\noutcome = "route"',
        write='values = ["red", "yellow"]\nvenues = ["hospital", "health-centre"]\noutcome = "refuse"',
    )
