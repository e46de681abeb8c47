"""``%config FtConfig.x = y``: the settings as IPython's own configuration sees them.

The values live in :mod:`ftkernel.api.config`; what is set here counts for this session, and what
``ipython_config.py`` says (``c.FtConfig.x``) counts where nobody has said more.
"""

from typing import TYPE_CHECKING, Any

from traitlets import Any as AnyValue
from traitlets.config import Config, Configurable

from ftkernel.api import config
from ftkernel.api.config import set_session as settle
from ftkernel.api.setting import SETTINGS

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import HasTraits, TraitType


class _Settled(AnyValue):
    """A trait whose value is wherever the setting's is."""

    def _about(self) -> str:
        one = SETTINGS.get(str(self.name))
        return one.about if one is not None else ""

    # The texts are read when they are asked for, in the language of then; `traitlets` enters none.
    help = property(_about, lambda _self, _given: None)

    def get(self, obj: object, cls: object = None) -> object:
        """The value that counts, as it was written."""
        del obj, cls
        return config.look_up(str(self.name)).value

    def set(self, obj: object, value: object) -> None:
        """Let a value count for this session."""
        del obj
        config.set_session(str(self.name), value)


class FtConfig(Configurable):
    """The settings of ftkernel for this session; `%ft config NAME VALUE` keeps one for all."""

    @classmethod
    def class_get_trait_help(
        cls,
        trait: "TraitType[Any, Any]",
        inst: "HasTraits | None" = None,
        helptext: str | None = None,
    ) -> str:
        """What `%config FtConfig` prints of a setting: its value, where others have their type."""
        _, *more = super().class_get_trait_help(trait, inst, helptext).split("\n")
        told = [line for line in more if not line.strip().startswith("Current: ")]
        return "\n".join(
            [f"--FtConfig.{trait.name} = {config.look_up(str(trait.name)).value!r}", *told]
        )

    def update_config(self, config: Config) -> None:
        """Take the values of one `%config`; what it cannot be is refused, and changes nothing.

        Raises:
            FtError: if there is no such setting, or it cannot have this value.
        """
        for name, value in config.get("FtConfig", {}).items():
            settle(name, value)


def install(shell: "InteractiveShell") -> None:
    """Enter the settings into the shell's configuration."""
    uninstall(shell)
    given = shell.config.get("FtConfig", {})
    config.set_profile({name: given[name] for name in given if name in SETTINGS})
    here = FtConfig()
    here.add_traits(**{name: _Settled().tag(config=True) for name in SETTINGS})
    entered: list[Any] = shell.configurables
    entered.append(here)
    config.apply()


def uninstall(shell: "InteractiveShell") -> None:
    """Take the settings out of the shell's configuration; what was set in this session stays."""
    known = shell.configurables
    known[:] = [one for one in known if type(one).__name__ != FtConfig.__name__]
