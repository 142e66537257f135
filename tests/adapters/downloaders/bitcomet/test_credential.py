"""The sealed credential, held against the vectors that the format's authors publish."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.downloaders.bitcomet.credential import CLIENT_ID, credential, seal
from tests.adapters.downloaders.bitcomet.unsealing import BadSeal, unseal

# RNCryptor-Spec, vectors/v3/password: password, salts of both keys, first block, text, container.
VECTORS = {
    "empty text": (
        "a",
        "0000000000000000",
        "0000000000000000",
        "00000000000000000000000000000000",
        "",
        (
            "03010000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000b303"
            "9be31cd7 ece5e754 f5c8da17 00366631 3ae8a89d dcf8e3cb 41fdc130 b2329dbe 07d6f4d3"
            "2c34e050 c8bd7e93 3b12"
        ),
    ),
    "one byte": (
        "thepassword",
        "0001020304050607",
        "0102030405060708",
        "02030405060708090a0b0c0d0e0f0001",
        "01",
        (
            "03010001 02030405 06070102 03040506 07080203 04050607 08090a0b 0c0d0e0f 0001a1f8"
            "730e0bf4 80eb7b70 f690abf2 1e029514 164ad3c4 74a51b30 c7eaa1ca 545b7de3 de5b010a"
            "cbad0a9a 13857df6 96a8"
        ),
    ),
    "half a block": (
        "thepassword",
        "0102030405060700",
        "0203040506070801",
        "030405060708090a0b0c0d0e0f000102",
        "0123456789abcdef",
        (
            "03010102 03040506 07000203 04050607 08010304 05060708 090a0b0c 0d0e0f00 01020e43"
            "7fe80930 9c03fd53 a475131e 9a1978b8 eaef576f 60adb8ce 2320849b a32d7429 00438ba8"
            "97d22210 c76c35c8 49df"
        ),
    ),
    "most of a block": (
        "thepassword",
        "0203040506070001",
        "0304050607080102",
        "0405060708090a0b0c0d0e0f00010203",
        "0123456789abcdef 01234567",
        (
            "03010203 04050607 00010304 05060708 01020405 06070809 0a0b0c0d 0e0f0001 0203e01b"
            "bda5df2c a8adace3 8f6c588d 291e03f9 51b78d34 17bc2816 581dc6b7 67f1a2e5 7597512b"
            "18e1638f 21235fa5 928c"
        ),
    ),
    "password beyond ASCII": (
        "中文密码",
        "0304050607000102",
        "0405060708010203",
        "05060708090a0b0c0d0e0f0001020304",
        "23456789abcdef 0123456701",
        (
            "03010304 05060700 01020405 06070801 02030506 0708090a 0b0c0d0e 0f000102 03048a9e"
            "08bdec1c 4bfe13e8 1fb85f00 9ab3ddb9 1387e809 c4ad86d9 e8a60145 57716657 bd317d4b"
            "b6a76446 15b3de40 2341"
        ),
    ),
    "many blocks": (
        (
            "It was the best of times, it was the worst of times; it was the age of wisdom,"
            " it was the age of foolishness;"
        ),
        "0405060700010203",
        "0506070801020304",
        "060708090a0b0c0d0e0f000102030405",
        (
            b"it was the epoch of belief, it was the epoch of incredulity; it was the season"
            b" of Light, it was the season of Darkness; it was the spring of hope, it was the"
            b" winter of despair; we had everything before us, we had nothing before us; we"
            b" were all going directly to Heaven, we were all going the other way.\n\n"
        ).hex(),
        (
            "03010405 06070001 02030506 07080102 03040607 08090a0b 0c0d0e0f 00010203 0405d564"
            "c7a99da9 21a6e7c4 078a8264 1d954795 51283167 a2c81f31 ab80c9d7 d8beb770 111decd3"
            "e3d29bbd f7ebbfc5 f10ac87e 7e55bfb5 a7f487bc d3983570 5e83b9c0 49c6d695 2be011f8"
            "ddb1a14f c0c92573 8de017e6 2b1d621c cdb75f29 37d0a1a7 0e44d843 b9c61037 dee2998b"
            "2bbd740b 910232ee a7196116 8838f699 5b996417 3b34c0bc d311a2c8 7e271630 928bae30"
            "1a8f4703 ac2ae469 9f3c285a bf1c55ac 324b073a 958ae52e e8c3bd68 f919c09e b1cd2814"
            "2a1996a9 e6cbff5f 4f4e1dba 07d29ff6 6860db98 95a48233 140ca249 419d6304 6448db1b"
            "0f4252a6 e4edb947 fd0071d1 e52bc156 00622fa5 48a67739 63618150 797a8a80 e592446d"
            "f5926d0b fd32b544 b796f335 9567394f 77e7b171 b2f9bc5f 2caf7a0f ac0da7d0 4d6a8674"
            "4d6e06d0 2fbe15d0 f580a1d5 bd16ad91 34800361 1358dcb4 ac999095 5f6cbbbf b185941d"
            "4b4b71ce 7f9ba6ef c1270b78 08838b6c 7b7ef17e 8db919b3 4fac"
        ),
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_published_vectors_come_out(name: str) -> None:
    password, *drawn, text, container = VECTORS[name]
    given_out = iter(drawn)
    sealed = seal(bytes.fromhex(text), password, draw=lambda _: bytes.fromhex(next(given_out)))
    assert sealed == bytes.fromhex(container)
    assert unseal(sealed, password) == bytes.fromhex(text)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_what_is_sealed_is_what_is_read_there(username: str, password: str) -> None:
    opened = json.loads(unseal(base64.b64decode(credential(username, password)), CLIENT_ID))
    assert opened == {"username": username, "password": password}


def test_two_log_ins_look_different_and_a_changed_one_is_noticed() -> None:
    one, other = (base64.b64decode(credential("u", "p")) for _ in range(2))
    assert one[2:34] != other[2:34]
    for place in (2, 10, 18, 34, len(one) - 1):
        changed = bytearray(one)
        changed[place] ^= 1
        with pytest.raises(BadSeal):
            unseal(bytes(changed), CLIENT_ID)


def test_the_client_id_is_made_of_the_name_that_bitcomet_knows() -> None:
    # Version 3 without a name space, as Java's nameUUIDFromBytes makes it.
    digest = bytearray(hashlib.md5(b"PeerBanHelper", usedforsecurity=False).digest())
    digest[6] = digest[6] & 0x0F | 0x30
    digest[8] = digest[8] & 0x3F | 0x80
    assert str(uuid.UUID(bytes=bytes(digest))) == CLIENT_ID
