"""A mail server that is not ours: keeps each mail as a file, with what the envelope said beside it.

    python mail_server.py FOLDER [--tls starttls|implicit --certificate FILE --key FILE] [--user NAME --password WORD]
                          [--refuse NUMBER]

Listens on a free port of 127.0.0.1 and writes it to FOLDER/port. With --refuse, the first mails get a temporary refusal
after their text: they are kept as refused-*.eml, so that one can see whether what comes later is the same mail.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Keeper:
    def __init__(self, folder: Path, refuse: int):
        self.folder = folder
        self.to_refuse = refuse
        self.count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.count += 1
        refused = self.to_refuse > 0
        self.to_refuse -= refused
        name = f"{'refused' if refused else 'taken'}-{self.count:05}"
        said = {"hello": session.host_name, "from": envelope.mail_from, "to": envelope.rcpt_tos,
                "user": session.auth_data or "", "encrypted": server.transport.get_extra_info("cipher") is not None}
        (self.folder / f"{name}.json").write_text(json.dumps(said))
        (self.folder / f"{name}.eml").write_bytes(envelope.original_content or b"")
        return "451 4.3.0 come back later" if refused else "250 2.0.0 taken"


def authenticator(user: str, password: str) -> Any:
    def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=known, auth_data=user if known else None)
    return authenticate


async def serve(options: argparse.Namespace) -> None:
    context = None
    if options.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)
    starttls = context if options.tls == "starttls" else None
    # aiosmtpd counts only STARTTLS as encryption; one that began with TLS may ask for passwords too.
    account = {"authenticator": authenticator(options.user, options.password), "auth_required": True,
               "auth_require_tls": starttls is not None} if options.user else {}
    keeper = Keeper(options.folder, options.refuse)

    def session() -> SMTP:
        return SMTP(keeper, hostname="mail.test", tls_context=starttls, require_starttls=starttls is not None, **account)

    server = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", 0, ssl=context if options.tls == "implicit" else None)
    # Whole or not at all: the test reads it as soon as it is there.
    unfinished = options.folder / "port.unfinished"
    unfinished.write_text(str(server.sockets[0].getsockname()[1]))
    unfinished.rename(options.folder / "port")
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tls", choices=["starttls", "implicit"])
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--refuse", type=int, default=0, metavar="NUMBER")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
