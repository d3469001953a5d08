"""qpfs --check --record DIR: the answers, for a report, with nothing in them that is anybody's."""

import http.client
import json
import os
import re
import stat
from pathlib import Path

import pytest

from account import KEY, ORG, USER
from answers import Answers, Expectation
from secrecy import files_with_key
from server import BASE


def answer_file(directory: Path, request: str, body: str, status: int = 200):
    directory.mkdir(exist_ok=True)
    name = f"{len(list(directory.iterdir()))}.http"
    (directory / name).write_text(f"GET {request}\nHTTP {status}\n\n{body}")


def record(command, url: str, directory: Path, **options):
    return command("--check", "--record", directory, api_url=url, **options)


def values(text: bytes) -> set[str]:
    """The strings and numbers of a JSON text that are long enough to be told from chance."""

    def walk(value):
        if isinstance(value, dict):
            for inner in value.values():
                yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)
        elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
            yield str(value)

    found = set(walk(json.loads(text)))
    return {value for value in found if re.search(r"[a-zA-Z]{5}|\d{6}", value)}


def is_in(value: str, text: str) -> bool:
    """A number by itself: the digits of a longer one are drawn, and may hold it by chance."""
    return bool(re.search(rf"(?<!\d){value}(?!\d)", text)) if value.isdigit() else value in text


def said_by(sandbox, directory: Path) -> bytes:
    """The body that the sandbox gives for each request; the records are what was recorded."""
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    bodies = {}
    for path in [
        f"users/{USER}",
        f"micropanel/users/{USER}/communities",
        f"organizations/{ORG}",
        f"organizations/{ORG}/departments?page=1&perPage=1000",
    ]:
        connection.request("GET", f"{BASE}/{path}", headers={"api-key": KEY, "X-Calm": "1"})
        bodies[path] = connection.getresponse().read()
    connection.close()
    return bodies


def bodies_in(directory: Path) -> list[str]:
    return [path.read_text() for path in sorted(directory.glob("*.http"))]


# semantics: C7
def test_what_is_recorded_has_no_value_of_the_account(sandbox, command, tmp_path):
    directory = tmp_path / "record"
    done = record(command, sandbox.url, directory, user_id=USER)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"ok +record +5 answers are in .*/record, with every value", done.stdout)
    text = "".join(bodies_in(directory)) + (directory / "expect").read_text()
    said = said_by(sandbox, directory)
    originals = {value for body in said.values() for value in values(body)}
    originals |= {str(USER), str(ORG), KEY, sandbox.url}
    assert len(originals) > 20
    assert [value for value in originals if is_in(value, text)] == []
    assert files_with_key(directory) == []


# semantics: C7
@pytest.mark.exact_service("each answer is looked at")
def test_what_is_recorded_has_the_form_of_what_was_said(sandbox, command, tmp_path):
    directory = tmp_path / "record"
    record(command, sandbox.url, directory, user_id=USER)
    said = [json.loads(body) for body in said_by(sandbox, directory).values()]
    kept = [json.loads(text.partition("\n\n")[2]) for text in bodies_in(directory)]
    assert len(kept) == 5

    def compare(one, other, name=""):
        assert type(one) is type(other)
        if isinstance(one, dict):
            assert list(one) == list(other)
            for name in one:
                compare(one[name], other[name], name)
        elif isinstance(one, list):
            assert len(one) == len(other)
            for pair in zip(one, other):
                compare(*pair)
        elif isinstance(one, str) and "requestID" not in name:
            assert len(one.encode()) == len(other.encode())
        elif isinstance(one, int):
            assert len(str(one)) == len(str(other))
            assert one == other or name not in ["perPage", "totalItems", "currentPage"]

    for one, other in zip(said, kept):
        compare(one, other)


# semantics: C7
def test_what_is_recorded_is_for_its_owner_alone(sandbox, command, tmp_path):
    os.umask(0)
    try:
        record(command, sandbox.url, tmp_path / "record", user_id=USER)
    finally:
        os.umask(0o022)
    assert stat.S_IMODE((tmp_path / "record").stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "record").iterdir()}
    assert modes == {0o600}


# semantics: C7
@pytest.mark.parametrize("options", [{"user_id": USER}, {"organizations": ORG, "per_page": 2}])
def test_what_is_recorded_can_be_played_to_a_check_and_to_a_mount(
    sandbox, command, mount, play, tmp_path, options
):
    directory = tmp_path / "record"
    record(command, sandbox.url, directory, **options)
    given = Expectation.read(directory / "expect").options
    assert str(USER) not in given.values() and str(ORG) not in given.values()
    answers = play(directory)
    done = command("--check", api_url=answers.url, **given)
    assert done.returncode == 0, done.stdout
    assert "4 departments" in done.stdout
    assert ("communities   3" in done.stdout) == ("user_id" in options)
    assert answers.unknown == []
    fs = mount(answers, **({"user_id": None} | given))
    [organization] = os.listdir(fs / "organizations")
    assert len(os.listdir(fs / f"organizations/{organization}/departments")) == 4 + 1
    record_of_it = json.loads((fs / f"organizations/{organization}/organization.json").read_text())
    assert record_of_it["organizationID"] == int(organization)


