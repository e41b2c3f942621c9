"""Who may open what: every address of the site once. The table that `test_every_page` holds the site to."""

from fangxian.ops.accounts.roles import the_roles

ROLES = tuple(the_roles().roles)
NOBODY = "nobody"

# Who, in words. Roles that are named in no group open only what everybody opens.
COUNTY = {"investigator", "tracing_lead", "commander", "dispatcher", "inspector", "industry_department", "media_centre"}
TOWNSHIP = {"township_approver", "grid_lead", "grid_assistant", "liaison_leader", "tracing_member"}
VILLAGE = {"village_approver"}
CELL = {"grid_worker", "volunteer"}
AT_VENUES = {"venue_owner", "school", "clinic"}
KEEP_VENUES = AT_VENUES | {"dispatcher", "industry_department"}
APPLY = AT_VENUES | {"industry_department", "resident"}
KNOW_HOUSEHOLDS = {
    "commander", "dispatcher", "investigator", "township_approver", "grid_lead", "grid_assistant", "liaison_leader",
    "village_approver", "grid_worker", "tracing_lead",
}  # fmt: skip
KNOW_PEOPLE = KNOW_HOUSEHOLDS - {"liaison_leader"} | {"resident"}
SEE_VENUES = (COUNTY | TOWNSHIP | VILLAGE | AT_VENUES | {"grid_worker"}) - {"media_centre", "tracing_member"}
PRINT_POSTERS = {"dispatcher", "industry_department", "commander", "township_approver", "village_approver"}
MOVE_VENUES = PRINT_POSTERS - {"commander"}
KEEP_HYGIENE = SEE_VENUES - AT_VENUES - {"investigator", "grid_assistant", "grid_worker"}
SEE_POSTS = SEE_VENUES | {"door_keeper", "checkpoint_officer"}
BRING_PLACES = {
    "dispatcher", "tracing_lead", "industry_department", "township_approver", "village_approver", "grid_lead",
    "liaison_leader",
}  # fmt: skip
SET_UP_POSTS = {"commander", "dispatcher", "township_approver", "village_approver", "grid_lead"}
INVESTIGATE = {"investigator", "tracing_lead"}
HEADQUARTERS = INVESTIGATE | {"commander", "dispatcher", "inspector"}
ANSWER_APPEALS = INVESTIGATE
ASK_PEOPLE = {
    "commander", "dispatcher", "township_approver", "village_approver", "grid_worker", "grid_lead",
    "checkpoint_officer",
}  # fmt: skip
SEE_ROUNDS = KNOW_HOUSEHOLDS | {"sampler", "transporter", "laboratory", "inspector", "storekeeper"}
REVIEW_ARRIVALS = ASK_PEOPLE  # of a hotel its keeper too: test_arrival_pages
REPORT_CASES = INVESTIGATE | {"clinic"}
TRACE_PARCELS = INVESTIGATE | {"dispatcher"}
SEE_CHAINS = INVESTIGATE | {"commander", "dispatcher", "township_approver", "tracing_member"}
FOLLOW_CONTACTS = INVESTIGATE | {"township_approver", "village_approver", "grid_worker", "tracing_member"}
SEE_TEAMS = INVESTIGATE | {"commander", "dispatcher"}  # of a team its members see it: test_team_pages
DO_TASKS = {
    "checkpoint_officer", "clinic", "grid_assistant", "grid_lead", "grid_worker", "investigator", "laboratory",
    "media_centre", "quarantine_staff", "sampler", "school", "storekeeper", "tracing_lead", "tracing_member",
    "transporter", "village_approver", "volunteer",
}  # fmt: skip
SEE_TASKS = DO_TASKS - {"clinic", "school", "quarantine_staff"} | {
    "commander", "dispatcher", "township_approver", "liaison_leader", "inspector", "industry_department",
}  # fmt: skip
SEE_DEPARTURES = {
    "commander", "dispatcher", "township_approver", "village_approver", "grid_worker", "grid_lead",
    "checkpoint_officer",
}  # fmt: skip
SCAN_AT_DOORS = {"door_keeper", "venue_owner", "checkpoint_officer", "school", "clinic"}
DECLARE_FOR = INVESTIGATE | {"dispatcher", "grid_worker", "grid_lead"}  # they keep the register of an area
PROPOSE = INVESTIGATE | {
    "dispatcher", "township_approver", "village_approver", "grid_worker", "grid_lead",
    "industry_department",
}  # fmt: skip
DECIDE = {"commander", "township_approver", "village_approver"}
READ_RULES = set(ROLES)
DRAFT_RULES = {"dispatcher"}
READ_ORDERS = {
    "auditor", "checkpoint_officer", "commander", "dispatcher", "grid_lead", "grid_worker", "industry_department",
    "inspector", "investigator", "liaison_leader", "media_centre", "quarantine_staff", "township_approver",
    "tracing_lead", "tracing_member", "venue_owner", "village_approver",
}  # fmt: skip
DRAFT_ORDERS = {"dispatcher", "township_approver"}
MAY_VERIFY = {"auditor", "security_administrator", "system_administrator"}
APPOINT = {
    "security_administrator", "township_approver", "village_approver", "grid_lead", "venue_owner",
    "industry_department",
}  # fmt: skip
SEE_ACCOUNTS = APPOINT | {"commander", "auditor"}
OPEN_ACCOUNTS = {"security_administrator"}
EVERYBODY = {NOBODY, *ROLES}

