"""What must never stand in a tracked file: a registry's host, a path of somebody's machine, a person."""

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Written in two halves, so that this file does not find itself.
HOSTS = re.compile(
    "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "npmmirror" + r"\.com"))
    + "|"
    + "|".join(("deb" + r"\.debian\.org", "yarnpkg" + r"\.com", "tuna" + r"\.tsinghua"))
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.<])/(?:" + "|".join(("root", "work", "farm", "tmp", "home/[a-z]+", "Users/[A-Z]")) + r")/\w"
)
IDENTITY_NUMBER = re.compile(r"(?<![0-9A-Fa-f])([1-8]\d{5})((?:19|20)\d{6})(\d{3})([\dXx])(?![0-9A-Fa-f])")
MOBILE_NUMBER = re.compile(r"(?<![0-9A-Za-z./_-])1(?!54)[3-9]\d{9}(?![0-9A-Za-z])")  # 154 was never allotted
PROVINCES = {
    *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82,
}  # fmt: skip
WEIGHTS = [2 ** (17 - place) % 11 for place in range(17)]
# Locks are lists of digests; pictures and fonts are not text.
NOT_READ = re.compile(r"^(requirements/.*\.txt|web/package-lock\.json)$|\.(png|jpg|webp|ico|woff2|ttf|gz|parquet)$")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def is_identity_number(match: re.Match) -> bool:
    """Whether 18 characters could be a living person's number: a province, a date, a right check character."""
    prefix, born, _, check = match.groups()
    try:
        date.fromisoformat(born)
    except ValueError:
        return False
    remainder = sum(int(digit) * weight for digit, weight in zip(match.group()[:17], WEIGHTS, strict=True)) % 11
    return int(prefix[:2]) in PROVINCES and "10X98765432"[remainder] == check.upper()


def findings(text: str) -> list[str]:
    """What a text must not hold, each with its line; the number itself is never repeated."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        found += [f"line {number}: names the registry {match.group()}" for match in HOSTS.finditer(line)]
        found += [
            f"line {number}: names a path of one machine: {match.group()}…" for match in MACHINE_PATHS.finditer(line)
        ]
        if any(is_identity_number(match) for match in IDENTITY_NUMBER.finditer(line)):
            found.append(f"line {number}: an identity number that a person may bear; use a prefix that begins with 99")
        if MOBILE_NUMBER.search(line):
            found.append(f"line {number}: a mobile number that may ring; synthetic ones begin with 154")
    return found


def test_no_tracked_file_names_a_registry_a_machine_or_a_person():
    found = []
    for path in tracked_files():
        name = str(path.relative_to(ROOT))
        if not NOT_READ.search(name):
            found += [f"{name}, {finding}" for finding in findings(path.read_text("utf-8", errors="replace"))]
    assert found == []


def test_no_lock_names_a_host():
    locks = [*ROOT.glob("requirements/*.txt"), *ROOT.glob("web/package-lock.json")]
    assert locks
    found = [lock.name for lock in locks if HOSTS.search(text := lock.read_text("utf-8")) or '"resolved"' in text]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "https://pypi" + ".org/simple",
        "cd " + "/ro" + "ot/fangxian",
        "cd " + "/wo" + "rk/main",
        "phone = '1" + "3812345678'",
    ],
)
def test_what_must_not_stand_in_a_file_is_noticed(planted):
    assert len(findings(planted)) == 1


def test_an_identity_number_with_a_right_checksum_is_noticed():
    first = "14102719900307" + "001"
    numbers = [first + check for check in "0123456789X"]
    assert [len(findings(number)) for number in numbers].count(1) == 1


@pytest.mark.parametrize("plain", ["991027199003070012", "area_path = '141027100200001'", "15412345678", "a" * 64])
def test_what_is_nobodys_is_let_pass(plain):
    assert findings(plain) == []
