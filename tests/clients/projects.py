"""Small projects to publish: one module each, with a value to print. Made in a folder that the caller gives."""

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

UV_BUILD = "0.13.6"


@dataclass(frozen=True)
class Project:
    """A project's source. `value` is what its module prints, and what makes one build differ from another."""

    folder: Path
    name: str
    version: str = "1.0"
    value: str = "as it was made"

    @property
    def module(self) -> str:
        """Return the name of its only module."""
        return re.sub(r"[^a-z0-9]", "_", self.name.lower())

    @property
    def built(self) -> dict[str, bytes]:
        """Return what was built, by filename."""
        return {path.name: path.read_bytes() for path in sorted((self.folder / "dist").glob("[!.]*"))}

    def changed(self, value: str) -> "Project":
        """Return the same version of the same project with another content, written over this one."""
        changed = replace(self, value=value)
        # Builders copy a module again only when it is younger than their copy, by whole seconds.
        shutil.rmtree(self.folder / "build", ignore_errors=True)
        changed.write_module()
        return changed

    def write_module(self) -> None:
        """Write the module."""
        (self.folder / f"{self.module}.py").write_text(f'"""A module."""\n\nVALUE = "{self.value}"\n')

    def write(self, filename: str, *lines: str) -> None:
        """Write a file of lines beside the module."""
        (self.folder / filename).write_text("".join(f"{line}\n" for line in lines))


def distutils_project(folder: Path, name: str) -> Project:
    """Return a project of before setuptools: all in setup.py, by distutils."""
    project = _started(folder, name)
    project.write(
        "setup.py",
        "from distutils.core import setup",
        f"setup(name={name!r}, version='1.0', description='A test', author='A. Tester', author_email='a@b.example',",
        f"      url='http://b.example/', py_modules=[{project.module!r}])",
    )
    return project


def setuptools_project(
    folder: Path, name: str, version: str = "1.0", *, python_requires: str = ">=2.7", description: str = "Long"
) -> Project:
    """Return a project with its metadata in setup.cfg, by setuptools."""
    project = _started(folder, name, version)
    project.write("setup.py", "from setuptools import setup", "setup()")
    project.write(
        "setup.cfg",
        *("[metadata]", f"name = {name}", f"version = {version}", "description = A test", "url = http://b.example/"),
        *("author = A. Tester", "author_email = a@b.example", f"long_description = {description}"),
        *("[options]", f"py_modules = {project.module}", f"python_requires = {python_requires}"),
    )
    return project


def pyproject_project(folder: Path, name: str, backend: str, requires: str) -> Project:
    """Return a project with its metadata in pyproject.toml, for any backend that finds one module by its name."""
    project = _started(folder, name)
    project.write("README.md", "# Grüße", "", "世界")
    project.write(
        "pyproject.toml",
        *("[build-system]", f'requires = ["{requires}"]', f'build-backend = "{backend}"'),
        *("[project]", f'name = "{name}"', 'version = "1.0"', 'description = "A test"', 'readme = "README.md"'),
        *('authors = [{name = "A. Tester", email = "a@b.example"}]', 'requires-python = ">=3.8"'),
        *("[tool.hatch.build]", f'include = ["{project.module}.py"]'),
        *("[tool.flit.module]", f'name = "{project.module}"'),
        *("[tool.poetry]", f'packages = [{{include = "{project.module}.py"}}]'),
    )
    return project


def uv_project(folder: Path, name: str) -> Project:
    """Return a project for uv's own backend, which wants a package in `src`."""
    project = pyproject_project(folder, name, "uv_build", f"uv_build=={UV_BUILD}")
    package = folder / "src" / project.module
    package.mkdir(parents=True)
    (folder / f"{project.module}.py").rename(package / "__init__.py")
    return project


def consumer_project(folder: Path, simple: str, name: str) -> Path:
    """Return a folder where poetry installs version 1.0 of `name`, with this index URL as its only source `local`."""
    folder.mkdir()
    lines = (
        *("[project]", 'name = "consumer"', 'version = "1.0"', 'requires-python = ">=3.11"'),
        *(f'dependencies = ["{name} == 1.0"]', "[tool.poetry]", "package-mode = false"),
        *("[[tool.poetry.source]]", 'name = "local"', f'url = "{simple}"', 'priority = "primary"'),
    )
    (folder / "pyproject.toml").write_text("".join(f"{line}\n" for line in lines))
    return folder


def _started(folder: Path, name: str, version: str = "1.0") -> Project:
    folder.mkdir(parents=True)
    project = Project(folder, name, version)
    project.write_module()
    return project
