"""The second verifier: the vectors of RFC 8032, and files as the format's page has them."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import linli_verify
import pytest
from linli_verify import Broken, Checkpoint, Key, Malformed, inclusion

# RFC 8032 section 7.1, tests 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]

PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_signatures_are_those_of_the_rfc(public: str, message: str, signature: str) -> None:
    key, text, signed = map(bytes.fromhex, (public, message, signature))
    assert linli_verify._is_signed(key, text, signed)
    assert not linli_verify._is_signed(key, text + b"x", signed)
    for place in range(64):
        flipped = bytes(byte ^ (at == place) for at, byte in enumerate(signed))
        assert not linli_verify._is_signed(key, text, flipped)


def test_a_signature_is_written_in_one_way() -> None:
    public, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
    more = int.from_bytes(signature[32:], "little") + linli_verify._L
    again = signature[:32] + more.to_bytes(32, "little")
    assert not linli_verify._is_signed(public, message, again)


def test_a_key_is_read_strictly() -> None:
    assert Key.read(PUBLIC + "\n").name == "PeterNeumann"
    for wrong in ["", "a b+c74f20a3+AR", PUBLIC.replace("c74f", "c74e"), PUBLIC[:-4]]:
        with pytest.raises(Malformed):
            Key.read(wrong)


def test_what_is_no_proof_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, note = tmp_path / "key.pub", tmp_path / "note"
    key.write_text(PUBLIC)
    root = base64.b64encode(hashlib.sha256().digest()).decode()
    signature = base64.b64encode(bytes.fromhex("c74f20a3") + bytes(64)).decode()
    note.write_text(f"PeterNeumann\n0\n{root}\n\n\u2014 PeterNeumann {signature}\n", "utf-8")
    words = ["--key", str(key)]
    assert linli_verify.main([*words, "--checkpoint", str(note)]) == 1
    assert "altered or forged" in capsys.readouterr().err
    assert linli_verify.main([*words, "--proof", str(note)]) == 2
    assert linli_verify.main(words) == 2
    assert linli_verify.main([*words, "--proof", str(tmp_path / "none")]) == 2
    with pytest.raises(Broken):
        Checkpoint.read(note.read_bytes(), Key.read(PUBLIC))
    with pytest.raises(Malformed):
        inclusion(note.read_bytes(), Key.read(PUBLIC))
    assert capsys.readouterr().out == ""


# Made by OpenSSL: the checkpoint of the specification, cosigned by a key of 32 bytes 0x09.
WITNESS = "example.org/neighbour+3165d3b2+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY"
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.org/neighbour MWXTsgAAAABkGFDLSEwbtADY9t5XeSzDTVuiqYN5nZfoc9NQOUgkPYm4wwjI"
    "UL68Nczz1tpzCjnpmnRXttgqVVwOg3WfE7AXqa+DAg==\n"
)


def test_a_witness_has_cosigned_what_it_has_cosigned() -> None:
    witness, stranger = Key.read(WITNESS, 4), Key.read(PUBLIC)
    assert linli_verify.cosigners(COSIGNED.encode(), [witness, witness, stranger]) == [witness.name]
    for changed in [COSIGNED.replace("163\n", "164\n"), COSIGNED.replace("AABkG", "AABkH")]:
        assert linli_verify.cosigners(changed.encode(), [witness]) == []
    with pytest.raises(Malformed):
        Key.read(WITNESS)
    with pytest.raises(Malformed):
        Key.read(PUBLIC, 4)
