"""The nginx of deploy/nginx, at free ports of loopback, with a certificate of this machine in front of our programs."""

import json
import os
import re
import signal
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from fangxian.gate.tls import local_certificate
from nginx import find_nginx
from tests.integration.gate_process import free_port, wait_for

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NAMES = ["fangxian.example", "gate.fangxian.example"]
MAIN = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 2;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include fangxian-http.conf;
    include {site};
}}
"""


class FrontProxy:
    """nginx with the files as they are shipped, but for the places in them."""

    def __init__(self, folder: Path, site: str, *, gates: list[int], pages: int) -> None:
        self.folder, self.port = folder, free_port()
        made = local_certificate(folder / "tls", names=NAMES, at=datetime.now(UTC))
        self.certificate = made.certificate
        plain = free_port()
        places = {
            "/etc/fangxian/tls/certificate.pem": str(made.certificate),
            "/etc/fangxian/tls/key.pem": str(made.key),
            "/var/log/nginx/error.log": str(folder / "error.log"),
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "127.0.0.1:8000": f"127.0.0.1:{pages}",
            "127.0.0.1:8101": f"127.0.0.1:{gates[0]}",
            "127.0.0.1:8102": f"127.0.0.1:{gates[1]}",
        }
        for path in (DEPLOY / "nginx").iterdir():
            text = re.sub(r"^ *listen \[::\].*\n", "", path.read_text("utf-8"), flags=re.M)
            for shipped, here in places.items():
                text = text.replace(shipped, here)
            (folder / path.name).write_text(text, "utf-8")
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, site=site))
        self.plain = plain
        self.process = subprocess.Popen([find_nginx(), "-p", str(folder), "-c", str(folder / "nginx.conf")])

    def curl(self, url: str, *arguments: str, **more) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of a request over TLS and HTTP/2, as a phone makes it."""
        name, _, path = url.partition("/")
        command = ["curl", "-sS", "-i", "--http2", "--max-time", "20", "--cacert", str(self.certificate)]
        command += ["--resolve", f"{name}:{self.port}:127.0.0.1", *arguments, f"https://{name}:{self.port}/{path}"]
        said = subprocess.run(command, capture_output=True, check=True, **more).stdout.decode()
        head, _, body = said.partition("\r\n\r\n")
        while head.startswith(("HTTP/1.1 100", "HTTP/2 100")):
            head, _, body = body.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        headers["version"] = first.split()[0]
        return int(first.split()[1]), headers, body

    def scan(self, url: str, scan: dict, token: str = "", *arguments: str) -> tuple[int, dict]:
        wanted = ["-H", f"Authorization: Bearer {token}"] if token else []
        status, _, body = self.curl(
            url, "--data-binary", "@-", "-H", "Content-Type: application/json", *wanted, *arguments,
            input=json.dumps(scan).encode(),
        )  # fmt: skip
        return status, json.loads(body)

    def log(self) -> str:
        return (self.folder / "error.log").read_text()


@contextmanager
def proxy_running(folder: Path, site: str, *, gates: list[int], pages: int):
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o755)
    proxy = FrontProxy(folder, site, gates=gates, pages=pages)
    try:
        wait_for(lambda: (folder / "nginx.pid").exists() or proxy.process.poll() is not None)
        assert proxy.process.poll() is None, proxy.log()
        yield proxy
    finally:
        proxy.process.send_signal(signal.SIGTERM)
        proxy.process.wait(timeout=30)
