"""Another county, with a key of its own: it sends packages and receipts as its own Fangxian would."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fangxian.core.identity import check_character
from fangxian.ops.handover.wire import (
    Answer,
    Content,
    County,
    ReceiptContent,
    Row,
    Signer,
    pack,
    unpack,
    write_receipt,
)
from fangxian.ops.intake.writing import workbook
from fangxian.ops.procedures.import_list import upload_list
from fangxian.ops.procedures.take_over import receive_package
from fangxian.ops.realm.current import county_now, the_realm

HERE = County(division_code="141027", zh="浮山县", en="Fushan County")
THERE = County(division_code="141024", zh="洪洞县", en="Hongtong County")


@dataclass
class Neighbour:
    """One county beside ours."""

    county: County = THERE
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    key_id: int = 1

    def signer(self) -> Signer:
        realm = str(the_realm().kind)
        return Signer(division_code=self.county.division_code, realm=realm, key_id=self.key_id, key=self.key)

    def content(self, rows, **more) -> Content:
        told = {
            "id": uuid4(),
            "number": "洪协查〔2022〕1号",
            "realm": str(the_realm().kind),
            "disease": "covid-19",
            "sender": self.county,
            "addressee": HERE,
            "made_at": county_now(),
            "reason": "",
            "rows": tuple(rows),
        }
        return Content(**(told | more))

    def package(self, rows, **more) -> bytes:
        return pack(self.content(rows, **more), workbook({"a": (["a"], [])}), self.signer())[0]

    def receipt(self, package: bytes, outcome="new", **more) -> bytes:
        """What it answers to a package of ours."""
        content, signed = unpack(package)
        told = {
            "package": content.id,
            "digest": signed.digest,
            "number": content.number,
            "realm": content.realm,
            "sender": self.county,
            "signed_at": county_now(),
            "rows": tuple(Answer(row=row.row, outcome=outcome, zh="新收", en="new") for row in content.rows),
        }
        return write_receipt(ReceiptContent(**(told | more)), self.signer())[0]


def document(n: int, born="19900101") -> str:
    """A synthetic person's identity number."""
    body = f"999027{born}{n:03d}"
    return body + check_character(body)


def contact_row(n: int, *, row=None, id_: UUID | None = None, **fields) -> Row:
    """A contact as a neighbour sends them; `n` tells one from another."""
    told = {
        "name": f"测试{n}",
        "document_number": document(n),
        "phone": f"154{n:08d}",
        "address": "某村1号",
        "ring": "密切接触者",
        "case": "141024-2022-0001",
        "last_exposure_at": last_contact(),
        "state": "confirmed",
    }
    said = {name: text for name, text in (told | fields).items() if text}
    return Row(row=row or n, kind="contact", id=id_ or uuid4(), fields=said)


def last_contact() -> str:
    return datetime.strftime(county_now(), "%Y-%m-%d")


def exchanged(by) -> tuple[UUID, UUID, UUID]:
    """A package of a neighbour that is held, the key that signed it, and a list that was uploaded."""
    package, _ = receive_package(file=Neighbour().package([contact_row(1)]), by=by)
    content = f"ID,姓名,联系方式,最后接触日期\nL1,测试1,15400000001,{last_contact()}\n".encode()
    taken = upload_list(content=content, file_name="a.csv", kind="contacts.list", source="某来源", by=by)
    return package.pk, package.signer_id, taken.intake.pk
