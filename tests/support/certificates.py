"""An authority of the tests' own, and a certificate for localhost that it signed; PEM, made once in a process."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Certificates(NamedTuple):
    authority: bytes
    server: bytes  # with its key


@cache
def certificates() -> Certificates:
    of_authority, of_server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _signed("authority", of_authority, "authority", of_authority, x509.BasicConstraints(True, None))
    server = _signed(
        "localhost", of_server, "authority", of_authority, x509.SubjectAlternativeName([x509.DNSName("localhost")])
    )
    key = of_server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Certificates(authority, key + server)


def _signed(
    whose: str,
    key: ec.EllipticCurvePrivateKey,
    by: str,
    key_of_signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    now = datetime.now(UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (whose, by)]
    made = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    )
    return made.sign(key_of_signer, SHA256()).public_bytes(Encoding.PEM)
