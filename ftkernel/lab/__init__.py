"""The Jupyter Server side of the JupyterLab extension: runs over HTTP, whatever their kernels do.

Jupyter Server itself is needed only by :mod:`ftkernel.lab.app` and :mod:`ftkernel.lab.handlers`.
What the routes say lies in the run folders; this process keeps nothing that it could not read anew.
"""

from ftkernel._version import __version__

__all__ = ["__version__"]


def _jupyter_server_extension_points() -> list[dict[str, object]]:  # pyright: ignore[reportUnusedFunction]
    """Where Jupyter Server finds the extension.

    Raises:
        ImportError: if there is no Jupyter Server here; it says what to install.
    """
    try:
        from ftkernel.lab.app import FtLab
    except ImportError as error:
        if (error.name or "").split(".")[0] not in {"jupyter_server", "tornado", "traitlets"}:
            raise
        raise ImportError(
            "the server side of ftkernel needs Jupyter Server: pip install 'ftkernel[lab]'"
        ) from error
    return [{"module": "ftkernel.lab", "app": FtLab}]
