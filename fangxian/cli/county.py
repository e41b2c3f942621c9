"""`fangxian county`: build a synthetic county from its data, report on it, export it, migrate its divisions."""

import argparse
import hashlib
import os
import shutil
import time
from pathlib import Path

from fangxian.core.refusal import Refusal, Said

from . import site
from .console import new_table, out, progress, speaks_english, tell


def add_parser(commands) -> None:
    parser = commands.add_parser("county", help="the county's data (县)")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    build = verbs.add_parser("build", help="make the demo county, with synthetic residents")
    build.add_argument("name", help="a folder in counties/, such as fushan")
    build.add_argument("--seed", type=_seed, default=1, help="same seed, same people (default 1)")
    build.add_argument("--scale", type=float, default=1.0, help="fraction of the residents, for tests (default 1)")
    build.set_defaults(run=run_build)
    export = verbs.add_parser("export", help="canonical export of the county: same seed, same bytes")
    export.add_argument(
        "--to", type=Path, metavar="FILE", help="write to a file; without it, only the digest is printed"
    )
    export.set_defaults(run=run_export)
    report = verbs.add_parser("report", help="the county beside its census")
    report.set_defaults(run=run_report)
    migrate = verbs.add_parser("migrate", help="carry the county over to a later edition of the divisions")
    migrate.add_argument("step", help="such as 2021-2022")
    migrate.add_argument("--confirm-inferred", action="store_true", help="the county has checked the inferred moves")
    migrate.set_defaults(run=run_migrate)


def run_build(args: argparse.Namespace) -> int:
    return build(args.name, seed=args.seed, scale=args.scale)


def lay_default_realm(*, port: int | None) -> None:
    """An empty demo realm of FANGXIAN_COUNTY, else of the first county shipped."""
    names = _known_counties()
    name = os.environ.get("FANGXIAN_COUNTY", names[0] if names else "")
    _lay_realm(_county_folder(name), name, port)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a seed is a whole number from 0, not {text}")
    return int(text)


def build(name: str, *, seed: int, scale: float) -> int:
    """Build a county; where this makes the data folder and then cannot build into it, the folder goes again."""
    folder = _county_folder(name)
    is_new = not site.has_realm()
    if is_new:
        _lay_realm(folder, name, None)
    try:
        site.start()
        _refuse_other_county(name)
        with site.locked(site.realm()):
            site.bring_up_to_date()
            build_here(folder, seed=seed, scale=scale)
    except Refusal:
        if is_new:
            shutil.rmtree(site.data_folder())
        raise
    return 0


def _refuse_other_county(name: str) -> None:
    if site.realm().county != name:
        raise Refusal(
            "county.other_realm",
            zh="{path} 是 {found} 的数据域，不能建 {name}。一个数据域只属于一个县；请用 FANGXIAN_DATA 换一个空文件夹。",
            en="{path} is a realm of {found}; {name} cannot be built in it. One realm is one county's: point "
            "FANGXIAN_DATA at an empty folder.",
            path=site.data_folder(),
            found=site.realm().county,
            name=name,
        )


def build_here(folder: Path | None = None, *, seed: int = 1, scale: float = 1.0) -> None:
    """Build into the realm that is open and locked: the given county, else the realm's own."""
    from fangxian.ops.procedures.build_county import build_county

    started = time.monotonic()
    with progress() as step:
        built = build_county(
            folder=folder or _county_folder(site.realm().county), seed=seed, scale=scale, by="program:cli", step=step
        )
    tell(READ_AS.with_facts(**built))
    tell(
        Said(
            "{name}已建成：{n_persons:,} 人、{n_households:,} 户、{n_grids} 个网格、{n_venues:,} 个场所，"
            "用时 {seconds:.0f} 秒。人员全部为虚构。",
            "{name} is built: {n_persons:,} people, {n_households:,} households, {n_grids} grid cells, "
            "{n_venues:,} venues in {seconds:.0f} s. All people are synthetic.",
        ).with_facts(**built, seconds=time.monotonic() - started)
    )


def seed_outbreak_here() -> None:
    """In a demo: an invented outbreak of measles, so that tracing has something to be looked at."""
    from fangxian.ops.procedures.seed_outbreak import seed_outbreak
    from fangxian.ops.realm.current import county_now

    seeded = seed_outbreak(at=county_now(), seed=1, by="program:cli")
    tell(
        Said(
            "演示用的麻疹疫情：{n_cases} 例病例、{n_contacts} 名接触者，全部为虚构。",
            "A measles outbreak to look at: {n_cases} cases, {n_contacts} contacts, all of them invented.",
        ).with_facts(**seeded)
    )


def seed_departures_here() -> None:
    """In a demo: invented people who ask to leave the county, and who have left it."""
    from fangxian.ops.procedures.seed_departures import seed_departures
    from fangxian.ops.realm.current import county_now

    seeded = seed_departures(at=county_now(), by="program:cli")
    tell(
        Said(
            "演示用的离境申请：{n_departures} 件，各种状态都有，全部为虚构。",
            "Departures to look at: {n_departures}, in every state, all of them invented.",
        ).with_facts(**seeded)
    )


