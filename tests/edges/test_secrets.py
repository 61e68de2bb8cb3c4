"""Whatever the option of a URL is called that holds a secret, nothing that is shown holds it."""

import pytest

from storage_combinators import as_text, open_store
from storage_combinators.edges.labels import hidden, hidden_in
from storage_combinators.edges.open_store import UsageError
from storage_combinators.leaves.addresses import Url
from storage_conformance import masking

NAMES = ["password", "passwd", "pass", "passphrase", "pwd", "secret", "SECRET_KEY", "token", "session_token", "sig"]
NAMES += ["X-Amz-Signature", "X-Amz-Credential", "sas", "access_key", "accessKey", "account_key", "accountkey"]
NAMES += ["api_key", "apikey", "key"]
PLACES = ["fsspec+https://host/x", "obstore+https://host/x", "obstore+az://c/p", "redis://host/0", "rediss://host/0"]
PLACES += ["sftp://host/x", "scp://host/x", "s3://bucket", "nginx+http://host/x", "http://host/x", "sqlite:///x"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("before", ["?", "?a=1&", "?a=1;", "#", "?a=1#"])
def test_no_option_shows_its_secret(name: str, before: str) -> None:
    option = f"{before}{name}=HUNTER2"
    for place in PLACES:
        if place[:4] not in ("sftp", "scp:") or name != "key":  # there it is the name of a file
            assert "HUNTER2" not in shown(place + option), place + option
    url = f"any://host/x{option}&b=1"
    for told in (repr(Url(url)), hidden(f"no answer from {url}"), masking.hidden(url), hidden_in("HUNTER2?", [url])):
        assert "HUNTER2" not in told


def shown(place: str) -> str:
    """What there is to see of the store at `place`, or of its absence."""
    try:
        store = open_store(place)
    except UsageError as error:
        return str(error)
    return repr(store) + as_text(store)


def test_a_file_with_a_key_is_shown() -> None:
    url = "sftp://host/x?host_key=SHA256:abc&key=~/.ssh/id"
    assert url in shown(url)
    assert url in hidden(f"no answer from {url}")


@pytest.mark.parametrize("scheme", ["redis", "sftp", "scp", "nginx+http"])
def test_the_form_that_is_told_is_not_hidden_itself(scheme: str) -> None:
    told = shown(f"{scheme}://me:HUNTER2@host:bad/0")
    assert "USER:PASSWORD@" in told
    assert hidden(told) == told