# semantics: C7
def test_two_records_of_one_account_have_nothing_in_common(sandbox, command, tmp_path):
    for name in "one", "two":
        record(command, sandbox.url, tmp_path / name, user_id=USER)
    lines = [(tmp_path / name / "expect").read_text().splitlines()[1] for name in ["one", "two"]]
    assert lines[0] != lines[1]


# -------- what the service may say --------


# semantics: C7
def test_a_key_that_the_service_sends_back_is_not_recorded(play, command, tmp_path):
    error = {"httpStatusCode": 403, "id": 1011, "message": f"no {KEY}", KEY: KEY}
    error["resourceUrl"] = f"https://example.invalid/x?apiKey={KEY}&page=1"
    played = tmp_path / "played"
    answer_file(played, f"organizations/{ORG}", json.dumps({"response": {"error": error}}), 403)
    record(command, play(played).url, tmp_path / "record", organizations=ORG)
    for file in played.iterdir():  # no key may stay behind after the tests
        file.unlink()
    [text] = bodies_in(tmp_path / "record")
    assert files_with_key(tmp_path / "record") == []
    kept = json.loads(text.partition("\n\n")[2])["response"]["error"]
    assert (kept["httpStatusCode"], kept["id"]) == (403, 1011)


# semantics: C7
def test_an_answer_that_is_no_json_is_recorded_by_its_form(play, command, tmp_path):
    page = '<html><body class="login">Please log in, Jane Doe (jane@example.com)</body></html>\n'
    answer_file(tmp_path / "played", f"organizations/{ORG}", page, 407)
    record(command, play(tmp_path / "played").url, tmp_path / "record", organizations=ORG)
    [text] = bodies_in(tmp_path / "record")
    body = text.partition("\n\n")[2]
    assert text.splitlines()[1] == "HTTP 407"
    assert re.sub("[a-zA-Z]", "x", body) == re.sub("[a-zA-Z]", "x", page)
    assert not re.search("html|login|Jane|Doe|example", body)


# semantics: C7
def test_each_try_is_recorded_with_what_http_said_of_it(play, command, tmp_path):
    played = tmp_path / "played"
    busy = '{"response":{"error":{"httpStatusCode":503,"message":"busy"}}}'
    answer_file(played, f"organizations/{ORG}", "", 0)
    answer_file(played, f"organizations/{ORG}", busy)
    answer_file(played, f"organizations/{ORG}", "", 500)
    good = '{"response":{"organizationID":%d}}' % ORG
    answer_file(played, f"organizations/{ORG}", good)
    none = '{"response":[],"pagination":{"totalItems":0}}'
    answer_file(played, f"organizations/{ORG}/departments*", none)
    done = record(command, play(played).url, tmp_path / "record", organizations=ORG)
    assert done.returncode == 0, done.stdout
    status = [text.splitlines()[1] for text in bodies_in(tmp_path / "record")]
    nobody = ["HTTP 200"] * 2  # an empty list of departments is read twice
    assert status == ["HTTP 0", "HTTP 200", "HTTP 500", "HTTP 200", *nobody, "HTTP 404"]


# -------- the directory --------


# semantics: C7
@pytest.mark.parametrize("what", ["not empty", "a file", "a dead link", "nowhere"])
def test_a_directory_that_cannot_be_used_is_refused_before_any_call(
    sandbox, command, tmp_path, what
):
    directory = tmp_path / "record"
    if what == "not empty":
        directory.mkdir()
        (directory / ".hidden").write_text("mine")
    elif what == "a file":
        directory.write_text("mine")
    elif what == "a dead link":
        directory.symlink_to(tmp_path / "elsewhere")
    else:
        directory = tmp_path / "not/there"
    done = record(command, sandbox.url, directory, user_id=USER)
    assert done.returncode == 1
    assert re.search(r"problem +record +.*record|not/there.* can't be used", done.stdout)
    assert sandbox.total() == 0
    assert not (tmp_path / "elsewhere").exists()


# semantics: C7
def test_an_empty_directory_is_used(sandbox, command, tmp_path):
    (tmp_path / "record").mkdir()
    assert record(command, sandbox.url, tmp_path / "record", user_id=USER).returncode == 0
    assert len(list((tmp_path / "record").iterdir())) == 6


def test_record_goes_with_check_alone(command, tmp_path, point):
    done = command("--record", tmp_path / "record", point, user_id=USER)
    assert (done.returncode, "--record goes with --check" in done.stderr) == (1, True)
    assert not (tmp_path / "record").exists()


# semantics: C4
def test_json_names_the_record_too(sandbox, command, tmp_path):
    options = {"api_url": sandbox.url, "user_id": USER}
    done = command("--check", "--json", "--record", tmp_path / "record", **options)
    found = json.loads(done.stdout)["findings"]
    assert [finding["state"] for finding in found if finding["what"] == "record"] == ["ok"]
