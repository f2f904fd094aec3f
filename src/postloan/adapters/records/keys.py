"""The key that personal data is kept under: where it comes from, and what is derived from it.

From one secret of at least 32 bytes HKDF derives separate keys for encryption (AES-256-SIV, bound to table, field and
row, so that a value cannot be moved), for blind indexes (HMAC-SHA256 of the normalised value, so that an identity
number can be looked up without being readable) and for a check value that tells a wrong key at once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from postloan.kernel import Personal, PostloanError

KEY = "POSTLOAN_KEY"
KEY_FILE = "POSTLOAN_KEY_FILE"
_LEAST = 32
_BLIND_BYTES = 16
_MARKS = "-·•‧・"


class KeyMissing(PostloanError):
    """Personal data is encrypted, and its key is not at hand.

    Put the key into POSTLOAN_KEY, or name its file in POSTLOAN_KEY_FILE.
    """

    zh = "个人信息已加密，但缺少密钥。请设置环境变量 POSTLOAN_KEY，或用 POSTLOAN_KEY_FILE 指明密钥文件。"


class WrongKey(PostloanError):
    """The key at hand ({where}) is not the one that the store was made with.

    Give the right key in POSTLOAN_KEY or POSTLOAN_KEY_FILE. Nothing was read or changed.
    """

    zh = "所给密钥（{where}）与建库时的密钥不符。请用 POSTLOAN_KEY 或 POSTLOAN_KEY_FILE 给出正确的密钥。未作任何读写。"


class KeyChanging(PostloanError):
    """The key of {url} is being changed, and the change has not come to its end.

    Finish it with: postloan store rotate-key
    """

    zh = "{url} 的密钥正在更换且尚未完成。请执行 postloan store rotate-key 完成更换。"


class NewKeyFileNeeded(PostloanError):
    """Where the new key goes must be said, as the present one is not in a file beside the database.

    Name a file with --new-key-file; it is made if it is not there.
    """

    zh = "现用密钥不在数据库旁的文件中，须指明新密钥的存放位置。请用 --new-key-file 指定文件（不存在则自动生成）。"


class KeyChanged(PostloanError):
    """The key of {url} was changed while this program was running; nothing was changed now.

    Start the program anew with the new key.
    """

    zh = "{url} 的密钥在本程序运行期间已更换。本次未作任何改动。请使用新密钥重新启动程序。"


class BadKey(PostloanError):
    """The key in {where} is not usable: {why}.

    Give 32 random bytes in base64, for example from: openssl rand -base64 32
    """

    zh = "{where} 中的密钥不可用：{why}。请给出 32 字节随机数的 base64 编码，例如：openssl rand -base64 32"


class KeyExposed(PostloanError):
    """The key file {path} can be read by other users.

    Close it with: chmod 600 {path}
    """

    zh = "密钥文件 {path} 可被其他用户读取。请执行：chmod 600 {path}"


class Sealed(PostloanError):
    """A personal field of {where} cannot be decrypted: it was changed or moved in the database.

    Restore it from a copy, and run `postloan journal verify`.
    """

    zh = "{where} 的个人信息字段无法解密：其在数据库中被改动或移动。请从备份恢复，并执行 `postloan journal verify`。"


class Keys:
    """What is derived from one secret. Never shown, logged or pickled."""

    def __init__(self, secret: bytes, where: str) -> None:
        self.where = where
        self._siv = AESSIV(_derive(secret, b"postloan/encrypt/1", 64))
        self._inner, self._outer = _halves(_derive(secret, b"postloan/blind/1", 32))
        self._check = _derive(secret, b"postloan/check/1", 32)

    def __repr__(self) -> str:
        return "Keys(●●●)"

    def check(self, store_id: str) -> str:
        """A value that only this key gives for a store."""
        return hmac.digest(self._check, store_id.encode(), "sha256").hex()

    def encrypt(self, text: str, place: str) -> bytes | None:
        """The text sealed for one place (table, field, row); None for nothing."""
        return self._siv.encrypt(text.encode(), [place.encode()]) if text else None

    def decrypt(self, sealed: bytes | None, place: str) -> str:
        """The value that was sealed for a place; "" for nothing."""
        if sealed is None:
            return ""
        try:
            return self._siv.decrypt(bytes(sealed), [place.encode()]).decode()
        except InvalidTag as error:
            raise Sealed(where=place) from error

    def blind(self, value: Personal[str], field: str) -> bytes | None:
        """What equal values of a field share and nobody without the key can compute; None for nothing."""
        return self.blinder(field)(value.reveal("to be looked up"))

    def blinder(self, field: str) -> Callable[[str], bytes | None]:
        """``blind`` of one field, for many texts."""
        begun = self._inner.copy()
        begun.update(f"{field}\0".encode())
        outer = self._outer

        def blind(text: str) -> bytes | None:
            plain = normalised(text)
            if not plain:
                return None
            inner, whole = begun.copy(), outer.copy()
            inner.update(plain.encode())
            whole.update(inner.digest())
            return whole.digest()[:_BLIND_BYTES]

        return blind


def _halves(key: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    """The two hashes of HMAC-SHA256 (RFC 2104) with the key already in them: a tape asks for two million."""
    padded = key.ljust(64, b"\0")
    return hashlib.sha256(bytes(one ^ 0x36 for one in padded)), hashlib.sha256(
        bytes(one ^ 0x5C for one in padded)
    )


def normalised(text: str) -> str:
    """The value as it is compared: full width as half width, upper case, no blanks, hyphens or middle dots."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    for mark in _MARKS:
        if mark in plain:
            plain = plain.replace(mark, "")
    return plain


def load_keys(beside: Path | None, environ: Mapping[str, str]) -> Keys | None:
    """The key at hand: ``POSTLOAN_KEY``, else the file in ``POSTLOAN_KEY_FILE``, else the file beside the database.

    Raises:
        BadKey: it is no key. KeyExposed: others may read the file.
    """
    if text := environ.get(KEY, "").strip():
        return Keys(_secret(text, KEY), KEY)
    named = environ.get(KEY_FILE, "").strip()
    if named:
        return read_key(Path(named))
    return read_key(beside) if beside and beside.exists() else None


def make_key(path: Path, tell: Callable[[str, str], None]) -> Keys:
    """A new key in a new file that only its owner may read."""
    text = base64.b64encode(secrets.token_bytes(_LEAST)).decode()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    tell(
        f"Personal data is encrypted; the new key is in {path}. Keep a copy elsewhere: it cannot be replaced.",
        f"个人信息以新密钥加密，密钥在 {path}。请另存副本：密钥丢失后个人信息将无法读取。",
    )
    return Keys(_secret(text, str(path)), str(path))


def read_key(path: Path) -> Keys:
    """The key in a file.

    Raises:
        BadKey: it is no key. KeyExposed: others may read the file.
    """
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise KeyExposed(path=path)
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise BadKey(where=path, why=why) from error
    return Keys(_secret(text, str(path)), str(path))


def _secret(text: str, where: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error is one
        raise BadKey(where=where, why="it is not base64") from error
    if len(secret) < _LEAST:
        raise BadKey(where=where, why=f"it has {len(secret)} bytes, not {_LEAST}")
    return secret


def _derive(secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(secret)
