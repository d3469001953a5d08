"""What can go wrong with an answer, and the error that it must become."""

import errno
from dataclasses import dataclass


@dataclass
class Fault:
    rule: dict
    error: int
    message: str  # in the log line
    waits: bool = False  # until the timeout is over

    @property
    def errno_name(self) -> str:
        return errno.errorcode[self.error]


ALLOWANCE = (
    '{"response":{"error":{"id":1013,"message":"API call limit exceeded. Please contact your '
    'account representative to extend the limits."}}}'
)
ELSEWHERE = {"Location": "http://127.0.0.1:9/a/api/v2/"}

FAULTS = {
    "400": Fault({"status": 400}, errno.EINVAL, "HTTP 400: Invalid URL parameters"),
    "401": Fault({"status": 401}, errno.EACCES, "HTTP 401: Incorrect API Key"),
    "403": Fault({"status": 403}, errno.EACCES, "HTTP 403: The user does not have permission"),
    "404": Fault({"status": 404}, errno.EIO, "HTTP 404: The resource"),
    # The first 429 holds all calls back, so that others may not even be made.
    "429 for longer than the timeout": Fault(
        {"status": 429, "headers": {"Retry-After": "90"}},
        errno.EAGAIN,
        "HTTP 429: Too many|no call was free",
        True,
    ),
    "429 for the allowance": Fault(
        {"status": 429, "body": ALLOWANCE},
        errno.EDQUOT,
        "HTTP 429: API call limit exceeded|the service says that the allowance is used up",
    ),
    "500 for good": Fault({"status": 500}, errno.EIO, "HTTP 500: We are not able"),
    "502 of a proxy": Fault({"status": 502}, errno.EIO, "HTTP 502"),
    "503 of a proxy": Fault({"status": 503}, errno.EIO, "HTTP 503"),
    "204": Fault({"status": 204, "body": ""}, errno.EBADMSG, "HTTP 204"),
    "a redirect": Fault({"status": 302, "headers": ELSEWHERE}, errno.EBADMSG, "HTTP 302"),
    "304": Fault({"status": 304, "body": ""}, errno.EBADMSG, "HTTP 304: not modified"),
    "no answer": Fault({"close": True}, errno.ECONNRESET, "reset|[Ee]mpty reply"),
    "a cut body": Fault({"cut": 90}, errno.EBADMSG, "transfer closed|bytes"),
    "a stall": Fault({"stall": 600}, errno.ETIMEDOUT, "no answer within the timeout", True),
    "a stall in the body": Fault(
        {"stall_body": {"at": 50, "seconds": 600}},
        errno.ETIMEDOUT,
        "no answer within the timeout",
        True,
    ),
    "a drip": Fault({"drip": 1}, errno.ETIMEDOUT, "no answer within the timeout", True),
    "an empty body": Fault({"body": ""}, errno.EBADMSG, "HTTP 200, but: "),
    "a body that is no JSON": Fault({"body": "<p>Hello</p>"}, errno.EBADMSG, "HTTP 200, but: "),
    "JSON that is cut": Fault({"body": '{"response":[{'}, errno.EBADMSG, "HTTP 200, but: "),
    "JSON of another shape": Fault({"body": '{"data":[]}'}, errno.EBADMSG, "HTTP 200, but: "),
    "a record without an ID": Fault(
        {"body": '{"response":[{"name":"x"}],"pagination":{"totalItems":1}}'},
        errno.EBADMSG,
        "HTTP 200, but: ",
    ),
    "null": Fault({"body": '{"response":null}'}, errno.EBADMSG, "HTTP 200, but: "),
}
