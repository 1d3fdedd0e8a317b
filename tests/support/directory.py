"""An LDAP server on this machine, with a few people and one account that may look them up."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from ldaptor.inmemory import fromLDIFFile
from ldaptor.interfaces import IConnectedLDAPEntry
from ldaptor.protocols.ldap.ldaperrors import LDAPUnavailable, Success
from ldaptor.protocols.ldap.ldapserver import LDAPServer
from ldaptor.protocols.pureldap import LDAPStartTLSRequest, LDAPStartTLSResponse
from twisted.internet import reactor
from twisted.internet.protocol import ServerFactory
from twisted.internet.ssl import PrivateCertificate
from twisted.python.components import registerAdapter

BASE, READER, PASSWORD = "dc=office", "cn=reader,dc=office", "password-of-the-directory"
PERSON = """dn: uid={uid},ou=people,dc=office
uid: {uid}
entryUUID: {id}
userPassword: {password}
objectClass: inetOrgPerson

"""
TOP = """dn: dc=office
dc: office
objectClass: dcObject

dn: cn=reader,dc=office
cn: reader
userPassword: {password}
objectClass: applicationProcess

dn: ou=people,dc=office
ou: people
objectClass: organizationalUnit

"""


class _Server(LDAPServer):
    """Encrypts from then on, once it is asked to and has a certificate."""

    def extendedRequest_StartTLS(self, data, reply):
        if self.factory.options is None:
            raise LDAPUnavailable("no certificate")
        reply(LDAPStartTLSResponse(resultCode=Success.resultCode, responseName=LDAPStartTLSRequest.oid))
        self.transport.startTLS(self.factory.options)

    extendedRequest_StartTLS.oid = LDAPStartTLSRequest.oid


class Office(ServerFactory):
    protocol = _Server
    options: object = None  # with which it encrypts; a test takes them away

    def __init__(self, root: object) -> None:
        self.root = root


registerAdapter(lambda office: office.root, Office, IConnectedLDAPEntry)


def _ldif(people: dict[str, str]) -> bytes:
    entries = [PERSON.format(uid=uid, id=number, password=PASSWORD) for uid, number in people.items()]
    return (TOP.format(password=PASSWORD) + "".join(entries)).encode()


@contextmanager
def directory_of(people: dict[str, str], certificate: bytes) -> Iterator[str]:
    """Its address, while it runs. Its people have their ids, and all the same password; once in a process.

    It encrypts whoever asks for it; the certificate is for localhost, with its key.
    """
    Office.options = PrivateCertificate.loadPEM(certificate).options()
    listening: list[int] = []
    ready = threading.Event()

    def listen(root: object) -> None:
        listening.append(reactor.listenTCP(0, Office(root), interface="127.0.0.1").getHost().port)
        ready.set()

    def run() -> None:
        fromLDIFFile(BytesIO(_ldif(people))).addCallback(listen)
        reactor.run(installSignalHandlers=False)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield f"ldap://localhost:{listening[0]}"
    finally:
        reactor.callFromThread(reactor.stop)
        thread.join(10)
