"""How long each function takes to start and to answer at Lambda's smallest shares of a processor, and what it weighs.

    python tests/bench/performance.py --stack local/.state --programs target/bench

Each function is the program that is deployed, in a process of its own that holds Lambda's share of a processor. It reaches the emulator of
the running stack over TLS. The emulator is far slower than AWS, so the time in which a call to it was under way is left out: what remains is
the function's own. The least of several measurements counts, since a busy machine only adds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import ipaddress
import json
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCES = [Path(__file__).parent, *(Path(__file__).parents[2] / name for name in ("tests", "local", "operations"))]
sys.path[:0] = map(str, SOURCES)

from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from cryptography.x509.oid import NameOID  # noqa: E402
from share import share  # noqa: E402

import test_calls  # noqa: E402
from settings import ROOT, Settings  # noqa: E402
from support.hosted import Hosted  # noqa: E402
from support.recovery import forget  # noqa: E402
from support.stack import Stack  # noqa: E402
from support.sweep import SWEEP, unscheduled  # noqa: E402

SHARES = (128, 256)
# Processes of each function and share, and events of each process after its first.
PROCESSES, WARM = 2, 2
PUBLIC = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Measured:
    """What each function is measured with: the run that asks most of it."""

    program: str
    function: str
    what: str
    event: Callable[[Stack], Any]
    rounds: int | None


def measured() -> list[Measured]:
    """Every function, with the run of `test_calls` that has the most calls in a row."""
    found = [Measured("empty", "ReceiptsFunction", "nothing", lambda _: {}, 0)]
    longest: dict[str, test_calls.Row] = {}
    for row in test_calls.ROWS:
        if row.function not in longest or row.in_a_row > longest[row.function].in_a_row:
            longest[row.function] = row
    for function, row in longest.items():
        found.append(Measured(_program(function), function, row.what, row.event, row.in_a_row))
    found.append(Measured("email-events", "EmailEventsFunction", "an email that came back", _event("email-events-bounce"), None))
    found.append(Measured("close-verification", SWEEP, "a sweep with nothing due", lambda _: {}, None))
    return found


def _program(function: str) -> str:
    name = function.removesuffix("Function")
    name = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).strip("-")
    return {"customer-triggers": "cognito-triggers"}.get(name, name)


def _event(name: str) -> Callable[[Stack], Any]:
    return lambda _: json.loads((ROOT / "events" / f"{name}.json").read_text())


def waited(hosted: Hosted, since: float) -> float:
    """For how many seconds calls to AWS were under way since then, however many at once."""
    total, open_calls, began = 0.0, 0, 0.0
    for moment, change in sorted(each for each in hosted.under_way if each[0] >= since):
        began = moment if open_calls == 0 else began
        open_calls += change
        total += moment - began if open_calls == 0 else 0
    return total


@dataclass
class Times:
    """Milliseconds, of a process; the processor's own for each event beside."""

    start: float
    first: float
    warm: float
    warm_processor: float
    memory: float


class Authority:
    """A certificate for this machine, which the functions trust beside the public ones: reading those is part of a start."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        signing, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issued = self._certificate("bench", signing, "bench", signing.public_key(), x509.BasicConstraints(ca=True, path_length=None))
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        pem = self._certificate("bench", signing, "here", key.public_key(), here)
        self.trusted, own = directory / "trusted.pem", directory / "own.pem"
        self.trusted.write_bytes(issued + PUBLIC.read_bytes())
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        own.write_bytes(secret + pem)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(own)

    @staticmethod
    def _certificate(
        issuer: str, signing: ec.EllipticCurvePrivateKey, name: str, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType
    ) -> bytes:
        now = dt.datetime.now(dt.timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(signing, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)


def measure(stack: Stack, each: Measured, program: Path, megabytes: int, authority: Authority) -> Times:
    events = [each.event(stack) for _ in range(1 + WARM)]
    moment = authority.directory / "moment"
    with share(megabytes) as members:
        hosted = Hosted(
            stack,
            each.function,
            environment={"SSL_CERT_FILE": str(authority.trusted)},
            program=program,
            tls=authority.context,
            through=[sys.executable, Path(__file__).with_name("enter.py"), members, moment],
        )
        times, processor = [], []
        with hosted:
            while not hosted.ready_at:
                assert Path(f"/proc/{hosted.process_id}/task").is_dir(), hosted.lines
                time.sleep(0.01)
            began = float(moment.read_text())
            start = hosted.ready_at - began - waited(hosted, began)
            for event in events:
                used = used_processor(hosted.process_id)
                answer = hosted.invoke(event)
                assert not isinstance(answer, dict) or answer.get("statusCode", 200) < 300, (each.what, answer, hosted.lines[-2:])
                times.append(hosted.answered_at - hosted.sent_at - waited(hosted, hosted.sent_at))
                processor.append(used_processor(hosted.process_id) - used)
            memory = peak(hosted.process_id)
    return Times(start * 1000, times[0] * 1000, min(times[1:]) * 1000, min(processor[1:]) * 1000, memory)


def used_processor(process: int) -> float:
    """Seconds of a processor that all threads of a process have used."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def peak(process: int) -> float:
    """The most memory that it has used so far, in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes) / 1024


def table(stack: Stack, programs: Path, only: list[str]) -> Iterator[str]:
    yield "| function | measured with | in a row | start, 128 MB | first | warm | start, 256 MB | first | warm | processor | memory | package |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    with tempfile.TemporaryDirectory() as directory:
        authority = Authority(Path(directory))
        for each in (each for each in measured() if not only or each.program in only):
            program, cells, last = programs / each.program / "bootstrap", [], None
            for megabytes in SHARES:
                found = [measure(stack, each, program, megabytes, authority) for _ in range(PROCESSES)]
                last = Times(*(min(getattr(one, name) for one in found) for name in Times.__dataclass_fields__))
                cells += [f"{last.start:.0f}", f"{last.first:.1f}", f"{last.warm:.1f}"]
            assert last is not None
            package = (programs / each.program / "bootstrap.zip").stat().st_size / 1e6
            rounds = "" if each.rounds is None else str(each.rounds)
            cells += [f"{last.warm_processor:.1f}", f"{last.memory:.1f} MiB", f"{package:.2f} MB"]
            yield f"| `{each.program}` | {each.what} | {rounds} | {' | '.join(cells)} |"
            forget(stack)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack", type=Path, required=True)
    parser.add_argument("--programs", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[])
    arguments = parser.parse_args()
    stack = Stack(Settings.of_running(arguments.stack))
    with unscheduled(stack):
        for line in table(stack, arguments.programs, arguments.only):
            print(line, flush=True)


if __name__ == "__main__":
    main()
