"""A passkey without a device: makes and uses a key as a browser's authenticator does."""

import json
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from tests.support.reading import Page

PRESENT, NEW = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.AT
ORIGIN = "https://testserver"


def options_of(page: Page) -> dict:
    """What the page asks of a key."""
    options = json.loads(page.one("//script[@id='passkey-options']").text)
    [asked] = options.values()
    return asked["publicKey"]


class Passkey:
    def __init__(self, number: int = 1) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = bytes([number]) * 16

    def made(self, page: Page, origin: str = ORIGIN) -> str:
        """What a browser sends for a new key."""
        asked = options_of(page)
        of_key = AttestedCredentialData.create(Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key()))
        data = AuthenticatorData.create(self._of(asked["rp"]["id"]), PRESENT | NEW, 0, of_key)
        attestation = AttestationObject.create("none", data, {})
        client = self._client(CollectedClientData.TYPE.CREATE, asked, origin)
        return self._sent(clientDataJSON=client, attestationObject=attestation)

    def used(self, page: Page, origin: str = ORIGIN) -> str:
        """What a browser sends of a key that is known."""
        asked = options_of(page)
        data = AuthenticatorData.create(self._of(asked["rpId"]), PRESENT, 1)
        client = self._client(CollectedClientData.TYPE.GET, asked, origin)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._sent(clientDataJSON=client, authenticatorData=data, signature=signature)

    @staticmethod
    def _of(host: str) -> bytes:
        return sha256(host.encode()).digest()

    @staticmethod
    def _client(kind: str, asked: dict, origin: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(asked["challenge"]), origin)

    def _sent(self, **response: bytes) -> str:
        told = {name: websafe_encode(value) for name, value in response.items()}
        number = websafe_encode(self.id)
        return json.dumps(
            {"id": number, "rawId": number, "type": "public-key", "response": told, "clientExtensionResults": {}}
        )
