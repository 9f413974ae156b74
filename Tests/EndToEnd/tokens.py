"""Tokens as an attacker, or a broken client, would make them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pathlib
import sqlite3
import time
import uuid

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from harness import CLIENT_ID, ISSUER, JSON, POOL_ID


def encoded(data: bytes | JSON) -> str:
    """Base64 as in a JSON Web Token, without padding."""
    if isinstance(data, dict):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenForge:
    """Makes tokens with the server's own key, so that only what is wrong with their content can be why they are refused.

    It takes the key from the server's store: nobody who cannot read that file can do this.
    """

    def __init__(self, store: pathlib.Path) -> None:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
            self.key_id, pem = database.execute(
                "SELECT key_id, private_key FROM signing_keys WHERE pool = ? ORDER BY created_at DESC", (POOL_ID,)).fetchone()
        self.key = serialization.load_pem_private_key(pem.encode(), password=None)

    @property
    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def claims(self, **changes: object) -> JSON:
        """Those of a good access token, with some changed; None leaves one out."""
        now = int(time.time())
        claims = {
            "sub": str(uuid.uuid4()), "iss": ISSUER, "client_id": CLIENT_ID, "token_use": "access", "username": "mallory",
            "scope": "aws.cognito.signin.user.admin", "auth_time": now, "iat": now, "exp": now + 3600, "jti": str(uuid.uuid4()),
            "origin_jti": str(uuid.uuid4()), **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **changes: object) -> str:
        return self.signed(self.claims(**changes), self.key_id, self.key)

    def signed(self, claims: JSON, key_id: str, key: rsa.RSAPrivateKey) -> str:
        content = f"{encoded({'alg': 'RS256', 'kid': key_id})}.{encoded(claims)}"
        return f"{content}.{encoded(key.sign(content.encode(), padding.PKCS1v15(), SHA256()))}"

    def signed_with_public_key(self, algorithm: str) -> str:
        """By HMAC, keyed with what everybody knows: good for a verifier that lets the token choose the algorithm."""
        content = f"{encoded({'alg': algorithm, 'kid': self.key_id})}.{encoded(self.claims())}"
        return f"{content}.{encoded(hmac.new(self.public_pem, content.encode(), hashlib.sha256).digest())}"

    def unsigned(self, algorithm: str) -> str:
        return f"{encoded({'alg': algorithm, 'kid': self.key_id})}.{encoded(self.claims())}."


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)
