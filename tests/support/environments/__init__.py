"""The environments of real clients: each client in its own folder, made once from pinned versions, kept between runs.

`python -m tests.support.environments` makes them all. Nothing here knows of mypi.
"""

from tests.support.environments.building import environment, folder
from tests.support.environments.environment import Environment, Outcome

__all__ = ["Environment", "Outcome", "environment", "folder"]
