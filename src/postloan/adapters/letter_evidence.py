"""Evidence packs (证据包): everything about one letter in a zip, with hashes signed by Ed25519; any change is found."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postloan.adapters.documents import pdf_bytes
from postloan.adapters.files_whole import make_folder, whole
from postloan.adapters.letter_setting import envelopes_pdf, letters_pdf
from postloan.adapters.tracking_files import proofs_of, read_manifest
from postloan.delivery import TrackingEvent, brought_about, fold
from postloan.delivery.evidence import sent_of, summary, typst_source
from postloan.delivery.letter import digest_of
from postloan.kernel import PostloanError
from postloan.rules import RuleBook

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_MOMENT = (1980, 1, 1, 0, 0, 0)
_SIGNED, _SIGNATURE, _PUBLIC = "manifest.json", "signature.bin", "public_key.pem"
_MOST_BYTES = 200 << 20


class NoSuchLetter(PostloanError):
    """The batch {batch} has no letter {letter}.

    Its manifest.csv lists the letters.
    """

    zh = "批次 {batch} 中没有函件 {letter}。函件清单见 manifest.csv。"


class BadEvidenceKey(PostloanError):
    """{path} holds no Ed25519 key.

    Name the file that packs are signed with, or for checking the .pub file beside it.
    """

    zh = "{path} 不是 Ed25519 密钥。请指明签名所用的密钥文件；核验时请使用其旁的 .pub 文件。"


class PackChanged(PostloanError):
    """{pack} is not what was signed: {why}.

    Do not rely on it; ask for the pack from where it is kept.
    """

    zh = "{pack} 与签名时不一致：{why}。请勿采信，并向存放处重新索取。"


@dataclass(frozen=True, slots=True)
class Verified:
    """A pack that is as it was signed. trusted: against a key that was given, not the one in the pack."""

    letter_no: str
    files: int
    made_on: str
    key: str
    trusted: bool


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key that packs are signed with; made where there is none, with its public half beside it as ``.pub``.

    Raises:
        BadEvidenceKey: the file holds no such key.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not path.exists():
        make_folder(path.parent)
        made = Ed25519PrivateKey.generate()
        text = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(text)
        path.with_name(path.name + ".pub").write_bytes(_public_text(made.public_key()))
        return made
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BadEvidenceKey(path=path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadEvidenceKey(path=path)
    return key


def _public_text(key: Ed25519PublicKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def make_pack(
    batch: Path,
    letter_no: str,
    events: Sequence[TrackingEvent],
    out: Path,
    *,
    book: RuleBook,
    on: date,
    key: Ed25519PrivateKey,
    proofs: Path | None = None,
    refuser_identified: bool = False,
) -> Mapping[str, Any]:
    """Write the pack of one letter; the same input and key give the same bytes. What it says comes back.

    Raises:
        NoSuchLetter: the batch has no such letter. PackChanged: the batch's own record of it was altered.
    """
    row = read_manifest(batch).get(letter_no)
    if row is None:
        raise NoSuchLetter(batch=batch, letter=letter_no)
    content = _content(batch, row)
    if digest_of(content) != row["text_sha256"]:
        raise PackChanged(pack=batch, why=f"the text of letter {letter_no} 函件文本")
    ours = sorted(
        {one for one in events if one.letter_no == letter_no}, key=lambda one: (one.at, one.code, one.text)
    )
    tracked = fold(ours, [letter_no]).letters[letter_no]
    kept = proofs_of(proofs, letter_no)
    sent = sent_of(row, tracked, proofs=bool(kept), refuser_identified=refuser_identified)
    brought = brought_about(book, sent, tracked, on=on)
    letter_on = date.fromisoformat(row["letter_date"])
    said = {
        "letter_no": letter_no, "outcome": tracked.outcome, "effect": brought.found.effect.value,
        "condition": brought.found.condition, "interrupts_on": brought.interrupts_on and str(brought.interrupts_on),
        "missing": list(brought.missing), "because": [*brought.found.because, *brought.because],
        "handed_over_on": tracked.handed_over_on and str(tracked.handed_over_on),
        "ended_on": tracked.ended_on and str(tracked.ended_on), "contradictory": list(tracked.contradictory),
        "rule_book": book.version,
    }  # fmt: skip
    files = {
        "letter.json": _json(content),
        "letter.pdf": letters_pdf([content], on=letter_on)[0],
        "envelope.pdf": envelopes_pdf([content], on=letter_on),
        "provenance.json": _json(row),
        "template.yaml": (batch / "template.yaml").read_bytes(),
        "tracking.jsonl": "".join(
            json.dumps({**_event(one)}, ensure_ascii=False) + "\n" for one in ours
        ).encode(),
        "effect.json": _json(said),
        **{f"proof/{path.name}": path.read_bytes() for path in kept},
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    page = summary(row, tracked, brought, ours, hashes, rule_book=book.version, on=on)
    files["summary.pdf"] = pdf_bytes(typst_source(), page, Path("summary.pdf"), on=on)
    _write(files, letter_no, out, on, key)
    return said


def _event(one: TrackingEvent) -> dict[str, str]:
    return {
        "letter_no": one.letter_no, "carrier": one.carrier, "code": one.code, "text": one.text,
        "at": one.at.isoformat(),
    }  # fmt: skip


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _content(batch: Path, row: Mapping[str, str]) -> Mapping[str, Any]:
    path = batch / row["file"].replace("letters-", "contents-").replace(".pdf", ".jsonl")
    for line in path.read_text(encoding="utf-8").splitlines():
        content: Mapping[str, Any] = json.loads(line)
        if content["number"] == row["letter_no"]:
            return content
    raise NoSuchLetter(batch=batch, letter=row["letter_no"])


def _write(files: Mapping[str, bytes], letter_no: str, out: Path, on: date, key: Ed25519PrivateKey) -> None:
    signed = _json({
        "letter_no": letter_no,
        "made_on": on.isoformat(),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    })  # fmt: skip
    whole_pack = {
        _SIGNED: signed, _SIGNATURE: key.sign(signed), _PUBLIC: _public_text(key.public_key()),
        **dict(sorted(files.items())),
    }  # fmt: skip
    make_folder(out.parent)
    with whole(out) as part:
        part.write_bytes(_packed(whole_pack))


def _packed(files: Mapping[str, bytes]) -> bytes:
    """A zip that is the same for the same files on every machine: not compressed, without times."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as pack:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _MOMENT)
            info.create_system = 3
            pack.writestr(info, data)
    return made.getvalue()


