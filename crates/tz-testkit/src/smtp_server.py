"""A mail server for tests, made of Debian's aiosmtpd: what it takes it writes into a folder, one file a mail.

Some receivers behave as receivers do: full@ is refused for now, gone@ for good, silent@ is taken over without an answer.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, certificate, key, port, tls_port, login, password = sys.argv[1:8]
folder = pathlib.Path(folder)


class Keeper:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("full@"):
            return "452 4.2.2 mailbox full"
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        Keeper.count += 1
        written = folder / f"{Keeper.count}.writing"
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {','.join(envelope.rcpt_tos)}\r\n"
        written.write_bytes(head.encode() + envelope.original_content)
        written.rename(folder / f"{Keeper.count:05}.eml")
        if envelope.rcpt_tos[0].startswith("silent@"):
            server.transport.abort()
        return "250 OK"


def known(server, session, envelope, mechanism, data):
    good = data.login == login.encode() and data.password == password.encode()
    # Not handled here: the server gives the answer, 235 or 535.
    return AuthResult(success=good, handled=False)


async def serve():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    keeper = Keeper()
    options = dict(authenticator=known, auth_required=True, hostname="localhost")
    await loop.create_server(
        lambda: SMTP(keeper, tls_context=context, require_starttls=True, **options), "127.0.0.1", int(port))
    await loop.create_server(
        lambda: SMTP(keeper, auth_require_tls=False, **options), "127.0.0.1", int(tls_port), ssl=context)
    await asyncio.Event().wait()


asyncio.run(serve())
