"""What a merge job hands on to the merge."""

import pytest

from ftkernel.recipe.recipe import Recipe
from ftkernel.worker.context import Context
from ftkernel.worker.jobs import merge
from ftkernel.worker.requests import Requests
from ftkernel.worker.stop import StopSignal
from ftkernel.worker.stream import Stream
from tests.unit.inference.making import make_adapter


class Reached(Exception):
    """The merge itself was called."""


@pytest.mark.parametrize(
    ("of_job", "of_recipe", "expected"), [(3, {}, 3), (None, {"export_size": 2}, 2), (None, {}, 5)]
)
def test_files_are_as_large_as_the_job_says_or_else_the_recipe(
    of_job, of_recipe, expected, tmp_path, tiny_model_folder, monkeypatch
):
    def write_merged(*_, gigabytes, **__):
        raise Reached(gigabytes)

    monkeypatch.setenv("FTKERNEL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(merge, "write_merged", write_merged)
    adapter = make_adapter(tiny_model_folder, tmp_path / "adapter")
    model = {"base": str(tiny_model_folder), "adapter": str(adapter)}
    job = {"job": "merge", "model": model, "to": str(tmp_path / "out"), "export_size": of_job}
    context = Context(
        job=job,
        out=Stream(-1),
        requests=Requests(),
        stop=StopSignal(),
        recipe=Recipe.from_mapping({"model": str(tiny_model_folder), "data": "demo", **of_recipe}),
    )
    with pytest.raises(Reached) as caught:
        merge.run(context)
    assert caught.value.args == (expected,)
    assert not (tmp_path / "out").exists()
