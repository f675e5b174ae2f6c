"""A second host of the same Apache and the same data, with every line of the site but those that start the application.

Whatever is answered there, no Python answered.
"""

import re
from dataclasses import replace

from tests.support.apache import ApacheServer, free_port

APPLICATION = re.compile(r"(?m)^ *WSGI(?:ScriptAlias|ImportScript|ProcessGroup|ApplicationGroup) .*\n")


def apache_alone(server: ApacheServer) -> ApacheServer:
    """Return the tree of a server as Apache serves it without the application; both hosts go on."""
    port = free_port()
    host = server.site.read_text().partition("<VirtualHost ")[2].partition(">")[2]
    without, lines = APPLICATION.subn("", host)
    assert lines == 6, "the site starts the application in another way"
    (server.site.parent / "then-alone.conf").write_text(f"Listen 127.0.0.1:{port}\n<VirtualHost *:{port}>{without}")
    server.apache.restart()
    return replace(server, url=re.sub(r":[0-9]+", f":{port}", server.url))