def verify_pack(path: Path, trusted: Path | None = None) -> Verified:
    """See that a pack is as it was signed. trusted: the public key that it must be signed with.

    Raises:
        PackChanged: anything was changed, added, left out, or signed by another. BadEvidenceKey: ``trusted`` is none.
    """
    from cryptography.exceptions import InvalidSignature

    files = _unpacked(path)
    for name in (_SIGNED, _SIGNATURE, _PUBLIC):
        if name not in files:
            raise PackChanged(pack=path, why=f"{name} is missing 缺失")
    key = _public(files[_PUBLIC], path)
    if trusted is not None:
        try:
            wanted = _public(trusted.read_bytes(), trusted)
        except (OSError, PackChanged) as error:
            raise BadEvidenceKey(path=trusted) from error
        if _public_text(wanted) != _public_text(key):
            raise PackChanged(pack=path, why="it was signed with another key 签名密钥不同")
    if files[_PUBLIC] != _public_text(key):
        raise PackChanged(pack=path, why=f"{_PUBLIC} is written otherwise 写法不同")
    try:
        key.verify(files[_SIGNATURE], files[_SIGNED])
    except InvalidSignature as error:
        raise PackChanged(pack=path, why="the signature does not fit 签名不符") from error
    signed = json.loads(files[_SIGNED])
    rest = {name: data for name, data in files.items() if name not in (_SIGNED, _SIGNATURE, _PUBLIC)}
    for name in sorted(signed["files"].keys() | rest.keys()):
        if name not in rest:
            raise PackChanged(pack=path, why=f"{name} is missing 缺失")
        if name not in signed["files"]:
            raise PackChanged(pack=path, why=f"{name} was added 系添加")
        if hashlib.sha256(rest[name]).hexdigest() != signed["files"][name]:
            raise PackChanged(pack=path, why=f"{name} was altered 被改动")
    if _packed(files) != path.read_bytes():
        raise PackChanged(
            pack=path, why="the zip was written anew, or something was put between 压缩包被重写或夹带内容"
        )
    fingerprint = hashlib.sha256(_public_text(key)).hexdigest()[:16]
    return Verified(signed["letter_no"], len(rest), signed["made_on"], fingerprint, trusted is not None)


def _public(text: bytes, path: Path) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(text)
    except (ValueError, TypeError) as error:
        raise PackChanged(pack=path, why=f"{_PUBLIC} holds no key 无有效公钥") from error
    if not isinstance(key, Ed25519PublicKey):
        raise PackChanged(pack=path, why=f"{_PUBLIC} holds another kind of key 公钥类型不符")
    return key


def _unpacked(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as pack:
            infos = pack.infolist()
            names = [info.filename for info in infos]
            if len(names) != len(set(names)):
                raise PackChanged(pack=path, why="a name stands twice 文件名重复")
            if sum(info.file_size for info in infos) > _MOST_BYTES:
                raise PackChanged(pack=path, why="it is larger than any pack 体积异常")
            return {name: pack.read(name) for name in names}
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise PackChanged(pack=path, why=f"it cannot be opened 无法打开 ({error})") from error
    except Exception as error:  # zlib.error and struct.error of damaged data have no common root
        if isinstance(error, PostloanError):
            raise
        raise PackChanged(pack=path, why=f"it is damaged 已损坏 ({error})") from error
