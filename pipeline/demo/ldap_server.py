"""A real slapd on loopback for the sample company, where the machine has one.

Debian's package is looked for, for it is where files are known to lie. A machine may have it and still not let it run
here (Ubuntu confines it to its own folders): then there is no server, and the company's directory is read from a file.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.home import private_write

SCHEMAS, MODULES = Path("/etc/ldap/schema"), Path("/usr/lib/ldap")
PATIENCE = 10.0
"""Seconds a start or an end may take; either takes a tenth of one."""


class LdapUnavailableError(Exception):
    """No server can run here; the words say why."""


@dataclass(frozen=True)
class LdapServer:
    """A server and its folder in the home. `suffix` and `reader` are DNs: what it holds, and who reads all of it."""

    folder: Path
    suffix: str
    reader: str

    @property
    def exists(self) -> bool:
        """Whether it was made, with all it holds."""
        return (self.folder / "port").exists()

    @property
    def url(self) -> str:
        """Where it listens, in TLS from the first byte."""
        return f"ldaps://localhost:{self._port}"

    def connection_keys(self, home: Path) -> Mapping[str, Any]:
        """What a connection needs besides DNs; paths relative to the home."""
        inside = self.folder.relative_to(home)
        return {
            "url": self.url,
            "bind_password_file": str(inside / "password"),
            "ca_file": str(inside / "certificate.pem"),
        }

    def make(self, entries: Callable[[str], str]) -> None:
        """Fill it: `entries` gives the LDIF of everything in it, for a password of the reader.

        Raises LdapUnavailableError.
        """
        program = _program()
        self.remove()
        (self.folder / "data").mkdir(mode=0o700, parents=True)
        self._write_certificate()
        password = secrets.token_urlsafe(24)
        private_write(self.folder / "password", password)
        private_write(self.folder / "entries.ldif", entries(password))
        self._configure()
        configuration, given = str(self.folder / "slapd.conf"), str(self.folder / "entries.ldif")
        _run(program, "-T", "add", "-q", "-f", configuration, "-l", given)
        (self.folder / "entries.ldif").unlink()
        private_write(self.folder / "port", str(_free_port()))

    def remove(self) -> None:
        """Take it away, with all it holds."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Have it answer meanwhile. Several processes of one home use one server; the last to leave ends it.

        Raises LdapUnavailableError.
        """
        descriptor = os.open(self.folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._join(descriptor)
            try:
                yield
            finally:
                if _is_last(descriptor):
                    self._stop()
        finally:
            os.close(descriptor)

    def _join(self, descriptor: int) -> None:
        """Whoever comes when nobody is there starts it; all others wait until it has been started."""
        until = time.monotonic() + PATIENCE
        while True:
            if _is_last(descriptor):
                self._start()
                fcntl.flock(descriptor, fcntl.LOCK_SH)
                return
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            if self._answers():
                return
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            if time.monotonic() > until:
                raise LdapUnavailableError("it does not answer")

    def _start(self) -> None:
        self._stop()
        if self._answers():  # somebody else's, since ours was ended
            private_write(self.folder / "port", str(_free_port()))
        self._configure()
        _run(_program(), "-f", str(self.folder / "slapd.conf"), "-h", f"ldaps://127.0.0.1:{self._port}/")
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > until:
                raise LdapUnavailableError("it does not answer")
            time.sleep(0.02)

    def _stop(self) -> None:
        """End ours, and nobody else's: a number in a file may have become another process's."""
        until = time.monotonic() + PATIENCE
        while (pid := self._pid()) and time.monotonic() < until:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            time.sleep(0.02)

    def _pid(self) -> int:
        """The process that serves this folder, or 0."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.folder / "pid").read_text())
            if str(self.folder / "slapd.conf").encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return pid
        return 0

    @property
    def _port(self) -> int:
        return int((self.folder / "port").read_text())

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
            return True
        return False

    def _configure(self) -> None:
        """Written at every start: a home may have been moved."""
        folder = self.folder
        lines = [
            *(f'include "{SCHEMAS / name}.schema"' for name in ("core", "cosine", "inetorgperson")),
            f'pidfile "{folder / "pid"}"',
            f'modulepath "{MODULES}"',
            "moduleload back_mdb",
            *(f'{key} "{folder / "certificate.pem"}"' for key in ("TLSCertificateFile", "TLSCACertificateFile")),
            f'TLSCertificateKeyFile "{folder / "key.pem"}"',
            "database mdb",
            "maxsize 8388608",
            f'suffix "{self.suffix}"',
            f'directory "{folder / "data"}"',
            f'limits dn.exact="{self.reader}" size=unlimited',
            "access to attrs=userPassword by anonymous auth by * none",
            f'access to * by dn.exact="{self.reader}" read by * none',
        ]
        private_write(folder / "slapd.conf", "\n".join([*lines, ""]))

    def _write_certificate(self) -> None:
        """A key and a certificate of its own for `localhost`; what moto needs for its certificates makes ours."""
        from pipeline.demo.certificate import for_localhost

        key, certificate = for_localhost()
        private_write(self.folder / "key.pem", key)
        private_write(self.folder / "certificate.pem", certificate)


def _is_last(descriptor: int) -> bool:
    """Whether nobody else holds the lock; then it is ours alone, and else not ours any more."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _program() -> str:
    """Where slapd is; ordinary users do not have /usr/sbin on their path."""
    found = shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None or not (SCHEMAS / "core.schema").exists() or not any(MODULES.glob("back_mdb*")):
        raise LdapUnavailableError("slapd is not installed")
    return found


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LdapUnavailableError(f"slapd cannot be run ({type(error).__name__})") from error
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise LdapUnavailableError(f"slapd ended with {done.returncode}: {words[-1][:200] if words else 'no word'}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
