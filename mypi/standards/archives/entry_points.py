"""entry_points.txt: an INI file from which installers make programs, named as it says (entry points specification)."""

import configparser
import re

from mypi.standards.archives.limits import Fault

_SCRIPT_GROUPS = ("console_scripts", "gui_scripts")
_SCRIPT_NAME = re.compile(r"[\w.-]+", re.ASCII)
_REFERENCE = re.compile(r"\w+(?:\.\w+)*(?:\s*:\s*\w+(?:\.\w+)*)?(?:\s*\[[^\[\]]*\])?")


def check(data: bytes) -> None:
    """Refuse what cannot be read, and scripts whose name or target is more than a name. Raises `Fault`.

    The name of a script becomes that of a file, and its target a line of a program. In other groups a name is any text
    without an equals sign, by the specification, and so it may be here.
    """
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, default_section="")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(data.decode("utf-8"))
    except (UnicodeDecodeError, configparser.Error) as fault:
        raise Fault("entry_points.txt is not an INI file in UTF-8 with each name once") from fault
    for group in parser.sections():
        for name, target in parser.items(group):
            if not name.isprintable():
                raise Fault(f"entry_points.txt has a name in '{group}' that cannot be printed")
            if group.strip() in _SCRIPT_GROUPS:
                _check_script(name, target)


def _check_script(name: str, target: str) -> None:
    if _SCRIPT_NAME.fullmatch(name) is None or not name.strip("."):
        raise Fault(f"the script '{name}' in entry_points.txt is not named by letters, digits, '.', '-' and '_' alone")
    if _REFERENCE.fullmatch(target.strip()) is None:
        raise Fault(f"the script '{name}' in entry_points.txt does not name an object such as package.module:function")
