"""The tree that mypi rendered, served as plain files: by Apache without mypi, and by nginx, which is the limit."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.systems.mypi import Embedded
from benchmarks.systems.process import free_port, started, wait_for
from benchmarks.systems.system import JSON_TYPE, Kind, Request, Running, System, negotiated
from mypi.config import Settings
from mypi.publishing.paths import CURRENT, TreePaths, page_names
from tests.support.apache import ACCOUNT, apache_in, folder_for_all

_PAGES = {Kind.HTML: "index.html", Kind.JSON: "index.json", Kind.JSON_GZIP: "index.json.gz"}


class StaticTree(System):
    """The pages and files of mypi's default index, laid out as their URLs say."""

    @property
    def stamp(self) -> str:
        """That of mypi, whose tree it is."""
        return Embedded(self.home).stamp

    def load(self, corpus: Corpus, data: Path) -> None:
        """Copy them from mypi's tree."""
        tree = TreePaths(Embedded(self.home).filled(corpus) / "tree").public(Settings.default_index)
        for current in tree.list_folder.rglob(CURRENT):
            folder = data / "simple" / current.parent.relative_to(tree.list_folder)
            folder.mkdir(parents=True, exist_ok=True)
            for name in page_names(current.read_text().strip()):
                shutil.copy(current.with_name(name), folder / ("index." + name.partition(".")[2]))
        shutil.copytree(tree.root / "files", data / "packages")


class Apache(StaticTree):
    """Apache with nothing but a DocumentRoot; each representation is asked for by its own name."""

    name = "Apache, static"
    remark = "the same files under a bare DocumentRoot, each representation under its own URL; the same log"

    @contextmanager
    def running(self, data: Path) -> Iterator[Running]:
        """Run an Apache of its own, in a folder where its account may look."""
        with folder_for_all() as folder, apache_in(folder) as apache:
            shutil.move(data, folder / "site")
            subprocess.run(["chown", "-R", f"{ACCOUNT}:{ACCOUNT}", folder / "site"], check=True)
            site = apache.configuration / "sites-enabled" / "static.conf"
            site.write_text(_APACHE_SITE.format(port=apache.port, root=folder / "site", json=JSON_TYPE))
            begun = time.perf_counter()
            apache.start()
            wait_for(apache.port, "/simple/", lambda: apache.log)
            seconds = time.perf_counter() - begun
            pid = int((folder / "run" / "apache2.pid").read_text())
            yield Running(apache.port, pid, "/simple/", seconds, page_request=_by_name)


def _by_name(port: int, path: str, kind: Kind) -> Request:
    return Request(port, path + _PAGES[kind], negotiated(port, path, kind).headers)


_APACHE_SITE = """
<VirtualHost *:{port}>
    ErrorLog ${{APACHE_LOG_DIR}}/static-error.log
    CustomLog ${{APACHE_LOG_DIR}}/static-access.log combined
    DocumentRoot {root}
    <Directory {root}>
        Require all granted
        Options FollowSymLinks
        AllowOverride None
        RemoveType .gz
        AddEncoding gzip .gz
        AddType {json} .json
    </Directory>
</VirtualHost>
"""


class Nginx(StaticTree):
    """nginx, which chooses the representation by a map and sends the gzip twin by itself."""

    name = "nginx"
    remark = "the same files, chosen by ``map`` and ``gzip_static``: the limit"

    @contextmanager
    def running(self, data: Path) -> Iterator[Running]:
        """Run it with as many workers as there are processors."""
        port, folder = free_port(), data.parent
        configuration = folder / "nginx.conf"
        configuration.write_text(_NGINX.format(port=port, root=data, folder=folder, json=JSON_TYPE))
        log = folder / "nginx-error.log"
        with started(["/usr/sbin/nginx", "-c", configuration, "-e", log], log) as process:
            seconds = wait_for(port, "/simple/", log.read_text)
            yield Running(port, process.pid, "/simple/", seconds)


_NGINX = """
daemon off;
user root;
worker_processes auto;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    types {{ {json} json; text/html html; }}
    default_type application/octet-stream;
    access_log {folder}/nginx-access.log combined;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    sendfile on;
    tcp_nopush on;
    gzip_static on;
    map $http_accept $representation {{ default html; "~^application/vnd\\.pypi\\.simple\\.v1\\+json" json; }}
    server {{
        listen 127.0.0.1:{port};
        root {root};
        location /simple/ {{ rewrite ^(?<folder>.*)/$ $folder/index.$representation break; }}
        location /packages/ {{ gzip_static off; }}
    }}
}}
"""
