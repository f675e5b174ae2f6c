"""The application for mod_wsgi. Its data directory is the folder that WSGIDaemonProcess names as `home`."""

import logging
from pathlib import Path

from mypi import config
from mypi.app import PatientApplication

logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
application = PatientApplication(lambda: config.load(data_directory=Path.cwd()))
