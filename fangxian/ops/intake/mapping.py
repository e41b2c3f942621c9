"""Which header means which field: proposing it, and checking what a person has chosen."""

from collections.abc import Mapping, Sequence

from fangxian.core.refusal import Refusal

from .fields import Kind, plain


def propose(headers: Sequence[str], kind: Kind, remembered: Mapping[str, str]) -> dict[str, str]:
    """Header → field for the headers something is known of; each field at most once, the first header wins.

    Parameters
    ----------
    remembered : header → field as mapped before; "" for a header that was left out on purpose
    """
    by_name, by_header = kind.by_name, kind.by_header
    proposed = {header: remembered[header] for header in headers if remembered.get(header) in by_name}
    for header in headers:
        field = by_header.get(plain(header))
        if header and header not in remembered and field and field.name not in proposed.values():
            proposed[header] = field.name
    return {header: proposed[header] for header in headers if header in proposed}


def check(mapping: Mapping[str, str], headers: Sequence[str], kind: Kind) -> None:
    """Refuse a mapping by which the file could not be read.

    Refuses
    -------
    intake.no_such_header, intake.no_such_field, intake.field_twice, intake.field_unmapped
    """
    for header, name in mapping.items():
        if not header or header not in headers:
            raise Refusal(
                "intake.no_such_header",
                zh="文件里没有列“{header}”。现有的列：{headers}。请按文件的表头重新对应。",
                en="The file has no column “{header}”. It has {headers}. Map the headers that are in the file.",
                header=header,
                headers=", ".join(filter(None, headers)),
            )
        if name not in kind.by_name:
            raise Refusal(
                "intake.no_such_field",
                zh="{kind:zh}没有“{found}”这一项。可以对应的有：{fields}。请选择其中一项。",
                en="There is no field “{found}” in {kind:en}. It has {fields}. Choose one of these.",
                kind=kind,
                found=name,
                fields=", ".join(kind.by_name),
            )
    _refuse_field_twice(mapping, kind)
    for field in kind.fields:
        if field.required and field.name not in mapping.values():
            raise Refusal(
                "intake.field_unmapped",
                zh="没有一列对应“{field:zh}”，而{kind:zh}必须有这一项。请从这些列中选一列：{headers}。",
                en="No column is mapped to the {field:en}, which {kind:en} must have. Choose one of these: {headers}.",
                field=field,
                kind=kind,
                headers=", ".join(filter(None, headers)),
            )


def _refuse_field_twice(mapping: Mapping[str, str], kind: Kind) -> None:
    names = list(mapping.values())
    for field in kind.fields:
        if names.count(field.name) > 1:
            raise Refusal(
                "intake.field_twice",
                zh="列 {headers} 都对应了“{field:zh}”。一项只能来自一列。请只保留其中一列。",
                en="The columns {headers} are all mapped to the {field:en}. Each field comes from one column. Keep one "
                "of them.",
                field=field,
                headers=", ".join(header for header, name in mapping.items() if name == field.name),
            )