# Route, address, who opens it. Everybody else is refused with 403; whoever is not signed in is asked to sign in.
# An address with POST before it is a button; `{…}` is filled in by `_addresses`.
PAGES = (
    ("home", "/", EVERYBODY),
    ("situation", "/situation", HEADQUARTERS),
    ("situation-wall", "/situation/wall", HEADQUARTERS),
    ("situation-live", "/situation.json", HEADQUARTERS),
    ("my-tasks", "/tasks", DO_TASKS),
    ("task", "/tasks/{task}", SEE_TASKS),
    ("tracing", "/tracing", SEE_TEAMS),
    ("tracing-part", "/tracing/board", SEE_TEAMS),
    ("tracing-wall", "/tracing/wall", SEE_TEAMS),
    ("tracing-hand-out", "/tracing/hand-out", {"tracing_lead"}),
    ("tracing-roster", "/tracing/roster", SEE_TEAMS),
    ("tracing-team-new", "/tracing/teams/new", {"tracing_lead"}),
    ("tracing-team", "/tracing/teams/{team}", SEE_TEAMS),
    ("tracing-team-edit", "/tracing/teams/{team}/edit", {"tracing_lead"}),
    ("contacts", "/contacts", SEE_CHAINS),
    ("contacts-figures", "/contacts/figures", SEE_CHAINS),
    ("contacts-export", "POST /contacts/list.csv", SEE_CHAINS),
    ("contacts-today", "/contacts/today", FOLLOW_CONTACTS),
    ("contact", "/contacts/{contact}", SEE_CHAINS | FOLLOW_CONTACTS),
    ("contact-follow-up", "/contacts/{contact}/today", FOLLOW_CONTACTS),
    ("contact-of-contact-new", "/contacts/{contact}/contacts/new", INVESTIGATE),
    ("transmission", "/transmission", SEE_CHAINS),
    ("transmission-data", "/transmission/tree.json", SEE_CHAINS),
    ("transmission-svg", "/transmission/tree.svg", SEE_CHAINS),
    ("transmission-png", "/transmission/tree.png", SEE_CHAINS),
    ("transmission-pdf", "/transmission/tree.pdf", SEE_CHAINS),
    ("transmission-csv", "/transmission/links.csv", SEE_CHAINS),
    ("transmission-link", "/transmission/link", INVESTIGATE),
    ("cases", "/cases", SEE_CHAINS),
    ("case", "/cases/{case}", SEE_CHAINS),
    ("case-contact-new", "/cases/{case}/contacts/new", INVESTIGATE),
    ("case-interview", "/cases/{case}/interview", INVESTIGATE),
    ("case-timeline", "/cases/{case}/timeline", INVESTIGATE),
    ("case-story", "/cases/{case}/story", INVESTIGATE),
    ("case-reports", "/cases/reports", REPORT_CASES),
    ("case-report-new", "/cases/report", REPORT_CASES),
    ("case-report-new", "/cases/report?corrects={report}", REPORT_CASES),
    ("case-report-take", "/cases/reports/take", INVESTIGATE),
    ("case-report", "/cases/reports/{report}", REPORT_CASES),
    ("case-report-file", "/cases/reports/{report}/file", REPORT_CASES),
    ("case-report-print", "POST /cases/reports/{report}/print", REPORT_CASES),
    ("case-exposure", "/cases/{case}/exposure", INVESTIGATE),
    ("fevers", "/fevers", {"clinic"}),
    ("fever-of-person", "/fevers/{person}", {"clinic"}),
    ("laboratory", "/laboratory", {"laboratory"}),
    ("laboratory-coming", "/laboratory/boxes", {"laboratory"}),
    ("laboratories", "/laboratory/all", {"laboratory", "dispatcher"}),
    ("laboratory-plates", "/laboratory/plates", {"laboratory"}),
    ("laboratory-files", "/laboratory/files", {"laboratory"}),
    ("laboratory-review", "/laboratory/review", {"laboratory"}),
    ("laboratory-withdraw", "/laboratory/withdraw", {"laboratory", "tracing_lead"}),
    ("laboratory-sent", "/laboratory/sent", {"laboratory"}),
    ("results", "/results", {"laboratory"}),
    ("result-of-somebody", "/results/somebody", {"laboratory"}),
    ("result-of-person", "/results/person/{person}", {"laboratory"}),
    ("result-of-case", "/results/case/{case}", {"laboratory"}),
    ("parcels", "/parcels", TRACE_PARCELS),
    ("parcels-open", "/parcels/open", TRACE_PARCELS),
    ("parcels-trace", "/parcels/{trace}", TRACE_PARCELS),
    ("parcels-list", "/parcels/{trace}/lists/{waybills}", TRACE_PARCELS),
    ("parcels-list-refused", "POST /parcels/{trace}/lists/{waybills}/refused", TRACE_PARCELS),
    ("parcels-undecided", "/parcels/{trace}/undecided", TRACE_PARCELS),
    ("parcels-waybills", "/parcels/{trace}/waybills", TRACE_PARCELS),
    ("parcels-people", "/parcels/{trace}/people", TRACE_PARCELS),
    ("parcels-person", "/parcels/{trace}/people/{traced}", TRACE_PARCELS),
    ("parcels-couriers", "/parcels/{trace}/couriers", TRACE_PARCELS),
    ("comparisons", "/comparisons", ASK_PEOPLE),
    ("comparisons-new", "/comparisons/new", {"dispatcher"}),
    ("comparison", "/comparisons/{comparison}", ASK_PEOPLE),
    ("comparison-source", "/comparisons/{comparison}/lists/{compared_list}", ASK_PEOPLE),
    ("comparison-source-refused", "POST /comparisons/{comparison}/lists/{compared_list}/refused", {"dispatcher"}),
    ("comparison-people", "/comparisons/{comparison}/people", ASK_PEOPLE),
    ("comparison-person", "/comparisons/{comparison}/people/{compared}", ASK_PEOPLE),
    ("comparison-doubtful", "/comparisons/{comparison}/doubtful", ASK_PEOPLE),
    ("my-parcels", "/my/parcels", {"resident"}),
    ("my-rides", "/my/rides", {"resident"}),
    ("my-sampling", "/my/sampling", {"resident"}),
    ("person-parcels", "/persons/{person}/parcels", DECLARE_FOR),
    ("person-rides", "/persons/{person}/rides", DECLARE_FOR),
    ("my-arrivals", "/my/arrivals", {"resident"}),
    ("my-arrivals-others", "/my/arrivals/others", {"resident"}),
    ("returnees", "/returnees", REVIEW_ARRIVALS),
    ("returnee", "/returnees/{person}", REVIEW_ARRIVALS - {"checkpoint_officer"}),
    ("rounds", "/rounds", SEE_ROUNDS),
    ("round-plan", "/rounds/plan", {"dispatcher"}),
    ("round-sites", "/rounds/sites", {"dispatcher"}),
    ("rounds-staff", "/rounds/staff", {"dispatcher"}),
    ("rounds-kits", "/rounds/kits", {"dispatcher", "storekeeper"}),
    ("rounds-staff-lists", "/rounds/staff/lists", {"dispatcher"}),
    ("vaccination", "/vaccination", KNOW_PEOPLE - {"resident"}),
    ("vaccination-person", "/vaccination/{person}", KNOW_PEOPLE - {"resident"}),
    ("vaccination-lists", "/vaccination/lists", DECLARE_FOR & COUNTY),
    ("arrivals", "/arrivals", REVIEW_ARRIVALS),
    ("arrivals-new", "/arrivals/new", REVIEW_ARRIVALS),
    ("arrival-proposals", "/arrivals/told", REVIEW_ARRIVALS),
    ("arrival", "/arrivals/{arrival}", REVIEW_ARRIVALS | {"resident"}),
    ("arrival-correct", "/arrivals/{arrival}/correct", REVIEW_ARRIVALS | {"resident"}),
    ("arrival-undertaking", "/arrivals/{arrival}/undertaking", REVIEW_ARRIVALS | {"resident"}),
    ("arrival-paper", "POST /arrivals/{arrival}/paper", REVIEW_ARRIVALS | {"resident"}),
    ("my-departures", "/my/departures", {"resident"}),
    ("my-departures-check", "POST /my/departures/check", {"resident"}),
    ("my-departure", "/my/departures/{departure}", {"resident"}),
    ("my-departure-permit", "/my/departures/{departure}/permit", {"resident"}),
    ("person-departures", "/persons/{person}/departures", DECLARE_FOR),
    ("person-departures-check", "POST /persons/{person}/departures/check", DECLARE_FOR),
    ("departures", "/departures", SEE_DEPARTURES),
    ("departure-exit", "/departures/exit", SCAN_AT_DOORS),
    ("departure", "/departures/{departure}", SEE_DEPARTURES),
    ("departure-permit", "/departures/{departure}/permit", SEE_DEPARTURES),
    ("visitor-parcels", "/visitor/{visitor}/parcels", EVERYBODY),
    ("visitor-rides", "/visitor/{visitor}/rides", EVERYBODY),
    ("sources", "/sources", SEE_CHAINS),
    ("enquiries", "/enquiries", ASK_PEOPLE),
    ("enquiries-county", "/enquiries/county", ASK_PEOPLE | HEADQUARTERS),
    ("risk-areas", "/risk-areas", READ_RULES),
    ("risk-areas-list", "/risk-areas/lists/{risk_list}", READ_RULES),
    ("handover", "/handover", INVESTIGATE),
    ("handover-leaving", "/handover/new", INVESTIGATE),
    ("handover-package", "/handover/{package}", INVESTIGATE),
    ("handover-file", "POST /handover/{package}/file", INVESTIGATE),
    ("handover-key", "/handover/keys/{county_key}", INVESTIGATE),
    ("ride-lists", "/rides/lists", INVESTIGATE),
    ("ride-list", "/rides/lists/{passengers}", INVESTIGATE),
    ("ride-list-again", "POST /rides/lists/{passengers}/again", INVESTIGATE),
    ("ride-list-returned", "POST /rides/lists/{passengers}/returned", INVESTIGATE),
    ("ride-list-unmatched", "POST /rides/lists/{passengers}/unmatched", INVESTIGATE),
    ("imports", "/imports", INVESTIGATE),
    ("imports-list", "/imports/{list}", INVESTIGATE),
    ("imports-refused", "POST /imports/{list}/returned", INVESTIGATE),
    ("imports-export", "POST /imports/export", INVESTIGATE),
    ("county", "/county", COUNTY),
    ("area", "/areas/{township}", COUNTY | TOWNSHIP),
    ("area", "/areas/{village}", COUNTY | TOWNSHIP | VILLAGE),
    ("area", "/areas/{cell}", COUNTY | TOWNSHIP | VILLAGE | CELL),
    ("area", "/areas/{elsewhere}", COUNTY),
    ("household", "/households/{household}", KNOW_HOUSEHOLDS),
    ("person", "/persons/{person}", KNOW_PEOPLE),
    ("person-merge", "/persons/{person}/merge", DECLARE_FOR),
    ("merge", "/merges/{merge}", INVESTIGATE),
    ("ruling", "/persons/{person}/ruling", PROPOSE & KNOW_PEOPLE),
    ("approvals", "/approvals", PROPOSE | DECIDE),
    ("approval", "/approvals/{request}", {"investigator"} | DECIDE),
    ("people", "/people", KNOW_PEOPLE),
    ("priority", "/priority", KNOW_HOUSEHOLDS),
    ("sheets", "/sheets", SEE_TASKS),
    ("hygiene", "/hygiene", SEE_VENUES | {"laboratory"}),
    ("hygiene-register", "/hygiene/register", KEEP_HYGIENE),
    ("hygiene-lists", "/hygiene/lists", BRING_PLACES),
    ("area-report", "/grids/report", ASK_PEOPLE),
    ("grids", "/grids", COUNTY | TOWNSHIP | VILLAGE | CELL),
    ("grids-area", "/grids/{township}", COUNTY | TOWNSHIP | VILLAGE | CELL),
    ("grids-area", "/grids/{cell}", COUNTY | TOWNSHIP | VILLAGE | CELL),
    ("grids-area", "/grids/{elsewhere}", COUNTY),
    ("grids-geojson", "/grids/outlines.geojson", COUNTY | TOWNSHIP | VILLAGE | CELL),
    ("grid-outlines", "/grids/outlines", {"dispatcher"}),
    ("venues", "/venues", SEE_VENUES),
    ("venue", "/venues/{venue}", SEE_VENUES),
    ("venue-move", "/venues/{venue}/move", MOVE_VENUES),
    ("venue-naming", "/venues/{venue}/naming", MOVE_VENUES),
    ("poster-runs", "/venues/posters", PRINT_POSTERS),
    ("silent-venues", "/venues/silent", SEE_TASKS),
    ("my-venues", "/my/venues", APPLY),
    ("venue-apply", "/my/venues/apply", APPLY),
    ("venue-apply", "/my/venues/apply?unit={village}", APPLY),
    ("venue-keep", "/my/venues/{venue}", KEEP_VENUES),
    ("venue-posters", "POST /my/venues/{venue}/posters", KEEP_VENUES | PRINT_POSTERS),
    ("posts", "/posts", SEE_POSTS),
    ("post-new", "/posts/new", SET_UP_POSTS),
    ("post", "/posts/{post}", SEE_POSTS),
    ("post-register", "/posts/{post}/register", SEE_POSTS),
    ("post-roster", "/posts/{post}/roster", SEE_POSTS),
    ("post-handover", "/posts/{post}/handover", SEE_POSTS),
    ("post-checklist", "/posts/{post}/checklist", SEE_POSTS),
    ("post-practice", "/posts/{post}/practice", SEE_POSTS),
    ("post-sheets", "/posts/{post}/sheets", SEE_POSTS),
    ("post-emergency", "/posts/emergency/{emergency}", SEE_POSTS),
    ("my-code", "/my", {"resident"}),
    ("my-code-now", "/my/code.json", {"resident"}),
    ("carried-code", "/my/household/{carried}", {"resident"}),
    ("carried-code-now", "/my/household/{carried}/code.json", {"resident"}),
    ("my-scan", "/my/scan", {"resident"}),
    ("my-codes", "/my/codes.json", {"resident"}),
    ("venue-name", "/my/venue/{venue_number}/1", set(ROLES)),
    ("my-visits", "/my/visits", {"resident"}),
    ("my-results", "/my/results", {"resident"}),
    ("carried-results", "/my/household/{carried}/results", {"resident"}),
    ("my-appeals", "/my/appeals", {"resident"}),
    ("appeals", "/appeals", ANSWER_APPEALS),
    ("appeal", "/appeals/{appeal}", ANSWER_APPEALS),
    ("visitor", "/visitor", EVERYBODY),
    ("visitor-code", "/visitor/{visitor}", EVERYBODY),
    ("visitor-code-now", "/visitor/{visitor}/code.json", EVERYBODY),
    ("door", "/door", EVERYBODY),
    ("door-worker", "/door/worker.js", EVERYBODY),
    ("field", "/field", EVERYBODY),
    ("field-worker", "/field/worker.js", EVERYBODY),
    ("field-manifest", "/field/manifest.webmanifest", EVERYBODY),
    ("field-devices", "/field/devices", set(ROLES)),
    ("enrol", "/enrol", EVERYBODY),
    ("screen", "/screen/1", EVERYBODY),
    ("orders", "/orders", READ_ORDERS),
    ("order-new", "/orders/new", DRAFT_ORDERS),
    ("order", "/orders/{order}", READ_ORDERS),
    ("rulebooks", "/rulebooks", READ_RULES),
    ("rulebook-propose", "/rulebooks/propose", DRAFT_RULES),
    ("rulebook", "/rulebooks/{book}", READ_RULES),
    ("rulebook", "/rulebooks/{no_gate}", READ_RULES),
    ("rulebook-print", "/rulebooks/{book}/print", READ_RULES),
    ("rulebook-changes", "/rulebooks/{book}/changes", READ_RULES),
    ("accounts", "/accounts", SEE_ACCOUNTS),
    ("accounts-waiting", "/accounts/waiting", SEE_ACCOUNTS),
    ("accounts-open", "/accounts/open", OPEN_ACCOUNTS),
    ("accounts-one", "/accounts/{keeper}", SEE_ACCOUNTS),
    ("accounts-appoint", "/accounts/{keeper}/appoint", APPOINT),
    ("accounts-verify", "/accounts/{keeper}/verify", OPEN_ACCOUNTS),
    ("accounts-password", "/accounts/{keeper}/password", OPEN_ACCOUNTS),
    ("accounts-close", "/accounts/{keeper}/close", OPEN_ACCOUNTS),
    ("accounts-appointment", "/accounts/appointments/{keeping}", SEE_ACCOUNTS),
    ("accounts-end", "/accounts/appointments/{keeping}/end", APPOINT - {"grid_lead", "industry_department"}),
    ("audit", "/audit", {"auditor"}),
    ("audit-line", "/audit/{line}", {"auditor"}),
    ("audit-details", "/audit/{line}/details", {"auditor"}),
    ("audit-verify", "POST /audit/verify", MAY_VERIFY),
    ("audit-export", "POST /audit/export", {"auditor"}),
    ("account", "/me", set(ROLES)),
    ("sign-in", "/sign-in", EVERYBODY),
    ("sign-out", "POST /sign-out", EVERYBODY),
    ("choose-language", "POST /language", EVERYBODY),
    ("choose-theme", "POST /theme", EVERYBODY),
    ("healthz", "/healthz", EVERYBODY),
    ("design", "/design", EVERYBODY),
    ("design-console", "/design/console", EVERYBODY),
    ("design-public", "/design/public", EVERYBODY),
    ("design-wall", "/design/wall", EVERYBODY),
    ("design-answer", "/design/answer/verify", EVERYBODY),
)
# For programs: no language, no look.
NOT_PAGES = {
    "situation-live", "healthz", "my-code-now", "carried-code-now", "my-codes", "venue-name", "visitor-code-now",
    "door-worker", "tracing-part", "transmission-data", "transmission-svg", "transmission-png", "transmission-pdf",
    "transmission-csv", "case-report-file", "contacts-export", "field-worker", "field-manifest",
    "my-departure-permit", "departure-permit", "arrival-paper", "grids-geojson",
}  # fmt: skip
# Of a device, a machine, a poster: test_door_devices, test_keeper_pages, test_door_bundle, test_venue_position.
# Of a phone in the field: test_field.
TRIED_ELSEWHERE = {
    "field-hello", "field-intents", "field-table-events", "field-bundle", "field-door", "field-nation", "field-enrol",
    "field-roster", "field-table-doubts",  # of a phone: test_field_tables
    "screen-code", "door-post", "door-bundle", "certificate", "poster-place",
    "sheet", "sheet-columns", "sheet-fill", "sheet-version", "sheet-withdraw", "sheet-form",  # of a form: test_sheets
    "risk-areas-settle",  # of names that lead nowhere: test_risk_pages
    "risk-areas-name", "risk-areas-end-name", "enquiry-answer",  # of an enquiry: test_enquiries_pages
    "post-close",  # of a post: test_post_keeping
    "post-known",  # of six signs: test_post_known
    "poster-run", "poster-part",  # of a print run: test_poster_pages
    "grid-drawing", "grid-settle", "grid-apply",  # of a file of outlines: test_grid_outlines
    "vaccination-list", "vaccination-list-refused",  # of a list: test_vaccination_pages
    "hygiene-list", "hygiene-list-refused",  # of a register that came: test_hygiene_lists
    "round", "round-people", "round-results", "round-doubts", "round-table", "round-boxes", "round-lists",
    "round-list", "round-list-refused", "round-slips",  # of a round: test_lab_pages
    "round-live-plan", "round-slots",  # of a round: test_round_live_plan
    "round-layout", "round-groups",  # of a round: test_site_zones, test_round_groups
    "rounds-staff-list", "rounds-staff-refused",  # of a list that came: test_round_staff_lists
    "round-staff", "round-call-up", "round-kits",  # of a round: test_round_staff, test_round_kits
    "laboratory-one", "laboratory-plate", "laboratory-worklist", "laboratory-plate-typed", "laboratory-file",
    "laboratory-file-refused", "laboratory-batch", "laboratory-typed-again", "laboratory-tube",
    "laboratory-consignment", "laboratory-consignment-list",  # of a plate, a file, a lot: test_laboratory_bench
    "arrival-proposal", "my-arrival-told",  # of what others told: test_told_arrival_answers
    "hygiene-place",  # by whom it may be seen: test_hygiene_pages
    "case-clock", "case-interview-answer",  # of a step, of a question: test_case_pages, test_case_interview_pages
}  # fmt: skip
