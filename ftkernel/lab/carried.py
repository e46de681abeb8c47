"""Code that the folder of a run brings along and that a worker would run, were the run resumed.

A run that was started here carries none unless its recipe says so. A folder that came from
somewhere else may; whoever resumes it is asked first.
"""

from ftkernel.lab import sound
from ftkernel.lab.bodies import Carried
from ftkernel.lab.redaction import clean
from ftkernel.runs.folder import RunFolder, read_json
from ftkernel.views import fields

_CODE = (".py", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".pth", ".pkl", ".pickle", ".ipynb", ".sh")
_MOST = 20


def carried(folder: RunFolder) -> list[Carried]:
    """The code in a run's folder, and the one that its recipe lets a model bring."""
    recipe = read_json(folder.recipe_json) or {}
    values = {**fields.mapping(recipe, "given"), **fields.mapping(recipe, "values")}
    out: list[Carried] = []
    if values.get("trust_remote_code"):  # whatever it holds: only nothing and false are harmless
        name = str(values.get("model_name_or_path") or "")
        out.append(Carried(kind="remote_code", name=clean(name)[:200]))
    for path, _ in sound.files_in(folder.path):
        if path.lower().endswith(_CODE):
            out.append(Carried(kind="file", name=clean(path)[:200]))
        if len(out) >= _MOST:
            break
    return out
