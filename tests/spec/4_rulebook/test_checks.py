TITLE = "发布前的检查 What is found before publishing"
CROSS_TERM = """
[[together]]
number = "X-09"
when = { travel = ["risk"], colour = ["green", "yellow", "red", "unknown"] }
venues = ["market"]
outcome = "refuse"
reason = { zh = "行程有风险，不能进入。", en = "The itinerary is at risk." }
advice = { zh = "请回。", en = "Please go home." }
source = "—"
strength = "guess"
"""


def test_cut_in_half(spec):
    """没有传完整的文件会被发现，并指出断在哪一行。

    A file that was cut off is noticed, with the line at which it ends.
    """
    spec.found("rulebook.cut_short", write="", cut_at=0.5)


def test_cut_between_rules(spec):
    """正好断在两条规则之间也会被发现，因为文件写明了规则条数。

    Even a cut between two rules is noticed, since the file says how many rules it has.
    """
    spec.found("rulebook.cut_short", instead_of="n_rules = 143", write="n_rules = 150")


def test_number_twice(spec):
    """编号全文唯一。

    A number is used once.
    """
    spec.found("rulebook.number_twice", instead_of='number = "D-02"', write='number = "D-01"')


def test_ends_before_it_begins(spec):
    """有效期不能先止后起。

    A period cannot end before it begins.
    """
    spec.found(
        "rulebook.period_reversed",
        instead_of='number = "A-02"',
        write='number = "A-02"\nfrom = 2022-05-01T00:00:00+08:00\nuntil = 2022-04-01T00:00:00+08:00',
    )


def test_never_applies(spec):
    """永远不会起作用的规则会被指出。

    A rule that can never apply is pointed out.
    """
    spec.found(
        "rulebook.never_applies",
        instead_of='number = "A-02"',
        write='number = "A-02"\nfrom = 2023-05-01T00:00:00+08:00\nuntil = 2023-06-01T00:00:00+08:00',
    )


def test_contradiction(spec):
    """同一情形不能有两个答案。

    One case cannot have two answers.
    """
    spec.found(
        "rulebook.contradiction",
        instead_of='values = ["unknown"]\nvenues = ["*"]',
        write='values = ["unknown", "yellow"]\nvenues = ["*"]',
    )


def test_stricter_than_above(spec):
    """严于上级又没有写法律依据的，不能发布。

    A rule stricter than the level above without its legal basis cannot be published.
    """
    spec.found(
        "rulebook.stricter_without_clause",
        instead_of='number = "D-11"\ninput = "travel"\nvalues = ["unknown"]',
        write='number = "D-11"\ninput = "travel"\nvalues = ["risk"]',
        and_also=('outcome = "verify"\nease = 8', 'outcome = "refuse"\nease = 8'),
    )


def test_citing_the_ceiling_s_own_paper_is_no_basis(spec):
    """引用文件不等于有依据：引用了定上限的那份文件，仍然不得比上限更严；另有文件确实更严的，写明该文件和条款。

    Citing a document is no basis: a rule that cites the very paper that sets the ceiling may not be stricter
    than it either; where another document really is stricter, its article is given.
    """
    spec.found(
        "rulebook.stricter_without_clause",
        instead_of='stages = [{ place = "central", lasts_days = 14 }, { place = "monitoring", lasts_days = 7 }]',
        write='stages = [{ place = "central", lasts_days = 28 }, { place = "monitoring", lasts_days = 7 }]',
    )


def test_a_cross_term_is_held_to_each_of_its_inputs(spec):
    """联合条件逐项受上限约束：少了其中任何一项它就不成立，所以它加严的结果每一项都有份。

    A cross-term is held to the ceiling of each of its inputs: without any one of them it does not hold, so what it
    adds is owed to each.
    """
    spec.found(
        "rulebook.stricter_without_clause",
        write=CROSS_TERM,
        and_also=("n_rules = 143", "n_rules = 144"),
    )


def test_two_clocks_for_one_case(spec):
    """报告时限、保存期限、离县要求和联合条件，同一情形也只能有一条。

    Reporting times, terms of keeping, requirements for leaving and cross-terms have one row for one case, too.
    """
    spec.found(
        "rulebook.contradiction",
        instead_of='clock = "health-to-government"',
        write='clock = "institution-to-health"',
        and_also=('within = "2 h"', 'within = "9 h"'),
    )


def test_kept_no_longer_than_needed(spec):
    """保存期限有上限：只保存实现目的所必要的最短时间。

    Keeping has a bound: the shortest time that the purpose needs.
    """
    spec.found(
        "rulebook.kept_too_long",
        instead_of='keep = "30 d"\ncounted_from = "scanned"',
        write='keep = "30000 d"\ncounted_from = "scanned"',
    )


