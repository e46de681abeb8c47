"""What a person has settled for all runs: where each setting comes from, and which one counts.

A setting has up to five places; the first that has it counts: this session (``%config
FtConfig.x``), the environment (``FTKERNEL_<NAME>``), the user's file (``%ft config NAME VALUE``),
the profile of IPython (``c.FtConfig.x``), and the default. The places are asked whenever a value is
wanted, so what is saved in one kernel counts in the next cell of another. A value that cannot be
one is said once and left aside for the next place; a file that cannot be read is said, and never
written over.
"""

import difflib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from ftkernel import errors, messages
from ftkernel.api import page_language
from ftkernel.api.config_file import file_path, read_file
from ftkernel.api.setting import SETTINGS, Setting, read, used
from ftkernel.errors import FtError, Where

Source = Literal["session", "environment", "file", "profile", "default"]

_ENVIRONMENT_OF_OLD = {"language": "FTKERNEL_LANG"}
"""A variable that came before its setting; it also takes ``zh_CN.UTF-8`` and the like."""

_session: dict[str, object] = {}
_profile: dict[str, object] = {}
_said: set[str] = set()
_spoken: list[str | None] = [None]
"""The language that was last set from here."""
_followers: list[Callable[[], None]] = []
"""Called whenever the settings may have changed."""


@dataclass(frozen=True)
class Found:
    """A setting's value as it was written, and who says so."""

    setting: Setting
    value: object
    source: Source
    variable: str = ""
    """The environment variable, where that is the source."""


def get(name: str) -> object:
    """The value that counts, ready to be used.

    ``runs_dir`` is a :class:`~pathlib.Path` or ``None``, a memory a number of bytes or ``None``
    (for ``auto``), ``debug`` a ``bool``, ``refresh_seconds`` a ``float``; all else is one of the
    choices.

    Raises:
        FtError: if there is no setting of that name; names the nearest.
    """
    found = look_up(name)
    return used(found.setting, found.value)


def look_up(name: str) -> Found:
    """The value that counts as it was written, with its source.

    Raises:
        FtError: if there is no setting of that name; names the nearest.
    """
    setting = find(name)
    return next(_places(setting, []), Found(setting, setting.default, "default"))


def find(name: str) -> Setting:
    """The setting of a name; hyphens count as underscores.

    Raises:
        FtError: if there is none; names the nearest.
    """
    plain = name.strip().replace("-", "_")
    if plain in SETTINGS:
        return SETTINGS[plain]
    near = difflib.get_close_matches(plain.lower(), SETTINGS, n=2, cutoff=0.5)
    code = "config.unknown_near" if near else "config.unknown"
    raise FtError(code, name=name, near=" / ".join(near), names=", ".join(SETTINGS))


def problems() -> list[FtError]:
    """What is wrong in the environment, the file and the profile; such values do not count."""
    out: list[FtError] = []
    try:
        stored = read_file()
    except FtError as problem:
        out.append(problem)
    else:
        for name in stored:
            try:
                find(name)
            except FtError as problem:
                problem.where = Where(file=str(file_path()))
                out.append(problem)
    for setting in SETTINGS.values():
        for _ in _places(setting, out):
            pass
    return out


def _places(setting: Setting, faults: list[FtError]) -> Iterator[Found]:
    """Every place that has a value for a setting, the first counts; ``faults`` takes the rest."""
    if setting.name in _session:
        yield Found(setting, _session[setting.name], "session")
    for source, variable, value in _written(setting):
        where = Where(file=str(file_path()) if source == "file" else None, key=variable)
        try:
            yield Found(setting, read(setting, value, where), source, variable)
        except FtError as problem:
            faults.append(problem)


def _written(setting: Setting) -> Iterator[tuple[Source, str, object]]:
    name = setting.name
    variable = f"FTKERNEL_{name.upper()}"
    if given := os.environ.get(variable):
        yield "environment", variable, given
    elif (old := _ENVIRONMENT_OF_OLD.get(name)) and (given := os.environ.get(old)):
        yield "environment", old, "zh" if given.lower().startswith("zh") else "en"
    try:
        stored = read_file()
    except FtError:
        stored = {}
    if name in stored:
        yield "file", name, stored[name]
    if name in _profile:
        yield "profile", f"c.FtConfig.{name}", _profile[name]


def set_session(name: str, value: object) -> None:
    """Let a value count until this process ends.

    Raises:
        FtError: if there is no such setting, or it cannot have this value.
    """
    setting = find(name)
    _session[setting.name] = read(setting, value, Where(key=setting.name))
    apply()


def clear_session(name: str) -> bool:
    """Forget the value of this session; whether there was one."""
    had = _session.pop(find(name).name, None) is not None
    apply()
    return had


def set_profile(values: Mapping[str, object]) -> None:
    """Take the values that IPython's own configuration has for ``FtConfig``."""
    _profile.clear()
    _profile.update({name: values[name] for name in SETTINGS if name in values})


def when_applied(call: Callable[[], None], *, wanted: bool = True) -> None:
    """Have ``call`` called whenever settings may have changed, or no more; it must not block."""
    _followers[:] = [one for one in _followers if one != call]
    if wanted:
        _followers.append(call)


def apply(*, say: bool = True) -> None:
    """Let all that follows the settings do so, and say once what is wrong with them.

    It says so where a cell runs, which is in the main thread; ``say=False`` anywhere else.
    """
    language = look_up("language")
    old = language.variable in _ENVIRONMENT_OF_OLD.values()
    chosen = None if old or language.value == "auto" else str(language.value)
    if _spoken != [chosen]:  # a language that somebody else has set stays
        messages.set_language(cast("messages.Language | None", chosen))
        _spoken[:] = [chosen]
    page_language.follow()
    errors.show_traces(bool(get("debug")))
    for call in _followers:
        call()
    for problem in problems() if say else []:
        text = str(problem)
        if text not in _said:
            _said.add(text)
            print(text, file=sys.stderr, flush=True)
