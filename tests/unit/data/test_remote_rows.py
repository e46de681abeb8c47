"""Rows from elsewhere: a web server, a storage through fsspec, a hub data set that lies here."""

import base64
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow
import pytest
from pyarrow import parquet

from ftkernel.data.sources import find_sources, read_rows
from ftkernel.errors import FtError
from ftkernel.recipe.addresses import holds_secret, shown_address, without_secrets
from tests.unit.data.rows_on_disk import recipe_for, write_lines

ROWS = [{"instruction": f"Question {i}?", "output": f"Answer {i}."} for i in range(20)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def read(data, **keys):
    return list(read_rows(recipe_for(data, **keys), None))


def refused(data, **keys):
    with pytest.raises(FtError) as caught:
        read(data, **keys)
    return caught.value


@pytest.fixture
def web(tmp_path):
    """A server of some files; gives its address and the requests that came."""
    table = pyarrow.Table.from_pylist(ROWS)
    parquet.write_table(table, tmp_path / "rows.parquet")
    pages = {
        "/rows.jsonl": LINES,
        "/rows.jsonl.gz": gzip.compress(LINES),
        "/rows.json": json.dumps(ROWS).encode(),
        "/rows.parquet": (tmp_path / "rows.parquet").read_bytes(),
        "/secret.jsonl": LINES,
    }
    asked = []

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Authorization")))
            path = self.path.partition("?")[0]
            if path == "/moved.jsonl":
                self.send_response(302)
                self.send_header("Location", "/rows.jsonl")
                self.end_headers()
                return
            body = pages.get(path.removesuffix(".short"))
            login = "Basic " + base64.b64encode(b"bo:pass word").decode()
            if path == "/secret.jsonl" and self.headers.get("Authorization") != login:
                body = None
            if body is None:
                self.send_error(403)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if "short" in self.path else body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "rows.json", "rows.parquet"])
def test_rows_come_from_a_web_server(web, name):
    address, _ = web
    found = read(f"{address}/{name}")
    assert [row.data for row in found] == ROWS
    assert found[0].file == f"{address}/{name}"
    assert len(read(f"{address}/{name}", max_samples=3)) == 3
    assert len(read(f"{address}/{name}", num_samples=30)) == 30


def test_two_addresses_are_two_sources(web):
    address, _ = web
    assert len(read(f"{address}/rows.jsonl, {address}/rows.json")) == 40
    assert [row.data for row in read(f"{address}/moved.jsonl")] == ROWS


def test_a_transfer_that_ends_early_is_no_end_of_rows(web):
    address, _ = web
    error = refused(f"{address}/rows.jsonl?short")
    assert error.code == "data.address_failed"
    assert "bytes are missing" in error.params["problem"]


def test_what_is_secret_in_an_address_is_in_no_text(web):
    address, asked = web
    host = address.removeprefix("http://")
    secret = f"http://bo:pass%20word@{host}/secret.jsonl?token=abcdef&x=1"
    found = read(secret)
    assert [row.data for row in found] == ROWS
    assert found[0].file == f"http://***@{host}/secret.jsonl?***"
    assert asked[-1][0] == "/secret.jsonl?token=abcdef&x=1"
    error = refused(f"http://bo:wrong@{host}/secret.jsonl?token=abcdef")
    assert error.code == "data.address_failed"
    for text in (str(error), str(error.params), repr(error)):
        assert "wrong" not in text
        assert "abcdef" not in text
    [source] = find_sources(recipe_for(secret), None)
    assert "abcdef" not in source.name


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://host/a.jsonl", "https://host/a.jsonl"),
        ("https://me:pw@host/a.jsonl", "https://***@host/a.jsonl"),
        ("s3://bucket/a.jsonl?versionId=1", "s3://bucket/a.jsonl?***"),
        ("rows.jsonl", "rows.jsonl"),
    ],
)
def test_an_address_is_shown_without_login_and_query(address, shown):
    assert shown_address(address) == shown
    assert holds_secret(address) is (address != shown)
    assert without_secrets(f"no {address}: gone", address) == f"no {shown}: gone"


@pytest.fixture
def memory():
    import fsspec

    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def test_rows_come_from_a_storage_one_file_a_folder_or_a_glob(memory):
    for name in ("b.jsonl", "a.jsonl"):
        memory.pipe(f"/bucket/rows/{name}", LINES)
    memory.pipe("/bucket/rows/notes.md", b"no rows")
    memory.pipe("/bucket/one.json.gz", gzip.compress(json.dumps(ROWS).encode()))
    assert [row.data for row in read("memory://bucket/one.json.gz")] == ROWS
    folder = read("memory://bucket/rows")
    assert [row.data for row in folder] == ROWS + ROWS
    assert folder[0].file.endswith("rows/a.jsonl")
    assert len(read("memory://bucket/rows/b*")) == 20
    [source] = find_sources(recipe_for("memory://bucket/rows"), None)
    assert source.size == 2 * len(LINES)


