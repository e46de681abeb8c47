"""What seems to be a secret, by its name or its value, and what only resembles one."""

import pytest

from ftkernel.runs.secret_looks import looks_secret

NAMES = [
    "SLACK_WEBHOOK_URL", "BLOB_SAS", "STORAGE_SAS_URL", "SENTRY_DSN", "AZURE_STORAGE_CONNECTION_STRING",
    "MYSQLCONNSTR_MAIN", "DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "REDIS_URL", "MONGODB_URI", "DB_PASS",
    "AWS_CREDS", "SERVICE_JWT", "AZURE_ACCOUNT_KEY", "SESSION_COOKIE_NAME", "OPENAI_API_KEY", "my_private_key",
]  # fmt: skip
# Parts are put together here, so that no line of this file looks like a secret itself.
LETTERS = "Ab3dEf6hIj9lMn2pQr5tUv8x"
VALUES = {
    "a login": "postgres://me:pw@host/db",
    "a login without a name": "redis://:pw@host:6379",
    "a token as a login": f"https://{LETTERS}@host/project/1",
    "a webhook": "https://hooks.example.com/services/T0/B0/x",
    "another webhook": "https://example.com/api/webhooks/123/abc",
    "a bot": f"https://api.example.org/bot123456:{LETTERS}/send",
    "a signed URL": "https://x.example.net/c?sv=2024&sig=abc%3D",
    "a robot's URL": "https://example.com/robot/send?access_token=abc",
    "a storage account": "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc==",
    "a bus": "Endpoint=sb://a/;SharedAccessKeyName=root;SharedAccessKey=abc=",
    "a signature": "BlobEndpoint=https://a;SharedAccessSignature=sv=1",
    "a database": "Server=a;User Id=me;Password=abc;",
    "a header": f"authorization=Bearer {LETTERS}",
    "a key in a header": "x-api-key=abc",
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nabc\n",
    "a key in JSON": '{"type": "x", "private_key": "-----BEGIN ' + 'PRIVATE KEY-----\\nabc"}',
    "a signed claim": "eyJhbGciOiJI" + ".eyJzdWIiOiIx" + ".abc",
    "sk": "sk-" + LETTERS,
    "quoted": f'"sk-proj-{LETTERS}"',
    "hf": "hf_" + LETTERS,
    "ghp": "ghp_" + LETTERS,
    "github_pat": "github_pat_" + LETTERS,
    "glpat": "glpat-" + LETTERS,
    "xoxb": "xoxb-1234567890-abc",
    "AKIA": "AKIA" + "ABCDEFGHIJ234567",
    "AIza": "AIza" + LETTERS + LETTERS,
    "live": "sk_live_" + LETTERS,
}
HARMLESS = {
    "PATH": "/usr/bin:/home/me/sk-learn-experiments-of-2024/bin:/opt/hf_models_and_more/bin",
    "VIRTUAL_ENV": "/home/me/keys/token=1/.venv",
    "CONDA_DEFAULT_ENV": "sk-learn-experiments",
    "HTTPS_PROXY": "http://me:pw@proxy:8080",
    "all_proxy": "socks5://me:pw@proxy:1080",
    "HF_ENDPOINT": "https://me:pw@mirror.example.com",
    "HF_HOME": "/cache/hf_home",
    "HF_HUB_CACHE": "/cache",
    "PWD": "/home/me",
    "KEYBOARD": "de",
    "COMPASS": "north",
    "LS_COLORS": "rs=0:di=01;34:ln=01;36",
    "JAVA_OPTS": "-Dx=y; -Dz=key",
    "CUDA_VISIBLE_DEVICES": "GPU-8a8b1c2d-1234-5678-9abc-def012345678",
    "PIP_INDEX_URL": "https://mirror.example.com/simple",
    "GIT_REMOTE": "git@example.com:me/project.git",
    "BASIC": "basic training",
    "EDITOR": "vim",
    "PYTHONPATH": "/srv/webhooks/lib",
    "DOCS": "https://example.com/docs?page=key",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_told_by_its_name(name):
    assert looks_secret(name, "x")


@pytest.mark.parametrize("kind", VALUES)
def test_a_secret_is_told_by_its_value_under_any_name(kind):
    assert looks_secret("ODD", VALUES[kind])


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_resembles_a_secret_is_none(name):
    assert not looks_secret(name, HARMLESS[name])
