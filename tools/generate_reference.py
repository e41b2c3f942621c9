"""`make docs`: write docs/reference from the code. A tidy test holds the files to it.

    python tools/generate_reference.py [--check]

With --check nothing is written; exit status 1 if a file is not what the code says.
"""

import argparse
import ast
import importlib
import os
import pkgutil
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs") / "reference"
NOTE = "*由 `make docs` 从代码写出，请勿手改。 Written by `make docs` from the code; not to be edited.*"


def parameters() -> str:
    """Every number of the world in core, by module."""
    from fangxian import core
    from fangxian.core.parameters import Parameter

    rows = []
    for module in _modules_of(core):
        for name, value in sorted(vars(module).items()):
            if isinstance(value, Parameter) and _is_defined_in(module, name):
                place = f"`{module.__name__.removeprefix('fangxian.core.')}.{name}`"
                size = f"{value.low:g} – {value.high:g}"
                rows.append((place, f"{value.value:g}", value.unit, size, value.meaning, value.source))
    intro = (
        "数值由谁定、在什么范围内、出自哪里。\n\n"
        "The numbers somebody outside this program decided or measured: value, range, meaning, source."
    )
    head = ("Name", "Value", "Unit", "Range", "Meaning", "Source")
    return _page("参数 Parameters", intro, _table(head, rows))


def refusals() -> str:
    """Every refusal's code with its sentence in both languages, by room."""
    from reference_refusals import all_sentences

    said = sorted({(sentence.code, sentence.zh, sentence.en) for sentence in all_sentences(ROOT)})
    parts = []
    for room in sorted({code.split(".")[0] for code, _, _ in said}):
        rows = [(f"`{code}`", zh, en) for code, zh, en in said if code.split(".")[0] == room]
        parts.append(f"## {room}\n\n" + _table(("Code", "中文", "English"), rows))
    intro = (
        "程序说「不」时的代码和原话。代码不变，可写入接口；花括号里是当时的事实。\n\n"
        "What the program says when it will not do something. A code is stable and may be relied upon; facts "
        "of the moment stand where the braces are."
    )
    return _page("拒绝 Refusals", intro, "\n\n".join(parts))


def privacy() -> str:
    """Every stored field with its class and its term, by table."""
    _set_up_django()
    from fangxian.ops.realm.tables import declared_models

    parts = []
    for model in sorted(declared_models(), key=lambda model: model._meta.label):
        groups = model.privacy.by_field
        rows = [
            (f"`{field.name}`", groups[field.name].privacy_class, _term(groups[field.name].term))
            for field in model._meta.concrete_fields
        ]
        one_row = (model.__doc__ or "").strip().splitlines()[0]
        parts.append(f"## {model._meta.label}\n\n{one_row}\n\n" + _table(("Field", "Class", "Term"), rows))
    sources = sorted({group.term.source for model in declared_models() for group in model.privacy.groups})
    intro = (
        "每张表的每一项是什么、何时清除。"
        "public 公开 · pseudonymous 假名 · personal 个人信息 · health 敏感个人信息。\n\n"
        "What each stored field is and when it is erased. The terms rest on:\n\n"
        + "\n".join(f"* {it}" for it in sources)
    )
    return _page("个人信息 Privacy", intro, "\n\n".join(parts))


def settings() -> str:
    """Every environment variable, from the docstrings of the modules that read them (`NAME   meaning`)."""
    rows = []
    for path in sorted((ROOT / "fangxian").rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        found = re.findall(
            r"^([A-Z]+_[A-Z_]+) {2,}(.+?)(?=^[A-Z]+_[A-Z_]+ {2,}|\n\n|\Z)", docstring, re.MULTILINE | re.DOTALL
        )
        rows += [(f"`{name}`", " ".join(text.split()), f"`{path.relative_to(ROOT)}`") for name, text in found]
    intro = (
        "没有配置文件：数据文件夹之外，只有这几个环境变量。\n\n"
        "There is no configuration file: beside the data folder there are only these environment variables."
    )
    return _page("设置 Settings", intro, _table(("Variable", "Meaning", "Read by"), rows))


def roles() -> str:
    """Every role with its permissions, every permission with its roles."""
    _set_up_django()
    from fangxian.ops.accounts.wire import roles_reference

    return roles_reference()


PAGES: dict[str, Callable[[], str]] = {
    "parameters.md": parameters,
    "refusals.md": refusals,
    "privacy.md": privacy,
    "settings.md": settings,
    "roles.md": roles,
}


def _modules_of(package) -> Iterable:
    yield package
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(found.name)


def _is_defined_in(module, name: str) -> bool:
    """Whether the module assigns the name itself, rather than importing it from another."""
    return bool(re.search(rf"^{name}\b[^=\n]*=", Path(module.__file__).read_text("utf-8"), re.MULTILINE))


def _term(term) -> str:
    return f"{term.said.zh} · {term.said.en}"


def _table(head: tuple[str, ...], rows: Iterable[tuple]) -> str:
    def line(cells: Iterable) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)])


def _page(title: str, intro: str, body: str) -> str:
    return f"# {title}\n\n{NOTE}\n\n{intro}\n\n{body}\n"


def _set_up_django() -> None:
    """Load the tables; they are described, not filled, so any realm will do."""
    import django
    from django.apps import apps

    if apps.ready:
        return
    if "FANGXIAN_DATA" not in os.environ:
        os.environ["FANGXIAN_DATA"] = _passing_realm()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fangxian.ops.config.settings")
    django.setup()


_PASSING = tempfile.TemporaryDirectory(prefix="fangxian-docs-")


def _passing_realm() -> str:
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    folder = Path(_PASSING.name) / "realm"
    clock = CountyClock.of_the_wall("Asia/Shanghai")
    create_realm(folder, kind="demo", county="fushan", division_code="141027", clock=clock)
    return str(folder)


def stale_pages() -> list[str]:
    """Pages that are not what the code says now."""
    stale = []
    for name, page in PAGES.items():
        path = ROOT / FOLDER / name
        if not path.exists() or path.read_text("utf-8") != page():
            stale.append(str(FOLDER / name))
    return stale


def main() -> int:
    parser = argparse.ArgumentParser(description="Write docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing, say what is stale")
    if parser.parse_args().check:
        stale = stale_pages()
        print("\n".join(f"{name} is not what the code says: run `make docs`" for name in stale) or "all current")
        return int(bool(stale))
    (ROOT / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (ROOT / FOLDER / name).write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