# Nearly any two bytes are some character of GB18030. Whoever sees the county's name garbled knows that the file was
# in neither encoding, which no program can tell for certain.
READ_AS = Said(
    "区划文件（{edition} 年版）按 {encoding} 读取，其中县名读作“{county}”。",
    "The divisions of {edition} were read as {encoding}; in them the county is called “{county}”.",
)


def _known_counties() -> list[str]:
    return sorted(path.parent.name for path in site.counties_folder().glob("*/county.toml"))


def _lay_realm(folder: Path, name: str, port: int | None) -> None:
    from fangxian.core.drill.county.demo import read_demo
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import Ports, RealmKind, create_realm

    demo = read_demo((folder / "county.toml").read_bytes())
    clock = CountyClock.starting(demo.starts_at, zone=demo.zone)
    ports = Ports(ops=port, gate=port + 1) if port else Ports()
    create_realm(
        site.data_folder(), kind=RealmKind.DEMO, county=name, division_code=demo.division_code, clock=clock, ports=ports
    )


def _county_folder(name: str) -> Path:
    folder = site.counties_folder() / name
    if not name or not (folder / "county.toml").is_file():
        raise Refusal(
            "county.unknown",
            zh="{folder} 里没有名为“{name}”的县。现有：{known}。请选用其中一个，或按 docs/how-to/add-a-county.md "
            "新建。",
            en="There is no county “{name}” in {folder}. There are: {known}. Choose one, or add one as "
            "docs/how-to/add-a-county.md says.",
            name=name,
            folder=site.counties_folder(),
            known=", ".join(_known_counties()) or "—",
        )
    return folder


def run_export(args: argparse.Namespace) -> int:
    site.start()
    from fangxian.ops.procedures.export_county import canonical_lines

    digest = hashlib.sha256()
    target = args.to.open("wb") if args.to else None
    try:
        for line in canonical_lines():
            digest.update(line)
            if target:
                target.write(line)
    finally:
        if target:
            target.close()
    out.print(f"sha256 {digest.hexdigest()}", markup=False)
    return 0


CENSUS_LINES = {
    "n_persons": (Said("常住人口", "residents"), 0),
    "mean_household_persons": (Said("户均人数", "mean household size"), 2),
    "aged_0_14_fraction": (Said("0—14 岁占比", "aged 0–14"), 4),
    "aged_65_over_fraction": (Said("65 岁及以上占比", "aged 65 or more"), 4),
    "town_fraction": (Said("城镇人口占比", "urban residents"), 4),
    "men_per_100_women": (Said("性别比（女=100）", "men per 100 women"), 2),
}


def run_report(args: argparse.Namespace) -> int:
    site.start()
    from fangxian.ops.places.queries import town_paths
    from fangxian.ops.situation.areas import census_of_record
    from fangxian.ops.situation.county_file import county_file

    realm, published = site.realm(), county_file().census
    on_record = census_of_record(realm.division_code, on=realm.clock.now().date(), town_paths=town_paths())
    english = speaks_english()
    table = new_table(*(("", "on record", "census") if english else ("", "在册", "人口普查")))
    for name, (said, digits) in CENSUS_LINES.items():
        figures = [getattr(source, name, None) for source in (on_record, published)]
        told = ("—" if figure is None else f"{figure:,.{digits}f}" for figure in figures)
        table.add_row(said.in_language("en" if english else "zh"), *told)
    out.print(table)
    return 0


def run_migrate(args: argparse.Namespace) -> int:
    site.start()
    from fangxian.core.divisions import read_divisions
    from fangxian.core.migration import read_migration
    from fangxian.ops.procedures.migrate_divisions import migrate_divisions

    folder = _county_folder(site.realm().county)
    old, new = _editions(folder, args.step)
    before, after = (
        read_divisions((folder / "divisions" / f"{year}.csv").read_bytes(), edition=year) for year in (old, new)
    )
    for read in (before, after):
        tell(READ_AS.with_facts(**read.as_read))
    migration = read_migration((folder / "migrations" / f"{args.step}.toml").read_bytes(), old=before, new=after)
    site.bring_up_to_date()
    moved = migrate_divisions(
        new=after, migration=migration, inferred_is_confirmed=args.confirm_inferred, by="program:cli"
    )
    n_rows = sum(moved.values())
    tell(
        Said(
            "已换用 {new} 年版区划，随迁 {n_rows:,} 行记录。", "On edition {new} now; {n_rows:,} records carried along."
        ).with_facts(new=new, n_rows=n_rows)
    )
    return 0


def _editions(folder: Path, step: str) -> tuple[str, str]:
    known = sorted(path.stem for path in (folder / "migrations").glob("*.toml"))
    if step not in known:
        raise Refusal(
            "county.unknown_migration",
            zh="没有名为“{step}”的区划变更。现有：{known}。请选用其中一个。",
            en="There is no migration “{step}”. There are: {known}. Choose one of them.",
            step=step,
            known=", ".join(known) or "—",
        )
    old, _, new = step.partition("-")
    return old, new
