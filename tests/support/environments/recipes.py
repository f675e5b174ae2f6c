"""What goes into each environment, by exact version: so that a red test means that mypi changed."""

from dataclasses import dataclass

from tests.support.environments.interpreters import RUNNING

_PIP = "pip==26.3"
_SETUPTOOLS_41 = ("setuptools==41.6.0", "wheel==0.33.6")


@dataclass(frozen=True)
class Recipe:
    """One environment. `seeds` are put there without their dependencies; `requirements` by the pip among the seeds."""

    name: str
    python: str
    seeds: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()


# virtualenv 20.21.1 is the newest that makes environments of Python 2.7.
VIRTUALENV = Recipe("virtualenv", RUNNING, (_PIP,), ("virtualenv==20.21.1",))

OLD_PYTHONS = ("2.7", "3.6", "3.8", "3.11")
"""Those whose distutils upload: 3.12 has none."""

_RECIPES = (
    VIRTUALENV,
    # Without pip and setuptools nothing stands before the distutils of the standard library.
    *(Recipe(f"distutils-{python}", python) for python in OLD_PYTHONS),
    *(Recipe(f"setuptools-41-{python}", python, _SETUPTOOLS_41) for python in OLD_PYTHONS),
    Recipe("setuptools-71-3.8", "3.8", ("setuptools==71.1.0", "wheel==0.43.0")),
    Recipe("pip-9-2.7", "2.7", ("pip==9.0.3", *_SETUPTOOLS_41)),
    Recipe("pip-9-3.6", "3.6", ("pip==9.0.3", *_SETUPTOOLS_41)),
    Recipe("pip-20-3.8", "3.8", ("pip==20.3.4", *_SETUPTOOLS_41)),
    Recipe("pip-26", RUNNING, (_PIP, "setuptools==80.9.0")),
    Recipe("twine-1.15-3.8", "3.8", ("pip==20.3.4", *_SETUPTOOLS_41), ("twine==1.15.0", "urllib3<2")),
    Recipe("twine-7", RUNNING, (_PIP,), ("twine==7.0.0",)),
    # tox makes its own environments with virtualenv, and its tests need a pip that is told where to look.
    Recipe("devpi", RUNNING, (_PIP,), ("devpi-client==7.3.0", "tox==4.67.15", "build==1.6.1", "setuptools==80.9.0")),
    Recipe("flit", RUNNING, (_PIP,), ("flit==4.2.0",)),
    Recipe("hatch", RUNNING, (_PIP,), ("hatch==1.18.2",)),
    Recipe("poetry", RUNNING, (_PIP,), ("poetry==2.5.1",)),
    # 6.8 was the last that asks by XML-RPC unless told otherwise; since 7.0 it is the Simple API, and 8 needs 3.12.
    Recipe("bandersnatch-6", RUNNING, (_PIP,), ("bandersnatch==6.8.0", "setuptools==80.9.0")),
    Recipe("bandersnatch-8", "3.13", (_PIP,), ("bandersnatch==8.2.0",)),
    Recipe("pypi-simple", RUNNING, (_PIP,), ("pypi-simple==1.8.0",)),
    Recipe("uv", RUNNING, (_PIP,), ("uv==0.13.8", "uv_build==0.13.6")),
)

RECIPES = {recipe.name: recipe for recipe in _RECIPES}
