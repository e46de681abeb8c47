"""What a worker finds in its environment: calm threads, no progress bars, no secret that it does not need."""

import pytest

from ftkernel.machine import Machine
from ftkernel.runs.environment import needed_tokens, worker_environment
from ftkernel.runs.secret_looks import looks_secret

LARGE = Machine(
    cpus=2.5, memory_total=16 << 30, memory_available=8 << 30, gpus=(), host="h", boot_id="b"
)
SMALL = Machine(
    cpus=0.5, memory_total=2 << 30, memory_available=1 << 30, gpus=(), host="h", boot_id="b"
)
HOME = {"PATH": "/bin", "HOME": "/home/me", "LANG": "C.UTF-8"}


def made(recipe=None, base=None, machine=LARGE, secrets=None, platform="linux"):
    return worker_environment(
        recipe or {}, machine, secrets, {**HOME, **(base or {})}, platform=platform
    )


def test_threads_come_from_the_quota_and_do_not_spin():
    env = made()
    assert (env["OMP_WAIT_POLICY"], env["OMP_NUM_THREADS"], env["MKL_NUM_THREADS"]) == (
        "PASSIVE",
        "2",
        "2",
    )
    assert made(machine=SMALL)["OMP_NUM_THREADS"] == "1"


def test_what_the_user_set_stays():
    assert made(base={"OMP_NUM_THREADS": "7"})["OMP_NUM_THREADS"] == "7"
    assert made()["PATH"] == "/bin"


def test_the_allocator_is_greedy_only_where_there_is_room_and_glibc():
    assert made()["MALLOC_MMAP_MAX_"] == "0"
    assert made()["MALLOC_TRIM_THRESHOLD_"] == "68719476736"
    assert "MALLOC_MMAP_MAX_" not in made(machine=SMALL)
    assert "MALLOC_MMAP_MAX_" not in made(platform="darwin")


def test_nothing_draws_bars_or_plots_into_a_notebook():
    env = made(
        base={"MPLBACKEND": "module://matplotlib_inline.backend_inline", "JPY_PARENT_PID": "7"}
    )
    for name in (
        "TQDM_DISABLE",
        "HF_HUB_DISABLE_PROGRESS_BARS",
        "HF_DATASETS_DISABLE_PROGRESS_BARS",
    ):
        assert env[name] == "1"
    assert env["MPLBACKEND"] == "Agg"
    assert "JPY_PARENT_PID" not in env


def test_a_tracker_is_off_unless_it_is_named():
    assert made()["WANDB_MODE"] == "disabled"
    assert made({"report_to": ["none"]})["WANDB_MODE"] == "disabled"
    assert "WANDB_MODE" not in made({"report_to": ["wandb"]})
    assert "WANDB_MODE" not in made({"report_to": "tensorboard, wandb"})


SECRETS = {
    "HF_TOKEN": "hf_secret",
    "OPENAI_API_KEY": "sk-secret",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_ACCESS_KEY_ID": "x",
    "GITHUB_PAT": "x",
    "DB_PASSWORD": "x",
    "JUPYTER_TOKEN": "x",
    "JPY_API_TOKEN": "x",
    "WANDB_API_KEY": "x",
    "MY_KEY": "x",
    "GOOGLE_APPLICATION_CREDENTIALS": "/a/file",
    "DATABASE_URL": "postgres://me:pw@host/db",
    "my_private_key": "x",
}


def test_no_secret_gets_in():
    assert set(made(base=SECRETS)) & set(SECRETS) == set()


def test_what_only_sounds_like_a_secret_gets_in():
    harmless = {
        "KEYBOARD": "de",
        "PWD": "/home/me",
        "MONKEY": "x",
        "PATH_INFO": "x",
        "HTTPS_PROXY": "http://me:pw@proxy:8080",
        "HF_ENDPOINT": "https://mirror",
        "HF_HOME": "/cache",
        "CUDA_HOME": "/cuda",
        "NVIDIA_VISIBLE_DEVICES": "all",
    }
    assert {name: made(base=harmless).get(name) for name in harmless} == harmless
    assert made()["TOKENIZERS_PARALLELISM"] == "false"


def test_a_value_that_is_a_secret_of_the_recipe_gets_in_under_no_name():
    env = made(
        base={"ODD": "prefix-topsecret", "EVEN": "fine"}, secrets={"hf_hub_token": "topsecret"}
    )
    assert "ODD" not in env
    assert env["EVEN"] == "fine"


OSS = {"OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SECURITY_TOKEN"}


@pytest.mark.parametrize(
    ("recipe", "needed"),
    [
        ({}, set()),
        ({"model_name_or_path": "smollm2-135m", "dataset": "demo"}, set()),
        ({"model_name_or_path": "/abs/model"}, set()),
        ({"model_name_or_path": "org/model"}, {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}),
        ({"dataset": "a.jsonl, org/rows"}, {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}),
        ({"dataset": ["org/rows"]}, {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}),
        ({"model_name_or_path": "org/model", "hub": "modelscope"}, {"MODELSCOPE_API_TOKEN"}),
        ({"dataset": {"hub": "rows"}}, {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}),
        ({"dataset": "openorca"}, {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}),
        ({"dataset": {"file": "org/rows@test"}}, {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}),
        ({"dataset": "rows", "dataset_dir": "ONLINE"}, {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}),
        ({"dataset": "oss://b/x.jsonl"}, OSS),
        ({"report_to": ["wandb"]}, {"WANDB_API_KEY"}),
    ],
)
def test_a_job_keeps_the_tokens_that_it_needs_and_no_other(recipe, needed):
    assert needed_tokens(recipe) == needed
    env = made(
        recipe,
        base={
            **SECRETS,
            "MODELSCOPE_API_TOKEN": "ms",
            "HUGGING_FACE_HUB_TOKEN": "x",
            **dict.fromkeys(OSS, "x"),
        },
    )
    kept = {name for name in env if looks_secret(name, env[name])}
    assert kept == needed


def test_a_relative_folder_is_no_hub_id(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "mine").mkdir(parents=True)
    assert needed_tokens({"model_name_or_path": "models/mine"}) == frozenset()


@pytest.mark.parametrize(
    ("devices", "before", "visible"),
    [
        (None, None, None),
        (None, "1", "1"),
        (["0"], None, "0"),
        (["1", "0"], None, "1,0"),
        ("1", None, "1"),
        (1, None, "1"),
        (["cpu"], "0,1", ""),
        (["1"], "4,5", "5"),
        (["0"], "GPU-abc,GPU-def", "GPU-abc"),
        (["3"], "4,5", "3"),
    ],
)
def test_devices_are_chosen_before_torch_is_imported(devices, before, visible):
    base = {"CUDA_VISIBLE_DEVICES": before} if before is not None else {}
    env = made({"devices": devices}, base=base)
    assert env.get("CUDA_VISIBLE_DEVICES") == visible
    assert env["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