def test_a_period_without_length(spec):
    """起止是同一时刻的规则一刻也不生效；全文的有效期写错了，只说一次。

    A period that begins and ends at one moment never holds; where it is the whole rulebook's, it is said once.
    """
    spec.found(
        "rulebook.period_empty",
        instead_of="until = 2022-06-28T00:00:00+08:00",
        write="until = 2022-04-01T00:00:00+08:00",
    )


def test_not_a_text(spec):
    """不是文本的文件就说不是文本，不说没有传完整。

    A file that is not text is called so, and not cut off.
    """
    spec.found("rulebook.not_text", write="\0")


def test_no_way_back(spec):
    """转了红码、黄码，必须有回到绿码的路。

    From every red or yellow there must be a way back to green.
    """
    spec.found(
        "rulebook.no_way_back",
        instead_of='phases = [{ colour = "red" }]\nended_by = ["discharge", "exclusion"]',
        write='phases = [{ colour = "red" }]',
    )


def test_fail_open(spec):
    """检查了某一项，就必须说明查不到时怎么办；不声不响放行不行。

    Where something is checked, the rulebook must say what happens when it is not known; silence will not do.
    """
    spec.found(
        "rulebook.fail_open",
        instead_of='values = ["not-taken"]\nvenues = ["village-post"',
        write='values = ["normal"]\nvenues = ["village-post"',
    )


def test_one_language(spec):
    """每句话中英文都要有。

    Every sentence is there in both languages.
    """
    spec.found(
        "rulebook.sentence_missing",
        instead_of='en = "The health code is red; entry is not possible."',
        write='en = ""',
    )


def test_scan_without_presence(spec):
    """来自扫码的证据必须要求到场佐证。

    Evidence from scans must ask for proof of presence.
    """
    spec.found("rulebook.scan_without_presence", instead_of='presence = ["staffed", "rotating", "located"]\n', write="")


def test_worse_is_not_met_more_mildly(spec):
    """更差的不能更宽：状态不明要核验，红码就不能不声不响地放行。

    What is worse is not met more mildly: where an unknown is checked, a red is not let in without a word.
    """
    spec.found(
        "rulebook.worse_admitted",
        instead_of='input = "permit"\nvalues = ["none", "expired"]',
        write='input = "permit"\nvalues = ["none"]',
    )


def test_a_claim_opens_no_door(spec):
    """手机自称在附近，到了门口和没有佐证一样对待：一行程序就能写出来。

    A phone that says it is near is met at a door as one that shows nothing: a line of any program says it too.
    """
    spec.found("rulebook.claim_admitted", instead_of='values = ["none", "located"]', write='values = ["none"]')


def test_emergency_care_is_known_from_outside(spec):
    """哪些场所提供急诊，不由规则文件自己说了算。

    Which places give emergency care is not for the rulebook to say.
    """
    spec.found(
        "rulebook.emergency_unmarked",
        instead_of='name = { zh = "医院", en = "hospital" }\nemergency_care = true',
        write='name = { zh = "医院", en = "hospital" }',
    )


def test_no_exemption_from_red(spec):
    """任何豁免都不能免去红码和过期信息；豁免只能替人答复拿不出的检测、行程和通行证。

    No exemption lifts red or old knowledge; it may only answer for a test, a journey or a permit one cannot show.
    """
    spec.found("rulebook.lifts_what_must_stand", instead_of='lifts = ["D-11"]', write='lifts = ["D-01"]')


def test_one_person_cannot_rule(spec):
    """裁定必须两人，规则文件不能免去。

    A ruling takes two people; no rulebook can do without.
    """
    spec.found("rulebook.ruling_by_nobody", instead_of="needs_ruling = true\n", write="")


def test_a_kind_of_restriction_has_its_ceiling(spec):
    """限制人的每一类规则都要写上级的上限，否则查不出加严；一条上限都没有的不能发布。

    Each kind of restriction has a ceiling from the level above, or nobody could tell what is stricter; a rulebook
    without any is not published.
    """
    spec.found(
        "rulebook.kind_without_ceiling",
        instead_of='on = "doors"\nsubject = "travel=risk"\nat_most_outcome = "verify"',
        write='on = "contacts"\nsubject = "co-present"\nat_most_days = 14',
        blocks=False,
    )


def test_no_version_loosens_a_ceiling_by_itself(spec):
    """新版不能自行删去或放宽上级的上限；有新的上级文件的，引用它。

    A new version does not take a ceiling away or loosen it by itself; where the level above has a new document, it
    is cited.
    """
    spec.found(
        "rulebook.ceiling_loosened",
        instead_of='subject = "secondary-contact"\nat_most_days = 7',
        write='subject = "secondary-contact"\nat_most_days = 14',
        follows=True,
    )


def test_leaving_and_measures_name_their_basis(spec):
    """离县和可下令的措施没有上限可写，本级自己定的要写明依据。

    No ceiling is written for leaving and for measures; what a level sets there itself names its legal basis.
    """
    spec.found("rulebook.restriction_without_basis", write="", blocks=False)
