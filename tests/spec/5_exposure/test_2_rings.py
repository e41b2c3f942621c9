TITLE = "提议哪一类 Which ring is proposed"


def test_scans_alone(spec):
    """扫码同场，次数再多、时间再长，也只提议为时空伴随者；只有同住、同班、同一工作间、同病房、邻座这样的情形，才提议为密接。都只是提议，
    由流调人员判定。

    Scans at one place, however many and long, propose a co-present person and never more. A close contact is proposed
    only where something means closeness: a household, a class, a room at work, a ward, a seat nearby. An investigator
    decides.
    """
    spec.exposed(
        scans="""
        person | venue   | at
        -------+---------+------------
        A      | factory | 04-11 08:00
        B      | factory | 04-11 08:00
        A      | factory | 04-12 08:00
        B      | factory | 04-12 08:00
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        ties="""
        tie       | people
        ----------+-------
        household | A C
        class     | A D
        workroom  | A E
        ward      | A F
        """,
        expect="""
        person | ring          | contexts
        -------+---------------+----------
        C      | close-contact | household
        F      | close-contact | ward
        E      | close-contact | workroom
        D      | close-contact | class
        B      | co-present    | scan
        """,
    )


def test_few_minutes(spec):
    """估计同场不到10分钟的，列出供查看，不提议。

    Somebody who was likely there for less than ten minutes is listed, and nothing is proposed.
    """
    spec.exposed(
        scans="""
        person | venue | at
        -------+-------+------------
        A      | shop  | 04-11 09:00
        B      | shop  | 04-11 09:05
        C      | shop  | 04-11 09:06
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        expect="""
        person | ring       | likely
        -------+------------+-------
        B      | co-present | 10
        C      | none       | 9
        """,
    )


def test_seats(spec):
    """同车的看座位：前后一排、左右两座以内的提议为密接；隔得远的、不知座位的，是同车。

    In a vehicle seats count: within a row before and behind and two seats to either side a close contact is proposed;
    who sat further away, or nobody knows where, was in the same vehicle.
    """
    spec.exposed(
        scans="",
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        rides="""
        person | seat | from        | until
        -------+------+-------------+------------
        A      | 5-1  | 04-11 08:00 | 04-11 10:00
        B      | 6-2  | 04-11 08:00 | 04-11 10:00
        C      | 5-4  | 04-11 08:00 | 04-11 10:00
        D      | 9-1  | 04-11 08:00 | 04-11 10:00
        E      |      | 04-11 09:55 | 04-11 10:00
        F      | 5-2  | 04-11 10:00 | 04-11 12:00
        """,
        expect="""
        person | ring          | contexts
        -------+---------------+----------
        B      | close-contact | seat_near
        C      | co-present    | vehicle
        D      | co-present    | vehicle
        E      | none          | vehicle
        """,
    )


def test_look_back(spec):
    """密接从发病前4天那天的零点找起（第八版），时空伴随者从14天前找起；隔离之后的不算。

    Close contacts are looked for from the midnight four days before onset (8th edition), co-present people from 14 days
    before; what was after isolation does not count.
    """
    spec.exposed(
        scans="""
        person | venue      | at
        -------+------------+------------
        A      | restaurant | 04-07 12:00
        B      | restaurant | 04-07 12:00
        A      | restaurant | 04-13 12:00
        C      | restaurant | 04-13 12:00
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        ties="""
        tie  | people | from        | until
        -----+--------+-------------+------------
        ward | A D    | 04-05 00:00 | 04-08 00:00
        ward | A E    | 04-05 00:00 | 04-08 10:00
        """,
        expect="""
        person | ring          | contexts | last
        -------+---------------+----------+------------
        E      | close-contact | ward     | 04-08 10:00
        B      | co-present    | scan     | 04-07 12:45
        """,
    )


def test_contacts_of_contacts(spec):
    """次密接：与密接同住、共事的人，只算密接首次接触病例之后、被隔离之前；与密接只是扫码同场的，什么也不提议。

    A contact of a contact lived or worked with a close contact after that contact first met the case and before the
    contact's quarantine. Who was only scanned where a close contact was is proposed as nothing.
    """
    spec.second_hop(
        scans="""
        person | venue      | at
        -------+------------+------------
        B      | restaurant | 04-11 12:00
        F      | restaurant | 04-11 12:00
        """,
        ties="""
        tie       | people | from        | until
        ----------+--------+-------------+------------
        household | A B    | 04-10 20:00 | 04-13 08:00
        workroom  | B C    | 04-11 08:00 | 04-11 18:00
        workroom  | B D    | 04-09 08:00 | 04-10 18:00
        workroom  | B E    | 04-12 20:00 | 04-13 08:00
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        quarantined="""
        contact | quarantined
        --------+------------
        B       | 04-12 20:00
        """,
        until="04-13 08:00",
        expect="""
        person | ring              | contexts | last
        -------+-------------------+----------+------------
        C      | secondary-contact | workroom | 04-11 18:00
        F      | none              | scan     | 04-11 12:45
        """,
    )


def test_measles(spec):
    """麻疹病毒在空气里可留两小时：病例离开后两小时内进来的人也算。没有“时空伴随”这一类的规则文件，不提议这一类。

    Measles stays in the air for two hours: who comes within two hours after the case has left counts as well. A
    rulebook without a ring of co-present people proposes none.
    """
    spec.use("measles")
    spec.exposed(
        scans="""
        person | venue  | at
        -------+--------+------------
        A      | school | 04-11 08:00
        A      | shop   | 04-11 10:00
        B      | school | 04-11 11:30
        C      | school | 04-11 12:01
        """,
        case="""
        case | onset | until
        -----+-------+------------
        A    | 04-12 | 04-13 08:00
        """,
        ties="""
        tie   | people
        ------+-------
        class | A D
        """,
        expect="""
        person | ring                | contexts | likely
        -------+---------------------+----------+-------
        D      | susceptible-contact | class    | 0
        B      | none                | scan     | 30
        """,
    )