def test_a_registry_names_rows_in_a_storage(memory, tmp_path):
    memory.pipe("/bucket/one.jsonl", LINES)
    entry = {"cloud": {"cloud_file_name": "memory://bucket/one.jsonl"}}
    (tmp_path / "dataset_info.json").write_text(json.dumps(entry))
    assert [row.data for row in read("cloud", dataset_dir=str(tmp_path))] == ROWS


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("memory://bucket/none.jsonl", "data.address_failed"),
        ("memory://bucket/none.xlsx", "data.address_ending"),
        ("http://127.0.0.1:9/rows.jsonl", "data.address_failed"),
        ("s3://bucket/rows.jsonl", "data.address_scheme"),
        ("nowhere://bucket/rows.jsonl", "data.address_unknown"),
    ],
)
def test_what_cannot_be_fetched_is_said(memory, address, code):
    if address.startswith("s3"):
        pytest.importorskip("fsspec")
        import importlib.util

        if importlib.util.find_spec("s3fs"):
            pytest.skip("the client is installed here")
    assert refused(address).code == code


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A data set that the hub's library finds here by its id."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "owner" / "name"
    (folder / "extra").mkdir(parents=True)
    write_lines(folder / "train.jsonl", *ROWS)
    write_lines(folder / "test.jsonl", *ROWS[:4])
    write_lines(folder / "extra" / "more.jsonl", *ROWS[:2])
    (folder / "README.md").write_text(
        "---\nconfigs:\n- config_name: main\n  default: true\n  data_files:\n"
        "  - {split: train, path: train.jsonl}\n  - {split: test, path: test.jsonl}\n"
        "- config_name: extra\n  data_files: [{split: train, path: extra/more.jsonl}]\n---\n"
    )
    return str(tmp_path / "cache")


def test_a_hub_data_set_has_parts_and_subsets(hub):
    def rows(data, **keys):
        return [row.data for row in read(data, cache_dir=hub, **keys)]

    assert rows({"hub": "owner/name"}) == ROWS
    assert rows({"hub": "owner/name@test"}) == ROWS[:4]
    assert rows({"hub": "owner/name:extra"}) == ROWS[:2]
    assert rows({"hub": "owner/name", "subset": "extra", "split": "train"}) == ROWS[:2]
    assert rows({"hub": "owner/name@train[:3]"}) == ROWS[:3]
    assert rows("owner/name@test", dataset_dir="ONLINE") == ROWS[:4]
    streamed = recipe_for({"hub": "owner/name@test"}, cache_dir=hub, streaming=True, steps=1)
    assert [row.data for row in read_rows(streamed, None)] == ROWS[:4]


def test_a_part_or_subset_that_there_is_not_is_refused_with_those_that_there_are(hub):
    error = refused({"hub": "owner/name@tset"}, cache_dir=hub)
    assert (error.code, error.params["splits"]) == ("data.hub_split", ["train", "test"])
    error = refused({"hub": "owner/name:min"}, cache_dir=hub)
    assert (error.code, error.params["subsets"]) == ("data.hub_subset", ["main", "extra"])


def test_modelscope_without_its_client_says_what_to_install():
    error = refused("owner/name", hub="modelscope")
    assert error.code == "data.modelscope_missing"
    assert "ftkernel[modelscope]" in error.lines("en")[-1]


def test_modelscope_is_asked_for_the_same_part(tmp_path, monkeypatch):
    (tmp_path / "modelscope.py").write_text(
        "class MsDataset:\n"
        "    @classmethod\n"
        "    def load(cls, name, **options):\n"
        "        return [{'text': repr((name, sorted(options.items())))}]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    [row] = read({"hub": "owner/name:main@test"}, hub="modelscope")
    options = [("split", "test"), ("subset_name", "main"), ("use_streaming", False)]
    assert row.data["text"] == repr(("owner/name", options))


def test_an_address_whose_login_was_not_saved_is_not_tried(web):
    address, asked = web
    recipe = recipe_for(f"{address}/rows.jsonl?token=abcdef")
    lost = type(recipe).from_json(recipe.to_json())
    with pytest.raises(FtError) as caught:
        list(read_rows(lost, None))
    assert caught.value.code == "data.address_secret_gone"
    assert not asked
