"""The least a server in Python can do: 200 and a word, for whatever is asked (Granian, RSGI)."""

HEADERS = [("content-type", "text/plain")]


async def app(_scope, protocol) -> None:
    protocol.response_str(200, HEADERS, "hello")
